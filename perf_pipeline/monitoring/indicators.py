"""Indicators against targets (绩效目标实现程度): a pure function over one row an indicator."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np
import pandas as pd

from perf_pipeline.domain.bare_bound import bound_of_bare
from perf_pipeline.domain.behaviour import (
    deduce_behaviour,
    deduce_year_rule,
    unit_for_each,
)
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.status import CARRIED, Behaviour, Status
from perf_pipeline.domain.target import MICRO, Operator, TargetKind
from perf_pipeline.domain.year_rule import YEAR_RULE_OF_LABEL, YearRule
from perf_pipeline.measures.catalogue import REPORTED, known_codes, measure
from perf_pipeline.monitoring.actual_values import actual_values, of_this_checkpoint
from perf_pipeline.monitoring.broken_periods import tell_broken_periods
from perf_pipeline.monitoring.compared import NUMBERS, Compared
from perf_pipeline.monitoring.exact import Mask, or_none
from perf_pipeline.monitoring.words import among, each, on_or_before, plain
from perf_pipeline.monitoring.year_so_far import year_so_far


def judge_indicators(
    indicators: pd.DataFrame, checkpoint: Checkpoint, periods: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Add behaviour, year_rule, operator, numerator, denominator, word, has_number and status.

    `behaviour_given` tells a behaviour that a person gave from one that was deduced. An indicator
    that must hold in each period (每期都须达到) and did not hold in one is missed from then on; its
    value is the worst of the year, `broken` tells when, and `after_break` what came later. One that
    nobody reported on in a period, told in `unsettled`, has no data.

    Columns needed, None where empty: name, raw_target, target_kind, operator, value_text,
    target_micro, upper_micro, unit, measure, mapped_behaviour, due_on, pace, planned_bp,
    numerator and denominator (as measured), reported_text, reported_numerator,
    reported_denominator, reported_on; mapped_year_rule and mapped_direction, where the map has
    them; and phase_micro, the target of the phase (阶段目标) that the checkpoint ends, where there
    are any. `periods` has a row for each report and period measured in the year so far:
    department_id, indicator_key, on, covers, numerator, denominator, reported_text,
    reported_numerator, reported_denominator.
    """
    judged = indicators.copy(deep=False)
    numeric = among(judged["target_kind"], NUMBERS)
    units = zip(judged["unit"], judged["name"], strict=True)
    judged["unit"] = plain([unit_for_each(*each_unit) for each_unit in units], judged)
    judged["operator"] = plain(_directed(judged, numeric), judged)
    judged["behaviour_given"] = each(judged["mapped_behaviour"], bool)
    judged["behaviour"] = plain(_behaviours(judged, numeric), judged)
    judged["year_rule"] = plain(_year_rules(judged), judged)
    judged["operator"] = plain(_operators(judged, numeric), judged)
    judged = year_so_far(judged, periods, checkpoint)
    values = actual_values(judged, numeric, of_this_checkpoint(judged, checkpoint))
    judged["numerator"] = plain(or_none(values.numerator, values.known), judged)
    judged["denominator"] = plain(or_none(values.denominator, values.known), judged)
    judged["word"] = plain(values.word, judged)
    compared = Compared(judged, values, numeric)
    judged["has_number"] = compared.has_number
    judged["status"] = plain(_statuses(compared, checkpoint), judged)
    return tell_broken_periods(judged, periods, numeric, checkpoint)


def _directed(rows: pd.DataFrame, numeric: Mask) -> np.ndarray:
    """Return the operators, of a bare value that which the map's 指标方向 says."""
    operators = rows["operator"].to_numpy(dtype=object).copy()
    given = rows.get("mapped_direction", pd.Series(None, rows.index, dtype=object))
    bare = numeric & among(rows["operator"], (str(Operator.EQ),)) & among(given, _DIRECTIONS)
    operators[bare] = given[bare].map(_DIRECTIONS)
    return operators


_DIRECTIONS = {"正向": str(Operator.GE), "反向": str(Operator.LE)}


def _behaviours(rows: pd.DataFrame, numeric: Mask) -> np.ndarray:
    """Return the behaviour that a person gave, or else the one that the target suggests."""
    mapped = rows["mapped_behaviour"].to_numpy(dtype=object)
    chosen = mapped.copy()
    asked = ~rows["behaviour_given"].to_numpy(dtype=bool)
    if asked.any():
        these, levels = rows[asked], _levels(rows)
        described = zip(
            these["target_kind"],
            these["operator"],
            these["value_text"].where(numeric[asked]),  # of other kinds only the kind matters
            these["unit"],
            these["name"],
            these["raw_target"],
            levels[asked],
            strict=True,
        )
        chosen[asked] = [_deduced(*each_row) for each_row in described]
    return chosen


@lru_cache(maxsize=1 << 16)
def _deduced(kind: str, operator: str | None, value: str | None, *about: str | None) -> str:
    return str(deduce_behaviour(kind, operator, value, *about))  # type: ignore[arg-type]


def _levels(rows: pd.DataFrame) -> np.ndarray:
    """Return the first and second level of each indicator as one text."""
    told = [rows[name].fillna("") for name in ("level1", "level2") if name in rows]
    return sum(told, pd.Series("", rows.index)).to_numpy(dtype=object)


def _year_rules(rows: pd.DataFrame) -> list[str]:
    """Return the year rule (年度口径) that the map gives, or else the one that suggests itself."""
    given = rows.get("mapped_year_rule", pd.Series(None, rows.index, dtype=object))
    names = ("behaviour", "target_kind", "operator", "value_text", "unit", "name", "raw_target")
    described = zip(*(rows[name] for name in names), strict=True)
    return [
        str(YEAR_RULE_OF_LABEL[label]) if label in YEAR_RULE_OF_LABEL else _rule_of(code, *about)
        for label, code, about in zip(given, rows["measure"], described, strict=True)
    ]


@lru_cache(maxsize=1 << 16)
def _rule_of(code: str | None, *about: str | None) -> str:
    suggested = deduce_year_rule(*about)  # type: ignore[arg-type]
    if suggested is not YearRule.EVERY and code in known_codes() - {REPORTED}:
        return str(measure(code).year_rule)
    return str(suggested)


def _operators(rows: pd.DataFrame, numeric: Mask) -> np.ndarray:
    """Read a bare value as the bound that it is: at most for costs and zeros, else at least.

    Of a length of time the name tells; where it tells of none, `=` stays.
    """
    bare = np.flatnonzero(numeric & among(rows["operator"], (str(Operator.EQ),)))
    read = rows["operator"].to_numpy(dtype=object).copy()
    names = ("unit", "name", "behaviour", "target_micro", "raw_target", "behaviour_given")
    about = (rows[each].iloc[bare] for each in names)
    described = zip(*about, _levels(rows)[bare], strict=True)
    read[bare] = [_bound(*each_row) for each_row in described]
    return read


@lru_cache(maxsize=1 << 16)
def _bound(
    unit: str | None,
    name: str,
    behaviour: str,
    micro: int | None,
    raw: str,
    given: bool,
    level: str,
) -> str:
    if behaviour == Behaviour.COST:
        return str(Operator.LE)
    value = None if micro is None else Fraction(micro, MICRO)
    made = given and behaviour in CARRIED  # a person says that it grows or is brought about
    return str(bound_of_bare(unit, name, level, value, raw, made=made))


def _statuses(compared: Compared, checkpoint: Checkpoint) -> np.ndarray:
    rows, last = compared.rows, checkpoint.last
    yes, no = compared.reached()
    dated = among(rows["target_kind"], (str(TargetKind.DATE),))
    due = on_or_before(_due_days(rows, dated), checkpoint.ends_on, missing=last)
    one_off, grows, cost = (
        among(compared.behaviour, (str(behaviour),))
        for behaviour in (Behaviour.ONE_OFF, Behaviour.CUMULATIVE, Behaviour.COST)
    )
    grows = grows & ~among(rows["year_rule"], (str(YearRule.EVERY),))
    adds_up = among(rows["year_rule"], (str(YearRule.TOTAL),))  # a wait or a price does not
    total_cost = cost & compared.whole & adds_up
    over = compared.above_upper | (compared.at_most & compared.whole)
    past_mending = (over & grows) | total_cost
    phased, phase_kept = compared.phase()
    kept = np.where(phased, phase_kept, compared.on_pace(checkpoint))
    can_rise = total_cost & (not last)
    pending = no & (grows | phased) & ~past_mending & (not last)
    chosen = np.select(
        [
            yes & can_rise & phased & ~phase_kept,
            yes & can_rise,
            yes,
            (one_off | dated) & ~due,
            ~no,
            pending & kept,
            pending,
        ],
        range(7),
        default=7,
    )
    return np.asarray(STATUS_BY_RULE[chosen])


def _due_days(rows: pd.DataFrame, dated: Mask) -> pd.Series:
    """Return the day by which each is due: the map's, or that of a date target; None: year end."""
    due = rows["due_on"].to_numpy(dtype=object).copy()
    own = dated & pd.isna(due)
    due[own] = pd.to_datetime(rows["value_text"].to_numpy(dtype=object)[own]).date
    return plain(due, rows)


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
