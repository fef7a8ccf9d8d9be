"""What a reader tells of a file beside its rows: each notice with a code, its words, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_NAMED = 8  # rows that are named one by one


@dataclass(frozen=True)
class Notice:
    """Something that whoever handed the file in should know, and may want to change."""

    code: str
    words: str
    where: str = ""

    def __str__(self) -> str:
        """Write the notice as one line."""
        return f"{self.words}（{self.where}）" if self.where else self.words


class Tally:
    """Rows that one notice tells of: how many they are, and where the first of them stand."""

    def __init__(self) -> None:
        """Start without any."""
        self._rows: dict[tuple[str, str], list[tuple[str | None, int]]] = {}
        self._numbers: dict[tuple[str, str], int] = {}

    def add(self, code: str, words: str, sheet: str | None, number: int) -> None:
        """Count a row under its notice; {} in the words stands for how many there are."""
        rows = self._rows.setdefault((code, words), [])
        self._numbers[code, words] = self._numbers.get((code, words), 0) + 1
        if len(rows) < _NAMED:
            rows.append((sheet, number))

    def notices(self) -> Iterable[Notice]:
        """Give a notice for each kind of row."""
        for (code, words), rows in self._rows.items():
            count = self._numbers[code, words]
            named = "、".join(f"{sheet}第{n}行" if sheet else f"第{n}行" for sheet, n in rows)
            more = "等" if count > len(rows) else ""
            yield Notice(code, words.format(count), named + more)
