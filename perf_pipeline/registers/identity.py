"""Which row is which (行的身份): by its key; by lines and month of a voucher; by content alone.

What a row is called must not depend on where it stands: a file that is handed in again shuffled,
corrected or longer names the same rows the same.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from perf_pipeline.registers.cells import Value

KEY_MARK = "｜"
WITHOUT_NUMBER = "无号"
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


@dataclass(frozen=True)
class Repeat:
    """A row with the key of an earlier one: where both stand, and whether they say the same."""

    sheet: str | None
    row_number: int
    key: str
    first_sheet: str | None
    first_row_number: int
    same: bool
    first_file: str | None = None  # where it is another one


@dataclass(frozen=True)
class Keyed:
    """A row that shares its key with others: its place, content and, of a ledger, its day.

    `contested`: where another row says something else of its key, neither is taken (two budgets).
    """

    ordinal: int
    sheet: str | None
    row_number: int
    key: str
    content: tuple[Hashable, ...]
    day: date | None = None
    contested: bool = False


@dataclass(frozen=True)
class Settled:
    """What becomes of rows that shared a key: new keys by ordinal, rows taken out, and why."""

    renamed: dict[int, str]
    taken_out: tuple[int, ...]
    repeats: tuple[Repeat, ...]
    vouchers_of_lines: int


def keys_of(columns: Sequence[Sequence[Hashable]]) -> list[str]:
    """Return the keys of rows from the values of their key columns."""
    parts = [list(map(_spell, values)) for values in columns]
    return parts[0] if len(parts) == 1 else list(map(KEY_MARK.join, zip(*parts, strict=True)))


def key_of(values: Iterable[Hashable]) -> str:
    """Return the key of one row."""
    return KEY_MARK.join(map(_spell, values))


def past_key(key: str, came_in: date) -> str:
    """Return the key of a case that was over before its file's year: others have its number."""
    return f"{key}{KEY_MARK}{came_in.year:04}"


def _spell(value: Hashable) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


def content_key(content: Iterable[Hashable]) -> str:
    """Return a name made from what a row says, without any digit, so that it is no number."""
    said = repr(tuple(content)).encode()
    return hashlib.blake2b(said, digest_size=8).hexdigest().translate(_LETTERS)


def settle(rows: Sequence[Keyed]) -> Settled:
    """Tell apart rows that share a key, in the order of the file.

    A row that says the same as an earlier one is a repeat. Where days are known, rows of one day on
    one sheet are lines of one voucher, rows of different months have numbers that begin again;
    any other row with another content repeats the key, and only the first keeps it.
    """
    renamed: dict[int, str] = {}
    repeats: list[Repeat] = []
    taken_out: list[int] = []
    lines = 0
    groups: dict[str, list[Keyed]] = {}
    for row in rows:
        groups.setdefault(row.key, []).append(row)
    for key, group in groups.items():
        first: dict[tuple[Hashable, ...], Keyed] = {}
        for row in group:
            kept = first.setdefault(row.content, row)
            if kept is not row:
                repeats.append(_repeat(row, kept, same=True))
                taken_out.append(row.ordinal)
        distinct = list(first.values())
        if len(distinct) == 1:
            continue
        if distinct[0].contested:
            repeats.append(_repeat(distinct[0], distinct[1], same=False))
            taken_out.append(distinct[0].ordinal)
        for row in distinct[1:]:
            if not _belongs_beside(row, distinct[0], distinct):
                repeats.append(_repeat(row, distinct[0], same=False))
                taken_out.append(row.ordinal)
        kept_rows = [row for row in distinct if row.ordinal not in set(taken_out)]
        months = {_month(row) for row in kept_rows}
        for row in kept_rows if len(kept_rows) > 1 else ():
            name = key if len(months) == 1 else f"{key}{KEY_MARK}{_month(row)}"
            if sum(_month(each) == _month(row) for each in kept_rows) > 1:
                name = f"{name}{KEY_MARK}{content_key(row.content)}"
            renamed[row.ordinal] = name
        lines += len(kept_rows) > 1
    repeats.sort(key=lambda each: (each.sheet or "", each.row_number))
    return Settled(renamed, tuple(sorted(taken_out)), tuple(repeats), lines)


def _belongs_beside(row: Keyed, first: Keyed, group: Sequence[Keyed]) -> bool:
    """Tell whether a row of another content may have the key that others have."""
    if row.day is None or first.day is None:
        return False
    earlier = [e for e in group if _month(e) == _month(row) and e.ordinal <= row.ordinal]
    return all((each.day, each.sheet) == (row.day, row.sheet) for each in earlier)


def _month(row: Keyed) -> str:
    return f"{row.day:%Y-%m}" if row.day else ""


def _repeat(row: Keyed, first: Keyed, *, same: bool) -> Repeat:
    return Repeat(row.sheet, row.row_number, row.key, first.sheet, first.row_number, same)


class Contents:
    """Rows without numbers by their content, and how often each stood already."""

    def __init__(self) -> None:
        """Begin with no row."""
        self._times: Counter[str] = Counter()

    @property
    def repeated(self) -> int:
        """Return how many rows said what an earlier one says."""
        return sum(times - 1 for times in self._times.values())

    def keys(
        self,
        columns: Sequence[Sequence[Hashable]],
        numbers: list[Value],
        without: Collection[int],
    ) -> list[str]:
        """Return the keys of rows but for some, and give them numbers."""
        keys = [""] * len(numbers)
        for n, content in enumerate(zip(*columns, strict=True)):
            if n in without:
                continue
            name = content_key(content)
            self._times[name] += 1
            times = self._times[name]
            keys[n] = f"{name}·{times}"
            numbers[n] = f"{WITHOUT_NUMBER}{name}" + ("·" * (times > 1) + "甲" * (times - 1))[:200]
        return keys
