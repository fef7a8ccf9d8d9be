"""What one expectation found of one table."""

from __future__ import annotations

from dataclasses import dataclass


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
