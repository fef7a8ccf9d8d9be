"""The target in force (现行目标): revised by procedure, and set for a phase, as people say.

A target that was revised during the year (绩效目标调整) keeps its old value; each checkpoint is
judged by what was in force at its date. A phase target (阶段目标) says how far an indicator has to
be by a day of the year, in the place of the share of the year gone by.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.target_grammar import parse_target
from perf_pipeline.monitoring.words import plain
from perf_pipeline.warehouse.target_values import target_values

# column of the indicator frame: column of the target
PLACES = {
    "raw_target": "raw_value",
    "target_kind": "kind",
    "operator": "operator",
    "value_text": "value_text",
    "target_micro": "value_micro",
    "upper_micro": "upper_micro",
    "unit": "unit",
}


def targets_in_force(indicators: pd.DataFrame, checkpoint: Checkpoint) -> pd.DataFrame:
    """Put revised targets in force, and add initial_target, phase_micro and phase_text.

    Columns needed beside those of the target: revised_raw and phase_raw (None: none given), and
    phase_due_on. A phase target that is no number, or of another unit than the target's, or whose
    day was before the checkpoint's period, is told in phase_text and not judged by.
    """
    frame, fiscal_year = indicators.copy(deep=False), checkpoint.fiscal_year
    revised = np.flatnonzero(indicators["revised_raw"].notna().to_numpy())
    nothing = np.full(len(frame), None, dtype=object)
    frame["initial_target"] = plain(nothing, frame)
    if revised.size:
        before = indicators["raw_target"].to_numpy(dtype=object)
        read = [_read(raw, fiscal_year) for raw in indicators["revised_raw"].iloc[revised]]
        _put(frame, "initial_target", revised, before[revised])
        for column, part in PLACES.items():
            _put(frame, column, revised, [values[part] for values in read])
    frame["phase_micro"] = frame["phase_text"] = plain(nothing, frame)
    phased = np.flatnonzero(indicators["phase_raw"].notna().to_numpy())
    if phased.size:
        rows = frame.iloc[phased]
        parts = (rows["phase_raw"], rows["phase_due_on"], rows["unit"])
        said = [_phase(*each, checkpoint) for each in zip(*parts, strict=True)]
        _put(frame, "phase_micro", phased, [micro for micro, _ in said])
        _put(frame, "phase_text", phased, [text for _, text in said])
    return frame


def _put(frame: pd.DataFrame, column: str, places: np.ndarray, values: object) -> None:
    changed = frame[column].to_numpy(dtype=object).copy()
    changed[places] = values
    frame[column] = plain(changed, frame)


@lru_cache(maxsize=1 << 16)
def _read(raw: str, fiscal_year: int) -> dict[str, object]:
    return target_values(raw, parse_target(raw, fiscal_year=fiscal_year))


def _phase(raw: str, due_on: date, unit: str | None, checkpoint: Checkpoint) -> tuple[object, str]:
    read = _read(raw, checkpoint.fiscal_year)
    text = f"截至{due_on.month}月{due_on.day}日{raw}"
    if due_on < checkpoint.period_starts_on:
        return None, f"{text}，阶段已过，未据以判断"
    if read["value_micro"] is None:
        return None, f"{text}，不是数值，未据以判断"
    if read["unit"] not in (unit, None):
        return None, f"{text}，与年度目标单位不同，未据以判断"
    return read["value_micro"], text
