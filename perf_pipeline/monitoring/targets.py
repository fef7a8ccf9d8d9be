"""The target in force (现行目标): revised by procedure, and set for a phase, as people say.

A target that was revised during the year (绩效目标调整) keeps its old value; each checkpoint is
judged by what was in force at its date. A phase target (阶段目标) says how far an indicator has to
be by a day of the year, in the place of the share of the year gone by.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.target_grammar import parse_target
from perf_pipeline.monitoring.indicator import Indicator
from perf_pipeline.warehouse.target_values import target_values

# column of an indicator: column of the target
PLACES = {
    "raw_target": "raw_value",
    "target_kind": "kind",
    "operator": "operator",
    "value_text": "value_text",
    "target_micro": "value_micro",
    "upper_micro": "upper_micro",
    "unit": "unit",
}


def target_in_force(row: Indicator, checkpoint: Checkpoint) -> Indicator:
    """Put a revised target in force, and add initial_target, phase_micro and phase_text.

    A phase target that is no number, or of another unit than the target's, or whose day was before
    the checkpoint's period, is told in phase_text and not judged by.
    """
    if row.revised_raw is not None:
        now = _read(row.revised_raw, checkpoint.fiscal_year)
        values = {column: now[part] for column, part in PLACES.items()}
        row = row._replace(initial_target=row.raw_target, **values)
    if row.phase_raw is None or row.phase_due_on is None:
        return row
    due_on, phase = row.phase_due_on, _read(row.phase_raw, checkpoint.fiscal_year)
    text = f"截至{due_on.month}月{due_on.day}日{row.phase_raw}"
    if due_on < checkpoint.period_starts_on:
        return row._replace(phase_text=f"{text}，阶段已过，未据以判断")
    if phase["value_micro"] is None:
        return row._replace(phase_text=f"{text}，不是数值，未据以判断")
    if phase["unit"] not in (row.unit, None):
        return row._replace(phase_text=f"{text}，与年度目标单位不同，未据以判断")
    return row._replace(phase_text=text, phase_micro=phase["value_micro"])


@lru_cache(maxsize=1 << 16)
def _read(raw: str, fiscal_year: int) -> dict[str, Any]:
    return target_values(raw, parse_target(raw, fiscal_year=fiscal_year))
