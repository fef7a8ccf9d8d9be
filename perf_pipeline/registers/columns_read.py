"""The cells of some rows of a sheet, column by column, with what is wrong of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import compress
from operator import itemgetter

from perf_pipeline.registers.cells import Cell, Value
from perf_pipeline.registers.files import Row


@dataclass
class Columns:
    """Some rows, column by column: cells, values, and what is wrong with them by row."""

    rows: Sequence[Row]
    numbers: Sequence[int]
    cells: dict[str, Sequence[Cell]] = field(default_factory=dict)
    values: dict[str, list[Value]] = field(default_factory=dict)
    wrong: dict[str, dict[int, str]] = field(default_factory=dict)


def cells_at(rows: Sequence[Row], position: int | None) -> Sequence[Cell]:
    """Return the cells of one column."""
    if position is None:
        return [None] * len(rows)
    if position < min(map(len, rows), default=0):
        return list(map(itemgetter(position), rows))
    return [row[position] if position < len(row) else None for row in rows]


def rows_without(
    skipped: Collection[int], rows: list[Row], numbers: Sequence[int]
) -> tuple[list[Row], Sequence[int]]:
    """Return rows and their numbers but for some, told by where they stand."""
    if not skipped:
        return rows, numbers
    kept = [n not in skipped for n in range(len(rows))]
    return list(compress(rows, kept)), list(compress(numbers, kept))
