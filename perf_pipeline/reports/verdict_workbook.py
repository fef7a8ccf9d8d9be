"""The workbook in which the audit's findings are given their verdicts (线索核查结论)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.measures.findings import Finding, findings_at, first_of_each_rule
from perf_pipeline.registers.declaration import register
from perf_pipeline.registers.template import Handout, template_workbook
from perf_pipeline.warehouse.dimensions import shown_names
from perf_pipeline.warehouse.inbox import REGISTERS


def write_workbooks(
    engine: Engine, checkpoint: Checkpoint, folder: Path, most: int
) -> Iterator[tuple[Path, int, int]]:
    """Write each department's open findings, some of every rule, as the register's template.

    Yields the path, how many findings were written (0: the file was there and stays) and how
    many were left out. A file in the inbox keeps the verdicts that were handed in before it.
    """
    declared = register("audit_verdict")
    with engine.connect() as connection:
        found = findings_at(connection, checkpoint)
        names = shown_names(connection)
    for whose, findings in found.items():
        waiting = [each for each in findings if each.said is None or each.grew]
        if not waiting:
            continue
        code = waiting[0].department_code
        name = f"{declared.label}（{checkpoint.name}）.xlsx"
        path = folder / str(checkpoint.fiscal_year) / code / REGISTERS / name
        if path.exists():
            yield path, 0, 0
            continue
        shown = first_of_each_rule(waiting, most)
        handout = Handout(names[whose], checkpoint.fiscal_year, {}, [_row(each) for each in shown])
        path.parent.mkdir(parents=True, exist_ok=True)
        template_workbook(declared, handout).save(path)
        yield path, len(shown), len(waiting) - len(shown)


def _row(finding: Finding) -> dict[str, str | int | None]:
    return {
        "finding": finding.number,
        "rule_label": finding.label,
        "subject": finding.subject,
        "detail": f"{finding.detail}（首行{finding.place}）",
        "rows_seen": finding.rows,
    }
