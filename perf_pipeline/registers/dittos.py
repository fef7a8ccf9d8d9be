"""Cells that say 同上 or hold a ditto mark: what stands above them is meant.

Only names, words and dates are read so: an amount or a count that says 同上 is asked about, and so
is a number in a column of words (完成值). A total above is passed over; below a title, ask.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from perf_pipeline.registers.cells import DITTO, Cell, Value
from perf_pipeline.registers.columns import ColumnReader
from perf_pipeline.registers.declaration import Column, ColumnType
from perf_pipeline.registers.files import Row
from perf_pipeline.registers.lines import called
from perf_pipeline.registers.notices import Tally
from perf_pipeline.registers.other_rows import is_blank

_NUMBERS = (ColumnType.MONEY, ColumnType.COUNT)
_NUMBER = re.compile(r"[-+]?\d[\d,.]*\s*[%％]?")
_REMEMBERED = 12  # rows at the end of a batch: as many totals and blanks as stand together


class Dittos:
    """Reads the columns of one sheet, batch after batch, with what each last held."""

    def __init__(self, tally: Tally, sheet: str | None) -> None:
        """Begin with nothing above."""
        self._tally = tally
        self._sheet = sheet
        self._above: dict[str, Cell] = {}

    def read(
        self,
        reader: ColumnReader,
        cells: Sequence[Cell],
        rows: Sequence[Row],
        numbers: Sequence[int],
    ) -> tuple[Sequence[Cell], list[Value], dict[int, str]]:
        """Return a column's cells, with what they mean, their values, and what is wrong by row."""
        column = reader.column
        values, wrong = reader.read(cells)
        asked = [n for n in wrong if _is_ditto(cells[n])] if wrong else []
        if asked and column.type not in _NUMBERS:
            above, meant = self._above.get(column.name), list(cells)
            for n, cell in enumerate(cells):
                if not _is_ditto(cell):
                    above = _left_above(above, cell, rows[n], column)
                elif above is not None and not _is_number(above, column):
                    meant[n] = above
                    words = f"{{}}行的“{column.label}”写着“{cell}”，照上面的“{above}”读"
                    self._tally.add("ditto", words, self._sheet, numbers[n])
            cells = meant
            values, wrong = reader.read(cells)
        for n in range(max(len(cells) - _REMEMBERED, 0), len(cells)):
            if not _is_ditto(cells[n]):
                above = self._above.get(column.name)
                self._above[column.name] = _left_above(above, cells[n], rows[n], column)
        return cells, values, wrong


def _left_above(above: Cell, cell: Cell, row: Row, column: Column) -> Cell:
    """Return what stands above the next row: of a total, what stood above it; of a title, none."""
    if called(row):
        return above
    if is_blank(cell):
        title = sum(not is_blank(each) for each in row) <= 1
        return above if column.required and not title else None
    return cell


def _is_number(cell: Cell, column: Column) -> bool:
    """Tell whether a cell of a column of words is a number, and not that of a voucher."""
    words = column.type is ColumnType.TEXT and not column.required
    return words and _NUMBER.fullmatch(str(cell).strip()) is not None


def _is_ditto(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.strip().lower() in DITTO
