from datetime import date

import pytest

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.errors import ConfigurationError

OCTOBER = FiscalCalendar((3, 6, 10, 12))
FIVE = FiscalCalendar((3, 6, 9, 10, 12))


def test_a_checkpoint_is_named_by_its_month() -> None:
    october = OCTOBER.checkpoint("2024-10")
    assert (october.name, october.label) == ("2024-10", "10月底")
    assert october.ends_on == date(2024, 10, 31)
    assert october.period_starts_on == date(2024, 7, 1)
    assert not october.last


@pytest.mark.parametrize("months", [(3, 6, 10, 12), (3, 6, 9, 12), (2, 5, 8, 12)])
def test_where_a_year_has_four_a_quarter_is_another_name(months: tuple[int, ...]) -> None:
    calendar = FiscalCalendar(months)
    for nth, month in enumerate(months, start=1):
        of_month = calendar.checkpoint(f"2024-{month:02d}")
        assert calendar.checkpoint(f"2024Q{nth}") == calendar.checkpoint(f"2024q{nth}") == of_month


@pytest.mark.parametrize("calendar", [FIVE, FiscalCalendar((6, 10, 12)), FiscalCalendar((12,))])
def test_where_a_year_has_not_four_no_quarter_is_a_name(calendar: FiscalCalendar) -> None:
    assert [each.name for each in calendar.checkpoints(2024)][-1] == "2024-12"
    for quarter in ("2024Q1", "2024Q3", "2024Q5"):
        with pytest.raises(ConfigurationError, match="2024-12（12月底）") as told:
            calendar.checkpoint(quarter)
        assert "Q1 到" not in str(told.value)


def test_an_unknown_name_is_told_with_those_that_there_are() -> None:
    with pytest.raises(ConfigurationError) as told:
        OCTOBER.checkpoint("2023-09")
    assert str(told.value) == (
        "没有检查点“2023-09”：2023年可写 2023-03（3月底）、2023-06（6月底）、"
        "2023-10（10月底）、2023-12（12月底），也可写作 2023Q1 到 Q4"
    )


def test_another_district_checks_at_the_end_of_september() -> None:
    assert FiscalCalendar((3, 6, 9, 12)).checkpoint("2024q3").ends_on == date(2024, 9, 30)


def test_each_knows_the_one_before_and_the_one_after() -> None:
    september = FIVE.checkpoint("2024-09")
    assert september.period_starts_on == date(2024, 7, 1)
    assert (september.next_label, september.next_ends_on) == ("10月底", date(2024, 10, 31))
    assert (september.ordinal, FIVE.checkpoint("2024-12").next_label) == (3, None)


def test_the_first_period_starts_with_the_year_and_the_last_checkpoint_is_last() -> None:
    first, *_, last = OCTOBER.checkpoints(2023)
    assert first.period_starts_on == date(2023, 1, 1)
    assert last.last
    assert last.ends_on == date(2023, 12, 31)


def test_leap_february_ends_on_the_29th() -> None:
    assert FiscalCalendar((2, 12)).checkpoint("2024-02").ends_on == date(2024, 2, 29)


def test_partitions_begin_with_the_last_minute_of_each_checkpoint() -> None:
    assert OCTOBER.partition_cron == "59 23 L 3,6,10,12 *"


@pytest.mark.parametrize(
    "name",
    ["2024Q5", "2024Q0", "2024", "Q1", "2024Qx", "", "二〇二四Q1", "2024-1", "2024-13", "24-10"],
)
def test_a_name_outside_the_calendar_is_refused_in_chinese(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"没有检查点.*-03（3月底）"):
        OCTOBER.checkpoint(name)


@pytest.mark.parametrize("months", [(), (3, 6), (6, 3, 12), (0, 12), (3, 3, 12)])
def test_months_that_do_not_ascend_to_december_are_refused(months: tuple[int, ...]) -> None:
    with pytest.raises(ConfigurationError, match="检查点月份"):
        FiscalCalendar(months)


def test_the_coming_checkpoint_is_today_s_until_its_day_is_over() -> None:
    assert OCTOBER.coming(date(2024, 1, 1)).name == "2024-03"
    assert OCTOBER.coming(date(2024, 10, 31)).name == "2024-10"
    assert OCTOBER.coming(date(2024, 11, 1)).name == "2024-12"
    assert OCTOBER.coming(date(2024, 12, 31)).name == "2024-12"
    assert OCTOBER.coming(date(2025, 1, 1)).name == "2025-03"
