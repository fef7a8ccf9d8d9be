"""Workbooks (.xlsx, .xlsm, .xls): each sheet as paragraphs and tables on its own grid."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from perf_pipeline.documents.column_words import names_level
from perf_pipeline.documents.head import NAME
from perf_pipeline.documents.labels import after_colon
from perf_pipeline.documents.model import (
    Block,
    Cell,
    Finding,
    Paragraph,
    Row,
    Severity,
    Table,
    Where,
)
from perf_pipeline.foreign.number_formats import shown
from perf_pipeline.foreign.opening import open_workbook
from perf_pipeline.foreign.package import open_package
from perf_pipeline.foreign.workbook import OLE, Sheet

MOST_CELLS = 2_000_000
STRINGS = "xl/sharedStrings.xml"
_MOST_NAMED = 20  # hidden rows that are named, of which a filter makes hundreds


def read_workbook(path: Path) -> tuple[list[Block], list[Finding]]:
    """Read a workbook's sheets as a reader sees them, and tell what is hidden in it.

    A hidden sheet is left out, as of a register: last year's form, lists to choose from. Hidden
    rows and columns are read, since a filter hides them, too. Raises UnreadableFileError for a file
    that is none, is damaged, or whose sheets are larger than memory should hold.
    """
    with path.open("rb") as stream:
        old = stream.read(4) == OLE
    if not old:
        with open_package(path) as package:  # is it whole, and no larger than a document is
            if STRINGS in package.names:
                package.read(STRINGS)
    blocks: list[Block] = []
    hidden: list[Finding] = []
    for sheet in open_workbook(path, most_cells=MOST_CELLS):
        texts = _texts(sheet)
        hidden += _hidden(sheet, texts)
        if not sheet.hidden:
            blocks += sheet_blocks(sheet.name, texts, list(sheet.merged), len(blocks))
    return blocks, hidden


def _hidden(sheet: Sheet, texts: Sequence[Sequence[str]]) -> Iterator[Finding]:
    """Tell what of a sheet is hidden and holds something."""
    held = [(r, c) for r, row in enumerate(texts, 1) for c, text in enumerate(row, 1) if text]
    rows = {r for r, _ in held}
    place = Where(f"工作表“{sheet.name}”", sheet.name)
    if sheet.hidden:
        message = f"隐藏的工作表“{sheet.name}”里有{len(rows)}行，没有读入；要读入请取消隐藏后重交"
        if rows:
            yield Finding(Severity.WARNING, "hidden_sheet", message, place)
        return
    if unseen := _some(rows & sheet.looks.hidden_rows):
        message = f"第{unseen}行是隐藏的，照样读入；不该读的请删去后重交"
        yield Finding(Severity.WARNING, "hidden_rows", message, place)
    if unseen := _some({c for _, c in held} & {c + 1 for c in sheet.looks.hidden_columns}):
        message = f"第{unseen}列是隐藏的，照样读入；不该读的请删去后重交"
        yield Finding(Severity.WARNING, "hidden_columns", message, place)


def _some(numbers: Collection[int]) -> str:
    said = "、".join(map(str, sorted(numbers)[:_MOST_NAMED]))
    return f"{said}等{len(numbers)}" if len(numbers) > _MOST_NAMED else said


def _texts(sheet: Sheet) -> list[list[str]]:
    formats, instead = sheet.looks.formats, sheet.looks.raised | sheet.looks.instead
    texts = [
        [shown(value, formats.get((r, c))) for c, value in enumerate(row)]
        for r, row in enumerate(sheet.values())
    ]
    for (r, c), text in instead.items():
        if r < len(texts) and c < len(texts[r]):
            texts[r][c] = text
    return texts


Merged = tuple[int, int, int, int]  # first row, first column, last row, last column, from 0
MOST_COLUMNS = 200


def sheet_blocks(
    name: str,
    texts: Sequence[Sequence[str]],
    merged: Sequence[Merged],
    before: int,
) -> list[Block]:
    """Part a sheet into blocks.

    A row that holds one text, at its left or over its whole width, is a paragraph where a table
    does not reach over it. `before` paragraphs stand before the sheet; rows count from 1.
    """
    height = max((r for r, row in enumerate(texts, 1) if any(t.strip() for t in row)), default=0)
    rows = list(_rows(texts[:height], _within(merged, height)))
    last = max((c.column + c.width for row in rows for c in row if c.text.strip()), default=0)
    begun = sorted({cell.column for row in rows for cell in row if cell.text.strip()})
    blocks: list[Block] = []
    start = 0
    for index, row in enumerate([*rows, ()]):
        lone = _lone_text(row, last, index == start)
        if index < len(rows) and lone is None:
            continue
        table = rows[start:index]
        if any(cell.text.strip() for each in table for cell in each):
            grid = tuple(_without_blank_columns(table, begun))
            blocks.append(Table(grid, name, start + 1, is_sheet=True))
        if lone:
            where = Where(f"工作表“{name}”第{index + 1}行", name, index + 1)
            blocks.append(Paragraph(lone, before + len(blocks) + 1, where))
        start = index + 1
    return blocks


def _within(merged: Sequence[Merged], height: int) -> list[Merged]:
    return [
        (r1, c1, min(r2, height - 1), min(c2, MOST_COLUMNS))
        for r1, c1, r2, c2 in merged
        if r1 < height and c1 < MOST_COLUMNS
    ]


def _rows(texts: Sequence[Sequence[str]], merged: Sequence[Merged]) -> Iterator[Row]:
    begins = {(r1, c1): (r2, c2) for r1, c1, r2, c2 in merged}
    open_over: dict[int, tuple[int, int, str]] = {}  # column: last row, width, text
    for r, row in enumerate(texts):
        cells: list[Cell] = []
        column = 0
        wide = max(len(row), max(open_over, default=-1) + 1)
        while column < min(wide, MOST_COLUMNS):
            upper = open_over.get(column)
            if upper is not None and upper[0] >= r:
                cells.append(Cell(upper[2], column, upper[1], True))
                column += upper[1]
                continue
            text = row[column].strip() if column < len(row) else ""
            bottom, right = begins.get((r, column), (r, column))
            width = max(right - column + 1, 1)
            if bottom > r:
                open_over[column] = (bottom, width, text)
            cells.append(Cell(text, column, width))
            column += width
        yield tuple(cells)


def _without_blank_columns(table: Sequence[Row], begun: Sequence[int]) -> Iterator[Row]:
    """Leave out the columns in which nothing begins in the whole sheet: hidden, or only parting."""
    if begun == list(range(len(begun))):
        yield from table
        return
    for row in table:
        cells = []
        for cell in row:
            first = bisect_left(begun, cell.column)
            width = bisect_left(begun, cell.column + cell.width) - first
            if width:
                cells.append(cell._replace(column=first, width=width))
        yield tuple(cells)


def _lone_text(row: Row, last: int, at_start: bool) -> str | None:
    """Return the text of a row that is a paragraph, an empty one for a blank row in front."""
    said = [cell for cell in row if cell.text.strip()]
    if not said:
        return "" if at_start else None
    if len(said) > 1 or said[0].continues or any(c.continues for c in row):
        return None
    cell = said[0]
    pair = after_colon(cell.text)
    if (pair is not None and NAME.fullmatch(pair[0])) or names_level(cell.text):
        return None  # 项目名称：… begins a form, 一、产出指标 stands inside one
    alone = all(not c.text.strip() for c in row if c is not cell)
    over_all = cell.column == 0 and cell.width >= last
    return cell.text if alone and (over_all or at_start) else None
