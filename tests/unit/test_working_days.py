"""Working days: weekends, holidays, weekends worked instead, and what an inbox overrules."""

from datetime import date

import pytest

from perf_pipeline.domain.working_days import (
    is_working_day,
    working_day_after,
    working_day_before,
)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2024, 4, 1), True),
        (date(2024, 4, 4), False),  # 清明
        (date(2024, 4, 7), True),  # a Sunday worked instead
        (date(2024, 10, 1), False),
        (date(2024, 10, 12), True),
        (date(2039, 10, 3), True),  # a Monday of a year that nobody has published
        (date(2039, 10, 8), False),
    ],
)
def test_holidays_and_the_weekends_worked_instead_are_known(day: date, worked: bool) -> None:
    assert is_working_day(day) is worked


def test_the_fifth_working_day_after_march_lies_beyond_the_holiday() -> None:
    assert working_day_after(date(2024, 3, 31), 5) == date(2024, 4, 8)


def test_no_lag_is_the_day_after() -> None:
    assert working_day_after(date(2024, 3, 31), 0) == date(2024, 4, 1)


def test_an_inbox_overrules_what_is_published() -> None:
    first = date(2024, 4, 1)
    assert working_day_after(date(2024, 3, 31), 1, holidays=[first]) == date(2024, 4, 2)
    assert is_working_day(date(2024, 4, 6), worked=[date(2024, 4, 6)])


def test_the_last_working_days_before_a_checkpoint_count_its_own_day_where_it_is_worked() -> None:
    assert working_day_before(date(2024, 3, 31), 5) == date(2024, 3, 25)  # a Sunday
    assert working_day_before(date(2024, 10, 31), 1) == date(2024, 10, 31)
    assert working_day_before(date(2024, 10, 8), 2) == date(2024, 9, 30)  # before 国庆
    assert working_day_before(date(2024, 3, 31), 0) == date(2024, 4, 1)  # never before it
