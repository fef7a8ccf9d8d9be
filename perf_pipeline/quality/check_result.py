"""What one expectation found of one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CRITICAL, WARNING = "critical", "warning"  # severities, in Great Expectations' words
COMPARED = ("column", "column_A", "column_B")


@dataclass(frozen=True)
class CheckResult:
    """What one expectation found of one table.

    `blocking` tells broken data from a promise not kept; `rows` are all failing rows, each a dict
    that begins with where it stands.
    """

    table: str
    expectation: str
    description: str
    blocking: bool
    success: bool
    checked: int
    failed: int
    rows: tuple[dict[str, object], ...]


def compared(kwargs: Mapping[str, object]) -> list[str]:
    """Return the columns that an expectation compares, by its arguments."""
    return [str(kwargs[name]) for name in COMPARED if name in kwargs]


def called(kind: str, kwargs: Mapping[str, object]) -> str:
    """Return how an expectation is called: its kind and the columns that it compares."""
    return f"{kind}({', '.join(compared(kwargs))})"
