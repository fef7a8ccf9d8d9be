"""What became of a file of the inbox, taken in or gone from it, as the warehouse keeps it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

COUNTS = ("rows_read", "rows_loaded", "rows_quarantined", "rows_skipped")


class FileOutcome(NamedTuple):
    """What became of one file of the inbox."""

    kind: str
    department: str
    fiscal_year: int
    path: str
    outcome: str  # loaded, refused, failed, unchanged
    reason: str | None = None
    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    rows_skipped: int = 0
    unit: str | None = None
    ignored_columns: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def listed(stored: str | None) -> tuple[str, ...]:
    """Return what the warehouse keeps as lines: the unused columns or the notices of a file."""
    return tuple(stored.splitlines()) if stored else ()


class Left(StrEnum):
    """What the leaving of a file that was in the inbox means."""

    GONE = "gone"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    RENAMED = "renamed"
    BACK = "back"
