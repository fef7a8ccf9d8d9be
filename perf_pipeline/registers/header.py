"""Finding a register's header row, and which column is which."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.cells import Cell
from perf_pipeline.registers.declaration import Register

SEARCHED_ROWS = 20
PROMPTS = ("必填:", "选填:")  # how a template says what a column takes
NOTICE_WORDS = re.compile(r"模拟|演示|说明|示例|样例|虚构|测试|非真实|注:")


@dataclass(frozen=True)
class Header:
    """Where the header ends (0-based row), and the position of each declared column in it.

    `rows` are its cells: one row, or two where merged cells spread it over two. The notice is
    what stands above it, where that says what the figures are (模拟数据): a mere title is none.
    """

    row: int
    rows: tuple[Sequence[Cell], ...]
    positions: dict[str, int]
    ignored: tuple[str, ...]
    notice: str | None

    @property
    def width(self) -> int:
        """Number of columns that the header spans."""
        return max(map(len, self.rows))


def label_key(cell: Cell) -> str:
    """Reduce a header cell to what tells labels apart: no blanks, half-width signs."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", str(cell or "")))


def find_header(grid: Sequence[Sequence[Cell]], declared: Register, place: Place) -> Header:
    """Find the row, or the two rows, that name most columns, among the first twenty.

    Merged cells leave a label in the upper of two rows (凭证号 over both) or under a heading
    (支付信息 over 日期 and 金额): then both rows together are the header. Raises LayoutError when
    no row is a header; or when one is, and lacks a required column or has one twice: then the
    error's place has that row.
    """
    names = {
        label_key(label): column.name
        for column in declared.columns
        for label in (column.label, *column.aliases)
    }
    best, hits, height = 0, 0, 1
    for lines in (1, 2):
        for number in range(min(SEARCHED_ROWS, len(grid)) - lines + 1):
            rows = grid[number : number + lines]
            # a row of data may hold a label by chance, hardly two
            found = _hits(_joined(rows, names), names) if _hits(rows[-1], names) > 1 else 0
            if found > hits:
                best, hits, height = number, found, lines
    if hits < min(2, len(declared.columns)):
        labels = "、".join(column.label for column in declared.columns if column.required)
        raise LayoutError(f"前{SEARCHED_ROWS}行里没有找到表头；应有列：{labels}", place)
    header = tuple(grid[best : best + height])
    last = best + height - 1
    positions: dict[str, int] = {}
    ignored = []
    labels_found = _joined(header, names)
    for position, cell in enumerate(labels_found):
        key = label_key(cell)
        name = names.get(key)
        if name is not None and name not in positions:
            positions[name] = position
        elif name is not None:
            raise LayoutError(f"列“{cell}”出现了两次", _row(place, last))
        elif key:
            ignored.append(str(cell).strip())
    missing = [c.label for c in declared.columns if c.required and c.name not in positions]
    if missing:
        there = "、".join(str(cell).strip() for cell in labels_found if label_key(cell))
        raise LayoutError(f"缺少列“{'”“'.join(missing)}”；表头有：{there}", _row(place, last))
    return Header(last, header, positions, tuple(ignored), _notice(grid[:best], declared))


def _joined(rows: Sequence[Sequence[Cell]], names: Mapping[str, str]) -> list[Cell]:
    """Read one or two rows as one: the lower cell where it is a label, else the upper one."""
    upper, *lower = rows
    joined = list(upper)
    for row in lower:
        joined += [None] * (len(row) - len(joined))
        for position, cell in enumerate(row):
            if label_key(cell) in names or not label_key(joined[position]):
                joined[position] = cell
    return joined


def _hits(row: Sequence[Cell], names: Mapping[str, str]) -> int:
    return len({names[key] for cell in row if (key := label_key(cell)) in names})


def _notice(above: Sequence[Sequence[Cell]], declared: Register) -> str | None:
    """Return what stands above the header where it says more than title and a template's words."""
    cells = [cell for row in above for cell in row if label_key(cell)]
    said = [cell for cell in cells if not label_key(cell).startswith(PROMPTS)]
    text = " ".join(str(cell).strip() for cell in said)
    telling = label_key(text).replace(label_key(declared.label), "")
    return text if NOTICE_WORDS.search(telling) else None


def _row(place: Place, row: int) -> Place:
    return Place(place.file, place.sheet, row + 1)
