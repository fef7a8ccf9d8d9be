"""Finding a register's header row, and which column is which."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.cells import Cell
from perf_pipeline.registers.declaration import Register

SEARCHED_ROWS = 20
NOTICE_WORDS = re.compile(r"模拟|演示|说明|示例|样例|虚构|测试|非真实|注:")


@dataclass(frozen=True)
class Header:
    """Where the header stands (0-based), and the position of each declared column in it.

    The notice is what stands above it, where that says what the figures are (模拟数据): a mere
    title is none.
    """

    row: int
    positions: dict[str, int]
    ignored: tuple[str, ...]
    notice: str | None


def label_key(cell: Cell) -> str:
    """Reduce a header cell to what tells labels apart: no blanks, half-width signs."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", str(cell or "")))


def find_header(grid: Sequence[Sequence[Cell]], declared: Register, place: Place) -> Header:
    """Find the row that names most of the register's columns, among the first twenty.

    Raises LayoutError when no row is a header; or when one is, and lacks a required column or has
    one twice: then the error's place has that row.
    """
    names = {
        label_key(label): column.name
        for column in declared.columns
        for label in (column.label, *column.aliases)
    }
    best, hits = 0, 0
    for number, row in enumerate(grid[:SEARCHED_ROWS]):
        found = len({names[key] for cell in row if (key := label_key(cell)) in names})
        if found > hits:
            best, hits = number, found
    if hits < min(2, len(declared.columns)):
        labels = "、".join(column.label for column in declared.columns if column.required)
        raise LayoutError(f"前{SEARCHED_ROWS}行里没有找到表头；应有列：{labels}", place)
    positions: dict[str, int] = {}
    ignored = []
    for position, cell in enumerate(grid[best]):
        key = label_key(cell)
        name = names.get(key)
        if name is not None and name not in positions:
            positions[name] = position
        elif name is not None:
            raise LayoutError(f"列“{cell}”出现了两次", _row(place, best))
        elif key:
            ignored.append(str(cell).strip())
    missing = [c.label for c in declared.columns if c.required and c.name not in positions]
    if missing:
        there = "、".join(str(cell).strip() for cell in grid[best] if label_key(cell))
        raise LayoutError(f"缺少列“{'”“'.join(missing)}”；表头有：{there}", _row(place, best))
    return Header(best, positions, tuple(ignored), _notice(grid[:best]))


def _notice(above: Sequence[Sequence[Cell]]) -> str | None:
    text = " ".join(str(cell).strip() for row in above for cell in row if label_key(cell))
    return text if NOTICE_WORDS.search(label_key(text)) else None


def _row(place: Place, row: int) -> Place:
    return Place(place.file, place.sheet, row + 1)
