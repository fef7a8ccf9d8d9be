"""Self-evaluation (绩效自评) as a pure function: year-end results become points, in words too.

Everything is exact until a mark is written: shares are fractions, points whole hundredths.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from perf_pipeline.domain.figures import share_beside
from perf_pipeline.domain.grouped import grouped
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.domain.scoring import (
    CENTI,
    WHOLE,
    Overspending,
    ScorePart,
    ScoringRules,
    Verdict,
    certain_grade,
    in_points,
    marks,
    part_points,
    read_weight,
    score_part,
    split_points,
    write_points,
)
from perf_pipeline.monitoring.attainment import Attained, attain
from perf_pipeline.monitoring.department_scores import score_departments
from perf_pipeline.monitoring.rows import Columns as Row

OWN = "部门整体指标"  # a department's own indicators, as their points are told


@dataclass(frozen=True)
class Scores:
    """Rows of scores: one an indicator (and execution), one a project, one a department."""

    results: list[dict[str, Any]]
    projects: list[dict[str, Any]]
    departments: list[dict[str, Any]]


def score_year(indicators: Iterable[Row], spending: Iterable[Row], rules: ScoringRules) -> Scores:
    """Score every project and department from the results of the year's last checkpoint.

    `indicators` has the columns of indicator_result with department_id and weight_text, the
    department's own without project_name; `spending` those of spending_result with
    department_id, one row a project. Points are hundredths. No data earns nothing and leaves the
    score incomplete.
    """
    of_project: dict[tuple[int, str | None], list[Row]] = grouped(
        indicators, lambda row: (row["department_id"], row["project_name"] or None)
    )
    results: list[dict[str, Any]] = []
    projects: list[dict[str, Any]] = []
    for row in spending:
        key = (row["department_id"], row["project_name"])
        mine = _score_project(row, of_project.get(key, []), rules)
        results += mine
        projects.append(_sum_up(row, mine))
    own = {
        department: _score_own(department, rows, rules)
        for (department, project), rows in of_project.items()
        if project is None and rules.own_points
    }
    results += [row for rows in own.values() for row in rows]
    return Scores(results, projects, score_departments(projects, own, rules))


def _score_project(
    spending: Row, indicators: Sequence[Row], rules: ScoringRules
) -> list[dict[str, Any]]:
    parts = [score_part(row["level1"], row["level2"]) for row in indicators]
    by_part = part_points(set(parts), rules)
    execution = by_part[ScorePart.EXECUTION]
    place = {key: spending[key] for key in ("department_id", "project_name")}
    scored = [place | _execution(spending, execution, rules)]
    named = {part.label: points for part, points in by_part.items()}
    weighed = _weigh(indicators, [part.label for part in parts], named)
    for row, part, (points, words) in zip(indicators, parts, weighed, strict=True):
        scored.append(place | _score_indicator(row, part, points, words, rules))
    return scored


def _score_own(
    department_id: int, indicators: Sequence[Row], rules: ScoringRules
) -> list[dict[str, Any]]:
    """Score a department's own indicators (分项工作), which share their points."""
    place = {"department_id": department_id, "project_name": None}
    points = {OWN: rules.own_points * CENTI}
    weighed = _weigh(indicators, [OWN] * len(indicators), points)
    return [
        place | _score_indicator(row, score_part(row["level1"], row["level2"]), *each, rules)
        for row, each in zip(indicators, weighed, strict=True)
    ]


def _score_indicator(
    row: Row, part: ScorePart, points: int, words: str, rules: ScoringRules
) -> dict[str, object]:
    attained = attain(row, rules)
    earned = 0 if attained.share is None else marks(points, attained.share)
    if attained.verdict is Verdict.UNMET:  # 95% of >95% is all of it, and yet not reached
        earned = min(earned, max(points - 1, 0))
    return {
        "ordinal": row["ordinal"],
        "part": str(part),
        "indicator_key": row["indicator_key"],
        "level1": row["level1"],
        "name": row["name"],
        "raw_target": row["raw_target"],
        "actual_text": row["actual_text"],
        "points_centi": points,
        "score_centi": earned,
        "verdict": str(attained.verdict),
        "arithmetic": _arithmetic(words, points, attained, earned),
    }


def _arithmetic(words: str, points: int, attained: Attained, earned: int) -> str:
    if attained.share is None:
        return f"{words}；{attained.formula}，得0分"
    if attained.share == 1:
        return f"{words}；{attained.formula}，得{write_points(earned)}分"
    worth, got = write_points(points), write_points(earned)
    return f"{words}；{worth}分×{attained.formula}＝{got}分"


def _weigh(
    indicators: Sequence[Row], groups: Sequence[str], by_group: Mapping[str, int]
) -> list[tuple[int, str]]:
    """Return each indicator's points, and how they come about.

    `groups` are what each is called that points are given to. The document's own weights hold where
    all have one and they add up to the points of all groups, or where those of a group add up to
    that group's points. A department's own table whose weights make 100 says its proportions.
    """
    own = [read_weight(row["weight_text"]) for row in indicators]
    counts = Counter(groups)
    sums = dict.fromkeys(counts, 0)
    for group, weight in zip(groups, own, strict=True):
        sums[group] += weight or 0
    lacking = {group for group, weight in zip(groups, own, strict=True) if weight is None}
    all_own = not lacking and sum(sums.values()) == sum(by_group[group] for group in counts)
    parts = {group for group in {OWN} - lacking if sums.get(group) == WHOLE}
    wanted: dict[str, list[int]] = defaultdict(list)
    for group, weight in zip(groups, own, strict=True):
        wanted[group].append(weight or 0 if group in parts else 1)
    shares = {group: iter(split_points(by_group[group], wanted[group])) for group in counts}
    weighed = []
    for group, weight in zip(groups, own, strict=True):
        equal, points = next(shares[group]), by_group[group]
        held = all_own or (group not in lacking and sums[group] == points)
        if weight is not None and held:
            weighed.append((weight, f"文件分值{write_points(weight)}分"))
            continue
        part, of = (weight or 0, WHOLE) if group in parts else (1, counts[group])
        sign = "＝" if equal * of == points * part else "≈"
        whole, each = write_points(points), write_points(equal)
        words = f"{group}{whole}分×1/{of}{sign}{each}分"
        if group in parts:
            words = f"{group}{whole}分×{write_points(part)}/100{sign}{each}分"
            words += "（文件分值合计100分，按比例折算）"
        elif sums[group]:
            words += f"（文件分值合计{write_points(sums[group])}分，与应有分值不符，未采用）"
        weighed.append((equal, words))
    return weighed


def _execution(spending: Row, points: int, rules: ScoringRules) -> dict[str, object]:
    """Score the execution of the budget: its points × rate; beyond the budget by the rule."""
    budget, paid = spending["budget_fen"], spending["paid_fen"]
    row: dict[str, object] = {
        "ordinal": 0,
        "part": str(ScorePart.EXECUTION),
        "indicator_key": None,
        "level1": None,
        "name": ScorePart.EXECUTION.label,
        "raw_target": None,
        "points_centi": points,
    }
    if budget is None or paid is None or (budget <= 0 and paid <= budget):
        lacking = "没有支付台账" if paid is None else "没有预算数"
        lacking = lacking if budget is None or paid is None else "预算为0、没有支付，执行率不适用"
        return row | {
            "actual_text": None,
            "score_centi": 0,
            "verdict": str(Verdict.NO_DATA),
            "arithmetic": f"无数据：{lacking}，得0分",
        }
    share, words = _executed(paid, budget, rules.overspent)
    earned = marks(points, share)
    partly = share > 0 and paid <= budget
    verdict = Verdict.MET if share == 1 else Verdict.PARTLY if partly else Verdict.UNMET
    return row | {
        "actual_text": share_beside(paid, budget, [Fraction(100)]) if budget > 0 else None,
        "score_centi": earned,
        "verdict": str(verdict),
        "arithmetic": f"{write_points(points)}分×({words})＝{write_points(earned)}分",
    }


def _executed(paid: int, budget: int, overspent: Overspending) -> tuple[Fraction, str]:
    """Return the share of its marks that execution earns, and the division in words."""
    divided = f"{format_yuan(paid)}元÷{format_yuan(budget)}元"
    if budget > 0:
        divided = f"{divided}，即{share_beside(paid, budget, [Fraction(100)])}"
    if paid <= budget:
        return max(Fraction(paid, budget), Fraction(0)), divided
    over = f"{divided}，超出预算{format_yuan(paid - budget)}元"
    match overspent:
        case Overspending.FULL:
            return Fraction(1), f"{over}，按满分计"
        case Overspending.PROPORTION if budget > 0:
            return Fraction(budget, paid), f"{over}，按预算÷支付计"
    return Fraction(0), f"{over}，不得分"


def _sum_up(spending: Row, scored: Sequence[Row]) -> dict[str, object]:
    """Add a project's marks up; its grade stands only where the missing points cannot move it."""
    score = sum(row["score_centi"] for row in scored)
    points = sum(row["points_centi"] for row in scored)
    lacking = [row for row in scored if row["verdict"] == Verdict.NO_DATA]
    missing = sum(row["points_centi"] for row in lacking) + WHOLE - points
    by_part: dict[str, int] = defaultdict(int)
    for row in scored:
        by_part[row["part"]] += row["score_centi"]
    parts = "＋".join(
        f"{part.label}{in_points(by_part[part])}" for part in ScorePart if part in by_part
    )
    words = f"{parts}＝{in_points(score)}"
    if points < WHOLE:
        words += f"；没有绩效指标，占{write_points(WHOLE - points)}分"
    if lacking:
        words += f"；不完整：{len(lacking)}项无数据，占{write_points(missing + points - WHOLE)}分"
    return {
        "department_id": spending["department_id"],
        "project_name": spending["project_name"],
        "budget_fen": spending["budget_fen"],
        "score_centi": score,
        "missing_centi": missing,
        "grade": certain_grade(score, missing),
        "arithmetic": words,
    }
