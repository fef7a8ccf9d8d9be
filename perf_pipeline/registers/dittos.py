"""Cells that say 同上 or hold a ditto mark: what stands above them is meant.

Only names, words and dates are read so: an amount or a count that says 同上 is asked about.
"""

from __future__ import annotations

from collections.abc import Sequence

from perf_pipeline.registers.cells import DITTO, Cell, Value
from perf_pipeline.registers.columns import ColumnReader
from perf_pipeline.registers.declaration import ColumnType
from perf_pipeline.registers.notices import Tally
from perf_pipeline.registers.other_rows import is_blank

_NUMBERS = (ColumnType.MONEY, ColumnType.COUNT)


class Dittos:
    """Reads the columns of one sheet, batch after batch, with what each last held."""

    def __init__(self, tally: Tally, sheet: str | None) -> None:
        """Begin with nothing above."""
        self._tally = tally
        self._sheet = sheet
        self._above: dict[str, Cell] = {}

    def read(
        self, reader: ColumnReader, cells: Sequence[Cell], numbers: Sequence[int]
    ) -> tuple[Sequence[Cell], list[Value], dict[int, str]]:
        """Return a column's cells, with what they mean, their values, and what is wrong by row."""
        column = reader.column
        values, wrong = reader.read(cells)
        asked = [n for n in wrong if _is_ditto(cells[n])] if wrong else []
        if asked and column.type not in _NUMBERS:
            above, meant = self._above.get(column.name), list(cells)
            for n, cell in enumerate(cells):
                if not _is_ditto(cell):
                    above = cell if not is_blank(cell) else above
                elif above is not None:
                    meant[n] = above
                    words = f"{{}}行的“{column.label}”写着“{cell}”，照上面的“{above}”读"
                    self._tally.add("ditto", words, self._sheet, numbers[n])
            cells = meant
            values, wrong = reader.read(cells)
        last = next((cell for cell in reversed(cells) if not is_blank(cell)), None)
        if last is not None:
            self._above[column.name] = last
        return cells, values, wrong


def _is_ditto(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.strip().lower() in DITTO
