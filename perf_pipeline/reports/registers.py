"""What a report takes straight from registers: cases with their limits."""

from __future__ import annotations

from typing import Any

from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.reports.model import CaseLimitLine

KIND_LABELS = {"target_document": "绩效目标文件", "target_correction": "绩效目标更正表"} | {
    declared.name: declared.label for declared in load_registers()
}


def case_limit_line(row: Any) -> CaseLimitLine:
    """Make a line of the list of cases from its row."""
    label = KIND_LABELS.get(row.register, row.register)
    return CaseLimitLine.of(row._mapping, register_label=label)
