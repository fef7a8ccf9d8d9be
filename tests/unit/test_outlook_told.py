"""What is told of an indicator's outlook: its words, its chance, its unit."""

import pandas as pd
import pytest

from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.measures.open_cases import COUNTED
from perf_pipeline.monitoring.outlook.judge import foretell_indicators, foretell_spending
from perf_pipeline.monitoring.outlook.told import Measured
from perf_pipeline.monitoring.outlook.wording import written


@pytest.mark.parametrize(
    ("operator", "value", "certain"),
    [
        (">", 5, False),
        (">", 6, True),
        (">=", 5, True),
        ("<", 4, False),
        ("<", 5, True),
        ("<=", 5, False),
        ("<=", 6, True),
    ],
)
def test_only_what_arithmetic_decides_is_certain(operator: str, value: int, certain: bool) -> None:
    told = judged(numerator=value, operator=operator, raw_target=f"{operator}5次")
    assert (told["probability_bp"] in (0, 10_000)) == certain
    assert ("：已" in told["reason"]) == certain
    assert ("的可能性" in told["reason"]) != certain


def test_of_a_bare_value_that_is_passed_nobody_knows_whether_that_is_good() -> None:
    below, passed = (judged(numerator=value, operator="=", raw_target="5次") for value in (4, 6))
    assert 1 <= below["probability_bp"] <= 9_999
    assert passed["probability_bp"] is passed["likelihood"] is None
    assert "预计全年" in passed["reason"]
    assert "达到目标" not in passed["reason"]
    for hits in (29, 57):  # 0.29 × 100 is less than 29 in floats
        share = RATE | {"operator": "=", "numerator": hits, "target_micro": hits * 10**6}
        assert judged(**share)["probability_bp"] is not None
        assert judged(**share | {"numerator": hits + 1})["probability_bp"] is None


def judged(month: int = 6, **said: object) -> dict[str, object]:
    """Return the outlook of one made-up indicator: at least 5 of a growing count, unless `said`."""
    row = {"department_id": 1, "indicator_key": "k", "project_name": "p", "fiscal_year": 2024}
    row |= {"month": month, "numerator": 3, "denominator": 1, "target_kind": "number"}
    row |= {"behaviour": "累计", "unit": "次", "measure": "m", "target_micro": 5_000_000}
    row |= {"upper_micro": None, "operator": ">=", "raw_target": "≥5次", "status": "on_track"}
    row |= {"actual_text": None}
    at = {each.month: each for each in FiscalCalendar((3, 6, 9, 10, 12)).checkpoints(2024)}[month]
    none_wait = pd.DataFrame(columns=["department_id", "measure", "project_name", *COUNTED])
    frame = pd.DataFrame([row | said]).astype(object)
    return foretell_indicators(frame, at, OutlookLimits(), none_wait)[0]


RATE = {"denominator": 100, "unit": "%", "behaviour": "持续", "raw_target": "≤0%"}


COST = {"unit": "元", "behaviour": "成本", "operator": "<=", "target_micro": 10**12}


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        # no fault so far, and none allowed
        (RATE | {"numerator": 0, "operator": "<=", "target_micro": 0}, 5_000, 9_999),
        # all of what may be spent is spent, and no more
        (COST | {"numerator": 1_000_000}, 5_000, 9_999),
        (COST | {"numerator": 1_000_001}, 0, 100),  # money may come back
        # a range missed by far, on either side, is no matter of arithmetic
        (
            RATE
            | {"numerator": 50, "operator": "between", "target_micro": 80 * 10**6}
            | {"upper_micro": 90 * 10**6, "raw_target": "80%-90%"},
            1,
            5_000,
        ),
        # half of what is allowed came in a quarter
        (
            {"month": 3, "numerator": 50, "operator": "<=", "target_micro": 100 * 10**6},
            1,
            5_000,
        ),
        # three of ten thousand
        ({"month": 9, "target_micro": 10**10}, 1, 100),
    ],
)
def test_what_is_near_a_limit_or_far_from_it_is_foretold_as_such(
    said: dict[str, object], low: int, high: int
) -> None:
    assert low <= judged(**said)["probability_bp"] <= high


def test_what_does_not_add_up_over_the_year_is_not_foretold() -> None:
    for rule in ("state", "latest", "every"):
        told = judged(numerator=95, year_rule=rule, **{k: RATE[k] for k in ("denominator", "unit")})
        assert told["reason"] == "不随时间累计，暂不能预计"
    assert judged(numerator=6, year_rule="total")["probability_bp"] == 10_000


def test_what_stands_at_the_years_end_is_the_fact_though_it_could_not_be_foretold() -> None:
    counts = {"numerator": 94, "denominator": 100, "unit": "%", "status": "missed"}
    for more in (
        {"measure": "reported"},
        {"measure": "device_intact_rate"},
        {"year_rule": "state"},
    ):
        assert judged(12, **counts, **more)["reason"].startswith("已到年底，即为全年实际：94.00%")
        assert "暂不能预计" in judged(9, **counts, **more)["reason"]
    assert judged(12, numerator=6, year_rule="state", status="met")["probability_bp"] == 10_000


@pytest.mark.parametrize(
    ("target", "actual", "counts"),
    [
        ("≥95%", "94.996%", {"numerator": 94_996, "denominator": 100_000, "unit": "%"}),
        ("≤0.04‰", "0.04001‰", {"numerator": 4_001, "denominator": 10**8, "unit": "‰"}),
        ("≤0.5万元", "0.50004万元", {"numerator": 50_004, "denominator": 10, "unit": "万元"}),
    ],
)
def test_the_fact_of_a_year_that_is_over_is_said_as_it_was_judged(
    target: str, actual: str, counts: dict[str, object]
) -> None:
    said = counts | {"actual_text": actual, "raw_target": target, "status": "missed"}
    reason = judged(12, measure="reported", **said)["reason"]
    assert reason == f"已到年底，即为全年实际：{actual}；达到目标（{target}）：否"


def test_a_forecast_has_the_unit_that_the_target_is_in() -> None:
    said = COST | {"unit": "万元", "numerator": 400_000, "target_micro": 800_000 * 10**6}
    assert "40.00万元" in judged(month=12, status="met", **said)["reason"]


def test_a_rate_is_told_in_per_cent_and_money_in_wan() -> None:
    told = judged(**RATE | {"numerator": 90, "operator": ">=", "target_micro": 80 * 10**6})
    assert written(int(told["point"]), Measured.RATE, "%") + "，" in told["reason"]
    assert told["point"] <= 10_000
    row = {"department_id": 1, "project_name": "p", "fiscal_year": 2024, "month": 6}
    row |= {"budget_fen": 10**8, "paid_fen": 10**8, "planned_bp": 5000}
    june = FiscalCalendar((3, 6, 10, 12)).checkpoints(2024)[1]
    paid = foretell_spending(pd.DataFrame([row]).astype(object), june, OutlookLimits())[0]
    assert "预计全年100.00万元" in paid["reason"]
    assert paid["measured_in"] == "fen"
