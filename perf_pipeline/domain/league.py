"""League tables (排名) that say when too few cases make a comparison meaningless.

A rate of few cases moves by chance alone. Each unit gets the Wilson interval of its rate at 95 %
(E. B. Wilson, 1927), in whole numbers rounded outwards. A unit with fewer cases than the least is
not ranked; where no two intervals are apart, nobody is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from perf_pipeline.domain.share import WHOLE_BP

Z_SQUARED = Fraction(38_416, 10_000)  # 1.96²
_SCALE = 10**8


@dataclass(frozen=True)
class Entry:
    """A unit and its rate: so many of so many cases."""

    unit: str
    numerator: int
    denominator: int


@dataclass(frozen=True)
class Ranked:
    """A unit's place: its rank, and between which ranks chance alone may have put it.

    `rank` is None where a rank would mean nothing; `reason` says why, or what the rank is worth.
    """

    unit: str
    numerator: int
    denominator: int
    lower_bp: int
    upper_bp: int
    rank: int | None
    best: int | None
    worst: int | None
    reason: str


@dataclass(frozen=True)
class League:
    """Units in order; `reason` says why nobody is ranked, and is empty where some are."""

    rows: tuple[Ranked, ...]
    reason: str


def wilson(numerator: int, denominator: int) -> tuple[int, int]:
    """Return the 95 % interval of a rate in basis points, rounded outwards; all for no cases."""
    if denominator <= 0:
        return 0, WHOLE_BP
    spread = Z_SQUARED**2 + 4 * Z_SQUARED * Fraction(
        numerator * (denominator - numerator), denominator
    )
    scaled = spread * _SCALE**2
    root = Fraction(isqrt(scaled.numerator // scaled.denominator) + 1, _SCALE)
    middle, width = 2 * numerator + Z_SQUARED, 2 * (denominator + Z_SQUARED)
    lower = (middle - root) / width * WHOLE_BP
    upper = (middle + root) / width * WHOLE_BP
    ceiling = -(-upper.numerator // upper.denominator)
    return max(lower.numerator // lower.denominator, 0), min(ceiling, WHOLE_BP)


def rank_units(entries: Sequence[Entry], least_cases: int) -> League:
    """Rank units by their rates, higher first; equal rates share a rank.

    Raises ValueError for an entry that is not a share of cases.
    """
    for each in entries:
        if not 0 <= each.numerator <= each.denominator:
            raise ValueError(f"{each.unit}：{each.numerator}/{each.denominator} 不是件数的比率")
    bounds = {each: wilson(each.numerator, each.denominator) for each in entries}
    fit = [each for each in entries if each.denominator >= max(least_cases, 1)]
    lowers = sorted(bounds[each][0] for each in fit)
    uppers = sorted(bounds[each][1] for each in fit)
    apart = bool(fit) and lowers[-1] > uppers[0]
    why = ""
    if len(fit) < 2:
        why = f"件数不少于{least_cases}件的单位不足两个，无从比较，不排名"
    elif not apart:
        why = "各单位的95%区间相互重叠，差别可能只是偶然，不排名"
    rows = [_ranked(each, bounds[each], fit, lowers, uppers, least_cases, why) for each in entries]
    rows.sort(
        key=lambda row: (
            row.denominator < max(least_cases, 1),
            -Fraction(row.numerator, row.denominator or 1),
            row.unit,
        )
    )
    return League(tuple(rows), why)


def _ranked(
    each: Entry,
    bounds: tuple[int, int],
    fit: Sequence[Entry],
    lowers: Sequence[int],
    uppers: Sequence[int],
    least_cases: int,
    why: str,
) -> Ranked:
    place = (each.unit, each.numerator, each.denominator, *bounds)
    if each.denominator < max(least_cases, 1):
        few = f"仅{each.denominator}件，少于{least_cases}件，不排名"
        return Ranked(*place, None, None, None, few if each.denominator else "没有数据，不排名")
    if why:
        return Ranked(*place, None, None, None, "不排名")
    rate = Fraction(each.numerator, each.denominator)
    rank = 1 + sum(Fraction(other.numerator, other.denominator) > rate for other in fit)
    best = 1 + sum(lower > bounds[1] for lower in lowers)
    worst = len(fit) - sum(upper < bounds[0] for upper in uppers)
    ties = sum(Fraction(other.numerator, other.denominator) == rate for other in fit)
    said = f"与{ties - 1}个单位并列；" if ties > 1 else ""
    said += "名次可靠" if best == worst else f"第{best}至{worst}名之间分不出高下"
    return Ranked(*place, rank, best, worst, said)
