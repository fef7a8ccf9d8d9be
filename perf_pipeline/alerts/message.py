"""What is told: a message (消息) of a title and lines, cut into parts that a channel can carry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

ELLIPSIS = "……"
_SCHEME = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*):(?=//)|\b(javascript|data|mailto):")
_MARKS = str.maketrans(
    "*_`~#[]()<>|\\!", "＊＿｀～＃［］（）＜＞｜＼！"
)  # read as markdown by robots
_AT_THE_BEGINNING = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))")


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


def harmless(text: str) -> str:
    """Return a text of data as one line that no reader makes a link of.

    Marks that steer a terminal or turn the direction of writing go; an address keeps its letters
    and loses the colon that makes it one.
    """
    kept = "".join(
        " " if sign in "\r\n\t\u2028\u2029" else sign
        for sign in text
        if sign in "\r\n\t\u2028\u2029" or unicodedata.category(sign) not in ("Cc", "Cf")
    )
    return _SCHEME.sub(lambda found: found.group()[:-1] + "：", kept)


def without_markdown(text: str) -> str:
    """Return a line with which a robot's markdown does nothing: its marks in their wide forms."""
    wide = harmless(text).translate(_MARKS)
    return _AT_THE_BEGINNING.sub(lambda found: f"{found[1]}\u200b{found[2]}", wide)


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
