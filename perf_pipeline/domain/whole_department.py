"""The common lines of the whole-department form (部门整体绩效共性指标): declared, computed, scored.

A line is a numerator over a denominator, each a sum of figures with signs, a direction with its
limit, and a rule of scoring. The same name has other denominators elsewhere: that is data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Self

from pydantic import Field, model_validator

from perf_pipeline.domain.declared import Declared
from perf_pipeline.domain.figures import write_beside
from perf_pipeline.domain.scoring import CENTI, Overspending, marks
from perf_pipeline.domain.share import WHOLE_BP, percent


class Direction(StrEnum):
    """Which side of its limit is good."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Step(Declared):
    """Up to and with a value (basis points) a line keeps a share of its points."""

    up_to_bp: int
    share_bp: int = Field(ge=0, le=WHOLE_BP)


class LineDeclaration(Declared):
    """A line: figures by name, a minus sign before those that are taken off.

    Above `most_bp`, which is spending beyond the budget, it earns what the rules of scoring say of
    that (`Overspending`).
    Beyond its limit it loses `each_point_centi` hundredths of a point for each percentage point,
    or what `steps` say; without either it keeps its share of the limit (AT_LEAST) or nothing.
    """

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str
    numerator: tuple[str, ...] = Field(min_length=1)
    denominator: tuple[str, ...] = Field(min_length=1)
    direction: Direction
    limit_bp: int
    most_bp: int | None = Field(None, gt=0)
    points: int = Field(ge=0)
    each_point_centi: int | None = Field(None, ge=0)
    steps: tuple[Step, ...] = ()
    source: str

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if self.each_point_centi is not None and self.steps:
            raise ValueError(f"{self.code}：each_point_centi 和 steps 只能有一个")
        limits = [step.up_to_bp for step in self.steps]
        if limits != sorted(set(limits)):
            raise ValueError(f"{self.code}：steps 的 up_to_bp 须递增")
        return self

    @property
    def figures(self) -> frozenset[str]:
        """Return the names of the figures that it needs."""
        return frozenset(name.lstrip("-") for name in (*self.numerator, *self.denominator))

    @property
    def limit(self) -> str:
        """Write its limit: ≤3.00%."""
        sign = "≥" if self.direction is Direction.AT_LEAST else "≤"
        return f"{sign}{percent(self.limit_bp)}"


class WholeDepartmentRules(Declared):
    """The points that a place gives the lines, by code, in place of the declared ones."""

    points: Mapping[str, int] = Field(
        {}, description="部门整体共性指标的分值，按代码；不写的照声明"
    )


@dataclass(frozen=True)
class Known:
    """A figure: its value (fen, or people), None where no register says it, and where from."""

    value: int | None
    label: str
    origin: str


@dataclass(frozen=True)
class ScoredLine:
    """A line with its value; `value` and `score_centi` are None without data (无数据)."""

    declared: LineDeclaration
    value: Fraction | None
    points_centi: int
    score_centi: int | None
    words: str

    @property
    def text(self) -> str:
        """Write its value, with digits enough beside its limits."""
        if self.value is None:
            return "无数据"
        limits = [self.declared.limit_bp, *(step.up_to_bp for step in self.declared.steps)]
        limits += [self.declared.most_bp] if self.declared.most_bp is not None else []
        return f"{write_beside(100 * self.value, [Fraction(bp, 100) for bp in limits])}%"


def score_line(
    declared: LineDeclaration,
    figures: Mapping[str, Known],
    rules: WholeDepartmentRules,
    overspent: Overspending = Overspending.PROPORTION,
) -> ScoredLine:
    """Compute and score a line; a figure that is not known, or nothing to divide by, is no data."""
    points = rules.points.get(declared.code, declared.points) * CENTI
    asked = (figures[name] for name in sorted(declared.figures))
    lacking = [each.label for each in asked if each.value is None]
    if lacking:
        named = "、".join(f"“{each}”" for each in lacking)
        return ScoredLine(declared, None, points, None, f"缺{named}")
    below = _sum(declared.denominator, figures)
    if below <= 0:
        return ScoredLine(declared, None, points, None, "分母为0")
    value = Fraction(_sum(declared.numerator, figures), below)
    over = declared.most_bp is not None and value * WHOLE_BP > declared.most_bp
    share = _share_over(declared, value, overspent) if over else _share(declared, value, points)
    origins = dict.fromkeys(figures[name].origin for name in sorted(declared.figures))
    words = f"取自{'、'.join(origins)}"
    if over:
        words += f"；超过{percent(declared.most_bp or 0)}，{_OVERSPENT[overspent]}"
    return ScoredLine(declared, value, points, marks(points, share), words)


_OVERSPENT = {
    Overspending.PROPORTION: "按其与实际之比计分",
    Overspending.NOTHING: "不得分",
    Overspending.FULL: "按满分计",
}


def _sum(names: tuple[str, ...], figures: Mapping[str, Known]) -> int:
    return sum(
        (-1 if name.startswith("-") else 1) * (figures[name.lstrip("-")].value or 0)
        for name in names
    )


def _share_over(declared: LineDeclaration, value: Fraction, overspent: Overspending) -> Fraction:
    """Return the share of its points that a value above the most earns."""
    if overspent is Overspending.PROPORTION:
        return Fraction(declared.most_bp or 0, WHOLE_BP) / value
    return Fraction(overspent is Overspending.FULL)


def _share(declared: LineDeclaration, value: Fraction, points: int) -> Fraction:
    """Return the share of its points that a value earns, between 0 and 1."""
    limit = Fraction(declared.limit_bp, WHOLE_BP)
    at_least = declared.direction is Direction.AT_LEAST
    beyond = limit - value if at_least else value - limit
    if beyond <= 0:
        return Fraction(1)
    if declared.steps:
        kept = (step.share_bp for step in declared.steps if value * WHOLE_BP <= step.up_to_bp)
        return Fraction(next(kept, 0), WHOLE_BP)
    if declared.each_point_centi is not None:
        lost = beyond * 100 * declared.each_point_centi
        return max(1 - lost / points, Fraction(0)) if points else Fraction(0)
    return max(value / limit, Fraction(0)) if at_least and limit > 0 else Fraction(0)
