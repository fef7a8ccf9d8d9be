"""A column of a register, many cells at a time, read exactly as `read_cell` reads each.

The common spellings are read by a quick way of their own; every other cell goes through
`read_cell`, once for each distinct spelling, so that a date or a name that stands in ten thousand
rows is worked out once. A property test holds that both ways agree.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Sequence

from perf_pipeline.foreign.workbook import NO_RESULT
from perf_pipeline.registers.cells import (
    BYTE_ORDER_MARK,
    DITTO,
    ERROR_VALUES,
    LONGEST_TEXT,
    NUL,
    Cell,
    CellError,
    Value,
    read_cell,
    visible,
)
from perf_pipeline.registers.declaration import Column, ColumnType

MOST_REMEMBERED = 50_000
MOST_YUAN = 10**13  # below it, a hundred times a float is still exact to the fen

Quick = Callable[[Sequence[Cell], Column], tuple[list[Value], Sequence[int]]]

_SHOWN_FOR_VALUES = ERROR_VALUES | {NO_RESULT}
_plain_yuan = re.compile(r"-?[0-9]{1,13}\.[0-9]{2}").fullmatch


class ColumnReader:
    """Reads one column's cells; `misfit` says why a value that is of its type is still wrong."""

    def __init__(
        self,
        column: Column,
        misfit: Callable[[Value], str | None] | None = None,
        spelled: Callable[[Value], Value] | None = None,
    ) -> None:
        """Remember the column, and nothing of its cells yet.

        `spelled` gives a value its one spelling; it is asked only where `misfit` is.
        """
        self.column = column
        self._misfit = misfit
        self._spelled = spelled
        self._quick = None if misfit else _QUICK.get(column.type)
        self._values: dict[Hashable, Value] = {}
        self._reasons: dict[Hashable, str] = {}

    def read(self, cells: Sequence[Cell]) -> tuple[list[Value], dict[int, str]]:
        """Return the cells' values, and the reasons of those that are wrong by their index."""
        if self._quick is None:
            return self._read_distinct(cells)
        values, odd = self._quick(cells, self.column)
        if not odd:
            return values, {}
        found, reasons = self._read_distinct([cells[index] for index in odd])
        for index, value in zip(odd, found, strict=True):
            values[index] = value
        return values, {odd[index]: reason for index, reason in reasons.items()}

    def _read_distinct(self, cells: Sequence[Cell]) -> tuple[list[Value], dict[int, str]]:
        # 1, 1.0 and True are one key of a dictionary, and three different cells
        keys: Sequence[Hashable] = cells
        if set(map(type, cells)) - {str}:
            keys = list(zip(map(type, cells), cells, strict=True))
        if len(self._values) > MOST_REMEMBERED:
            self._values.clear()
            self._reasons.clear()
        known = self._values
        for key, cell in dict(zip(keys, cells, strict=True)).items():
            if key not in known:
                self._read_one(key, cell)
        values = [known[key] for key in keys]
        reasons = self._reasons
        if not reasons:
            return values, {}
        return values, {n: reasons[key] for n, key in enumerate(keys) if key in reasons}

    def _read_one(self, key: Hashable, cell: Cell) -> None:
        try:
            value = read_cell(cell, self.column)
            value = self._spelled(value) if self._spelled else value
            reason = self._misfit(value) if self._misfit else None
        except CellError as error:
            value, reason = None, str(error)
        self._values[key] = value
        if reason is not None:
            self._reasons[key] = reason


def _texts(cells: Sequence[Cell], column: Column) -> tuple[list[Value], Sequence[int]]:
    """Read cells that are all short text; otherwise leave all of them."""
    if set(map(type, cells)) != {str}:
        return [None] * len(cells), range(len(cells))  # no cells at all, too
    texts = [cell.strip() for cell in cells]  # type: ignore[union-attr]
    odd = (
        max(map(len, texts)) > LONGEST_TEXT
        or (column.required and "" in texts)
        or NUL in (joined := "".join(texts))
        or BYTE_ORDER_MARK in joined
        or not DITTO.isdisjoint(texts)
        or (not joined.isprintable() and any(visible(text) != text for text in texts))
        or ("#" in joined and not _SHOWN_FOR_VALUES.isdisjoint(texts))
    )
    return [text or None for text in texts], range(len(cells)) if odd else ()


def _amounts(cells: Sequence[Cell], column: Column) -> tuple[list[Value], Sequence[int]]:
    """Read amounts in yuan spelled 1234.56, or numbers of that many decimals."""
    if column.unit not in (None, "元"):
        return [None] * len(cells), range(len(cells))
    values = [_fen(cell) for cell in cells]
    low, high = column.lowest, column.maximum
    if low is not None or high is not None:
        lowest = -math.inf if low is None else low
        highest = math.inf if high is None else high
        values = [fen if fen is not None and lowest <= fen <= highest else None for fen in values]
    return [*values], [index for index, fen in enumerate(values) if fen is None]


def _fen(cell: Cell) -> int | None:
    if type(cell) is str:
        return int(cell[:-3] + cell[-2:]) if _plain_yuan(cell) else None
    if type(cell) is float and -MOST_YUAN < cell < MOST_YUAN:
        fen = round(cell * 100)
        return fen if fen / 100 == cell else None  # the same number, so no part of a fen is lost
    return None


_QUICK: dict[ColumnType, Quick] = {ColumnType.TEXT: _texts, ColumnType.MONEY: _amounts}
