"""One report of staff (人工填报指标值): what it states, and its own figure."""

from __future__ import annotations

from collections.abc import Sequence

from perf_pipeline.domain.year_rule import COVERS_OF_LABEL, DEFAULT_COVERS, Covers, YearRule
from perf_pipeline.monitoring.actuals import Limits, read_number
from perf_pipeline.monitoring.rows import Columns

Period = Columns  # a report, or what was measured, of a period: a row of the register


def states(period: Period, rule: str) -> Covers:
    """Return what a reported value states (填报口径): as written, or as its year rule suggests."""
    return COVERS_OF_LABEL.get(period["covers"] or "", DEFAULT_COVERS[YearRule(rule)])


def value_of_period(period: Period, rule: str, limits: Limits) -> tuple[int, int] | None:
    """Return a period's figure; a percentage without its counts cannot be pooled."""
    if period["reported_denominator"] is not None:
        return int(period["reported_numerator"]), int(period["reported_denominator"])
    if rule == YearRule.POOLED or period["reported_text"] is None:
        return None
    number = read_number(period["reported_text"], limits, period["on"].year)
    return None if number is None else (number.numerator, number.denominator)


def values_since(
    periods: Sequence[Period], rule: str, limits: Limits
) -> list[tuple[int, int] | None]:
    """Return the figures to be put together: the last of the year so far, and periods since."""
    of_year = (n for n, each in enumerate(periods) if states(each, rule) is Covers.YEAR)
    return [value_of_period(each, rule, limits) for each in periods[max(of_year, default=0) :]]
