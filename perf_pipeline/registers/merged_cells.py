"""Merged cells (合并单元格): what one says holds for each row that it spans.

Numbers are the exception: one number over three rows is not three times that number.
"""

from __future__ import annotations

from collections.abc import Sequence

from perf_pipeline.registers.cells import Cell, is_blank
from perf_pipeline.registers.declaration import ColumnType
from perf_pipeline.registers.files import Row
from perf_pipeline.registers.one_sheet import OneSheet

_NUMBERS = (ColumnType.MONEY, ColumnType.COUNT)


class MergedCells:
    """Writes what a sheet's merged cells say into the rows below, batch after batch."""

    def __init__(self, one: OneSheet) -> None:
        """Find where merged cells end and stand, by their first row (from 1)."""
        self._found: dict[int, list[tuple[int, int]]] = {}
        self._spread: dict[int, list[tuple[int, Cell]]] = {}
        at = {position: name for name, position in one.header.positions.items()}
        for first, column, last, _ in one.sheet.merged:
            if not last > first > one.header.row or column not in at:
                continue
            declaration = one.declared.column(at[column])
            if declaration.type not in _NUMBERS:
                self._found.setdefault(first + 1, []).append((column, last + 1))
            else:
                words = f"{{}}处合并的“{declaration.label}”只算在第一行"
                words += "；不是的话，请取消合并、逐行填写后重交"
                one.tell("merged_number", words, first + 1)

    def fill(self, rows: Sequence[Row], numbers: Sequence[int]) -> None:
        """Write what merged cells say into each row that they span."""
        if not self._found and not self._spread:
            return
        for row, number in zip(rows, numbers, strict=True):
            for column, last in self._found.get(number, ()):
                text = row[column] if column < len(row) else None
                for below in range(number + 1, last + 1):
                    self._spread.setdefault(below, []).append((column, text))
            for column, text in self._spread.get(number, ()):
                if column < len(row) and is_blank(row[column]):
                    row[column] = text
