"""Spending against plan: deviation and light, exact at their limits."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.share import percent, points
from perf_pipeline.monitoring.money_on_day import Change, over_since
from perf_pipeline.monitoring.spending import judge_spending
from perf_pipeline.monitoring.spending_lines import spending_lines
from perf_pipeline.monitoring.spending_words import spending_reason
from tests.one_money import money

BUDGET = 80_000_000


def judge(
    budget_fen: int | None = BUDGET,
    paid_fen: int | None = 0,
    planned_bp: int | None = 5000,
    planned_label: str | None = "6月底",
    coming_label: str | None = None,
    coming_bp: int | None = None,
) -> dict[str, object]:
    row = money(
        project_name="信访维稳经费",
        budget_fen=budget_fen,
        paid_fen=paid_fen,
        planned_bp=planned_bp,
        planned_label=planned_label,
        coming_label=coming_label,
        coming_bp=coming_bp,
    )
    judged = judge_spending(row, Limits())
    return judged._replace(reason=spending_reason(judged))._asdict()


def test_spending_on_plan_is_green() -> None:
    judged = judge(paid_fen=BUDGET // 2)
    assert (judged["light"], judged["deviation_bp"]) == ("green", 0)
    assert "与计划一致" in str(judged["reason"])


@pytest.mark.parametrize(
    ("paid_fen", "light"),
    [
        (BUDGET * 40 // 100, "green"),  # exactly 10 points below: still green
        (BUDGET * 40 // 100 - 1, "yellow"),  # one fen less
        (BUDGET * 30 // 100, "yellow"),  # exactly 20 points below: still yellow
        (BUDGET * 30 // 100 - 1, "red"),
        (BUDGET * 70 // 100, "green"),  # exactly 20 points ahead
        (BUDGET * 70 // 100 + 1, "ahead"),
        (BUDGET, "ahead"),
        (BUDGET + 1, "red"),  # one fen over budget
    ],
)
def test_a_limit_is_met_or_missed_to_the_fen(paid_fen: int, light: str) -> None:
    assert judge(paid_fen=paid_fen)["light"] == light


def test_overspending_is_red_even_without_a_plan() -> None:
    judged = judge(paid_fen=BUDGET + 100, planned_bp=None)
    assert judged["light"] == "red"
    assert "超出预算" in str(judged["reason"])


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"budget_fen": None}, "没有预算数"),
        ({"budget_fen": None, "paid_fen": 10_000}, "已支付100.00元，无法计算执行率"),
        ({"budget_fen": 0, "paid_fen": -100}, "退回的比支付的多，执行率不适用"),
        ({"paid_fen": None}, "没有收到支付台账"),
        ({"planned_bp": None}, "没有支出计划"),
    ],
)
def test_what_cannot_be_known_is_said_to_be_unknown(
    missing: dict[str, int | None], words: str
) -> None:
    judged = judge(**{"paid_fen": 1000, **missing})
    assert judged["light"] == "unknown"
    assert words in str(judged["reason"])
    assert judged["deviation_bp"] is None


def test_nothing_paid_on_a_budget_of_nought_is_as_it_should_be() -> None:
    judged = judge(0, 0)
    assert (judged["light"], judged["actual_bp"]) == ("green", None)
    assert "没有支付，执行率不适用" in str(judged["reason"])


@pytest.mark.parametrize(("paid", "light"), [(0, "green"), (100, "red")])
def test_a_budget_of_nought_without_a_plan_or_sources_is_summed_up(paid: int, light: str) -> None:
    alone = judge_spending(money(project_name="甲", budget_fen=0, paid_fen=paid), Limits())
    assert alone.light == light
    sums = spending_lines([alone], {(1, "甲", "财政资金"): paid})
    assert len(sums) == (4 if paid else 2)  # by project and source, source, section, department
    told = {(each.projects, each.left_out, each.budget_fen, each.light) for each in sums}
    assert told == {(1, 0, 0, light)}


@pytest.mark.parametrize(("planned_bp", "label"), [(5000, "6月底"), (0, None), (None, None)])
def test_a_budget_of_nought_is_overspent_by_any_payment(
    planned_bp: int | None, label: str | None
) -> None:
    judged = judge(0, 10_000, planned_bp, label)
    assert (judged["light"], judged["actual_bp"]) == ("red", None)
    assert judged["reason"] == "预算为0.00元，已支付100.00元，超出预算"


@pytest.mark.parametrize(
    ("budget", "paid", "planned", "said"),
    [
        # 100.003 % of the budget is over it, and says so
        (100_000, 100_003, 10_000, ("占预算100.003%，超出预算", "高于计划0.003个百分点")),
        # a fen over ten thousand million
        (10**12, 10**12 + 1, 10_000, ("占预算100.0000000001%",)),
        # a light of yellow is more than 10 points behind, and says more than 10.00
        (10**9, 4 * 10**8 - 1, 5000, ("低于计划10.0000001个百分点",)),
        (10**9, 5 * 10**8, 5000, ("占预算50.00%，计划6月底达到50.00%，与计划一致",)),
        (3, 1, 3333, ("占预算33.333%，计划6月底达到33.33%，高于计划0.003个百分点",)),
    ],
)
def test_a_printed_share_is_on_its_own_side_of_the_limit(
    budget: int, paid: int, planned: int, said: tuple[str, ...]
) -> None:
    reason = str(judge(budget, paid, planned)["reason"])
    for words in said:
        assert words in reason, reason


@pytest.mark.parametrize(
    ("budget", "changes", "since"),
    [
        (100, [(5, 80, None), (9, 0, 60)], 9),  # lowered below what was paid long before
        (100, [(5, 120, None), (6, 0, 150)], None),  # healed by an adjustment
        (100, [(5, 120, None), (6, 0, 110)], 5),  # raised, but not enough
        (100, [(5, 120, None), (6, 0, 130), (8, 0, 115)], 8),  # healed, then lowered again
        (100, [(5, 120, None), (7, -30, None), (9, 20, None)], 9),  # a refund in between
        (100, [(5, 120, None), (5, 0, 120)], None),  # raised on the very day
        (100, [(5, 100, None)], None),
        (0, [(2, 1, None)], 2),
        (None, [(2, 50, None), (4, 0, 40)], 4),  # without a budget nothing is over it
        (None, [(2, 50, None)], None),
    ],
)
def test_overspent_since_goes_by_the_budget_of_each_day(
    budget: int | None, changes: list[tuple[int, int, int | None]], since: int | None
) -> None:
    told = [Change(date(2024, month, 1), paid, new) for month, paid, new in changes]
    expected = None if since is None else date(2024, since, 1)
    assert over_since(budget, reversed(told)) == expected


def test_nothing_planned_yet_and_nothing_paid_is_green() -> None:
    judged = judge(paid_fen=0, planned_bp=0, planned_label=None)
    assert judged["light"] == "green"
    assert "计划尚未安排支出" in str(judged["reason"])


def test_percentages_and_points_are_written_exactly() -> None:
    assert percent(9756) == "97.56%"
    assert points(-5) == "-0.05"
    assert points(-2500) == "-25.00"


@given(
    budget=st.integers(1, 10**15),
    paid=st.integers(-(10**13), 10**15),
    more=st.integers(0, 10**13),
    planned=st.integers(0, 10_000),
)
def test_more_spending_never_makes_the_deviation_smaller(
    budget: int, paid: int, more: int, planned: int
) -> None:
    before = judge(budget, paid, planned)["deviation_bp"]
    after = judge(budget, paid + more, planned)["deviation_bp"]
    assert isinstance(before, int)
    assert isinstance(after, int)
    assert after >= before


@pytest.mark.parametrize(
    ("paid_fen", "light"),
    [
        (57_864_000, "green"),  # 72.33 %: between the two points, on its way
        (BUDGET * 80 // 100, "green"),  # exactly the next point
        (BUDGET * 80 // 100 + 1, "ahead"),  # beyond it, by a fen
        (BUDGET * 30 // 100 - 1, "red"),  # behind the last point as ever
    ],
)
def test_between_two_planned_points_ahead_is_ahead_of_the_next_too(
    paid_fen: int, light: str
) -> None:
    judged = judge(paid_fen=paid_fen, coming_label="10月底", coming_bp=8000)
    assert judged["light"] == light
    assert str(judged["reason"]).endswith("；下一计划时点10月底为80.00%")


def test_a_close_next_point_does_not_lower_the_limit_of_ahead() -> None:
    paid = BUDGET * 60 // 100
    assert judge(paid_fen=paid, coming_label="10月底", coming_bp=5500)["light"] == "green"
