"""How an adjusted amount came about (调整前, 调增, 调减): the columns beside it must agree."""

from __future__ import annotations

from collections.abc import Mapping

from perf_pipeline.domain.money import format_yuan
from perf_pipeline.registers.cells import Cell, Value
from perf_pipeline.registers.columns import ColumnReader
from perf_pipeline.registers.columns_read import Columns
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.header import label_key
from perf_pipeline.registers.units import unit_in_heading, without_unit

_SIGNS = {"before": 1, "up": 1, "down": -1}


class Changes:
    """Reads the columns of a sheet that say from what, and by how much, an amount was changed."""

    def __init__(self, declared: Register, unused: Mapping[int, str], unit: str | None) -> None:
        """Find the columns by their headings."""
        self._change = declared.change
        self._readers: list[tuple[int, str, ColumnReader]] = []
        if self._change is None:
            return
        amount = declared.column(self._change.column)
        for at, heading in unused.items():
            said = label_key(without_unit(heading))
            for kind in _SIGNS:
                if said in map(label_key, getattr(self._change, kind)):
                    in_unit = unit_in_heading(heading) or unit or amount.unit
                    update = {"unit": in_unit, "required": False, "minimum": None}
                    reader = ColumnReader(amount.model_copy(update=update))
                    self._readers.append((at, kind, reader))
        kinds = {kind for _, kind, _ in self._readers}
        if "before" not in kinds or len(kinds) == 1:
            self._readers = []

    def ask(self, read: Columns) -> None:
        """Ask about rows whose amount is not what was before, more or less what was changed."""
        if self._change is None or not self._readers:
            return
        after = read.values[self._change.column]
        expected: list[int | None] = [0] * len(read.rows)
        for at, kind, reader in self._readers:
            cells: list[Cell] = [row[at] if at < len(row) else None for row in read.rows]
            values, wrong = reader.read(cells)
            expected = [
                None if n in wrong else _more(sum_, _SIGNS[kind], values[n])
                for n, sum_ in enumerate(expected)
            ]
        for n, (sum_, amount) in enumerate(zip(expected, after, strict=True)):
            if isinstance(amount, int) and sum_ is not None and sum_ != amount:
                words = f"按调整前的数和增减额算应为{format_yuan(sum_)}元，不知哪一个写错或写反了"
                read.wrong[self._change.column].setdefault(n, words)


def _more(sum_: int | None, sign: int, value: Value) -> int | None:
    if sum_ is None or isinstance(value, str):
        return None
    return sum_ + sign * (value if isinstance(value, int) else 0)
