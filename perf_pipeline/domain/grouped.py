"""Things sorted out by what they have in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

Thing = TypeVar("Thing")
Key = TypeVar("Key")


def grouped(things: Iterable[Thing], by: Callable[[Thing], Key]) -> dict[Key, list[Thing]]:
    """Sort things out by a key, in their order; what no thing has is an empty list."""
    found: dict[Key, list[Thing]] = defaultdict(list)
    for thing in things:
        found[by(thing)].append(thing)
    return found
