"""A promise is held against what staff reported by its own day, not by a checkpoint before it."""

from datetime import date
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from perf_pipeline.domain.status import Behaviour
from perf_pipeline.domain.year_rule import YearRule
from perf_pipeline.items.reported import reported_by
from perf_pipeline.monitoring.actuals import Limits

CHECKPOINTS = [date(2024, 3, 31), date(2024, 6, 30)]
WANTED = Limits(">=", "处", 57_000_000, None)
MARCH, MAY, JUNE, JULY = (
    *(date(2024, 3, 31), date(2024, 5, 31)),
    *(date(2024, 6, 30), date(2024, 7, 31)),
)


def report(as_of: date, text: str | None, covers: str | None = None, **more: Any) -> dict[str, Any]:
    said = {"on": as_of, "reported_text": text, "covers": covers, "section": None}
    return said | {"reported_numerator": None, "reported_denominator": None} | more


def row(behaviour: Behaviour = Behaviour.CUMULATIVE, rule: YearRule = YearRule.TOTAL) -> Any:
    return SimpleNamespace(section=None, behaviour=str(behaviour), year_rule=str(rule), unit="处")


@pytest.mark.parametrize(
    ("by", "found"),
    [
        (date(2024, 3, 30), None),  # nothing had been reported
        (date(2024, 5, 30), (45, MARCH)),
        (MAY, (57, MAY)),  # between two checkpoints
        (date(2024, 6, 29), (57, MAY)),
        (JUNE, (60, JUNE)),
        (date(2024, 7, 15), (60, JUNE)),
        (JULY, None),  # what was reported then is no number
    ],
)
def test_what_was_reported_by_the_day_counts(by: date, found: tuple[int, date] | None) -> None:
    reports = [
        *(report(MARCH, "45处"), report(MAY, "57处"), report(JUNE, "60处")),
        report(JULY, "基本完成"),
    ]
    got = reported_by(reports, row(), by, CHECKPOINTS, WANTED)
    assert (got and (got.value, got.on)) == (found and (Fraction(found[0]), found[1]))


def test_periods_are_added_up_and_a_year_so_far_is_not() -> None:
    periods = [report(each, "20处", "本期数") for each in (MARCH, MAY, JUNE)]
    assert (got := reported_by(periods, row(), JUNE, CHECKPOINTS, WANTED)) is not None
    assert got.value == 60
    so_far = [report(MARCH, "20处", "年初以来"), report(MAY, "20处", "本期数")]
    assert (got := reported_by(so_far, row(), JUNE, CHECKPOINTS, WANTED)) is not None
    assert got.value == 40
    unknown = [report(MARCH, "若干", "本期数"), report(MAY, "20处", "本期数")]
    assert reported_by(unknown, row(), JUNE, CHECKPOINTS, WANTED) is None


def test_a_state_of_an_earlier_period_says_nothing_of_this_one() -> None:
    state = row(Behaviour.LEVEL, YearRule.STATE)
    reports = [report(MARCH, None, reported_numerator=95, reported_denominator=100)]
    assert reported_by(reports, state, MAY, CHECKPOINTS, WANTED) is None
    reports.append(report(MAY, None, reported_numerator=96, reported_denominator=100))
    assert (got := reported_by(reports, state, MAY, CHECKPOINTS, WANTED)) is not None
    assert got.value == Fraction(96, 100)


def test_a_bound_that_does_not_settle_the_promise_is_no_figure() -> None:
    assert reported_by([report(MAY, "50处以上")], row(), MAY, CHECKPOINTS, WANTED) is None
    settled = reported_by([report(MAY, "60处以上")], row(), MAY, CHECKPOINTS, WANTED)
    assert settled is not None
    assert settled.value == 60
