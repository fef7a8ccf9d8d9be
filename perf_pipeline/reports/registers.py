"""What a report takes straight from registers: cases with their limits, safeguards."""

from __future__ import annotations

from perf_pipeline.measures.catalogue import MEASURES
from perf_pipeline.monitoring.actuals import write_actual
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.reports.model import CaseLimitLine, Safeguard
from perf_pipeline.warehouse.file_kinds import KIND_LABELS
from perf_pipeline.warehouse.judgements import MeasureValue
from perf_pipeline.warehouse.typed import StoredRow


def case_limit_line(row: StoredRow) -> CaseLimitLine:
    """Make a line of the list of cases from its row."""
    label = KIND_LABELS.get(row.register, row.register)
    return CaseLimitLine.of(row._mapping, register_label=label)


def safeguards(rows: list[StoredRow]) -> tuple[Safeguard, ...]:
    """Return what the registers of safeguards (保障措施) come to, from rows of measures."""
    read = (MeasureValue.of(row._mapping) for row in rows)
    known = {row.measure: row for row in read if row.project_name is None}
    watching = {each.name: each.safeguard for each in load_registers() if each.safeguard}
    found = []
    for each in MEASURES:
        if each.register in watching:
            row = known.get(each.code)
            text = "无数据"
            if row is not None and row.year_numerator is not None and row.year_denominator:
                counts = (row.year_numerator, row.year_denominator)
                text = write_actual(*counts, each.declared.unit)
            found.append(Safeguard(watching[each.register], each.label, text))
    return tuple(found)
