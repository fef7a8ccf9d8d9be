"""What must hold in each period (每期都须达到): one break is a break for the year.

Later good periods do not heal it; they are told beside it. A period that nobody reported on may
have been broken, so that the year does not count as met while it is open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from perf_pipeline.domain.calendar import Checkpoint, month_end
from perf_pipeline.domain.status import Status
from perf_pipeline.domain.year_rule import Covers, YearRule
from perf_pipeline.measures.catalogue import OF_THE_PERIOD
from perf_pipeline.monitoring.actual_values import Actual, actual_value, reaches
from perf_pipeline.monitoring.actuals import write_actual
from perf_pipeline.monitoring.indicator import AT_MOST, Indicator
from perf_pipeline.monitoring.reported_period import Period, states


class _Judged(NamedTuple):
    """A period judged by itself: whether it held, None where nobody can tell."""

    on: date
    held: bool | None
    value: Actual
    text: str
    covers: Covers

    @property
    def said(self) -> str:
        return f"{point(self.on)}{self.text}"


def point(day: date) -> str:
    """Write a day as checkpoints are written: 10月底, 10月15日."""
    if (day + timedelta(days=1)).day == 1:
        return f"{day.month}月底"
    return f"{day.month}月{day.day}日"


def tell_broken_periods(
    row: Indicator, periods: Sequence[Period], checkpoint: Checkpoint
) -> Indicator:
    """Make an indicator that did not hold in a period missed, by its worst value of the year.

    `broken` tells the periods that did not hold with their values, `after_break` those after the
    last of them that did; both None where nothing broke. `unsettled` tells the periods that nobody
    reported on, or in words that cannot be compared; where nothing else broke there is then no
    data. Of a measured figure, a period in which nothing was to be counted breaks nothing.
    """
    if row.year_rule != YearRule.EVERY or not periods:
        return row
    mine = [_judged(row, each) for each in periods]
    if row.reported:
        row = row._replace(unsettled="、".join(_unsettled(mine, checkpoint)) or None)
    broken = [each for each in mine if each.held is False]
    if not broken:
        return row._replace(status=str(Status.NO_DATA)) if row.unsettled else row
    worst = max(broken, key=lambda each: _badness(each.value, at_most=row.operator in AT_MOST))
    after = [each for each in mine if each.held and each.on > broken[-1].on]
    return row._replace(
        status=str(Status.MISSED),
        broken="、".join(_anew(mine)),
        after_break="、".join(each.said for each in after) or None,
        numerator=worst.value.numerator,
        denominator=worst.value.denominator,
        word=worst.value.word,
        has_number=worst.value.denominator is not None,
    )


def _anew(mine: Sequence[_Judged]) -> Iterator[str]:
    """Say each period that did not hold; what is still so of the year so far is no other break."""
    before = None
    for each in mine:
        if each.held is False and (each.covers is not Covers.YEAR or each.value != before):
            yield each.said
        before = each.value


def _judged(row: Indicator, period: Period) -> _Judged:
    """Judge a period by itself, by the target that the checkpoint is judged by."""
    own = ("numerator", "denominator", "reported_text", "reported_numerator")
    values = {name: period[name] for name in (*own, "reported_denominator")}
    row = row._replace(**values, reported_on=period["on"])
    value = actual_value(row, usable=row.reported)
    if value.number is None or not row.numeric or row.target_micro is None:
        value = Actual(word=value.word)
    text = row.reported_text
    if text is None and value.numerator is not None and value.denominator is not None:
        aim = (row.unit, row.target_micro, row.upper_micro)
        text = write_actual(value.numerator, value.denominator, *aim)
    covers = states(period, row.year_rule)
    if not row.reported and row.measure not in OF_THE_PERIOD:
        covers = Covers.YEAR
    return _Judged(period["on"], reaches(row, value), value, text or "", covers)


def _unsettled(mine: Sequence[_Judged], checkpoint: Checkpoint) -> Iterator[str]:
    """Say which periods of the year so far are not known to have held or not."""
    begins = checkpoint.starts_on
    whole = [each.on for each in mine if each.held and each.covers is Covers.YEAR]
    settled_until = max(whole, default=date.min)  # what is told of the year so far tells of it all
    for month in checkpoint.months[: checkpoint.ordinal]:
        ends = month_end(checkpoint.fiscal_year, month)
        told = [each for each in mine if begins <= each.on <= ends]
        if not told and settled_until < ends:
            yield f"{point(ends)}没有填报值"
        yield from (f"{each.said}无法比较" for each in told if each.held is None)
        begins = ends + timedelta(days=1)


def _badness(value: Actual, *, at_most: bool) -> Fraction:
    number = value.number
    if number is None:
        return Fraction(0)
    return number if at_most else -number
