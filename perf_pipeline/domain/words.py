"""Words that something is judged or told with, each with what people read for it."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A word with its Chinese label, declared together: `RED = "red", "预警"`.

    It is its code wherever it is stored or compared. Words of different kinds may be spelled alike:
    met is 已达标 of a status, 达标 of scores.
    """

    _value_: str
    label: str

    def __new__(cls, code: str, label: str | None = None) -> Self:
        """Make the word of a code, as which it is stored, and its label.

        Without a label a kind of words only looks up the word of a code: `Light("red")`.
        """
        if label is None:
            raise TypeError(f"the word {code!r} has no label")
        word = str.__new__(cls, code)
        word._value_ = code
        word.label = label
        return word
