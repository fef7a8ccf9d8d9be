from datetime import date

import pytest

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.errors import ConfigurationError

OCTOBER = FiscalCalendar((3, 6, 10, 12))


def test_the_third_checkpoint_is_the_end_of_october_when_the_calendar_says_so() -> None:
    third = OCTOBER.checkpoint("2024Q3")
    assert (third.label, third.ends_on) == ("10月底", date(2024, 10, 31))
    assert third.period_starts_on == date(2024, 7, 1)
    assert not third.last


def test_another_district_checks_at_the_end_of_september() -> None:
    assert FiscalCalendar((3, 6, 9, 12)).checkpoint("2024q3").ends_on == date(2024, 9, 30)


def test_the_first_period_starts_with_the_year_and_the_last_checkpoint_is_last() -> None:
    first, *_, last = OCTOBER.checkpoints(2023)
    assert first.period_starts_on == date(2023, 1, 1)
    assert last.last
    assert last.ends_on == date(2023, 12, 31)


def test_leap_february_ends_on_the_29th() -> None:
    assert FiscalCalendar((2, 12)).checkpoint("2024Q1").ends_on == date(2024, 2, 29)


def test_partitions_start_the_day_after_each_checkpoint() -> None:
    assert OCTOBER.partition_cron == "0 0 1 1,4,7,11 *"


@pytest.mark.parametrize("quarter", ["2024Q5", "2024Q0", "2024", "Q1", "2024Qx", "", "二〇二四Q1"])
def test_a_quarter_outside_the_calendar_is_refused_in_chinese(quarter: str) -> None:
    with pytest.raises(ConfigurationError, match="没有检查点"):
        OCTOBER.checkpoint(quarter)


@pytest.mark.parametrize("months", [(), (3, 6), (6, 3, 12), (0, 12), (3, 3, 12)])
def test_months_that_do_not_ascend_to_december_are_refused(months: tuple[int, ...]) -> None:
    with pytest.raises(ConfigurationError, match="检查点月份"):
        FiscalCalendar(months)


def test_the_coming_checkpoint_is_today_s_until_its_day_is_over() -> None:
    assert OCTOBER.coming(date(2024, 1, 1)).name == "2024Q1"
    assert OCTOBER.coming(date(2024, 10, 31)).name == "2024Q3"
    assert OCTOBER.coming(date(2024, 11, 1)).name == "2024Q4"
    assert OCTOBER.coming(date(2024, 12, 31)).name == "2024Q4"
    assert OCTOBER.coming(date(2025, 1, 1)).name == "2025Q1"
