"""The pages of a PDF: lines of text, and ruled tables on one grid of columns."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pdfplumber
from pdfplumber.page import Page
from pdfplumber.table import Table
from pdfplumber.utils.text import extract_text

from perf_pipeline.foreign.confinement import a_second_more

_HEADING = re.compile(
    r"\s*(?:[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、)"
)
_PAGE_NUMBER = re.compile(r"[-—–\s]*第?\s*\d{1,3}\s*页?(?:[\s/,，共]*\d{1,3}\s*页)?[-—–\s]*")
NEAR = 3.0  # points within which two rules are one
PAGES_A_SECOND = 2  # of tables, at the slowest: two fifths of what was measured
LEAST_OF_A_PAGE = 1600  # bytes of a file that each page of tables takes: none is had for nothing

Box = tuple[float, float, float, float]  # left, top, right, bottom
GridRow = list[tuple[str, int, int, bool]]  # text, column, width, merged from above


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


def pages_of(path: Path, most: int) -> tuple[int, list[str | dict[str, Any]]]:
    """Return how many pages a PDF has, and the lines and tables of the first so many."""
    size = path.stat().st_size
    with pdfplumber.open(path) as document:
        pages = len(document.pages)
        parts: list[str | Ruled] = []
        for number, page in enumerate(document.pages[:most], start=1):
            parts += _parts(page)
            page.close()
            if number % PAGES_A_SECOND == 0 and number * LEAST_OF_A_PAGE <= size:
                a_second_more()
    return pages, list(_on_grids(parts))


def _parts(page: Page) -> list[str | Ruled]:
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


def _ruled(page: Page, table: Table) -> Ruled:
    cells = sorted(table.cells, key=lambda each: (each[1], each[0]))
    inside = ([char for char in page.chars if _is_inside(char, cell)] for cell in cells)
    texts = [extract_text(chars).strip() for chars in inside]
    return Ruled(page.page_number, list(zip(cells, texts, strict=True)))


def _on_grids(parts: list[str | Ruled]) -> Iterator[str | dict[str, object]]:
    """Give tables as rows; one that goes on over pages stands on one grid of columns."""
    index = 0
    while index < len(parts):
        part = parts[index]
        index += 1
        if isinstance(part, str):
            yield part
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
                yield {"page": each.page, "rows": rows}


def _rows(cells: list[tuple[Box, str]], columns: list[float]) -> list[GridRow]:
    """Return a table's rows of cells on one grid, merged cells as in other documents."""
    levels = _edges(y for cell, _ in cells for y in cell[1::2])
    rows: list[GridRow] = [[] for _ in levels[:-1]]
    for (left, top, right, bottom), text in cells:
        column, end = _index(columns, left), _index(columns, right)
        first, last = _index(levels, top), _index(levels, bottom)
        for row in range(first, max(last, first + 1)):
            if row < len(rows):
                rows[row].append((text, column, max(end - column, 1), row > first))
    return [sorted(row, key=lambda each: each[1]) for row in rows]


def _is_rest_of(last: GridRow, first: GridRow) -> bool:
    """Tell whether a page begins with the rest of a row: few cells, each below one with text."""
    own = {column for text, column, _, continues in last if text and not continues}
    rest = {column for text, column, _, _ in first if text}
    return bool(rest) and rest <= own and 2 * len(rest) <= len(own)


def _joined(last: GridRow, rows: list[GridRow]) -> list[GridRow]:
    """Put the rest of a row to what the page before ends with, in place."""
    rest = {column: text for text, column, _, _ in rows[0] if text}
    last[:] = [
        (text + rest.get(column, ""), column, width, continues)
        for text, column, width, continues in last
    ]
    whole = {column: text for text, column, *_ in last if column in rest}
    return [
        [
            (whole.get(column, text) if continues else text, column, width, continues)
            for text, column, width, continues in row
        ]
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
