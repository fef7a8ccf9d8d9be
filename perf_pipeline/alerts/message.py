"""What is told: a message (消息) of a title and lines, cut into parts that a channel can carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ELLIPSIS = "……"


@dataclass(frozen=True)
class Message:
    """What one recipient is told at once.

    `key` stays the same however often a message is tried, so that a receiver can tell a repeat.
    """

    key: str
    title: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines below the title, as plain text."""
        return "\n".join(self.lines)


def size_of(text: str) -> int:
    """Return how many bytes a text takes in UTF-8, in which every channel counts."""
    return len(text.encode())


def cut_to_size(lines: Sequence[str], largest: int) -> list[tuple[str, ...]]:
    """Cut lines into parts of at most `largest` bytes, each line whole where it fits at all.

    A line that alone is too long is shortened and ends in ……; the alert itself stays whole in the
    warehouse.
    """
    parts: list[list[str]] = [[]]
    room = largest
    for line in lines:
        fitting = _shorten(line, largest)
        needed = size_of(fitting) + 1
        if needed > room and parts[-1]:
            parts.append([])
            room = largest
        parts[-1].append(fitting)
        room -= needed
    return [tuple(part) for part in parts if part]


def _shorten(line: str, largest: int) -> str:
    if size_of(line) < largest:
        return line
    kept = line.encode()[: max(0, largest - size_of(ELLIPSIS) - 1)].decode(errors="ignore")
    return kept + ELLIPSIS
