"""The kinds of expectation that several suites are made of, and their severities."""

from __future__ import annotations

from typing import Any

from perf_pipeline.quality.engine import gxe, row_conditions

CRITICAL, WARNING = "critical", "warning"
COLUMN = row_conditions.Column


def at_least(larger: str, smaller: str, severity: str, description: str, **more: Any) -> Any:
    """Expect that one column is at least another where both are filled."""
    return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
        column_A=larger,
        column_B=smaller,
        or_equal=True,
        ignore_row_if="either_value_is_missing",
        severity=severity,
        description=description,
        **more,
    )


def filled_where(column: str, other: str, description: str) -> Any:
    """Expect that a column is filled where another is."""
    return gxe.ExpectColumnValuesToNotBeNull(
        column=column,
        row_condition=COLUMN(other).is_not_null(),
        severity=CRITICAL,
        description=description,
    )


def none_of(column: str, description: str) -> Any:
    """Expect that no row has what a column of 0 and 1 tells."""
    return gxe.ExpectColumnValuesToBeBetween(
        column=column, max_value=0, severity=WARNING, description=description
    )
