"""Indicators against targets (绩效目标实现程度): a pure function of one indicator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache

from perf_pipeline.domain.bare_bound import DIRECTIONS, bound_of_bare
from perf_pipeline.domain.behaviour import (
    deduce_behaviour,
    deduce_year_rule,
    unit_for_each,
)
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.domain.status import Behaviour, Status
from perf_pipeline.domain.target import MICRO, NUMBERS, Operator, TargetKind
from perf_pipeline.domain.year_rule import YEAR_RULE_OF_LABEL, YearRule
from perf_pipeline.measures.catalogue import REPORTED, known_codes, measure
from perf_pipeline.monitoring.actual_values import (
    Actual,
    actual_value,
    in_micro,
    reaches,
    speaks_of,
)
from perf_pipeline.monitoring.broken_periods import tell_broken_periods
from perf_pipeline.monitoring.indicator import AT_MOST, Indicator
from perf_pipeline.monitoring.reported_period import Period
from perf_pipeline.monitoring.year_so_far import year_so_far

PACE_OF_PLAN = "支出计划"
NOTHING_SEEN: Mapping[tuple[int, str], Sequence[Period]] = {}


def judge_indicators(
    indicators: Iterable[Indicator],
    checkpoint: Checkpoint,
    periods: Mapping[tuple[int, str], Sequence[Period]] = NOTHING_SEEN,
) -> list[Indicator]:
    """Judge indicators, each with what was seen of it, see `judge_indicator`.

    `periods` are by indicator, in the order of their days, the reports and periods measured in the
    year so far: on, covers, numerator, denominator, reported_text, reported_numerator,
    reported_denominator.
    """
    return [judge_indicator(row, periods.get(row.key, ()), checkpoint) for row in indicators]


def judge_indicator(row: Indicator, periods: Sequence[Period], checkpoint: Checkpoint) -> Indicator:
    """Judge an indicator at a checkpoint, with what was seen of it in the periods of the year.

    One that must hold in each period (每期都须达到) and did not hold in one is missed from then on;
    its value is the worst of the year. One that nobody reported on in a period has no data.
    """
    row = year_so_far(_as_meant(row), periods, checkpoint)
    value = actual_value(row, usable=speaks_of(row, checkpoint))
    has_number = row.numeric and row.target_micro is not None and bool(value.denominator)
    row = row._replace(
        numerator=value.numerator,
        denominator=value.denominator,
        word=value.word,
        has_number=has_number,
        status=str(_status(row, value, checkpoint, has_number=has_number)),
    )
    return tell_broken_periods(row, periods, checkpoint)


def _as_meant(row: Indicator) -> Indicator:
    """Read unit, behaviour, year rule and operator as they are meant."""
    unit, operator, behaviour, rule = _meaning(
        *(row.target_kind, row.operator, row.value_text, row.target_micro, row.unit),
        *(row.raw_target, row.name, row.level, row.measure),
        *(row.mapped_behaviour, row.mapped_year_rule, row.mapped_direction),
    )
    given = bool(row.mapped_behaviour)
    return row._replace(
        unit=unit, operator=operator, behaviour=behaviour, behaviour_given=given, year_rule=rule
    )


@lru_cache(maxsize=1 << 16)  # at each checkpoint the same, and many departments promise alike
def _meaning(
    kind: str,
    operator: str | None,
    value: str | None,
    micro: int | None,
    unit: str | None,
    raw: str,
    name: str,
    level: str,
    code: str | None,
    behaviour: str | None,
    label: str | None,
    direction: str | None,
) -> tuple[str | None, str | None, str, str]:
    numeric, unit = kind in NUMBERS, unit_for_each(unit, name)
    if numeric and operator == Operator.EQ:
        operator = str(DIRECTIONS.get(direction or "", Operator.EQ))
    if not behaviour:
        counted = value if numeric else None  # of other kinds only the kind matters
        about = (kind, operator, counted, unit, name, raw, level)
        behaviour = str(deduce_behaviour(*about))
    rule = YEAR_RULE_OF_LABEL.get(label or "")
    if rule is None:
        rule = deduce_year_rule(behaviour, kind, operator, value, unit, name, raw)
        if rule is not YearRule.EVERY and code in known_codes() - {REPORTED}:
            rule = measure(code).year
    if numeric and operator == Operator.EQ:
        # at most for costs and zeros, else at least; of a length of time the name tells, or `=`
        number = None if micro is None else Fraction(micro, MICRO)
        of_cost = behaviour == Behaviour.COST
        operator = str(Operator.LE if of_cost else bound_of_bare(unit, name, level, number, raw))
    return unit, operator, behaviour, str(rule)


def _status(row: Indicator, value: Actual, checkpoint: Checkpoint, *, has_number: bool) -> Status:
    reached, last = reaches(row, value), checkpoint.last
    phased = has_number and row.phase_micro is not None
    adds_up = row.year_rule == YearRule.TOTAL  # a wait or a price does not
    total_cost = row.behaviour == Behaviour.COST and value.denominator == 1 and adds_up
    if reached and total_cost and not last:  # it may still rise
        return Status.ON_TRACK if not phased or _keeps_phase(row, value) else Status.BEHIND
    if reached:
        return Status.MET
    dated = row.target_kind == TargetKind.DATE
    if (row.behaviour == Behaviour.ONE_OFF or dated) and not _is_due(row, checkpoint, dated=dated):
        return Status.NOT_DUE
    if reached is None:
        return Status.NO_DATA
    grows = row.behaviour == Behaviour.CUMULATIVE and row.year_rule != YearRule.EVERY
    if last or not (grows or phased) or total_cost or (grows and _is_over(row, value)):
        return Status.MISSED
    kept = _keeps_phase(row, value) if phased else _on_pace(row, value, checkpoint)
    return Status.ON_TRACK if kept else Status.BEHIND


def _is_due(row: Indicator, checkpoint: Checkpoint, *, dated: bool) -> bool:
    """Tell whether the day has come: the map's, or that of a date target; else the year's end."""
    day = row.due_on
    if day is None and dated and row.value_text:
        day = date.fromisoformat(row.value_text)
    return checkpoint.last if day is None else day <= checkpoint.ends_on


def _is_over(row: Indicator, value: Actual) -> bool:
    """Tell whether what grows has passed its ceiling, so that it can only get worse."""
    if row.operator in AT_MOST and value.denominator == 1:
        return True
    return row.upper_micro is not None and in_micro(row, value) > row.upper_micro


def _keeps_phase(row: Indicator, value: Actual) -> bool:
    """Tell whether a value is on the good side of the target of a phase, or on it."""
    now, micro = in_micro(row, value), row.phase_micro or 0
    return now <= micro if row.operator in AT_MOST else now >= micro


def _on_pace(row: Indicator, value: Actual, checkpoint: Checkpoint) -> bool:
    """Tell whether a growing value has reached its due share of the target.

    The due share is that of the year gone by, in months, or of the spending plan where the map
    says so; of a count of whole things, the part of a thing that is due is not asked for.
    """
    if not row.numeric or row.target_micro is None:
        return False
    share = Fraction(checkpoint.month, 12)
    if row.pace == PACE_OF_PLAN and row.planned_bp is not None:
        share = Fraction(row.planned_bp, WHOLE_BP)
    due = row.target_micro * share.numerator // share.denominator
    if value.denominator == 1:
        due -= due % MICRO
    return in_micro(row, value) >= due
