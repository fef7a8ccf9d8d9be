"""How far an item is from what was promised: in money, or in cases (再多12件). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from perf_pipeline.domain.figures import write_beside
from perf_pipeline.domain.share import WHOLE_BP, is_percent, multiple
from perf_pipeline.domain.target import MICRO, Operator
from perf_pipeline.domain.unit import Unit
from perf_pipeline.monitoring.counted import IN_FEN, SUMS_IN_FEN, counted_in, is_rate

_CEILINGS, _STRICT = (Operator.LE, Operator.LT), (Operator.LT, Operator.GT)


@dataclass(frozen=True)
class Gap:
    """A gap in words, and in whole fen or in whole cases where it can be told so.

    `part` is its share of the budget or of the target; None of a target of zero.
    """

    words: str
    fen: int | None = None
    cases: int | None = None
    part: Fraction | None = field(default=None, compare=False)


def gap_of_spending(
    budget_fen: int | None, paid_fen: int | None, planned_bp: int | None
) -> Gap | None:
    """Return by how much a project is over its budget, or behind or ahead of its plan."""
    if budget_fen is None or paid_fen is None:
        return None
    if paid_fen > budget_fen:
        return _money("超出预算", paid_fen - budget_fen, budget_fen)
    if planned_bp is None:
        return None
    planned = -(-budget_fen * planned_bp // WHOLE_BP)
    if paid_fen == planned:
        return None
    words = "比计划少支付" if paid_fen < planned else "比计划多支付"
    return _money(words, abs(planned - paid_fen), budget_fen)


def gap_of_indicator(
    numerator: int | None,
    denominator: int | None,
    *,
    operator: str | None,
    target_micro: int | None,
    unit: str | None,
    measure: str | None,
    counts: bool = True,
) -> Gap | None:
    """Return how much more, or less, would meet a target; None where it is met or unknown.

    Of a rate the base stays as it is: so many of its cases more. `counts` tells that numerator
    and denominator count something, and are not a percentage that somebody wrote.
    """
    if numerator is None or not denominator or target_micro is None:
        return None
    share = is_percent(unit)
    # what is kept of a target counts things, as numerators do: 3万人次 is 30000
    wanted = Fraction(target_micro, MICRO) / (100 if share else 1)
    ceiling = operator in _CEILINGS or wanted == 0
    needed = _needed(wanted * denominator, ceiling, operator in _STRICT)
    is_now = Fraction(numerator, denominator)
    if numerator <= needed if ceiling else numerator >= needed:
        return None
    more = abs(needed - numerator)
    verb = "再少" if ceiling else "再多"
    part = abs(is_now - wanted) / wanted if wanted else None
    if measure in SUMS_IN_FEN and not share:
        return _money(verb, more, needed)
    if counts and (is_rate(measure, denominator) and share):
        if measure in IN_FEN:
            return _money(verb, more, needed)
        said = f"{_more(more, counted_in(measure), ceiling)}（现为{numerator}/{denominator}）"
        return Gap(said, cases=more, part=part)
    if denominator == 1 and multiple(unit) == 1 and not share:
        said = _more(more, unit or "", ceiling)
        if wanted == 0 and ceiling:  # what happened stays
            said = f"应为0{unit}，现为{numerator}{unit}" if unit else f"应为0，现为{numerator}"
        return Gap(said, cases=more, part=part)
    apart = abs(is_now - wanted)
    if share:  # to its last digit: 99.995% is 0.005 below 100%
        apart *= 100
        return Gap(f"还差{write_beside(apart, [Fraction(0), apart])}个百分点", part=part)
    said = f"{write_beside(apart / multiple(unit), [Fraction(0)])}{unit or ''}"
    return Gap(f"还差{said}", part=part)


def _more(number: int, unit: str, fewer: bool) -> str:
    if not unit:  # nobody wrote what is counted
        return f"应减少{number}" if fewer else f"应增加{number}"
    return f"再少{number}{unit}" if fewer else f"再多{number}{unit}"


def _needed(edge: Fraction, ceiling: bool, strict: bool) -> int:
    """Return the numerator nearest to a limit that keeps it; a strict limit is not reached."""
    if ceiling:
        return ceil(edge) - 1 if strict else floor(edge)
    return floor(edge) + 1 if strict else ceil(edge)


def _money(words: str, fen: int, of_fen: int) -> Gap:
    part = Fraction(fen, of_fen) if of_fen else None
    return Gap(f"{words}{Unit.FEN.write(fen)}", fen=fen, part=part)
