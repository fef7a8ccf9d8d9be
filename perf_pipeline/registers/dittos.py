"""Cells that say 同上, hold a ditto mark or stand blank below a name: what is above is meant.

A blank is read so in a column of projects each of which is written once, above its rows.
Only names, words and dates are read so: an amount or a count that says 同上 is asked about, and so
is a number in a column of words (完成值). A total above is passed over; below a title, ask.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from perf_pipeline.registers.cells import DITTO, Cell, Value, is_blank
from perf_pipeline.registers.columns import ColumnReader
from perf_pipeline.registers.declaration import Column, ColumnType
from perf_pipeline.registers.files import Row
from perf_pipeline.registers.lines import called
from perf_pipeline.registers.one_sheet import OneSheet
from perf_pipeline.registers.project_of_sheet import ENDS

_NUMBERS = (ColumnType.MONEY, ColumnType.COUNT)
_NUMBER = re.compile(r"[-+]?\d[\d,.]*\s*[%％]?")
_PROBED = 500
_REMEMBERED = 12  # rows at the end of a batch: as many totals and blanks as stand together


class Dittos:
    """Reads the columns of one sheet, batch after batch, with what each last held."""

    def __init__(self, one: OneSheet) -> None:
        """Begin with nothing above; find the columns whose names stand for the rows below them."""
        self._one = one
        self._once = {
            column.name
            for column in one.declared.columns
            if column.known_project and column.required and column.name in one.header.positions
            if _is_written_once(one, one.header.positions[column.name])
        }
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
        if column.type in _NUMBERS:
            return cells, values, wrong
        once = column.name in self._once
        left = [
            _is_ditto(cell) or (once and is_blank(cell) and _is_row(row))
            for cell, row in (zip(cells, rows, strict=True) if wrong else ())
        ]
        if any(left):
            above, meant = self._above.get(column.name), list(cells)
            for n, cell in enumerate(cells):
                if not left[n]:
                    above = _left_above(above, cell, rows[n], column, once)
                elif above is not None and not _is_number(above, column):
                    meant[n] = above
                    words = f"{{}}行的“{column.label}”写着“{cell}”，照上面的“{above}”读"
                    if is_blank(cell):
                        words = f"{{}}行的“{column.label}”空着，照上面的“{above}”读"
                    self._one.tell("ditto", words, numbers[n])
            cells = meant
            values, wrong = reader.read(cells)
        last = range(max(len(cells) - _REMEMBERED, 0), len(cells))
        settled = (n for n in reversed(last) if _is_settled(cells[n], rows[n], column))
        for n in range(next(settled, last.start), last.stop):
            if not _is_ditto(cells[n]):
                above = self._above.get(column.name)
                self._above[column.name] = _left_above(above, cells[n], rows[n], column, once)
        return cells, values, wrong


def _left_above(above: Cell, cell: Cell, row: Row, column: Column, once: bool) -> Cell:
    """Return what stands above the next row: of a total, what stood above it; of a title, none.

    Of the total of a group whose name is written `once`, none either.
    """
    if name := called(row):
        ends = ENDS.fullmatch(name.removeprefix(str(above)))  # 小计, or 甲项目小计
        return None if once and ends else above
    if is_blank(cell):
        return above if column.required and _is_row(row) else None
    return cell


def _is_settled(cell: Cell, row: Row, column: Column) -> bool:
    """Tell whether what stands above the next row is this cell, or none, whatever came before."""
    return not (_is_ditto(cell) or (column.required and is_blank(cell)) or called(row))


def _is_row(row: Row) -> bool:
    """Tell whether a row is no total, and more than a title."""
    return not called(row) and sum(not is_blank(each) for each in row) > 1


def _is_written_once(one: OneSheet, at: int) -> bool:
    """Tell whether a column names each of its projects once, and leaves the rows below blank."""
    header, projects = one.header, one.known.projects
    if any(c == at and last > first > header.row for first, c, last, _ in one.sheet.merged):
        return False  # merged cells say themselves how far a name reaches
    above, blanks = set[Cell](), 0
    for number, row in enumerate(islice(one.sheet.rows(), header.row + 1, None)):
        if not _is_row(row) or row in header.rows:
            continue
        cell = row[at] if at < len(row) else None
        if is_blank(cell):
            blanks += bool(above)
        elif cell in above or (projects is not None and cell not in projects):
            return False
        else:
            above.add(cell)
        if number == _PROBED and not blanks:
            return False
    return blanks >= max(len(above), 2)


def _is_number(cell: Cell, column: Column) -> bool:
    """Tell whether a cell of a column of words is a number, and not that of a voucher."""
    words = column.type is ColumnType.TEXT and not column.required
    return words and _NUMBER.fullmatch(str(cell).strip()) is not None


def _is_ditto(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.strip().lower() in DITTO
