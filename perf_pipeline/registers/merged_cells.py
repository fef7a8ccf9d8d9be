"""Merged cells (合并单元格): what one says holds for each row that it spans.

Numbers are the exception: one number over three rows is not three times that number, be it in a
column of numbers or in one of words that may be left empty (完成值).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from perf_pipeline.registers.cells import Cell, is_blank
from perf_pipeline.registers.declaration import Column, ColumnType
from perf_pipeline.registers.files import Row
from perf_pipeline.registers.one_sheet import OneSheet

_NUMBERS = (ColumnType.MONEY, ColumnType.COUNT)
_BEGINS = re.compile(r"\s*[≥≤><＞＜=]*\s*[-+]?\d")  # 12次, ≥95%


class MergedCells:
    """Writes what a sheet's merged cells say into the rows below, batch after batch."""

    def __init__(self, one: OneSheet) -> None:
        """Find where merged cells end and stand, by their first row (from 1)."""
        self._one = one
        self._found: dict[int, list[tuple[int, int]]] = {}
        self._spread: dict[int, list[tuple[int, Cell]]] = {}
        read = set(one.header.positions.values())
        for first, column, last, _ in one.sheet.merged:
            if not last > first > one.header.row or column not in read:
                continue
            if self._column(column).type not in _NUMBERS:
                self._found.setdefault(first + 1, []).append((column, last + 1))
            else:
                self._tell_first_alone(column, first + 1)

    def fill(self, rows: Sequence[Row], numbers: Sequence[int]) -> None:
        """Write what merged cells say into each row that they span."""
        if not self._found and not self._spread:
            return
        for row, number in zip(rows, numbers, strict=True):
            for column, last in self._found.get(number, ()):
                text = row[column] if column < len(row) else None
                if self._is_number(column, text):
                    self._tell_first_alone(column, number)
                    continue
                for below in range(number + 1, last + 1):
                    self._spread.setdefault(below, []).append((column, text))
            for column, text in self._spread.get(number, ()):
                if column < len(row) and is_blank(row[column]):
                    row[column] = text

    def _column(self, at: int) -> Column:
        positions = self._one.header.positions.items()
        return self._one.declared.column(next(name for name, where in positions if where == at))

    def _is_number(self, at: int, cell: Cell) -> bool:
        """Tell whether a cell of words that may be left empty is a number, or begins with it."""
        column = self._column(at)
        words = column.type is ColumnType.TEXT and not (column.required or column.prose)
        return words and _BEGINS.match(str(cell or "")) is not None

    def _tell_first_alone(self, at: int, number: int) -> None:
        words = f"{{}}处合并的“{self._column(at).label}”只算在第一行"
        words += "；不是的话，请取消合并、逐行填写后重交"
        self._one.tell("merged_number", words, number)
