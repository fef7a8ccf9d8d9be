"""The year's value of what is counted by period (年度口径): added up, or pooled.

At a checkpoint before the year's end a rate is judged by its own period; at the last one the year
is judged, by numerators over denominators of the whole year. Reported values that state their
period alone (本期数) are added to those before them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from operator import add, lt

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.status import Behaviour
from perf_pipeline.domain.year_rule import Covers, YearRule
from perf_pipeline.monitoring.actual_values import limits_of
from perf_pipeline.monitoring.actuals import LARGEST, Limits
from perf_pipeline.monitoring.indicator import Indicator
from perf_pipeline.monitoring.reported_period import (
    Period,
    states,
    value_of_period,
    values_since,
)

ADDED = (YearRule.TOTAL, YearRule.POOLED)


def year_so_far(row: Indicator, periods: Sequence[Period], checkpoint: Checkpoint) -> Indicator:
    """Put the year's value in the place of the period's where the year rule asks for it.

    `not_added` then says why reported values give none: they cannot be added up, or fall.
    """
    if row.year_rule not in ADDED:
        return row
    if checkpoint.last or row.behaviour == Behaviour.CUMULATIVE:
        row = _pooled(row)
    if not row.reported or not periods:
        return row
    limits, total = Limits.of(row.name, row.raw_target, row.unit), row.year_rule == YearRule.TOTAL
    if told := _falls(row, periods, limits, last=checkpoint.last):
        said = (
            f"年初以来的数不会变小，却是{told}；哪个不对请改正，是本期数的请把填报口径写作“本期数”；"
            "会增减的（如在岗人数）请在指标与度量对照表把年度口径写作“时点数”"
        )
        return _without_value(row, said)
    by_period = states(periods[-1], row.year_rule) is Covers.PERIOD
    return _added(row, periods, limits) if by_period and (total or checkpoint.last) else row


def _pooled(row: Indicator) -> Indicator:
    """Put the year's figure of a measure that is judged by period in the place of the period's."""
    now, year = (row.numerator, row.denominator), (row.year_numerator, row.year_denominator)
    if row.year_denominator is None or now == year:
        return row
    return row._replace(
        period_numerator=now[0],
        period_denominator=now[1],
        numerator=year[0],
        denominator=year[1],
    )


def _falls(row: Indicator, periods: Sequence[Period], limits: Limits, *, last: bool) -> str | None:
    """Say where what was reported of the year so far is less than what came before.

    Where it grew again (30, 20, 40) each may be of its period: that is settled where a later report
    that is no less says that it is of the year so far (填报口径), or where the target is met either
    way. Of a rate both counts only grow; before the year's end its last report is judged, so that
    only one that says that it is of the year so far can contradict.
    """
    total = row.year_rule == YearRule.TOTAL
    year: tuple[Fraction | int, ...] = (0,) * (1 if total else 2)
    highest = summed = year
    said: list[str] = []  # of what makes the year so far, and the highest
    then: list[str] = []
    fell: list[str] = []
    stated = False  # 填报口径 of what fell
    for each in periods:
        value = value_of_period(each, row.year_rule, limits)
        if value is None or (total and not value[1]):
            continue  # the year so far is at least what the others say
        if value[0] < 0:
            return None  # a net figure may fall
        now = (Fraction(*value),) if total else value
        shown = (each["reported_text"] or value[0]) if total else f"{value[0]}/{value[1]}"
        words = f"{each['on'].month}月报“{shown}”"
        anew = states(each, row.year_rule) is Covers.YEAR
        summed = tuple(map(add, summed, now))
        year, said = (now, [words]) if anew else (tuple(map(add, year, now)), [*said, words])
        if any(map(lt, year, highest)):
            fell, stated = [*then, words], each["covers"] == Covers.YEAR.label
            continue
        highest, then = year, said
        if each["covers"] == Covers.YEAR.label:
            fell, stated = [], False
    if not fell or not (last or total or stated):
        return None
    aimed = limits_of(row)
    met, pooled = (aimed.met_by(Fraction(*each)) for each in (year, summed))
    settled = (year == highest and met and pooled) if total else (not stated and met == pooled)
    return None if settled else "、".join(fell)


def _without_value(row: Indicator, said: str) -> Indicator:
    """Leave an indicator without a reported value, and say why."""
    return row._replace(
        not_added=said, reported_text=None, reported_numerator=None, reported_denominator=None
    )


def _added(row: Indicator, periods: Sequence[Period], limits: Limits) -> Indicator:
    """Add reported periods to the last report of the year so far, or pool their counts."""
    values = values_since(periods, row.year_rule, limits)
    known = [value for value in values if value is not None]
    numerator, denominator = (sum(parts) for parts in zip(*known, strict=True)) if known else (0, 0)
    if row.year_rule == YearRule.TOTAL and known:
        total = sum((Fraction(*value) for value in known), Fraction(0))
        numerator, denominator = total.numerator, total.denominator
    now = values[-1]
    if now is None or len(known) < len(values) or max(abs(numerator), denominator) > LARGEST:
        words = "、".join(filter(None, (each["reported_text"] for each in periods[-len(values) :])))
        return _without_value(row, f"填报的是本期数，“{words}”不能合成全年数，请填写分子和分母")
    row = row._replace(reported_numerator=numerator, reported_denominator=denominator)
    if len(values) == 1:
        return row
    return row._replace(period_numerator=now[0], period_denominator=now[1])
