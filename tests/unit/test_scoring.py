"""Self-evaluation: weights, proportions, bands and grades, against an oracle in plain Python."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perf_pipeline.domain.scoring import (
    PartWeights,
    ScorePart,
    ScoringRules,
    certain_grade,
    grade,
    marks,
    part_points,
    read_weight,
    score_part,
    split_points,
    write_points,
)
from perf_pipeline.monitoring.attainment import attain
from perf_pipeline.monitoring.scoring import Scores, score_year

RULES = ScoringRules()
LEVELS = ("产出指标", "效益指标", "效果指标", "满意度指标", "成本指标")


def indicator(**changes: Any) -> dict[str, Any]:
    """An indicator's year-end result: 94.46 % against at least 95 %, not reached."""
    row = {
        "department_id": 1,
        "project_name": "信访",
        "indicator_key": "k",
        "ordinal": 1,
        "level1": "产出指标",
        "level2": "质量指标",
        "name": "按期办结率",
        "raw_target": "≥95%",
        "target_kind": "number",
        "operator": ">=",
        "target_micro": 95_000_000,
        "upper_micro": None,
        "unit": "%",
        "measure": "reported",
        "behaviour": "持续",
        "numerator": 9446,
        "denominator": 10_000,
        "actual_text": "94.46%",
        "status": "missed",
        "weight_text": None,
    }
    return row | changes


def count(actual: int, goal: int, operator: str = ">=", **changes: Any) -> dict[str, Any]:
    """A count of things against a goal, with the status that it has."""
    reached = actual >= goal if operator == ">=" else actual <= goal
    return indicator(
        operator=operator,
        target_micro=goal * 1_000_000,
        unit="个",
        behaviour="累计",
        numerator=actual,
        denominator=1,
        actual_text=f"{actual}个",
        status="met" if reached else "missed",
        **changes,
    )


def spending(budget: int | None = 100, paid: int | None = 100, **changes: Any) -> dict[str, Any]:
    row = {"department_id": 1, "project_name": "信访", "budget_fen": budget, "paid_fen": paid}
    return row | changes


def scored(rows: list[dict[str, Any]], *projects: dict[str, Any], rules: Any = RULES) -> Scores:
    return score_year(rows, projects or [spending()], rules)


def eight(first: dict[str, Any]) -> list[dict[str, Any]]:
    met = [indicator(status="met", indicator_key=str(n)) for n in range(7)]
    return [first, *met]


def test_the_arithmetic_of_a_point_is_told_in_words() -> None:
    row = scored(eight(indicator())).results[1]
    assert row["score_centi"] == 1119  # no benefit or satisfaction: their points go to output
    others = [indicator(level1=level, status="met") for level in ("效益指标", "满意度指标")]
    rows = [*eight(indicator()), *others]
    row = scored(rows).results[1]
    assert (row["points_centi"], row["score_centi"]) == (625, 621)
    assert row["arithmetic"] == "产出指标50分×1/8＝6.25分；6.25分×(94.46%÷95%)＝6.21分"


@pytest.mark.parametrize(
    ("row", "share", "verdict"),
    [
        (count(50, 100), Fraction(1, 2), "unmet"),
        (count(100, 100), Fraction(1), "met"),
        (count(0, 100), Fraction(0), "unmet"),
        (count(130, 100), Fraction(1), "met"),  # on the threshold: not yet far above
        (count(230, 100), Fraction(9, 10), "over_fulfilled"),  # 100 % beyond it, a tenth of that
        (count(1000, 100), Fraction(4, 5), "over_fulfilled"),  # never more than a fifth
        (count(200, 100, "<="), Fraction(1, 2), "unmet"),  # target ÷ value
        (count(10, 100, "<="), Fraction(1), "met"),  # far under an upper limit is not a fault
        (count(3, 0, "<="), Fraction(0), "unmet"),  # nought promised, three happened
        (indicator(operator="between", target_micro=2_000_000, upper_micro=3_000_000, unit="次",
                   numerator=6, denominator=1, actual_text="6次"), Fraction(1, 2), "unmet"),
        (indicator(operator="between", target_micro=2_000_000, upper_micro=3_000_000, unit="次",
                   numerator=1, denominator=1, actual_text="1次"), Fraction(1, 2), "unmet"),
        (indicator(target_kind="yes_no", target_micro=None, denominator=None, actual_text="否"),
         Fraction(0), "unmet"),
        (indicator(target_kind="text", target_micro=None, denominator=None, status="no_data",
                   actual_text="部分达成"), Fraction(7, 10), "partly"),
        (indicator(target_kind="grade", raw_target="良好以上", target_micro=None, denominator=None,
                   actual_text="中"), Fraction(7, 10), "partly"),
    ],
)  # fmt: skip
def test_an_indicator_earns_in_proportion_or_by_its_band(
    row: dict[str, Any], share: Fraction, verdict: str
) -> None:
    attained = attain(row, RULES)
    assert (attained.share, attained.verdict) == (share, verdict)


def test_no_data_earns_nothing_and_leaves_the_grade_open() -> None:
    rows = [
        indicator(status="no_data", numerator=None, denominator=None, actual_text=None),
        indicator(level1="效益指标", status="met"),
        indicator(level1="满意度指标", status="met"),
    ]
    scores = scored(rows)
    project = scores.projects[0]
    assert (project["score_centi"], project["missing_centi"]) == (5000, 5000)
    assert project["grade"] is None
    assert "不完整：1项无数据，占50分" in project["arithmetic"]
    assert "无数据：须由人填报，得0分" in scores.results[1]["arithmetic"]


def test_a_grade_that_missing_points_cannot_move_is_given() -> None:
    assert certain_grade(9100, 500) == "优"
    assert certain_grade(8000, 900) == "良"
    assert certain_grade(8000, 1000) is None
    assert [grade(n) for n in (10_000, 9000, 8999, 8000, 7999, 6000, 5999, 0)] == [
        *("优", "优", "良", "良", "中", "中", "差", "差")
    ]


def test_execution_earns_at_most_its_points_and_nothing_without_budget_or_ledger() -> None:
    def execution(budget: int | None, paid: int | None) -> tuple[int, str]:
        row = scored([], spending(budget, paid)).results[0]
        return row["score_centi"], row["verdict"]

    assert execution(800, 754) == (943, "partly")  # 9.425 rounds up
    assert execution(100, 150) == (667, "unmet")  # beyond the budget: budget ÷ paid
    assert execution(None, 5) == execution(5, None) == execution(0, 0) == (0, "no_data")
    assert execution(0, 5) == (0, "unmet")
    assert execution(100, 0) == execution(100, -5) == (0, "unmet")  # nothing is no part


@pytest.mark.parametrize(
    ("overspent", "earned", "words"),
    [
        ("proportion", 960, "超出预算21840.00元，按预算÷支付计"),
        ("nothing", 0, "不得分"),
        ("full", 1000, "按满分计"),
    ],
)
def test_what_overspending_earns_is_a_setting_with_its_reason(
    overspent: str, earned: int, words: str
) -> None:
    rules = ScoringRules.model_validate({"overspent": overspent})
    row = scored([], spending(52_000_000, 54_184_000), rules=rules).results[0]
    assert row["score_centi"] == earned
    assert words in row["arithmetic"]


@pytest.mark.parametrize(
    ("statuses", "own_points", "score"),
    [
        (("met", "met"), 40, 10_000),
        (("met", "missed"), 40, 8_000),
        (("missed", "missed"), 40, 6_000),
        (("missed", "missed"), 0, 10_000),
        ((), 40, 10_000),
    ],
)
def test_a_departments_own_indicators_have_their_part_of_its_points(
    statuses: tuple[str, ...], own_points: int, score: int
) -> None:
    rules = ScoringRules.model_validate({"own_points": own_points})
    own = [
        indicator(project_name=None, indicator_key=f"自{n}", status=status, target_kind="yes_no")
        for n, status in enumerate(statuses)
    ]
    found = scored([indicator(status="met"), *own], rules=rules)
    assert found.departments[0]["score_centi"] == score


def test_the_documents_own_weights_hold_where_they_add_up() -> None:
    def points(*weights: str | None, level1: tuple[str, ...] = LEVELS[:1]) -> list[int]:
        rows = [
            indicator(weight_text=weight, level1=level1[n % len(level1)])
            for n, weight in enumerate(weights)
        ]
        return [row["points_centi"] for row in scored(rows).results[1:]]

    assert points("40", "30分", "20") == [4000, 3000, 2000]  # all of what execution leaves
    assert points("40", "30", "10") == [3000, 3000, 3000]  # does not add up: equal parts
    assert points("40", None, "50") == [3000, 3000, 3000]  # one is missing
    mixed = points("30", "30", "20", "10", level1=("产出指标", "效益指标"))
    assert mixed == [3000, 3000, 2000, 1000]  # output 50 and, with satisfaction's, benefit 40
    assert points("35.5", "30", "14.5", "1", level1=("产出指标", "效益指标")) == [
        *(3550, 2000, 1450, 2000)
    ]
    words = scored([indicator(weight_text="7")]).results[1]["arithmetic"]
    assert "与应有分值不符，未采用" in words


@pytest.mark.parametrize(
    ("text", "centi"),
    [("10", 1000), ("7.5分", 750), ("１０％", 1000), ("", None), (None, None), ("约10", None),
     ("0.333", None), ("-5", None)],
)  # fmt: skip
def test_weights_are_read_as_written(text: str | None, centi: int | None) -> None:
    assert read_weight(text) == centi


def test_first_levels_are_one_however_they_are_written() -> None:
    assert [score_part(level, None) for level in LEVELS] == [
        *("output", "benefit", "benefit", "satisfaction", "cost")
    ]
    assert score_part("产出指标", "成本指标") is ScorePart.OUTPUT
    assert score_part("效益指标", "服务对象满意度指标") is ScorePart.SATISFACTION
    assert score_part(None, "社会效益指标") is ScorePart.BENEFIT
    assert score_part(None, None) is ScorePart.OUTPUT


def test_parts_without_indicators_leave_their_points_to_the_next() -> None:
    output, benefit = ScorePart.OUTPUT, ScorePart.BENEFIT
    satisfaction, cost = ScorePart.SATISFACTION, ScorePart.COST
    assert part_points({output, benefit}, RULES)[benefit] == 4000
    assert part_points({output, satisfaction}, RULES)[output] == 8000
    assert part_points({output}, RULES)[output] == 9000
    with_cost = part_points({output, benefit, satisfaction, cost}, RULES)
    assert [with_cost[part] for part in ScorePart] == [1000, 2000, 4000, 2000, 1000]


def test_rules_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="合计须为100"):
        PartWeights(output=60)
    with pytest.raises(ValueError, match="不含成本"):
        ScoringRules(weights=PartWeights(cost=10, output=40))


def test_a_departments_score_weighs_projects_by_their_budgets() -> None:
    rows = [indicator(project_name=name, status="met") for name in ("甲", "乙")]
    projects = [
        spending(300, 300, project_name="甲"),
        spending(100, 0, project_name="乙"),
        spending(None, 5, project_name="丙"),
    ]
    department = scored(rows, *projects).departments[0]
    assert (department["score_centi"], department["budget_fen"]) == (9750, 400)
    assert (department["projects"], department["projects_left_out"]) == (3, 1)
    assert department["grade"] is None  # a project that cannot be weighed may move it


@given(st.integers(0, 20_000), st.lists(st.integers(0, 5000), min_size=1, max_size=60))
def test_split_points_add_up_and_differ_by_a_hundredth_at_most(
    total: int, weights: list[int]
) -> None:
    weights[0] += 1
    parts = split_points(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
    equal = split_points(total, [1] * len(weights))
    assert equal == sorted(equal, reverse=True)


@given(st.sets(st.sampled_from([p for p in ScorePart if p is not ScorePart.EXECUTION]), min_size=1))
def test_the_parts_always_add_up_to_a_hundred_points(present: set[ScorePart]) -> None:
    assert sum(part_points(present, RULES).values()) == 10_000


def test_marks_round_halves_up_and_points_are_written_without_idle_zeros() -> None:
    assert marks(2, Fraction(1, 4)) == 1
    # what is short of its target by a hair is short of its marks
    assert [marks(625, Fraction(n, 10**6)) for n in (999_999, 10**6)] == [624, 625]
    assert [write_points(n) for n in (625, 5000, 0, 10_000, 50, 1005)] == [
        *("6.25", "50", "0", "100", "0.5", "10.05")
    ]
