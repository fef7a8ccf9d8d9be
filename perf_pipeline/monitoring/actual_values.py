"""The actual value of an indicator: measured, or reported by staff in its place."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.share import is_percent
from perf_pipeline.domain.status import CARRIED
from perf_pipeline.domain.target import MICRO, Operator
from perf_pipeline.domain.word_verdict import says_reached
from perf_pipeline.monitoring.actuals import Limits, read_number
from perf_pipeline.monitoring.counted import FEN_OF_YUAN, SUMS_IN_FEN, counts_all
from perf_pipeline.monitoring.indicator import Indicator


class Actual(NamedTuple):
    """An actual value: numerator and denominator, or in `word` what staff wrote, if anything."""

    numerator: int | None = None
    denominator: int | None = None
    word: str | None = None

    @property
    def number(self) -> Fraction | None:
        """Return it as a fraction; None where nothing is known, or nothing was to be counted."""
        if self.numerator is None or not self.denominator:
            return None
        return Fraction(self.numerator, self.denominator)


def speaks_of(row: Indicator, checkpoint: Checkpoint) -> bool:
    """Tell whether the reported value speaks of a checkpoint.

    What was reported for an earlier checkpoint says nothing about this one, unless the indicator
    only grows or happens once.
    """
    if not row.reported or row.behaviour in CARRIED:
        return row.reported
    return row.reported_on is not None and row.reported_on >= checkpoint.period_starts_on


def actual_value(row: Indicator, *, usable: bool) -> Actual:
    """Take the measured value, and in its place the reported one where it is `usable`.

    A count of all, but for none at all, says nothing of what is asked for each (每村2次).
    """
    if usable and row.reported_denominator is not None:
        return Actual(row.reported_numerator or 0, row.reported_denominator)
    of_all = counts_all(row.measure, row.unit) and row.numerator != 0
    measured = Actual()
    if row.numerator is not None and row.denominator is not None and not of_all:
        times = FEN_OF_YUAN if row.measure in SUMS_IN_FEN else 1
        measured = Actual(row.numerator, row.denominator * times)
    if not usable or row.reported_text is None:
        return measured
    word = row.reported_text.strip()
    year = row.reported_on.year if row.reported_on else None
    number = read_number(word, limits_of(row), year) if row.numeric else None
    if number is None:
        return measured._replace(word=word)
    return Actual(number.numerator, number.denominator)


def limits_of(row: Indicator) -> Limits:
    """Return what numbers of an indicator are compared with, as they are read."""
    return Limits.of(
        row.name,
        row.raw_target,
        row.unit,
        operator=row.operator,
        target_micro=row.target_micro,
        upper_micro=row.upper_micro,
    )


def reaches(row: Indicator, value: Actual) -> bool | None:
    """Tell whether a value reaches the target of an indicator; None where that is not known.

    Of a bare value that may be a floor or a ceiling only the value itself is known to be good.
    """
    if not row.numeric:
        if value.word is None:
            return None
        about = (row.target_kind, row.value_text, row.raw_target, value.word)
        return says_reached(*about, row.reported_on or date.max, row.name)
    number = value.number
    if number is None or row.target_micro is None:
        return None
    if row.operator == Operator.EQ and in_micro(row, value) != row.target_micro:
        return None
    return Limits(row.operator, row.unit, row.target_micro, row.upper_micro).met_by(number)


def in_micro(row: Indicator, value: Actual) -> Fraction:
    """Return a number in millionths of what its target is written in: 95% is 95,000,000."""
    assert value.numerator is not None
    times = MICRO * (100 if is_percent(row.unit) else 1)
    return Fraction(value.numerator * times, value.denominator)
