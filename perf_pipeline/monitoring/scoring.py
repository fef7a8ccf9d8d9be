"""Self-evaluation (绩效自评) as a pure function: year-end results become points, in words too.

Everything is exact until a mark is written: shares are fractions, points whole hundredths.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from perf_pipeline.domain.money import format_yuan
from perf_pipeline.domain.scoring import (
    PART_LABELS,
    WHOLE,
    ScorePart,
    ScoringRules,
    Verdict,
    certain_grade,
    marks,
    part_points,
    read_weight,
    score_part,
    split_points,
    write_points,
)
from perf_pipeline.domain.share import WHOLE_BP, is_percent, percent
from perf_pipeline.domain.status import Behaviour, Status
from perf_pipeline.domain.target import MICRO, Operator, TargetKind

Row = Mapping[str, Any]
NUMBERS = (TargetKind.NUMBER, TargetKind.RANGE)
_PARTLY = re.compile(r"(?:部分|基本)(?:达成|达到|达标|完成|实现|落实)?.*")
_NEXT_GRADE = {"优": "良", "良": "中", "中": "差"}


@dataclass(frozen=True)
class Scores:
    """Scores as frames: one row an indicator (and execution), one a project, one a department."""

    results: pd.DataFrame
    projects: pd.DataFrame
    departments: pd.DataFrame


@dataclass(frozen=True)
class _Attained:
    """The share of its marks that an indicator earns, and why; a share of None is no data."""

    verdict: Verdict
    share: Fraction | None
    formula: str


def score_year(indicators: pd.DataFrame, spending: pd.DataFrame, rules: ScoringRules) -> Scores:
    """Score every project and department from the results of the year's last checkpoint.

    `indicators` has the columns of indicator_result with department_id and weight_text, of
    project indicators alone; `spending` those of spending_result with department_id, one row a
    project. Points are hundredths. No data earns nothing and leaves the score incomplete.
    """
    of_project: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for row in indicators.to_dict("records"):
        of_project[row["department_id"], row["project_name"]].append(row)
    results: list[dict[str, Any]] = []
    projects: list[dict[str, Any]] = []
    for row in spending.to_dict("records"):
        key = (row["department_id"], row["project_name"])
        mine = _score_project(row, of_project.get(key, []), rules)
        results += mine
        projects.append(_sum_up(row, mine))
    return Scores(
        pd.DataFrame(results, dtype=object),
        pd.DataFrame(projects, dtype=object),
        pd.DataFrame(_departments(projects), dtype=object),
    )


def _score_project(
    spending: Row, indicators: Sequence[Row], rules: ScoringRules
) -> list[dict[str, Any]]:
    parts = [score_part(row["level1"], row["level2"]) for row in indicators]
    by_part = part_points(set(parts), rules)
    execution = by_part[ScorePart.EXECUTION]
    place = {key: spending[key] for key in ("department_id", "project_name")}
    scored = [place | _execution(spending, execution)]
    weighed = _weigh(indicators, parts, by_part)
    for row, part, (points, words) in zip(indicators, parts, weighed, strict=True):
        attained = attain(row, rules)
        earned = 0 if attained.share is None else marks(points, attained.share)
        scored.append(
            place
            | {
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
        )
    return scored


def _arithmetic(words: str, points: int, attained: _Attained, earned: int) -> str:
    if attained.share is None:
        return f"{words}；{attained.formula}，得0分"
    if attained.share == 1:
        return f"{words}；{attained.formula}，得{write_points(earned)}分"
    worth, got = write_points(points), write_points(earned)
    return f"{words}；{worth}分×{attained.formula}＝{got}分"


def _weigh(
    indicators: Sequence[Row], parts: Sequence[ScorePart], by_part: Mapping[ScorePart, int]
) -> list[tuple[int, str]]:
    """Return each indicator's points, and how they come about.

    The document's own weights hold where all indicators of the project have one and they add up
    to what execution leaves, or where those of a part add up to that part's points.
    """
    own = [read_weight(row["weight_text"]) for row in indicators]
    counts = Counter(parts)
    sums: dict[ScorePart, int] = defaultdict(int)
    whole: set[ScorePart] = set(counts)
    for part, weight in zip(parts, own, strict=True):
        sums[part] += weight or 0
        if not weight:
            whole.discard(part)
    left = WHOLE - by_part[ScorePart.EXECUTION]
    all_own = whole == set(counts) and sum(sums.values()) == left
    shares = {part: iter(split_points(by_part[part], counts[part])) for part in counts}
    weighed = []
    for part, weight in zip(parts, own, strict=True):
        equal = next(shares[part])
        if weight and (all_own or (part in whole and sums[part] == by_part[part])):
            weighed.append((weight, f"文件分值{write_points(weight)}分"))
            continue
        exact = equal * counts[part] == by_part[part]
        words = (
            f"{PART_LABELS[part]}{write_points(by_part[part])}分×1/{counts[part]}"
            f"{'＝' if exact else '≈'}{write_points(equal)}分"
        )
        if sums[part]:
            words += f"（文件分值合计{write_points(sums[part])}分，与应有分值不符，未采用）"
        weighed.append((equal, words))
    return weighed


def _execution(spending: Row, points: int) -> dict[str, Any]:
    """Score the execution of the budget: its points × rate, at most all of them."""
    budget, paid = spending["budget_fen"], spending["paid_fen"]
    known = budget is not None and budget > 0 and paid is not None
    row: dict[str, Any] = {
        "ordinal": 0,
        "part": str(ScorePart.EXECUTION),
        "indicator_key": None,
        "level1": None,
        "name": PART_LABELS[ScorePart.EXECUTION],
        "raw_target": None,
        "points_centi": points,
    }
    if not known:
        lacking = "没有支付台账" if paid is None else "没有预算数"
        return row | {
            "actual_text": None,
            "score_centi": 0,
            "verdict": str(Verdict.NO_DATA),
            "arithmetic": f"无数据：{lacking}，得0分",
        }
    share = min(max(Fraction(paid, budget), Fraction(0)), Fraction(1))
    earned = marks(points, share)
    rate = percent((2 * paid * WHOLE_BP + budget) // (2 * budget))
    over = "，超出预算，按满分计" if paid > budget else ""
    return row | {
        "actual_text": rate,
        "score_centi": earned,
        "verdict": str(Verdict.MET if share == 1 else Verdict.PARTLY),
        "arithmetic": (
            f"{write_points(points)}分×({format_yuan(paid)}元÷{format_yuan(budget)}元，即{rate}"
            f"{over})＝{write_points(earned)}分"
        ),
    }


def attain(row: Row, rules: ScoringRules) -> _Attained:
    """Return the share of its marks that an indicator's year-end result earns.

    Quantitative: met is all, else value ÷ target (target ÷ value for upper limits). Qualitative:
    all, or the configured share inside the band of 部分达标 or 未达标.
    """
    status, kind = row["status"], row["target_kind"]
    numeric = kind in NUMBERS and row["target_micro"] is not None and bool(row["denominator"])
    if status == Status.MET:
        over = _over_fulfilled(row, rules) if numeric else None
        return over or _Attained(Verdict.MET, Fraction(1), "达到目标")
    if not numeric and _is_partly(row):
        share = Fraction(rules.partly_bp, WHOLE_BP)
        return _Attained(Verdict.PARTLY, share, f"{percent(rules.partly_bp)}（部分达标，80%—60%）")
    if status != Status.MISSED:
        reason = "完成期限未到" if status == Status.NOT_DUE else "须由人填报"
        return _Attained(Verdict.NO_DATA, None, f"无数据：{reason}")
    if not numeric:
        share = Fraction(rules.unmet_bp, WHOLE_BP)
        return _Attained(Verdict.UNMET, share, f"{percent(rules.unmet_bp)}（未达标，60%—0%）")
    share, formula = _proportion(row)
    return _Attained(Verdict.UNMET, share, formula)


def _is_partly(row: Row) -> bool:
    said = row["actual_text"]
    if not said or row["status"] not in (Status.NO_DATA, Status.MISSED):
        return False
    one_below = row["target_kind"] == TargetKind.GRADE and any(
        row["raw_target"].startswith(wanted) and said.startswith(got)
        for wanted, got in _NEXT_GRADE.items()
    )
    return one_below or _PARTLY.fullmatch(said) is not None


def _actual(row: Row) -> Fraction:
    scale = 100 if is_percent(row["unit"]) else 1
    return Fraction(row["numerator"] * scale, row["denominator"])


def _bounds(row: Row) -> tuple[Fraction, Fraction]:
    lower = Fraction(row["target_micro"], MICRO)
    upper = row["upper_micro"]
    return lower, lower if upper is None else Fraction(upper, MICRO)


def _proportion(row: Row) -> tuple[Fraction, str]:
    """Return how near an unmet value came, between 0 and 1, and the division in words."""
    actual, (lower, upper) = _actual(row), _bounds(row)
    operator, unit = row["operator"], row["unit"] or ""
    at_most = operator in (Operator.LE, Operator.LT)
    if at_most or (operator == Operator.BETWEEN and actual > upper):
        share = upper / actual if actual > 0 else Fraction(0)
        formula = f"({_number(upper)}{unit}÷{row['actual_text']})"
    else:
        share = actual / lower if lower > 0 else Fraction(0)
        formula = f"({row['actual_text']}÷{_number(lower)}{unit})"
    return min(max(share, Fraction(0)), Fraction(1)), formula


def _over_fulfilled(row: Row, rules: ScoringRules) -> _Attained | None:
    """Reduce the marks of a value far above a target to be reached: the target was too low."""
    lower, _ = _bounds(row)
    reaching = row["operator"] in (Operator.GE, Operator.GT, Operator.EQ)
    if not reaching or row["behaviour"] == Behaviour.COST or lower <= 0:
        return None
    excess = _actual(row) / lower - Fraction(rules.over_bp, WHOLE_BP)
    if excess <= 0:
        return None
    reduction = min(
        excess * Fraction(rules.over_degree_bp, WHOLE_BP), Fraction(rules.over_most_bp, WHOLE_BP)
    )
    goal = f"{_number(lower)}{row['unit'] or ''}"
    said = (
        f"(1－{_rate(reduction)})（{row['actual_text']}超过目标{goal}的"
        f"{percent(rules.over_bp)}，目标可能偏低，按偏离程度调减）"
    )
    return _Attained(Verdict.OVER_FULFILLED, 1 - reduction, said)


def _rate(share: Fraction) -> str:
    return percent((2 * share.numerator * WHOLE_BP + share.denominator) // (2 * share.denominator))


def _number(value: Fraction) -> str:
    """Write a number of a target, which has at most six decimals, without idle zeros."""
    micro = value.numerator * (MICRO // value.denominator)
    return f"{micro // MICRO}.{micro % MICRO:06d}".rstrip("0").rstrip(".")


def _sum_up(spending: Row, scored: Sequence[Row]) -> dict[str, Any]:
    """Add a project's marks up; its grade stands only where the missing points cannot move it."""
    score = sum(row["score_centi"] for row in scored)
    points = sum(row["points_centi"] for row in scored)
    lacking = [row for row in scored if row["verdict"] == Verdict.NO_DATA]
    missing = sum(row["points_centi"] for row in lacking) + WHOLE - points
    by_part: dict[str, int] = defaultdict(int)
    for row in scored:
        by_part[row["part"]] += row["score_centi"]
    parts = "＋".join(
        f"{PART_LABELS[part]}{write_points(by_part[part])}分"
        for part in ScorePart
        if part in by_part
    )
    words = f"{parts}＝{write_points(score)}分"
    if points < WHOLE:
        words += "；没有绩效指标"
    if missing:
        words += f"；不完整：{len(lacking)}项无数据，占{write_points(missing)}分"
    return {
        "department_id": spending["department_id"],
        "project_name": spending["project_name"],
        "budget_fen": spending["budget_fen"],
        "score_centi": score,
        "missing_centi": missing,
        "grade": certain_grade(score, missing),
        "arithmetic": words,
    }


def _departments(projects: Sequence[Row]) -> list[dict[str, Any]]:
    """Weigh the scores of a department's projects by their budgets: a big project counts more."""
    of_department: dict[int, list[Row]] = defaultdict(list)
    for row in projects:
        of_department[row["department_id"]].append(row)
    return [_department(number, rows) for number, rows in of_department.items()]


def _department(department_id: int, rows: Sequence[Row]) -> dict[str, Any]:
    weighed = [row for row in rows if row["budget_fen"]]
    budget = sum(row["budget_fen"] for row in weighed)
    left_out = len(rows) - len(weighed)
    found: dict[str, Any] = {
        "department_id": department_id,
        "budget_fen": budget,
        "projects": len(rows),
        "projects_left_out": left_out,
    }
    if not budget:
        words = "各项目都没有预算数，无法加权"
        return found | {
            "score_centi": None,
            "missing_centi": None,
            "grade": None,
            "arithmetic": words,
        }
    score = marks(1, Fraction(sum(r["score_centi"] * r["budget_fen"] for r in weighed), budget))
    highest = marks(
        1,
        Fraction(
            sum((r["score_centi"] + r["missing_centi"]) * r["budget_fen"] for r in weighed), budget
        ),
    )
    terms = "＋".join(
        f"{write_points(r['score_centi'])}×{format_yuan(r['budget_fen'])}" for r in weighed
    )
    words = f"({terms})÷{format_yuan(budget)}＝{write_points(score)}分（按全年预算（元）加权）"
    if highest > score:
        words += f"；不完整：无数据的分值加权为{write_points(highest - score)}分"
    if left_out:
        words += f"；{left_out}个项目没有预算数，未加权"
    return found | {
        "score_centi": score,
        "missing_centi": highest - score,
        "grade": None if left_out else certain_grade(score, highest - score),
        "arithmetic": words,
    }
