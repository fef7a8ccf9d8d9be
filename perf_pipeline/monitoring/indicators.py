"""Indicators against targets (绩效目标实现程度): a pure function over one row an indicator.

Numbers are compared crosswise in whole numbers (actual × target's denominator against target ×
actual's denominator), so that a value exactly on its threshold is on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from perf_pipeline.domain.behaviour import deduce_behaviour
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.share import WHOLE_BP, is_percent
from perf_pipeline.domain.status import Behaviour, Status
from perf_pipeline.domain.target import MICRO, Operator, TargetKind
from perf_pipeline.measures.catalogue import REPORTED
from perf_pipeline.monitoring.actuals import read_reported
from perf_pipeline.monitoring.exact import (
    Mask,
    Numbers,
    compare,
    floor_quotient,
    or_none,
    whole_numbers,
)
from perf_pipeline.monitoring.words import among, coded, each, on_or_before, plain

NUMBERS = (str(TargetKind.NUMBER), str(TargetKind.RANGE))
AT_MOST = (str(Operator.LE), str(Operator.LT))
CARRIED = (str(Behaviour.CUMULATIVE), str(Behaviour.ONE_OFF))  # an earlier report still holds
GRADES = {"优": 4, "良": 3, "中": 2, "合格": 2, "差": 1}
PACE_OF_PLAN = "支出计划"


def judge_indicators(indicators: pd.DataFrame, checkpoint: Checkpoint) -> pd.DataFrame:
    """Add behaviour, operator, numerator, denominator, word, has_number and status.

    `behaviour_given` tells a behaviour that a person gave from one that was deduced.

    Columns needed, None where empty: name, raw_target, target_kind, operator, value_text,
    target_micro, upper_micro, unit, measure, mapped_behaviour, due_on, pace, planned_bp,
    numerator and denominator (as measured), reported_text, reported_numerator,
    reported_denominator, reported_on; and phase_micro, the target of the phase (阶段目标) that
    the checkpoint ends, where there are any.
    """
    judged = indicators.copy(deep=False)
    numeric = among(judged["target_kind"], NUMBERS)
    judged["behaviour_given"] = each(judged["mapped_behaviour"], bool)
    judged["behaviour"] = plain(_behaviours(judged, numeric), judged)
    judged["operator"] = plain(_operators(judged, numeric), judged)
    values = _actuals(judged, numeric, checkpoint)
    judged["numerator"] = plain(or_none(values.numerator, values.known), judged)
    judged["denominator"] = plain(or_none(values.denominator, values.known), judged)
    judged["word"] = plain(values.word, judged)
    target, has_target = whole_numbers(judged["target_micro"])
    has_number = numeric & has_target & values.known & (values.denominator != 0)
    judged["has_number"] = has_number
    compared = _Compared(judged, values, numeric, has_number, target)
    judged["status"] = plain(_statuses(compared, checkpoint), judged)
    return judged


@dataclass(frozen=True)
class _Actuals:
    """Actual values: a fraction where `known`, a word where staff wrote one."""

    numerator: Numbers
    denominator: Numbers
    known: Mask
    word: np.ndarray
    word_kind: np.ndarray


class _Compared:
    """A frame's columns as arrays, made once and asked in several ways."""

    def __init__(
        self,
        rows: pd.DataFrame,
        values: _Actuals,
        numeric: Mask,
        has_number: Mask,
        target: Numbers,
    ) -> None:
        self.rows = rows
        self.values = values
        self.numeric = numeric
        self.has_number = has_number
        self.target = target
        self.denominator = values.denominator
        percent = each(rows["unit"], is_percent)
        self.actual = (values.numerator, np.where(percent, 100 * MICRO, MICRO))
        self.operator = coded(rows["operator"])
        self.behaviour = coded(rows["behaviour"])
        self.at_most = among(self.operator, AT_MOST)
        self.whole = values.known & (values.denominator == 1)
        upper, has_upper = whole_numbers(rows["upper_micro"])
        self.ranged = has_number & has_upper
        self.above_upper = self.ranged & (self.against(upper) > 0)

    def against(self, micro: Numbers) -> np.ndarray:
        """Return the sign of the actual less a value in millionths."""
        return compare(self.actual, (micro, self.denominator))

    def reaches(self, micro: Numbers) -> Mask:
        """Tell whether the actual is on the good side of a value, or on it."""
        sign = self.against(micro)
        return np.where(self.at_most, sign <= 0, sign >= 0)


def _behaviours(rows: pd.DataFrame, numeric: Mask) -> np.ndarray:
    """Return the behaviour that a person gave, or else the one that the target suggests."""
    mapped = rows["mapped_behaviour"].to_numpy(dtype=object)
    chosen = mapped.copy()
    asked = ~rows["behaviour_given"].to_numpy(dtype=bool)
    if asked.any():
        these = rows[asked]
        described = zip(
            these["target_kind"],
            these["operator"],
            these["value_text"].where(numeric[asked]),  # of other kinds only the kind matters
            these["unit"],
            these["name"],
            strict=True,
        )
        chosen[asked] = [_deduced(*each_row) for each_row in described]
    return chosen


@lru_cache(maxsize=1 << 16)
def _deduced(
    kind: str, operator: str | None, value: str | None, unit: str | None, name: str
) -> str:
    return str(deduce_behaviour(kind, operator, value, unit, name))


def _operators(rows: pd.DataFrame, numeric: Mask) -> np.ndarray:
    """Read a bare value as the bound that it is: at most for costs and zeros, else at least."""
    bare = numeric & among(rows["operator"], (str(Operator.EQ),))
    target, has_target = whole_numbers(rows["target_micro"])
    upper = among(rows["behaviour"], (str(Behaviour.COST),)) | (has_target & (target == 0))
    read = rows["operator"].to_numpy(dtype=object).copy()
    read[bare & upper] = str(Operator.LE)
    read[bare & ~upper] = str(Operator.GE)
    return read


def _actuals(rows: pd.DataFrame, numeric: Mask, checkpoint: Checkpoint) -> _Actuals:
    """Take measured values, and reported ones in their place for indicators that staff report.

    What was reported for an earlier checkpoint says nothing about this one, unless the
    indicator only grows or happens once.
    """
    numerator, known = whole_numbers(rows["numerator"])
    denominator, has_denominator = whole_numbers(rows["denominator"])
    begins = checkpoint.period_starts_on
    fresh = each(rows["reported_on"], lambda day: day is not None and day >= begins)
    usable = among(rows["measure"], (REPORTED,)) & (fresh | among(rows["behaviour"], CARRIED))
    counts, _ = whole_numbers(rows["reported_numerator"])
    bases, has_counts = whole_numbers(rows["reported_denominator"])
    counted = usable & has_counts
    numerator = np.where(counted, counts, numerator)
    denominator = np.where(counted, bases, denominator)
    known = (known & has_denominator) | counted

    texts = rows["reported_text"].to_numpy(dtype=object)
    units = rows["unit"].to_numpy(dtype=object)
    written = np.flatnonzero(usable & ~counted & ~pd.isna(texts))
    said = [read_reported(texts[at], units[at]) for at in written]
    numbers = [
        (at, value.number)
        for at, value in zip(written, said, strict=True)
        if value.number is not None and numeric[at]
    ]
    if numbers:
        places = [at for at, _ in numbers]
        numerator[places] = [number.numerator for _, number in numbers]
        denominator[places] = [number.denominator for _, number in numbers]
        known[places] = True
    word = np.full(len(rows), None, dtype=object)
    word_kind = word.copy()
    word[written] = [value.word for value in said]
    word_kind[written] = [value.kind for value in said]
    return _Actuals(numerator, denominator, known, word, word_kind)


def _statuses(compared: _Compared, checkpoint: Checkpoint) -> np.ndarray:
    rows, last = compared.rows, checkpoint.last
    yes, no = _reached(compared)
    due = on_or_before(rows["due_on"], checkpoint.ends_on, missing=last)  # else: at year end
    one_off, grows, cost = (
        among(compared.behaviour, (str(behaviour),))
        for behaviour in (Behaviour.ONE_OFF, Behaviour.CUMULATIVE, Behaviour.COST)
    )
    total_cost = cost & compared.whole
    past_mending = (compared.above_upper & grows) | total_cost
    phased, phase_kept = _phase(compared)
    kept = np.where(phased, phase_kept, _on_pace(compared, checkpoint))
    can_rise = total_cost & (not last)
    pending = no & (grows | phased) & ~past_mending & (not last)
    chosen = np.select(
        [
            yes & can_rise & phased & ~phase_kept,
            yes & can_rise,
            yes,
            one_off & ~due,
            ~no,
            pending & kept,
            pending,
        ],
        range(7),
        default=7,
    )
    return np.asarray(STATUS_BY_RULE[chosen])


STATUS_BY_RULE = np.array(
    [
        str(status)
        for status in (
            Status.BEHIND,
            Status.ON_TRACK,
            Status.MET,
            Status.NOT_DUE,
            Status.NO_DATA,
            Status.ON_TRACK,
            Status.BEHIND,
            Status.MISSED,
        )
    ],
    dtype=object,
)


def _reached(compared: _Compared) -> tuple[Mask, Mask]:
    """Tell where the actual reaches its target and where it does not; neither where unknown."""
    sign = compared.against(compared.target)
    exceeds = among(compared.operator, (str(Operator.GT),))
    undercuts = among(compared.operator, (str(Operator.LT),))
    between = among(compared.operator, (str(Operator.BETWEEN),))
    reached = np.where(compared.at_most, sign <= 0, sign >= 0)
    reached &= ~((exceeds | undercuts) & (sign == 0)) & ~(between & compared.above_upper)
    yes = compared.has_number & reached
    no = compared.has_number & ~reached
    rows = compared.rows
    words = np.flatnonzero(~pd.isna(compared.values.word) & ~compared.numeric)
    columns = [rows[name].to_numpy(dtype=object)[words] for name in WORD_TARGET]
    columns += [compared.values.word_kind[words], compared.values.word[words]]
    answers = [_says_reached(*said) for said in zip(*columns, strict=True)]
    yes[words] = [answer is True for answer in answers]
    no[words] = [answer is False for answer in answers]
    return yes, no


WORD_TARGET = ("target_kind", "value_text", "raw_target")


@lru_cache(maxsize=1 << 16)
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


def _phase(compared: _Compared) -> tuple[Mask, Mask]:
    """Tell where a target of the phase (阶段目标) is set, and where the actual keeps to it."""
    if "phase_micro" not in compared.rows:
        nowhere = np.zeros(len(compared.rows), dtype=bool)
        return nowhere, nowhere
    phase, has_phase = whole_numbers(compared.rows["phase_micro"])
    phased = compared.has_number & has_phase
    return phased, phased & compared.reaches(phase)


def _on_pace(compared: _Compared, checkpoint: Checkpoint) -> Mask:
    """Tell where a growing value has reached its due share of the target.

    The due share is that of the year gone by, in months, or of the spending plan where the map
    says so; of a count of whole things, the part of a thing that is due is not asked for.
    """
    planned, has_plan = whole_numbers(compared.rows["planned_bp"])
    by_plan = has_plan & among(compared.rows["pace"], (PACE_OF_PLAN,))
    share = np.where(by_plan, planned, checkpoint.month)
    due = floor_quotient((compared.target, share), np.where(by_plan, WHOLE_BP, 12))
    due = np.where(compared.whole, due - due % MICRO, due)
    return compared.has_number & (compared.against(due) >= 0)
