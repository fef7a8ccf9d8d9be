"""What a report takes straight from registers: cases with their limits, findings of the audit."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from perf_pipeline.measures.audit_rules import RULE_LABELS
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.reports.model import AuditLine, CaseLimitLine

KIND_LABELS = {"target_document": "绩效目标文件", "target_correction": "绩效目标更正表"} | {
    declared.name: declared.label for declared in load_registers()
}


def case_limit_line(row: Any) -> CaseLimitLine:
    """Make a line of the list of cases from its row."""
    label = KIND_LABELS.get(row.register, row.register)
    return CaseLimitLine.of(row._mapping, register_label=label)


def audit_lines(rows: list[Any]) -> tuple[AuditLine, ...]:
    """Make a line of each finding from its rows of evidence, which come in its order."""
    lines = []
    for (rule, subject), group in groupby(rows, lambda row: (row.rule, row.subject_key)):
        evidence = list(group)
        amounts = [row.amount_fen for row in evidence if row.amount_fen is not None]
        lines.append(
            AuditLine(
                label=RULE_LABELS.get(rule, rule),
                subject=subject,
                project_name=evidence[0].project_name,
                detail=evidence[0].detail,
                rows=len(evidence),
                amount_fen=sum(amounts) if amounts else None,
                place=evidence[0].place,
            )
        )
    return tuple(lines)
