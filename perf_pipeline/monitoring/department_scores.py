"""A department's score (部门整体支出绩效自评): projects by budgets, and its own indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from perf_pipeline.domain.grouped import grouped
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.domain.scoring import (
    CENTI,
    WHOLE,
    ScoringRules,
    Verdict,
    certain_grade,
    marks,
    write_points,
)
from perf_pipeline.monitoring.rows import Columns as Row


def score_departments(
    projects: Sequence[Row], own: Mapping[int, Sequence[Row]], rules: ScoringRules
) -> list[dict[str, Any]]:
    """Weigh the scores of a department's projects by their budgets, and add its own indicators."""
    of_department: dict[int, list[Row]] = grouped(projects, lambda row: row["department_id"])
    return [
        _department(number, of_department[number], own.get(number, ()), rules)
        for number in (*of_department, *(each for each in own if each not in of_department))
    ]


def _department(
    department_id: int, rows: Sequence[Row], own: Sequence[Row], rules: ScoringRules
) -> dict[str, Any]:
    weighed = [row for row in rows if row["budget_fen"] is not None]
    budget = sum(row["budget_fen"] for row in weighed)
    left_out = len(rows) - len(weighed)
    found: dict[str, Any] = {
        "department_id": department_id,
        "budget_fen": budget,
        "projects": len(rows),
        "projects_left_out": left_out,
    }
    if not budget:
        nothing = "各项目都没有预算数，无法加权" if left_out else "各项目预算都为0，无法加权"
        return found | {
            "score_centi": None,
            "missing_centi": None,
            "grade": None,
            "arithmetic": nothing if rows else "没有项目，无法加权",
        }
    earned = sum(r["score_centi"] * r["budget_fen"] for r in weighed)
    missing = sum(r["missing_centi"] * r["budget_fen"] for r in weighed)
    score = marks(WHOLE, Fraction(earned, budget * WHOLE))
    highest = marks(WHOLE, Fraction(earned + missing, budget * WHOLE))
    counted = [row for row in weighed if row["budget_fen"]]
    terms = "＋".join(
        f"{write_points(r['score_centi'])}×{format_yuan(r['budget_fen'])}" for r in counted
    )
    words = f"({terms})÷{format_yuan(budget)}＝{write_points(score)}分（按全年预算（元）加权）"
    if own:
        score, highest, words = _with_own(score, highest, words, own, rules)
    if highest > score:
        words += f"；不完整：无数据的分值加权为{write_points(highest - score)}分"
    if nought := len(weighed) - len(counted):
        words += f"；{nought}个项目预算为0，权重为0"
    if left_out:
        words += f"；{left_out}个项目没有预算数，未加权"
    return found | {
        "score_centi": score,
        "missing_centi": highest - score,
        "grade": None if left_out else certain_grade(score, highest - score),
        "arithmetic": words,
    }


def _with_own(
    score: int, highest: int, words: str, own: Sequence[Row], rules: ScoringRules
) -> tuple[int, int, str]:
    """Give the projects' score its part of the 100 points, and the own indicators theirs."""
    left = 100 - rules.own_points
    earned = sum(row["score_centi"] for row in own)
    open_points = sum(row["points_centi"] for row in own if row["verdict"] == Verdict.NO_DATA)
    part, most = (marks(left * CENTI, Fraction(of, WHOLE)) for of in (score, highest))
    total = part + earned
    said = (
        f"项目绩效：{words}，占{left}%，{write_points(part)}分＋部门指标{len(own)}项，"
        f"{write_points(earned)}分＝{write_points(total)}分"
    )
    return total, most + earned + open_points, said
