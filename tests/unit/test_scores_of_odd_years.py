"""Scores of years that are not simple: own indicators, several projects, own weights."""

from typing import Any

import pytest

from perf_pipeline.monitoring.scoring import score_year
from tests.unit.test_scoring import RULES, count, indicator, scored, spending


def own_indicator(n: int, **changes: Any) -> dict[str, Any]:
    changes = {"status": "met", "target_kind": "yes_no", **changes}
    return indicator(project_name=None, indicator_key=f"自{n}", **changes)


EXACTLY = {"numerator": 95, "denominator": 100, "actual_text": "95.00%"}
NOUGHT = {"raw_target": "0起"}


@pytest.mark.parametrize(
    ("rows", "paid", "budget", "marked"),
    [
        # the marks of execution, then of each indicator
        ([indicator(operator=">", **EXACTLY)], 100, 100, [1000, 8999]),  # on a limit to be passed
        ([indicator(operator="<", **EXACTLY)], 100, 100, [1000, 8999]),
        ([count(3, 0, "<=", **NOUGHT)], 100, 100, [1000, 0]),
        ([count(0, 0, "<=", **NOUGHT)], 100, 100, [1000, 9000]),
        ([indicator(status="no_data", denominator=None)], 100, 100, [1000, 0]),
        ([indicator(status="met", weight_text=each) for each in ("0", "50", "40")], 100, 100,
         [1000, 0, 5000, 4000]),  # a weight of 0 is one
        ([indicator(status="met", weight_text=each) for each in ("10", "50", "40")], 100, 100,
         [1000, 3000, 3000, 3000]),  # with execution's they would be 110
        ([indicator(status="met", weight_text=each) for each in ("40", "", "50")], 100, 100,
         [1000, 3000, 3000, 3000]),
        ([indicator(status="met", weight_text=each) for each in ("约40", "20", "30")], 100, 100,
         [1000, 3000, 3000, 3000]),
        ([], 10**15 + 1, 10**15, [999]),  # a fen too much
        ([], 10**15 - 1, 10**15, [999]),
        ([], 100, 0, [0]),
        ([], 0, 0, [0]),
        ([], -5, 100, [0]),
        ([], 50, None, [0]),
        ([], None, 100, [0]),
    ],
)  # fmt: skip
def test_marks_of_years_that_are_not_simple(
    rows: list[dict[str, Any]], paid: int | None, budget: int | None, marked: list[int]
) -> None:
    found = scored(rows, spending(budget, paid)).results
    assert [row["score_centi"] for row in found] == marked


MADE = [indicator(project_name=name, status="met") for name in ("甲", "乙")]


def two(*budgets: int | None, paid: tuple[int | None, int | None] | None = None) -> list[Any]:
    given = zip(("甲", "乙"), budgets, paid or budgets, strict=True)
    return [spending(budget, spent, project_name=name) for name, budget, spent in given]


@pytest.mark.parametrize(
    ("rows", "projects", "score", "missing", "grade_", "said"),
    [
        (MADE, two(100, 100), 10_000, 0, "优", ""),
        # a budget of 0 weighs nothing, and is no unknown one
        (MADE, two(100, 0), 10_000, 0, "优", "1个项目预算为0"),
        (MADE, two(100, None, paid=(100, 5)), 10_000, 0, None, "1个项目没有预算数，未加权"),
        (MADE, two(0, 0), None, None, None, "预算都为0"),
        (MADE, two(None, None), None, None, None, "没有预算数"),
        # what is not wholly earned is not full marks, however little it weighs
        (MADE, two(10**12, 1, paid=(10**12, 0)), 9_999, 0, "优", ""),
        ([*MADE, own_indicator(1, weight_text="30"), own_indicator(2, weight_text="10",
          status="missed", actual_text="否")], two(100, 100), 9_000, 0, "优", ""),
        ([*MADE, own_indicator(1, weight_text="30"), own_indicator(2, weight_text="30",
          status="missed", actual_text="否")], two(100, 100), 8_000, 0, "良", ""),
        ([*MADE, own_indicator(1, status="no_data", actual_text=None)], two(100, 100),
         6_000, 4_000, None, "不完整"),
        ([own_indicator(1)], [], None, None, None, "没有项目"),
    ],
)  # fmt: skip
def test_a_departments_score_of_years_that_are_not_simple(
    rows: list[dict[str, Any]],
    projects: list[dict[str, Any]],
    score: int | None,
    missing: int | None,
    grade_: str | None,
    said: str,
) -> None:
    [found] = score_year(rows, projects, RULES).departments
    assert (found["score_centi"], found["missing_centi"]) == (score, missing)
    assert found["grade"] == grade_
    assert said in found["arithmetic"]


def test_weights_of_a_departments_own_indicators_are_used_or_told() -> None:
    def of_own(*weights: str) -> list[tuple[int, str]]:
        own = [own_indicator(n, weight_text=weight) for n, weight in enumerate(weights)]
        found = scored([indicator(status="met"), *own]).results
        rows = [row for row in found if row["project_name"] is None]
        return [(row["points_centi"], row["arithmetic"]) for row in rows]

    assert [points for points, _ in of_own("25", "10", "5")] == [2500, 1000, 500]
    refused = of_own("25", "10", "10")
    assert sum(points for points, _ in refused) == 4000
    assert all("未采用" in words for _, words in refused)
    # a table of its own, whose weights make 100: what each is worth beside the others
    shares = of_own("50", "30", "12.5", "7.5")
    assert [points for points, _ in shares] == [2000, 1200, 500, 300]
    assert "部门整体指标40分×12.5/100＝5分（文件分值合计100分，按比例折算）" in shares[2][1]
    assert [points for points, _ in of_own("33", "33", "34")] == [1320, 1320, 1360]
    assert all("未采用" in words for _, words in of_own("50", "30", "19"))
