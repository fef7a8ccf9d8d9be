"""The kinds of expectation that several suites are made of, and their severities."""

from __future__ import annotations

from collections.abc import Sequence

from perf_pipeline.quality.check_result import CRITICAL
from perf_pipeline.quality.engine import gxe, row_conditions

COLUMN = row_conditions.Column


_FILLED = {"ignore_row_if": "either_value_is_missing"}


def at_least(larger: str, smaller: str, severity: str, description: str, **more: object) -> object:
    """Expect that one column is at least another where both are filled."""
    more = {"or_equal": True, **_FILLED, **more}
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=larger, column_B=smaller, severity=severity, description=description, **more
    )


def equal(column: str, other: str, description: str, *, where_filled: bool = False) -> object:
    """Expect that two columns are equal, everywhere or where both are filled."""
    more = _FILLED if where_filled else {}
    return gxe.ExpectColumnPairValuesToBeEqual(
        column_A=column, column_B=other, severity=CRITICAL, description=description, **more
    )


def filled(column: str, severity: str, description: str, where: object = None) -> object:
    """Expect that a column is filled, in all rows or in those of which a condition holds."""
    more = {} if where is None else {"row_condition": where}
    return gxe.ExpectColumnValuesToNotBeNull(
        column=column, severity=severity, description=description, **more
    )


def among(column: str, values: Sequence[str], severity: str, description: str) -> object:
    """Expect that a column holds one of some values."""
    return gxe.ExpectColumnValuesToBeInSet(
        column=column, value_set=list(values), severity=severity, description=description
    )


def between(column: str, severity: str, description: str, **limits: int | None) -> object:
    """Expect that a column lies between min_value and max_value, where these are given."""
    return gxe.ExpectColumnValuesToBeBetween(
        column=column, severity=severity, description=description, **limits
    )
