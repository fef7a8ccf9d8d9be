"""Figures printed beside a limit: as many digits as show on which side of it they are.

A rounded figure must never contradict its judgement: 94.996 % of at least 95 % is not 95.00 %.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import floor

FEWEST_DECIMALS, MOST_DECIMALS = 2, 48  # quotients of 64 bits differ by more than 10**-44


def write_beside(value: Fraction, limits: Iterable[Fraction] = ()) -> str:
    """Write a number with two decimals, more where rounding would move it across a limit.

    Halves are rounded away from zero. What is exactly on a limit is written as it is.
    """
    places = decimals_beside(value, limits)
    return _written(_rounded(value, places), places)


def write_apart(value: Fraction, limits: Iterable[Fraction] = ()) -> str:
    """Write how far a share is above another: halves up, as the two are, whichever is larger.

    99.925 % is written 99.93 %, so it is 0.07 below 100.00 % and not 0.08.
    """
    places = decimals_beside(value, limits, rounded=_upwards)
    return _written(_upwards(value, places), places)


def decimals_beside(
    value: Fraction,
    limits: Iterable[Fraction] = (),
    rounded: Callable[[Fraction, int], Fraction] | None = None,
) -> int:
    """Return how many decimals show on which side of its limits a number is.

    A limit without end (33.333… %) that it is equal to is written as it is, whatever the decimals.
    """
    ends = 10**MOST_DECIMALS % value.denominator == 0
    against = [(limit, _sign(value - limit)) for limit in limits if ends or limit != value]
    for places in range(FEWEST_DECIMALS, MOST_DECIMALS):
        shown = (rounded or _rounded)(value, places)
        if all(_sign(shown - limit) == side for limit, side in against):
            break
    return places


def share_beside(part: int, whole: int, limits: Iterable[Fraction] = ()) -> str:
    """Write a quotient as a percentage beside limits in per cent: 100.003%."""
    return f"{write_beside(Fraction(100 * part, whole), limits)}%"


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def _rounded(value: Fraction, places: int) -> Fraction:
    scale = 10**places
    whole = (2 * abs(value.numerator) * scale + value.denominator) // (2 * value.denominator)
    return Fraction(whole if value >= 0 else -whole, scale)


def _upwards(value: Fraction, places: int) -> Fraction:
    scale = 10**places
    return Fraction(floor(value * scale + Fraction(1, 2)), scale)


def _written(value: Fraction, places: int) -> str:
    scale = 10**places
    whole = abs(value.numerator) * (scale // value.denominator)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole // scale}.{whole % scale:0{places}d}" if places else f"{sign}{whole}"
