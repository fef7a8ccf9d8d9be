"""Figures printed beside a limit: as many digits as show on which side of it they are.

A rounded figure must never contradict its judgement: 94.996 % of at least 95 % is not 95.00 %.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import NamedTuple

FEWEST_DECIMALS, MOST_DECIMALS = 2, 48  # quotients of 64 bits differ by more than 10**-44
_FINEST = 10**MOST_DECIMALS


class Quotient(NamedTuple):
    """A number as it was divided, `of` above nothing: a Fraction is dear to make."""

    many: int
    of: int

    def as_integer_ratio(self) -> tuple[int, int]:
        """Return both parts, as fractions and whole numbers do."""
        return self

    def less(self, other: Quotient) -> Quotient:
        """Return how much it is more than another."""
        return Quotient(self.many * other.of - other.many * self.of, self.of * other.of)


Number = Fraction | Quotient


def write_beside(value: Number, limits: Iterable[Number] = ()) -> str:
    """Write a number with two decimals, more where rounding would move it across a limit.

    Halves are rounded away from zero. What is exactly on a limit is written as it is.
    """
    return _written(*_shown(value, limits, _nearest))


def write_apart(value: Number, limits: Iterable[Number] = ()) -> str:
    """Write how far a share is above another: halves up, as the two are, whichever is larger.

    99.925 % is written 99.93 %, so it is 0.07 below 100.00 % and not 0.08.
    """
    return _written(*_shown(value, limits, _upwards))


def decimals_beside(value: Fraction, limits: Iterable[Fraction] = ()) -> int:
    """Return how many decimals show on which side of its limits a number is.

    A limit without end (33.333… %) that it is equal to is written as it is, whatever the decimals.
    """
    return _shown(value, limits, _nearest)[1]


def share_beside(part: int, whole: int, limits: Iterable[Fraction] = ()) -> str:
    """Write a quotient as a percentage beside limits in per cent: 100.003%."""
    return f"{write_beside(Fraction(100 * part, whole), limits)}%"


def _shown(
    value: Number, limits: Iterable[Number], rounded: Callable[[int, int], int]
) -> tuple[int, int]:
    """Return a number in units of its last decimal, and how many decimals it takes.

    In whole numbers throughout, since quotients are dear to make and thousands are printed.
    """
    many, of = value.as_integer_ratio()
    ends = many * _FINEST % of == 0
    ratios = [each.as_integer_ratio() for each in limits]
    against = [(part, whole) for part, whole in ratios if ends or part * of != many * whole]
    sides = [_sign(many * whole - part * of) for part, whole in against]
    for places in range(FEWEST_DECIMALS, MOST_DECIMALS):
        scale = 10**places
        units = rounded(many * scale, of)
        if sides == [_sign(units * whole - part * scale) for part, whole in against]:
            break
    return units, places


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _nearest(many: int, of: int) -> int:
    whole = (2 * abs(many) + of) // (2 * of)
    return whole if many >= 0 else -whole


def _upwards(many: int, of: int) -> int:
    return (2 * many + of) // (2 * of)


def _written(units: int, places: int) -> str:
    whole, rest = divmod(abs(units), 10**places)
    return f"{'-' if units < 0 else ''}{whole}.{rest:0{places}d}"
