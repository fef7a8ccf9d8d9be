"""Whole numbers of a column compared exactly: in int64 where they fit, in Python's own beyond.

Products are estimated first as floats, whose error is far below the margin that is kept; only the
rows whose products could leave 64 bits are computed with Python's unbounded numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import prod

import numpy as np
import pandas as pd

Numbers = np.ndarray  # of int64, or of Python's own whole numbers where one does not fit
Mask = np.ndarray
Factor = Numbers | int

SAFE = 2**62  # a bit below what 64 bits hold, so that a float's estimate cannot mislead


def whole_numbers(column: pd.Series) -> tuple[Numbers, Mask]:
    """Return a column's whole numbers, 0 where there is none, and where there is one."""
    values = column.to_numpy()
    known = ~pd.isna(values)
    filled = np.where(known, values, 0)
    try:
        return filled.astype(np.int64), known
    except OverflowError:
        return filled.astype(object), known


def or_none(values: Numbers | Sequence[object], known: Mask) -> np.ndarray:
    """Return values as an object array that holds None where they are not known."""
    column = np.array(values, dtype=object)
    column[~known] = None
    return column


def compare(left: Sequence[Factor], right: Sequence[Factor]) -> np.ndarray:
    """Return for each row the sign (-1, 0, 1) of the product of `left` less that of `right`."""
    return _exactly(_sign, left, right).astype(np.int8)


def floor_quotient(dividend: Sequence[Factor], divisor: Factor) -> Numbers:
    """Return for each row the product of `dividend` divided by `divisor`, rounded down.

    Where the divisor is 0, so is the result.
    """
    divisor = np.where(np.asarray(divisor) == 0, 1, divisor)
    return _exactly(lambda product, by: product // by, dividend, [divisor])


def round_quotient(dividend: Sequence[Factor], divisor: Factor) -> Numbers:
    """Return the product of `dividend` divided by `divisor`, halves rounded up."""
    divisor = np.where(np.asarray(divisor) == 0, 1, divisor)
    doubled = (2, *dividend)
    return _exactly(lambda product, by: (product + by) // (by * 2), doubled, [divisor])


def beside(
    rounded: Numbers, limits: Iterable[Factor], against: Callable[[Factor], np.ndarray]
) -> Numbers:
    """Move what rounding put onto a whole limit to the side that it is on, by one.

    `against` gives the sign of the exact values less a limit: -10.003 points are stored as -10.01
    beside a limit of -10, and not as the limit itself.
    """
    for limit in limits:
        rounded = np.where(rounded == limit, rounded + against(limit), rounded)
    return rounded


def ceil_quotient(dividend: Sequence[Factor], divisor: Factor) -> Numbers:
    """Return the product of `dividend` divided by `divisor`, rounded up."""
    return -floor_quotient((-1, *dividend), divisor)


def _sign(left: Numbers, right: Numbers) -> Numbers:
    return np.asarray(left > right).astype(np.int8) - np.asarray(left < right).astype(np.int8)


def _exactly(formula: Callable[..., Numbers], *products: Sequence[Factor]) -> Numbers:
    """Apply a formula to products, each given by its factors, without ever overflowing."""
    if all(prod(_largest(factor) for factor in product) < SAFE for product in products):
        return formula(*(_multiplied(product) for product in products))
    spread = [[np.asarray(factor) for factor in product] for product in products]
    rows = max(array.size for product in spread for array in product)
    spread = [[np.broadcast_to(array, rows) for array in product] for product in spread]
    fits = np.ones(rows, dtype=bool)
    for product in spread:
        estimate = np.ones(rows)
        for array in product:
            size = np.abs(array.astype(float))
            estimate = estimate * size
            fits &= size < SAFE  # a number beyond 64 bits fits nowhere, though its product be 0
        fits &= estimate < SAFE
    result = np.zeros(rows, dtype=object)
    for part, dtype in ((fits, np.int64), (~fits, object)):
        if part.any():
            chosen = [[array[part].astype(dtype) for array in product] for product in spread]
            result[part] = formula(*(_multiplied(product) for product in chosen))
    return _narrowed(result)


def _largest(factor: Factor) -> int:
    if isinstance(factor, int):
        return max(abs(factor), 1)
    if factor.size == 0:
        return 1
    return max(abs(int(factor.max())), abs(int(factor.min())), 1)


def _multiplied(product: Sequence[Factor]) -> Numbers:
    first, *others = product
    result = np.asarray(first)
    for factor in others:
        result = result * factor
    return result


def _narrowed(values: Numbers) -> Numbers:
    try:
        return values.astype(np.int64)
    except OverflowError:
        return values
