"""Indicators against targets (绩效目标实现程度): a pure function over one row an indicator.

Numbers are compared crosswise in whole numbers (actual × target's denominator against target ×
actual's denominator), so that a value exactly on its threshold is on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from perf_pipeline.domain.behaviour import deduce_behaviour
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.share import WHOLE_BP, is_percent
from perf_pipeline.domain.status import Behaviour, Status
from perf_pipeline.domain.target import MICRO, Operator, TargetKind
from perf_pipeline.measures.catalogue import REPORTED
from perf_pipeline.monitoring.actuals import read_reported, write_actual
from perf_pipeline.monitoring.reasons import indicator_reason

NUMBERS = (str(TargetKind.NUMBER), str(TargetKind.RANGE))
CARRIED = (str(Behaviour.CUMULATIVE), str(Behaviour.ONE_OFF))  # an earlier report still holds
GRADES = {"优": 4, "良": 3, "中": 2, "合格": 2, "差": 1}
PACE_OF_PLAN = "支出计划"

Column = pd.Series  # of whole numbers, words, or None; always of dtype object
Mask = np.ndarray


def judge_indicators(indicators: pd.DataFrame, checkpoint: Checkpoint) -> pd.DataFrame:
    """Add behaviour, operator, numerator, denominator, actual_text, status and reason.

    Columns needed, None where empty: name, raw_target, target_kind, operator, value_text,
    target_micro, upper_micro, unit, measure, mapped_behaviour, due_on, pace, planned_bp,
    numerator and denominator (as measured), reported_text, reported_numerator,
    reported_denominator, reported_on.
    """
    judged = indicators.astype(object).copy()
    judged["behaviour"] = _behaviours(judged)
    judged["operator"] = _operators(judged)
    _take_reports(judged, checkpoint)
    judged["reached"] = _objects(_reached(judged), judged)
    judged["status"] = _statuses(judged, checkpoint)
    judged["actual_text"] = _objects(_actual_texts(judged), judged)
    judged["reason"] = [indicator_reason(row, checkpoint) for row in judged.to_dict("records")]
    return judged


def _behaviours(rows: pd.DataFrame) -> list[str]:
    described = zip(
        rows["mapped_behaviour"],
        rows["target_kind"],
        rows["operator"],
        rows["value_text"],
        rows["unit"],
        rows["name"],
        strict=True,
    )
    return [
        mapped or str(deduce_behaviour(kind, operator, value, unit, name))
        for mapped, kind, operator, value, unit, name in described
    ]


def _operators(rows: pd.DataFrame) -> Column:
    """Read a bare value as the bound that it is: at most for costs and zeros, else at least."""
    bare = rows["target_kind"].isin(NUMBERS) & (rows["operator"] == str(Operator.EQ))
    upper = (rows["behaviour"] == str(Behaviour.COST)) | (rows["target_micro"] == 0)
    read = rows["operator"].where(~(bare & upper), str(Operator.LE))
    return read.where(~(bare & ~upper), str(Operator.GE))


def _take_reports(rows: pd.DataFrame, checkpoint: Checkpoint) -> None:
    """Put reported values in the place of measured ones, for indicators that staff report.

    What was reported for an earlier checkpoint says nothing about this one, unless the
    indicator only grows or happens once.
    """
    reported = rows["measure"] == REPORTED
    on = [_as_date(day) for day in rows["reported_on"]]
    fresh = pd.Series(
        [day is not None and day >= checkpoint.period_starts_on for day in on], rows.index
    )
    usable = reported & (fresh | rows["behaviour"].isin(CARRIED))
    counted = usable & rows["reported_denominator"].notna()
    rows.loc[counted, "numerator"] = rows["reported_numerator"][counted]
    rows.loc[counted, "denominator"] = rows["reported_denominator"][counted]
    written = usable & ~counted & rows["reported_text"].notna()
    values = [
        read_reported(text, unit) if use else None
        for use, text, unit in zip(written, rows["reported_text"], rows["unit"], strict=True)
    ]
    exact = pd.Series(
        [value.number if value is not None else None for value in values], rows.index, dtype=object
    )
    numbers = exact.notna() & rows["target_kind"].isin(NUMBERS)
    rows.loc[numbers, "numerator"] = exact[numbers].map(lambda number: number.numerator)
    rows.loc[numbers, "denominator"] = exact[numbers].map(lambda number: number.denominator)
    rows["word"] = _objects([value and value.word for value in values], rows)
    rows["word_kind"] = _objects([value and value.kind for value in values], rows)


def _objects(values: Sequence[object], rows: pd.DataFrame) -> Column:
    """Make a column of plain values: None stays None, where pandas would infer text and NaN."""
    return pd.Series(list(values), rows.index, dtype=object)


def _as_date(day: object) -> date | None:
    return day if isinstance(day, date) else None


def _reached(rows: pd.DataFrame) -> list[bool | None]:
    """Tell for each indicator whether its actual reaches its target; None where unknown."""
    reached = pd.Series([None] * len(rows), rows.index, dtype=object)
    numbers = _with_number(rows)
    if numbers.any():
        reached[numbers] = _number_reached(rows[numbers])
    words = rows["word"].notna() & ~rows["target_kind"].isin(NUMBERS)
    if words.any():
        reached[words] = _word_reached(rows[words])
    return list(reached)


def _with_number(rows: pd.DataFrame) -> Column:
    return (
        rows["target_kind"].isin(NUMBERS)
        & rows["target_micro"].notna()
        & rows["numerator"].notna()
        & rows["denominator"].notna()
        & (rows["denominator"] != 0)
    )


def _scaled_actual(rows: pd.DataFrame) -> Column:
    scale = rows["unit"].map(lambda unit: 100 if is_percent(unit) else 1)
    return rows["numerator"] * scale * MICRO


def _number_reached(rows: pd.DataFrame) -> Mask:
    actual = _scaled_actual(rows)
    target = rows["target_micro"] * rows["denominator"]
    upper = rows["upper_micro"].where(rows["upper_micro"].notna(), rows["target_micro"])
    operator = rows["operator"]
    return np.select(
        [operator == str(o) for o in (Operator.LE, Operator.LT, Operator.GT, Operator.BETWEEN)],
        [
            (actual <= target).astype(bool),
            (actual < target).astype(bool),
            (actual > target).astype(bool),
            ((actual >= target) & (actual <= upper * rows["denominator"])).astype(bool),
        ],
        default=(actual >= target).astype(bool),
    )


def _word_reached(rows: pd.DataFrame) -> list[bool | None]:
    said = zip(
        rows["target_kind"],
        rows["value_text"],
        rows["raw_target"],
        rows["word_kind"],
        rows["word"],
        strict=True,
    )
    return [_says_reached(*each) for each in said]


def _says_reached(
    target_kind: str, value: str | None, raw: str, word_kind: str, word: str
) -> bool | None:
    if target_kind == TargetKind.YES_NO:
        return word == value if word_kind == TargetKind.YES_NO else None
    if word_kind == TargetKind.YES_NO:
        return word == "是"
    if target_kind == TargetKind.GRADE:
        wanted, given = GRADES.get(value or ""), GRADES.get(word)
        return None if wanted is None or given is None else given >= wanted
    if target_kind == TargetKind.DIRECTION:
        return word_kind == TargetKind.DIRECTION and word == value
    return True if word == raw.strip() else None


def _statuses(rows: pd.DataFrame, checkpoint: Checkpoint) -> list[str]:
    reached, behaviour = rows["reached"], rows["behaviour"]
    yes, no = (reached == True).to_numpy(bool), (reached == False).to_numpy(bool)  # noqa: E712
    due = pd.Series(
        [
            (_as_date(day) or date(checkpoint.fiscal_year, 12, 31)) <= checkpoint.ends_on
            for day in rows["due_on"]
        ],
        rows.index,
    ).to_numpy(bool)
    one_off = (behaviour == str(Behaviour.ONE_OFF)).to_numpy(bool)
    grows = (behaviour == str(Behaviour.CUMULATIVE)).to_numpy(bool)
    total_cost = (behaviour == str(Behaviour.COST)) & (rows["denominator"] == 1)
    can_rise = total_cost.to_numpy(bool) & (not checkpoint.last)
    over = _beyond_upper(rows)
    on_pace = _on_pace(rows, checkpoint)
    chosen = np.select(
        [
            yes & can_rise,
            yes,
            one_off & ~due,
            ~yes & ~no,
            grows & no & ~over & on_pace & (not checkpoint.last),
            grows & no & ~over & (not checkpoint.last),
        ],
        [
            Status.ON_TRACK,
            Status.MET,
            Status.NOT_DUE,
            Status.NO_DATA,
            Status.ON_TRACK,
            Status.BEHIND,
        ],
        default=Status.MISSED,
    )
    return [str(status) for status in chosen]


def _beyond_upper(rows: pd.DataFrame) -> Mask:
    """Tell where a growing value has passed the upper end of its range for good."""
    found = np.zeros(len(rows), dtype=bool)
    ranged = (_with_number(rows) & rows["upper_micro"].notna()).to_numpy(bool)
    if ranged.any():
        these = rows[ranged]
        found[ranged] = (
            _scaled_actual(these) > these["upper_micro"] * these["denominator"]
        ).to_numpy(bool)
    return found


def _on_pace(rows: pd.DataFrame, checkpoint: Checkpoint) -> Mask:
    """Tell where a growing value has reached its due share of the target.

    The due share is that of the year gone by, in months, or of the spending plan where the map
    says so; of a count of whole things, the part of a thing that is due is not asked for.
    """
    found = np.zeros(len(rows), dtype=bool)
    numbers = _with_number(rows).to_numpy(bool)
    if not numbers.any():
        return found
    these = rows[numbers]
    by_plan = (these["pace"] == PACE_OF_PLAN) & these["planned_bp"].notna()
    of_time = these["target_micro"] * checkpoint.month // 12
    planned = these["planned_bp"].where(by_plan, 0)
    of_plan = these["target_micro"] * planned // WHOLE_BP
    due = of_plan.where(by_plan, of_time)
    whole = these["denominator"] == 1
    due = (due // MICRO * MICRO).where(whole, due)
    found[numbers] = (_scaled_actual(these) >= due * these["denominator"]).to_numpy(bool)
    return found


def _actual_texts(rows: pd.DataFrame) -> list[str | None]:
    texts: list[str | None] = []
    numbers = _with_number(rows)
    for has_number, numerator, denominator, unit, word in zip(
        numbers, rows["numerator"], rows["denominator"], rows["unit"], rows["word"], strict=True
    ):
        texts.append(write_actual(numerator, denominator, unit) if has_number else word)
    return texts
