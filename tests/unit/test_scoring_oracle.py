"""Marks against an oracle, for any rows: what is earned, and that one more never costs."""

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from perf_pipeline.domain.scoring import (
    ScoringRules,
)
from perf_pipeline.monitoring.attainment import attain
from tests.unit.test_scoring import LEVELS, count, indicator, scored, spending

COUNTS = st.builds(
    count,
    actual=st.integers(0, 500),
    goal=st.integers(0, 200),
    operator=st.sampled_from([">=", "<="]),
    level1=st.sampled_from(LEVELS),
    weight_text=st.sampled_from([None, None, "10", "5分"]),
)
UNKNOWN = st.builds(
    indicator,
    status=st.just("no_data"),
    numerator=st.none(),
    denominator=st.none(),
    actual_text=st.none(),
    level1=st.sampled_from(LEVELS),
)
WORDS = st.builds(
    indicator,
    target_kind=st.just("yes_no"),
    target_micro=st.none(),
    numerator=st.none(),
    denominator=st.none(),
    actual_text=st.sampled_from(["是", "否"]),
    status=st.sampled_from(["met", "missed"]),
    level1=st.sampled_from(LEVELS),
)
ROWS = st.lists(st.one_of(COUNTS, UNKNOWN, WORDS), max_size=12)


def half_up(value: Fraction) -> int:
    whole = int(value)
    return whole + (value - whole >= Fraction(1, 2))


def oracle(rows: list[dict[str, Any]], budget: int | None, paid: int | None) -> list[int]:
    """Score a project the long way round: execution first, then each indicator, in hundredths."""
    groups: dict[str, list[int]] = {}
    names = {
        "产出指标": "产出",
        "效益指标": "效益",
        "效果指标": "效益",
        "满意度指标": "满意",
        "成本指标": "成本",
    }
    for place, row in enumerate(rows):
        groups.setdefault(names[row["level1"]], []).append(place)
    if "成本" in groups:
        points = {"成本": 20, "产出": 40, "效益": 20, "满意": 10}
    else:
        points = {"产出": 50, "效益": 30, "满意": 10}
    free = {name: points.pop(name) for name in list(points) if name not in groups}
    follow = {
        "满意": ["效益", "产出", "成本"],
        "效益": ["产出", "满意", "成本"],
        "产出": ["效益", "满意", "成本"],
    }
    for name, lost in free.items():
        for heir in follow[name]:
            if heir in points:
                points[heir] += lost
                break
    most = max(paid or 0, budget or 0)
    earned = [half_up(Fraction(1000 * min(paid, budget), most)) if budget and paid else 0]
    earned = [min(earned[0], 1000 - (paid != budget))]
    written = [{"10": 1000, "5分": 500}.get(row["weight_text"] or "", 0) for row in rows]
    every = all(written) and sum(written) == 9000
    for place, row in enumerate(rows):
        name = names[row["level1"]]
        group = groups[name]
        own = [written[each] for each in group]
        if every or (all(own) and sum(own) == points[name] * 100):
            worth = written[place]
        else:
            position = group.index(place)
            total = points[name] * 100
            worth = total // len(group) + (1 if position < total % len(group) else 0)
        if row["status"] == "no_data":
            share = Fraction(0)
        elif row["target_kind"] == "yes_no":
            share = Fraction(1 if row["actual_text"] == "是" or row["status"] == "met" else 0)
        else:
            actual, goal = row["numerator"], row["target_micro"] // 1_000_000
            if row["operator"] == ">=":
                share = Fraction(1) if actual >= goal else Fraction(actual, goal)
                if goal and 10 * actual > 13 * goal:
                    beyond = Fraction(actual, goal) - Fraction(13, 10)
                    share = 1 - min(beyond / 10, Fraction(1, 5))
            else:
                share = Fraction(1) if actual <= goal else Fraction(goal, actual)
        earned.append(min(half_up(worth * share), worth - (share < 1)))
    return earned


@given(ROWS, st.none() | st.integers(1, 10**12), st.none() | st.integers(0, 2 * 10**12))
def test_every_mark_is_what_the_oracle_gives(
    rows: list[dict[str, Any]], budget: int | None, paid: int | None
) -> None:
    for row in rows:  # a word that contradicts its status never comes from the judgement
        if row["target_kind"] == "yes_no":
            row["status"] = "met" if row["actual_text"] == "是" else "missed"
    scores = scored(rows, spending(budget, paid))
    found = [row["score_centi"] for row in scores.results]
    assert found == oracle(rows, budget, paid)
    project = scores.projects[0]
    assert project["score_centi"] == sum(found)
    assert (
        0 <= project["score_centi"] <= project["score_centi"] + project["missing_centi"] <= 10_000
    )
    points = sum(row["points_centi"] for row in scores.results)
    assert points == (10_000 if rows else 1000)
    missing = [row for row in scores.results if row["verdict"] == "no_data"]
    assert all(row["score_centi"] == 0 for row in missing)


@given(st.integers(0, 400), st.integers(1, 200))
def test_one_more_never_lowers_the_marks_before_it_is_far_above_the_target(
    actual: int, goal: int
) -> None:
    rules = ScoringRules(over_most_bp=0)
    shares = [attain(count(n, goal), rules).share for n in (actual, actual + 1)]
    assert shares[0] is not None
    assert shares[1] is not None
    assert shares[0] <= shares[1] <= 1
