"""What a file's leaving the inbox means."""

from __future__ import annotations

from enum import StrEnum


class Left(StrEnum):
    """What is known of a file that left the inbox."""

    GONE = "gone"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    RENAMED = "renamed"
    BACK = "back"
