"""Indicators against targets: statuses by behaviour, exact at their thresholds."""

from datetime import date

import pytest

from tests.one_indicator import judge, reported


@pytest.mark.parametrize(
    ("raw", "count", "status"),
    [
        ("每季度不少于2次", 8, "no_data"),
        ("≥2次/村", 8, "no_data"),
        ("≥2次/村", 0, "missed"),
        ("≥2次/年", 8, "met"),
        ("≥2次", 8, "met"),
    ],
)
def test_a_count_of_all_is_not_held_against_what_is_asked_for_each(
    raw: str, count: int, status: str
) -> None:
    found = judge(raw, "2024-12", measure="publicity_activities", numerator=count, denominator=1)
    assert found["status"] == status
    assert ("总数" in str(found["reason"])) == (status == "no_data")


@pytest.mark.parametrize(
    ("raw", "numerator", "denominator", "status"),
    [
        ("≥95%", 95, 100, "met"),
        ("≥95%", 94_999_999, 100_000_000, "missed"),
        ("≥95%", 950_000_001, 1_000_000_000, "met"),
        ("100%", 170, 171, "missed"),
        ("100%", 171, 171, "met"),
        ("≤5%", 5, 100, "met"),
        ("≤5%", 51, 1000, "missed"),
        (">95%", 95, 100, "missed"),
        ("95%-98%", 97, 100, "met"),
        ("95%-98%", 99, 100, "missed"),
        ("≥95%", 95 * 10**17, 10**19, "met"),
    ],
)
def test_a_rate_must_hold_at_each_checkpoint_exactly(
    raw: str, numerator: int, denominator: int, status: str
) -> None:
    assert judge(raw, numerator=numerator, denominator=denominator)["status"] == status


@pytest.mark.parametrize(
    ("quarter", "count", "status"),
    [
        ("2024-03", 50, "on_track"),
        ("2024-03", 49, "behind"),
        ("2024-06", 100, "on_track"),
        ("2024-06", 200, "met"),
        ("2024-10", 166, "on_track"),
        ("2024-10", 165, "behind"),
        ("2024-12", 199, "missed"),
        ("2024-12", 200, "met"),
    ],
)
def test_a_count_grows_to_its_yearly_value_and_is_never_missed_before(
    quarter: str, count: int, status: str
) -> None:
    assert judge("≥200个", quarter, numerator=count, denominator=1)["status"] == status


def test_the_part_of_a_whole_thing_is_not_asked_for() -> None:
    assert judge("≥3次", "2024-03", numerator=0, denominator=1)["status"] == "on_track"
    assert judge("≥3次", "2024-06", numerator=0, denominator=1)["status"] == "behind"


def test_pace_follows_the_spending_plan_where_the_map_says_so() -> None:
    given = {"mapped_behaviour": "累计", "pace": "支出计划", "planned_bp": 2000}
    judged = judge("≥95%", "2024-03", numerator=20, denominator=100, **given)
    assert judged["status"] == "on_track"
    assert "支出计划进度" in str(judged["reason"])


def test_a_one_off_is_not_due_before_its_day() -> None:
    due = {"name": "建成数", "mapped_behaviour": "一次性", "due_on": date(2024, 10, 31)}
    assert reported("1个", "0个", "2024-06", **due) == "not_due"
    assert reported("1个", "0个", "2024-10", **due) == "missed"
    assert reported("1个", "1个", "2024-06", **due) == "met"
    assert judge("1个", "2024-06", **due)["status"] == "not_due"
    assert judge("1个", "2024-10", **due)["status"] == "no_data"


def test_a_price_is_met_at_or_below_its_limit() -> None:
    cost = {"name": "投保成本", "numerator": 1000 * 100, "denominator": 100 * 100}
    judged = judge("10元/户", **cost)
    assert (judged["status"], judged["actual_text"]) == ("met", "10.00元/户")
    more = {"numerator": 100_100, "denominator": 10_000}
    assert judge("10元/户", **cost | more)["status"] == "missed"
    assert judge("10元/户", **more)["status"] == "no_data"  # of a price, or of what is given


def test_what_grows_past_its_upper_limit_is_missed_at_once() -> None:
    given = {"mapped_behaviour": "累计", "numerator": 8, "denominator": 1}
    assert judge("≤5起", "2024-06", **given)["status"] == "missed"


def test_a_total_below_its_limit_is_on_track_until_the_year_ends() -> None:
    assert judge("≤80万元", "2024-06", numerator=60_0000, denominator=1)["status"] == "on_track"
    assert judge("≤80万元", "2024-12", numerator=60_0000, denominator=1)["status"] == "met"
    assert judge("≤80万元", "2024-06", numerator=81_0000, denominator=1)["status"] == "missed"
