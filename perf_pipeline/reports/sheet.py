"""Official forms as sheets: blocks of cells from top to bottom, before any file is written.

A form is one sheet on A4, one page wide. Rows are as tall as their texts need, in fonts that may
stand in for the wanted ones; what is taller than a row may be is put on several.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from math import ceil
from typing import Literal

from perf_pipeline.language.spoken import beside

SONG, FANGSONG = "宋体", "仿宋"
POINTS_PER_WIDTH = 5.25  # one unit of column width: a digit of the default font, 7 px
CELL_PADDING = 6.0  # points that a cell keeps free on the left and right together
INDENT = 9.0  # points that one step of indent takes
LINE_HEIGHT = 1.46  # of the font size, as tall as the fonts that may stand in for 仿宋
LATIN_WIDTH = 0.64  # of the font size, as wide as in those fonts
HIGHEST_ROW = 409.0  # Excel's own limit, in points
A4 = (595.0, 842.0)  # points
SIDE_MARGIN, TOP_MARGIN, BOTTOM_MARGIN = 0.4, 0.5, 0.6  # inches
SHRUNK = 1.45  # of a page: a second one is nearly half full, and no page of notes alone
_WORD = re.compile(r"[!-~]+|.", re.DOTALL)
_NEVER_FIRST = frozenset("，。、；：！？）》」』】〕”’…%％")  # a line does not begin with these

Horizontal = Literal["left", "center", "right"]
Columns = tuple[int, int]  # first and last, counted from 1


@dataclass(frozen=True)
class Look:
    """How a cell looks: font, size in points, place of the text, grid, fill, number format."""

    font: str = FANGSONG
    size: float = 10
    bold: bool = False
    align: Horizontal = "center"
    grid: bool = True
    fill: bool = False
    color: str = "#000000"
    format: str = "General"
    locked: bool = True  # once its sheet is protected; what is not locked is tinted
    quoted: bool = False  # what it says is read again, and has no other language beside it

    @property
    def indent(self) -> int:
        """Steps that text keeps from the grid line that it stands at."""
        return 1 if self.grid and self.align != "center" else 0


LABEL = Look(SONG, 10, bold=True, fill=True)
TEXT = Look(align="left")
CENTERED = Look()
NOTICE = Look(SONG, 10, bold=True, color="#B42318")
AMOUNT = Look(format="#,##0.00")
RATE = Look(format="0.00%")
MARKS = Look(format="0.00")


@dataclass(frozen=True)
class Formula:
    """A live formula (=SUM(G12:G20)) with the value that it has now; never made from data."""

    text: str
    value: Decimal


Value = str | Decimal | Formula | None


@dataclass(frozen=True, slots=True)
class Block:
    """Cells merged into one, from `row` over `rows` rows and over the columns first to last."""

    row: int
    columns: Columns
    value: Value
    look: Look
    rows: int = 1


@dataclass(frozen=True)
class Offer:
    """Choices (下拉选项) that a cell of a column offers in some rows; others are asked about."""

    column: int
    rows: tuple[int, ...]
    choices: tuple[str, ...]


@dataclass
class FormSheet:
    """A sheet that is filled from top to bottom; nothing of it touches a file."""

    name: str
    widths: tuple[float, ...]
    landscape: bool = True
    blocks: list[Block] = field(default_factory=list)
    needs: dict[int, float] = field(default_factory=dict)
    last_row: int = 0
    repeated: tuple[int, int] | None = None  # rows on top of each printed page
    header: str | None = None
    footer: str | None = None
    protected: bool = False
    frozen: tuple[int, int] | None = None  # the first row and column that move
    filtered: tuple[int, int] | None = None  # the first and last row of a table with filters
    offers: list[Offer] = field(default_factory=list)

    def put(
        self, row: int, columns: Columns, value: Value, look: Look = TEXT, *, rows: int = 1
    ) -> None:
        """Fill the block from `row` over `rows` rows and the columns (first, last).

        Text has what it is in the language spoken below it.
        """
        self._put(row, columns, _beside(value, look), look, rows)

    def _put(self, row: int, columns: Columns, value: Value, look: Look, rows: int) -> None:
        self.blocks.append(Block(row, columns, value, look, rows))
        if rows == 1 and isinstance(value, str):
            self.need(row, self.text_height(value, columns, look))

    def line(
        self, row: int, cells: Sequence[tuple[Columns, Value, Look]], *, least: float = 0
    ) -> int:
        """Fill cells that stand beside each other, on as many rows as the longest text needs.

        Returns the next row.
        """
        told = [(columns, _beside(value, look), look) for columns, value, look in cells]
        height = max(
            (
                self.text_height(value, columns, look)
                for columns, value, look in told
                if isinstance(value, str)
            ),
            default=least,
        )
        rows = ceil(height / HIGHEST_ROW) or 1
        for columns, value, look in told:
            self._put(row, columns, value, look, rows)
        for each in range(row, row + rows):
            self.need(each, max(height / rows, least))
        return row + rows

    def mark(self, row: int, notice: str | None) -> int:
        """Write what the data say of themselves (数据说明) across a row, where they do."""
        if not notice:
            return row
        said = f"数据说明：{notice}"
        return self.line(row, [((1, len(self.widths)), said, NOTICE)], least=22)

    def need(self, row: int, height: float) -> None:
        """Make a row at least so many points tall."""
        self.needs[row] = min(max(self.needs.get(row, 0.0), height), HIGHEST_ROW)

    def text_height(self, text: str, columns: Columns, look: Look) -> float:
        """Return the height that a text takes when wrapped within its columns."""
        first, last = columns
        room = sum(self.widths[first - 1 : last]) * POINTS_PER_WIDTH - CELL_PADDING
        return _text_height(text, room - INDENT * look.indent, look.size)

    def finish(self, last_row: int, repeated: tuple[int, int]) -> None:
        """End the sheet: `repeated` rows come on top of each page, rows grow to their texts."""
        self.last_row, self.repeated = last_row, repeated
        for block in self.blocks:
            if block.rows > 1 and isinstance(block.value, str):
                rows = range(block.row, block.row + block.rows)
                height = self.text_height(block.value, block.columns, block.look)
                lacking = height - sum(self.needs.get(row, 15.0) for row in rows)
                for row in rows if lacking > 0 else ():
                    self.need(row, self.needs.get(row, 15.0) + lacking / block.rows)

    @property
    def fits_a_page(self) -> bool:
        """Tell whether the rows nearly fit a page, and are put on one; a longer form runs on."""
        wide, high = reversed(A4) if self.landscape else A4
        scale = (wide - 144 * SIDE_MARGIN) / (sum(self.widths) * POINTS_PER_WIDTH)
        page = (high - 72 * (TOP_MARGIN + BOTTOM_MARGIN)) / scale
        return sum(self.needs.values()) <= page * SHRUNK


@dataclass(frozen=True)
class Listed:
    """A column of a sheet that is one list: its head, width and look."""

    head: str
    width: float
    look: Look = TEXT


def list_sheet(
    name: str,
    columns: Sequence[Listed],
    rows: Iterable[Sequence[Value]],
    *,
    header: str | None = None,
    heights: tuple[float, float] = (26, 22),
    protected: bool = False,
) -> FormSheet:
    """Return a sheet that is one list; its head stays in sight, and tops each printed page.

    `heights` are the least of the head and of a row, in points.
    """
    widths = tuple(each.width for each in columns)
    form = FormSheet(name, widths, protected=protected, frozen=(2, 1), header=header)
    heads = [((n, n), each.head, LABEL) for n, each in enumerate(columns, 1)]
    row = form.line(1, heads, least=heights[0])
    for values in rows:
        pairs = enumerate(zip(values, columns, strict=True), 1)
        cells = [((n, n), value, each.look) for n, (value, each) in pairs]
        row = form.line(row, cells, least=heights[1])
    form.finish(row - 1, (1, 1))
    return form


def _beside(value: Value, look: Look) -> Value:
    return beside(value) if isinstance(value, str) and not look.quoted else value


def numbered(texts: Iterable[str]) -> str:
    """Write several goals in one cell as the forms do: 目标1：…, 目标2：…; one stands alone."""
    said = list(texts)
    many = len(said) > 1
    return "\n".join(f"目标{n}：{text}" if many else text for n, text in enumerate(said, 1))


@lru_cache(maxsize=16384)  # forms repeat their labels, levels and notes
def _text_height(text: str, room: float, size: float) -> float:
    lines = sum(_wrapped(line, room, size) for line in text.split("\n"))
    return lines * size * LINE_HEIGHT + 5


def _wrapped(line: str, room: float, size: float) -> int:
    """Count the lines that a line takes: Chinese breaks anywhere, Latin words stay whole."""
    lines, used, before = 1, 0.0, 0.0
    for word in _WORD.findall(line):
        wide = word > "~" and unicodedata.east_asian_width(word) in "WFA"
        width = size if wide else size * LATIN_WIDTH * len(word)
        if used + width > room and used:
            lines += 1
            used = before if word in _NEVER_FIRST else 0.0  # it takes the sign before it along
        used += width
        before = width
        if used > room:  # a word longer than a line is broken after all
            more = ceil(used / room) - 1
            lines, used = lines + more, used - more * room
    return lines
