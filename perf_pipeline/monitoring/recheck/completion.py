"""How far an actual value as written attains its target: the formula that scores are held to."""

from __future__ import annotations

from fractions import Fraction

from perf_pipeline.domain.target import CEILINGS, Operator, Target, TargetKind
from perf_pipeline.domain.target_grammar import parse_target


def number(target: Target) -> Fraction | None:
    """Return the number of a value; None where it is none."""
    return Fraction(target.number) if target.kind is TargetKind.NUMBER else None


def completion(target: Target, actual: str) -> Fraction | None:
    """Return actual ÷ target (target ÷ actual for upper limits), uncapped; None where unread."""
    done = parse_target(actual)
    aimed, reached = number(target), number(done)
    if aimed is None or reached is None or not _same_unit(target, done):
        return None
    if target.operator is Operator.EQ and reached != aimed:
        return None  # a bare value, of which nobody knows whether it is a floor
    if target.operator in CEILINGS:
        if reached <= 0:
            return Fraction(1)
        return aimed / reached if aimed > 0 else Fraction(int(reached <= aimed))
    if aimed <= 0:
        return Fraction(int(reached == aimed))
    return max(reached / aimed, Fraction(0))


def differs(written: str, exact: Fraction, unit: str | None) -> bool | None:
    """Tell whether a value as written is another than the exact one, at its own precision.

    None where it is no number, or of another unit.
    """
    done = parse_target(written)
    if done.kind is not TargetKind.NUMBER:
        return None
    if done.unit and unit and done.unit != unit:
        return None
    decimals = max(-int(done.number.as_tuple().exponent), 0)
    return abs(Fraction(done.number) - exact) > Fraction(1, 2 * 10**decimals)


def _same_unit(target: Target, done: Target) -> bool:
    return not (target.unit and done.unit) or target.unit == done.unit
