"""What share of its marks an indicator earns at year end, and the reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from perf_pipeline.domain.figures import write_beside
from perf_pipeline.domain.result_words import Degree, degree_of
from perf_pipeline.domain.scoring import ScoringRules, Verdict
from perf_pipeline.domain.share import WHOLE_BP, is_percent, multiple, percent
from perf_pipeline.domain.status import Behaviour, Status
from perf_pipeline.domain.target import CEILINGS, FLOORS, MICRO, NUMBERS, Operator, TargetKind
from perf_pipeline.domain.unit import share_bp
from perf_pipeline.measures.catalogue import REPORTED
from perf_pipeline.monitoring.rows import Columns as Row

_NEXT_GRADE = {"优": "良", "良": "中", "中": "差"}


@dataclass(frozen=True)
class Attained:
    """The share of its marks that an indicator earns, and why; a share of None is no data."""

    verdict: Verdict
    share: Fraction | None
    formula: str


def attain(row: Row, rules: ScoringRules) -> Attained:
    """Return the share of its marks that an indicator's year-end result earns.

    Quantitative: met is all, else value ÷ target (target ÷ value for upper limits). Qualitative:
    all, or the configured share inside the band of 部分达标 or 未达标.
    """
    status, kind = row["status"], row["target_kind"]
    numeric = kind in NUMBERS and row["target_micro"] is not None and bool(row["denominator"])
    if status == Status.MET:
        over = _over_fulfilled(row, rules) if numeric else None
        return over or Attained(Verdict.MET, Fraction(1), "达到目标")
    if not numeric and row["target_micro"] != 0 and _is_partly(row):
        share = Fraction(rules.partly_bp, WHOLE_BP)
        return Attained(Verdict.PARTLY, share, f"{percent(rules.partly_bp)}（部分达标，80%—60%）")
    if status != Status.MISSED:
        reported = row["measure"] in (REPORTED, None)
        lacking = "须由人填报" if reported else "台账没有给出可评价的数"
        reason = "完成期限未到" if status == Status.NOT_DUE else lacking
        return Attained(Verdict.NO_DATA, None, f"无数据：{reason}")
    if not numeric:
        share = Fraction(rules.unmet_bp, WHOLE_BP)
        return Attained(Verdict.UNMET, share, f"{percent(rules.unmet_bp)}（未达标，60%—0%）")
    share, formula = _proportion(row)
    return Attained(Verdict.UNMET, share, formula)


def _is_partly(row: Row) -> bool:
    said = row["actual_text"]
    if not said or row["status"] not in (Status.NO_DATA, Status.MISSED):
        return False
    one_below = row["target_kind"] == TargetKind.GRADE and any(
        row["raw_target"].startswith(wanted) and said.startswith(got)
        for wanted, got in _NEXT_GRADE.items()
    )
    return one_below or degree_of(said) in (Degree.PARTLY, Degree.MOSTLY)


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
    operator = row["operator"]
    at_most = operator in CEILINGS
    if at_most or (operator == Operator.BETWEEN and actual > upper):
        share = upper / actual if actual > 0 else Fraction(0)
        formula = f"({_goal(upper, row)}÷{row['actual_text']})"
    else:
        share = actual / lower if lower > 0 else Fraction(0)
        formula = f"({row['actual_text']}÷{_goal(lower, row)})"
    return min(max(share, Fraction(0)), Fraction(1)), formula


def _over_fulfilled(row: Row, rules: ScoringRules) -> Attained | None:
    """Reduce the marks of a value far above a target to be reached: the target was too low."""
    lower, _ = _bounds(row)
    reaching = row["operator"] in FLOORS
    if not reaching or row["behaviour"] == Behaviour.COST or lower <= 0:
        return None
    excess = _actual(row) / lower - Fraction(rules.over_bp, WHOLE_BP)
    if excess <= 0:
        return None
    reduction = min(
        excess * Fraction(rules.over_degree_bp, WHOLE_BP), Fraction(rules.over_most_bp, WHOLE_BP)
    )
    less = share_bp(reduction.numerator, reduction.denominator)
    said = (
        f"(1－{percent(less)})（{row['actual_text']}超过目标{_goal(lower, row)}的"
        f"{percent(rules.over_bp)}，目标可能偏低，按偏离程度调减）"
    )
    return Attained(Verdict.OVER_FULFILLED, 1 - reduction, said)


def _goal(value: Fraction, row: Row) -> str:
    """Write a limit of a target as its unit says it, without idle zeros: 0.5万元, 0.03‰."""
    said = value / multiple(row["unit"])
    return f"{write_beside(said, [said]).rstrip('0').rstrip('.')}{row['unit'] or ''}"
