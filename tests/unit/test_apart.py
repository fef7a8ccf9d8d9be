"""A difference is written as what the two written figures differ by; means are rounded alike."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf_pipeline.alerts.apart import apart
from perf_pipeline.domain.figures import write_apart, write_beside
from perf_pipeline.domain.status import Light, Status
from perf_pipeline.items.points import Point
from perf_pipeline.monitoring.recheck.model import deviation_bp
from perf_pipeline.monitoring.recheck.results import DepartmentResult, FormResult
from perf_pipeline.monitoring.results import IndicatorOf, SpendingOf
from perf_pipeline.warehouse.judgements import SpendingSum
from perf_pipeline.warehouse.rechecks import RecheckForm
from tests.result_rows import row_of


@given(st.integers(0, 10**13), st.integers(1, 10**13), st.integers(0, 10_000))
def test_a_deviation_is_what_the_written_shares_differ_by(paid: int, budget: int, bp: int) -> None:
    actual, planned = Fraction(100 * paid, budget), Fraction(bp, 100)
    said = Fraction(write_apart(actual - planned))
    assert said == Fraction(write_beside(actual)) - Fraction(write_beside(planned))


def test_a_half_below_a_plan_is_no_more_than_the_shares_say() -> None:
    assert write_beside(Fraction(99_925, 1000)) == "99.93"
    assert write_apart(Fraction(-75, 1000), [Fraction(0)]) == "-0.07"
    assert write_apart(Fraction(-5, 1000), [Fraction(0)]) == "-0.005"
    assert write_apart(Fraction(-10_003, 1000), [Fraction(-10)]) == "-10.003"


def test_a_third_paid_of_a_third_planned_is_written_with_two_decimals_in_both_places() -> None:
    third = {"planned_parts": 10_000, "budget_fen": 3, "paid_fen": 1, "deviation_bp": 0}
    row = dict.fromkeys(SpendingSum.columns) | third | {"planned_bp": 3333, "actual_bp": 3333}
    told = [SpendingSum.tell(column, row) for column in ("planned_bp", "actual_bp")]
    assert told == ["33.33%", "33.33%"]
    assert write_beside(Fraction(95_005, 1000), [Fraction(95_005, 1000)]) == "95.005"


def test_a_sum_that_was_kept_without_its_exact_plan_deviates_as_it_is_stored() -> None:
    kept = {"budget_fen": 3, "paid_fen": 1, "planned_bp": 3333, "actual_bp": 3333}
    for stored, said in ((0, "0.00个百分点"), (1, "0.01个百分点")):
        row = dict.fromkeys(SpendingSum.columns) | kept | {"deviation_bp": stored}
        assert SpendingSum.tell("deviation_bp", row) == said


def form(name: str, score: int, quality: int) -> FormResult:
    values = {"budget_fen": 1, "score_centi": score, "quality_centi": quality}
    return FormResult(row_of(RecheckForm, project_name=name, **values), (), ())


def test_scores_of_a_re_check_round_halves_up_as_all_scores_do() -> None:
    found = DepartmentResult("a", "某单位", (form("甲", 9000, 10), form("乙", 9001, 11)))
    assert (found.score_centi, found.quality_centi) == (9001, 11)
    almost = DepartmentResult("a", "某单位", (form("甲", 10_000, 1), form("乙", 9999, 1)))
    assert almost.score_centi == 9999  # what is not wholly earned is not full marks
    assert deviation_bp(20_000, 19_999) == 1
    assert deviation_bp(None, 3) is deviation_bp(0, 0) is None


def counted(*shares: int, rule: str = "total", behaviour: str = "累计") -> list[Point]:
    """An indicator of which so many per cent are reached at each checkpoint."""
    like: dict[str, object] = {
        "project_name": "甲",
        "behaviour": behaviour,
        "year_rule": rule,
        "operator": ">=",
    }
    like |= {"target_micro": 100_000_000, "unit": "座", "denominator": 1}
    rows = [row_of(IndicatorOf, numerator=share, **like) for share in shares]
    return [
        Point(nth, "", date(2024, 3 * nth, 28), Status.MET, row) for nth, row in enumerate(rows, 1)
    ]


@pytest.mark.parametrize(
    ("indicators", "told"),
    [
        ([counted(100, 100)], []),  # 38 reservoirs kept
        ([counted(97, 100)], []),
        ([counted(100, 100, rule="state"), counted(30, 40, rule="pooled")], []),
        ([counted(30, 40, behaviour="持续")], []),
        ([counted(20, 55)], [(2, "goals_ahead")]),
        ([counted(100, 100), counted(0, 5)], [(1, "money_ahead"), (2, "money_ahead")]),
        ([counted(120, 260)], [(2, "goals_ahead")]),  # it grows, and its target is low
        ([counted(0, 100)], [(1, "money_ahead"), (2, "goals_ahead")]),
    ],
)
def test_money_is_held_against_what_is_seen_to_grow(
    indicators: list[list[Point]], told: list[tuple[int, str]]
) -> None:
    paid = [row_of(SpendingOf, project_name="甲", paid_fen=fen, budget_fen=100) for fen in (20, 40)]
    money = [
        Point(nth, "", date(2024, 3 * nth, 28), Light.GREEN, row) for nth, row in enumerate(paid, 1)
    ]
    points = {(1, "indicator", str(nth)): each for nth, each in enumerate(indicators)}
    found = apart({**points, (1, "project", "甲"): money}, 10, ("money_ahead", "goals_ahead"))
    assert [(each["ordinal"], each["level"]) for each in found] == told
