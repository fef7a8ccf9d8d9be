"""Scoring of self-evaluation (绩效自评): weights, parts and grades of 财预〔2020〕10号.

Points (分值) are whole hundredths of a point, so that a group's points add up exactly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Self

from pydantic import Field, model_validator

from perf_pipeline.domain.declared import Declared
from perf_pipeline.domain.words import Word

CENTI = 100  # hundredths of a point in a point
WHOLE = 100 * CENTI
GRADES = ((90 * CENTI, "优"), (80 * CENTI, "良"), (60 * CENTI, "中"), (0, "差"))


class ScorePart(Word):
    """A part of the score: execution of the budget, or a first level (一级指标) of indicators."""

    EXECUTION = "execution", "预算执行率"
    COST = "cost", "成本指标"  # only where the form has it as a first level of its own
    OUTPUT = "output", "产出指标"
    BENEFIT = "benefit", "效益指标"
    SATISFACTION = "satisfaction", "满意度指标"


class Verdict(Word):
    """How an indicator came out at year end."""

    MET = "met", "达标"
    PARTLY = "partly", "部分达标"
    UNMET = "unmet", "未达标"
    OVER_FULFILLED = "over_fulfilled", "超额过多"
    NO_DATA = "no_data", "无数据"


class Overspending(StrEnum):
    """What spending beyond the budget (超预算支出) earns of the marks of execution."""

    PROPORTION = "proportion"  # budget ÷ paid, as of any upper limit
    NOTHING = "nothing"
    FULL = "full"


# whose points go where, when a project has no indicator of a part: the first that it has
HEIRS = {
    ScorePart.SATISFACTION: (ScorePart.BENEFIT, ScorePart.OUTPUT, ScorePart.COST),
    ScorePart.BENEFIT: (ScorePart.OUTPUT, ScorePart.SATISFACTION, ScorePart.COST),
    ScorePart.OUTPUT: (ScorePart.BENEFIT, ScorePart.SATISFACTION, ScorePart.COST),
}
_BENEFITS = ("效益", "效果", "可持续")
_WEIGHT = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?(?:分|%)?")


class PartWeights(Declared):
    """Points of each part, in whole points that add up to 100."""

    execution: int = Field(10, ge=0, description="预算执行率的分值")
    cost: int = Field(0, ge=0, description="成本指标的分值")
    output: int = Field(50, ge=0, description="产出指标的分值")
    benefit: int = Field(30, ge=0, description="效益指标的分值")
    satisfaction: int = Field(10, ge=0, description="满意度指标的分值")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sum(self.model_dump().values()) != WHOLE // CENTI:
            raise ValueError("各部分分值合计须为100")
        return self

    def centi(self, part: ScorePart) -> int:
        """Return a part's points in hundredths."""
        return int(getattr(self, part)) * CENTI


class ScoringRules(Declared):
    """The rules of scoring that a place may set; shares in basis points (万分之一).

    An indicator above `over_bp` of its target is flagged; from there on each unit of excess takes
    `over_degree_bp` of its marks, at most `over_most_bp`. `overspent` says what execution earns
    beyond the budget, `own_points` how many of a department's 100 points its own indicators have
    (分项工作); its projects have the others. Qualitative indicators that are partly
    met or unmet get a proposal inside their bands (80–60 %, 60–0 %).
    """

    weights: PartWeights = Field(default_factory=PartWeights)
    weights_with_cost: PartWeights = Field(
        default_factory=lambda: PartWeights(
            execution=10, cost=20, output=40, benefit=20, satisfaction=10
        )
    )
    own_points: int = Field(
        40, ge=0, le=100, description="部门整体100分里分项工作的分值，其余归项目"
    )
    over_bp: int = Field(
        13_000, gt=10_000, description="完成值超过目标的这一比例为超额过多，万分之一"
    )
    over_degree_bp: int = Field(
        1_000, ge=0, le=10_000, description="每超一倍扣去得分的这一比例，万分之一"
    )
    over_most_bp: int = Field(
        2_000, ge=0, le=10_000, description="超额过多最多扣去得分的这一比例，万分之一"
    )
    overspent: Overspending = Field(
        Overspending.PROPORTION,
        description="超预算支出时执行率的得分：按预算除以支付（proportion）、不得分（nothing）、满分（full）",
    )
    partly_bp: int = Field(
        7_000, ge=6_000, lt=8_000, description="定性指标部分达标时建议的得分比例，万分之一"
    )
    unmet_bp: int = Field(0, ge=0, lt=6_000, description="定性指标未达标时建议的得分比例，万分之一")

    @model_validator(mode="after")
    def _cost_only_of_its_own(self) -> Self:
        if self.weights.cost:
            raise ValueError("weights 不含成本；成本单列的分值写在 weights_with_cost")
        return self


def score_part(level1: str | None, level2: str | None) -> ScorePart:
    """Return the part that an indicator's first two levels, as written, belong to.

    效果 and 效益 are one; 满意度 counts wherever it is filed; 成本 is output unless it is a first
    level of its own; what says nothing of itself is output.
    """
    first, second = level1 or "", level2 or ""
    if "满意" in first or "满意" in second:
        return ScorePart.SATISFACTION
    if any(word in first for word in _BENEFITS):
        return ScorePart.BENEFIT
    if "成本" in first:
        return ScorePart.COST
    if "产出" not in first and any(word in second for word in _BENEFITS):
        return ScorePart.BENEFIT
    return ScorePart.OUTPUT


def part_points(present: Collection[ScorePart], rules: ScoringRules) -> dict[ScorePart, int]:
    """Return the points, in hundredths, of execution and of each part that has indicators.

    A part without indicators leaves its points to the next: satisfaction's go to benefit. They
    add up to 100 points wherever there is any indicator.
    """
    weights = rules.weights_with_cost if ScorePart.COST in present else rules.weights
    points = {
        part: weights.centi(part)
        for part in ScorePart
        if part is ScorePart.EXECUTION or part in present
    }
    for part, heirs in HEIRS.items():
        heir = next((each for each in heirs if each in present), None)
        if part not in present and heir is not None:
            points[heir] += weights.centi(part)
    return points


def split_points(total: int, weights: Sequence[int]) -> list[int]:
    """Split points in proportion to weights, in whole hundredths that add up to all of them.

    What rounding down leaves over goes to those that it took most from, the first of equals first.
    """
    whole = sum(weights)
    split = [divmod(total * weight, whole) for weight in weights]
    by_rest = sorted(range(len(split)), key=lambda place: -split[place][1])
    more = set(by_rest[: total - sum(each for each, _ in split)])
    return [each + (place in more) for place, (each, _) in enumerate(split)]


def read_weight(text: str | None) -> int | None:
    """Read a form's own weight (分值): "10", "7.5分", "10%", in hundredths of a point."""
    found = _WEIGHT.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text or "")))
    if found is None:
        return None
    return int(found[1]) * CENTI + int((found[2] or "").ljust(2, "0"))


def half_up(exact: Fraction) -> int:
    """Return the nearest whole number, halves rounded up."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def marks(points: int, share: Fraction) -> int:
    """Return a share of the points in whole hundredths, halves rounded up.

    What is not wholly earned never rounds to full marks: 94.9999 % of ≥95 % is not reached.
    """
    return min(half_up(points * share), points - (points > 0 and share < 1))


def grade(score: int) -> str:
    """Return the grade (等级) of a score in hundredths: 优 from 90, 良 from 80, 中 from 60, 差."""
    return next(name for least, name in GRADES if score >= least)


def certain_grade(score: int, missing: int) -> str | None:
    """Return the grade that holds whatever the missing points turn out to be, or None."""
    lowest, highest = grade(score), grade(score + missing)
    return lowest if lowest == highest else None


def in_points(centi: int) -> str:
    """Write hundredths of a point with their unit: 6.25分."""
    return f"{write_points(centi)}分"


def write_points(centi: int) -> str:
    """Write hundredths of a point without idle zeros: 625 is 6.25, 5000 is 50."""
    return f"{centi // CENTI}.{centi % CENTI:02d}".rstrip("0").rstrip(".")
