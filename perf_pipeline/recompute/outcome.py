"""What comes of a figure that is computed again, and how it is said."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What came of a figure that was drawn."""

    EQUAL = "equal"
    DIFFERENT = "different"
    LEFT = "left"  # the plain path cannot compute it


def state(equal: int, different: int, left: int) -> str:
    """Say how many figures were computed again, and what came of them."""
    done = equal + different
    result = "没有可比的" if not done else f"{different}项不一致" if different else "全部一致"
    return f"复算{done}项，{result}" + (f"；另有{left}项未能复算" if left else "")
