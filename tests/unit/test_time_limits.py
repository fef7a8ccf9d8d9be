"""Due dates and states of time limits, by the calendar."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from perf_pipeline.domain.time_limits import (
    LimitState,
    days_overdue,
    limit_state,
)
from perf_pipeline.registers.declaration import load_registers, register

dates = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def test_the_last_day_is_in_time_and_the_next_is_not() -> None:
    due = date(2024, 3, 16)
    assert days_overdue(due, date(2024, 3, 16)) == 0
    assert days_overdue(due, date(2024, 3, 17)) == 1


@given(dates, st.integers(0, 90), st.none() | dates, dates, st.integers(0, 120))
def test_a_case_is_in_one_state_and_overdue_only_after_its_last_day(
    start: date, days: int, done: date | None, as_of: date, ahead: int
) -> None:
    due = start + timedelta(days=days)
    state = limit_state(due, done, as_of, as_of + timedelta(days=ahead))
    was_done = done is not None and done <= as_of
    assert (state is LimitState.DONE) == was_done
    assert (state is LimitState.OVERDUE) == (not was_done and days_overdue(due, as_of) > 0)
    if state is LimitState.SOON:
        assert 0 <= -days_overdue(due, as_of) <= ahead


def test_petition_limits_are_those_of_the_regulation_each_with_its_article() -> None:
    limits = {each.name: (each.days, each.right) for each in register("petition_case").limits}
    assert limits == {
        "acceptance": (15, False),
        "closing": (60, False),
        "asking_review": (30, True),
        "review": (30, False),
        "asking_recheck": (30, True),
        "recheck": (30, False),
    }
    extension = register("petition_case").column("extended_days")
    assert extension.maximum == 30
    for declared in load_registers():
        for limit in declared.limits:
            assert "第" in limit.source
            assert "条" in limit.source
