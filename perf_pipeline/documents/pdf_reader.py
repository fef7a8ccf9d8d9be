"""PDF files whose tables are ruled and whose text is text: lines, and tables on one grid.

A scan is refused. The library takes long to load, and so does this module.
"""

from __future__ import annotations

import bisect
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pdfplumber
from pdfplumber.page import Page
from pdfplumber.table import Table as RuledTable
from pdfplumber.utils.text import extract_text

from perf_pipeline.documents.model import Block, Cell, Paragraph, Table
from perf_pipeline.documents.pdf_marks import spell_marks
from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.foreign.confinement import more_seconds

MOST_PAGES = 200
LARGEST_UNPACKED = 48 * 1024**2  # of all streams but images: a hundred pages of tables have a few
_STREAM = re.compile(rb"<<(?P<said>[^\x00]{0,2000}?)>>\s*stream\r?\n", re.S)
_BLOCK = 1024**2
_HEADING = re.compile(
    r"\s*(?:[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、)"
)
_PAGE_NUMBER = re.compile(r"[-—–\s]*第?\s*\d{1,3}\s*页?(?:[\s/,，共]*\d{1,3}\s*页)?[-—–\s]*")
NEAR = 3.0  # points within which two rules are one
PAGES_A_SECOND = 2  # of tables, at the slowest: two fifths of what was measured
LEAST_OF_A_PAGE = 1600  # bytes of a file that each page of tables takes: none is had for nothing

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Ruled:
    """A ruled table on a page: its cells and what they say."""

    page: int
    cells: list[tuple[Box, str]]

    def goes_on_in(self, other: str | Ruled) -> bool:
        """Tell whether what follows is the same table on the next page: as wide, at its place."""
        if isinstance(other, str) or other.page != self.page + 1:
            return False
        ends = zip(self._sides(), other._sides(), strict=True)
        return all(abs(one - two) <= NEAR for one, two in ends)

    def _sides(self) -> tuple[float, float]:
        return min(cell[0] for cell, _ in self.cells), max(cell[2] for cell, _ in self.cells)


def read_pdf(path: Path) -> list[Block]:
    """Read a PDF's lines and ruled tables in their order.

    Raises UnreadableFileError for a file that is damaged, encrypted, has no page or no text (a
    scan), or has too many pages.
    """
    place = Place(path.name)
    _refuse_swelling(path, place)
    try:
        pages, blocks = pages_of(path, MOST_PAGES)
    except MemoryError:
        raise
    except Exception as error:  # the library has no one exception for damage
        said = "已加密；请取消密码后重交" if "Password" in type(error).__name__ else "已损坏"
        raise UnreadableFileError(f"PDF {said}，或没有传完整", place) from error
    if pages > MOST_PAGES:
        raise UnreadableFileError(f"PDF 多于{MOST_PAGES}页", place)
    if not blocks:
        raise UnreadableFileError(
            "PDF 里没有文字，像是扫描件；请交原来的 Word 或 Excel 文件"
            if pages
            else "PDF 里没有一页（页面目录绕圈或已损坏）；请交原来的 Word 或 Excel 文件",
            place,
        )
    return blocks


def pages_of(path: Path, most: int) -> tuple[int, list[Block]]:
    """Return how many pages a PDF has, and the lines and tables of the first so many."""
    size = path.stat().st_size
    with pdfplumber.open(path) as document:
        pages = len(document.pages)
        parts: list[str | Ruled] = []
        for number, page in enumerate(document.pages[:most], start=1):
            parts += _parts(page)
            page.close()
            if number % PAGES_A_SECOND == 0 and number * LEAST_OF_A_PAGE <= size:
                more_seconds(1)
    return pages, list(_on_grids(parts))


def _parts(page: Page) -> list[str | Ruled]:
    spell_marks(page)
    tables = page.find_tables()
    found: list[tuple[float, str | Ruled]] = [
        (table.bbox[1], _ruled(page, table)) for table in tables
    ]
    outside = page
    for table in tables:
        outside = outside.outside_bbox(_within(page, table.bbox), strict=False)
    found += [
        (top, text)
        for top, text in _paragraphs(outside.extract_text_lines(return_chars=False))
        if not _PAGE_NUMBER.fullmatch(text)
    ]
    return [part for _, part in sorted(found, key=lambda each: each[0])]


def _paragraphs(lines: list[dict[str, Any]]) -> Iterator[tuple[float, str]]:
    """Give each paragraph with its top; a line that reaches the right edge goes on in the next."""
    edge = max((line["x1"] for line in lines), default=0.0)
    text, top, below = "", 0.0, 0.0
    for line in lines:
        height = line["bottom"] - line["top"]
        if text and (line["top"] - below > 2 * height or _HEADING.match(line["text"])):
            yield top, text
            text = ""
        if not text:
            top = line["top"]
        text += line["text"].strip()
        below = line["bottom"]
        if line["x1"] < edge - 1.5 * height:
            yield top, text
            text = ""
    if text:
        yield top, text


def _within(page: Page, box: tuple[float, ...]) -> tuple[float, float, float, float]:
    left, top, right, bottom = page.bbox
    return max(box[0], left), max(box[1], top), min(box[2], right), min(box[3], bottom)


def _ruled(page: Page, table: RuledTable) -> Ruled:
    cells = sorted(table.cells, key=lambda each: (each[1], each[0]))
    inside = ([char for char in page.chars if _is_inside(char, cell)] for cell in cells)
    texts = [extract_text(chars).strip() for chars in inside]
    return Ruled(page.page_number, list(zip(cells, texts, strict=True)))


def _on_grids(parts: list[str | Ruled]) -> Iterator[Block]:
    """Give paragraphs and tables; one that goes on over pages stands on one grid of columns."""
    index = paragraphs = tables = 0
    while index < len(parts):
        part = parts[index]
        index += 1
        if isinstance(part, str):
            paragraphs += 1
            yield Paragraph(part, paragraphs)
            continue
        pages = [part]
        while index < len(parts) and pages[-1].goes_on_in(parts[index]):
            pages.append(cast(Ruled, parts[index]))
            index += 1
        columns = _edges(x for each in pages for cell, _ in each.cells for x in cell[::2])
        grids = [_rows(each.cells, columns) for each in pages]
        for number, (before, rows) in enumerate(pairwise(grids), start=1):
            if before and rows and _is_rest_of(before[-1], rows[0]):
                grids[number][:] = _joined(before[-1], rows)
        for each, rows in zip(pages, grids, strict=True):
            if rows:
                tables += 1
                yield Table(tuple(map(tuple, rows)), f"第{each.page}页表{tables}")


def _rows(cells: list[tuple[Box, str]], columns: list[float]) -> list[list[Cell]]:
    """Return a table's rows of cells on one grid, merged cells as in other documents."""
    levels = _edges(y for cell, _ in cells for y in cell[1::2])
    rows: list[list[Cell]] = [[] for _ in levels[:-1]]
    for (left, top, right, bottom), text in cells:
        column, end = _index(columns, left), _index(columns, right)
        first, last = _index(levels, top), _index(levels, bottom)
        for row in range(first, max(last, first + 1)):
            if row < len(rows):
                rows[row].append(Cell(text, column, max(end - column, 1), row > first))
    return [sorted(row, key=lambda cell: cell.column) for row in rows]


def _is_rest_of(last: list[Cell], first: list[Cell]) -> bool:
    """Tell whether a page begins with the rest of a row: few cells, each below one with text."""
    own = {cell.column for cell in last if cell.text and not cell.continues}
    rest = {cell.column for cell in first if cell.text}
    return bool(rest) and rest <= own and 2 * len(rest) <= len(own)


def _joined(last: list[Cell], rows: list[list[Cell]]) -> list[list[Cell]]:
    """Put the rest of a row to what the page before ends with, in place."""
    rest = {cell.column: cell.text for cell in rows[0] if cell.text}
    last[:] = [cell._replace(text=cell.text + rest.get(cell.column, "")) for cell in last]
    whole = {cell.column: cell.text for cell in last if cell.column in rest}
    return [
        [c._replace(text=whole.get(c.column, c.text)) if c.continues else c for c in row]
        for row in rows[1:]
    ]


def _is_inside(char: dict[str, Any], cell: tuple[float, ...]) -> bool:
    """Tell whether a character's middle lies in a cell: its edges may reach over the rules."""
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(cell[0] <= across <= cell[2] and cell[1] <= down <= cell[3])


def _edges(places: Any) -> list[float]:
    edges: list[float] = []
    for place in sorted(places):
        if not edges or place - edges[-1] > NEAR:
            edges.append(place)
    return edges


def _index(edges: list[float], place: float) -> int:
    return max(bisect.bisect_right(edges, place + NEAR) - 1, 0)


def _refuse_swelling(path: Path, place: Place) -> None:
    """Raise UnreadableFileError for a PDF whose packed streams unpack to more than any form has."""
    content = path.read_bytes()
    left = LARGEST_UNPACKED
    for found in _STREAM.finditer(content):
        if b"FlateDecode" not in found["said"] or re.search(rb"/Subtype\s*/Image", found["said"]):
            continue
        packed, at = zlib.decompressobj(), found.end()
        try:
            unread = content[at : at + _BLOCK]
            while unread and not packed.eof and left > 0:
                left -= len(packed.decompress(unread, _BLOCK))
                unread = packed.unconsumed_tail
                if not unread:
                    at += _BLOCK
                    unread = content[at : at + _BLOCK]
        except zlib.error:
            continue  # what is damaged is said when it is read
        if left <= 0:
            raise UnreadableFileError(
                f"PDF 解压后超过{LARGEST_UNPACKED // _BLOCK}MB，不读取；"
                "请交原来的 Word 或 Excel 文件，或重新导出",
                place,
            )
