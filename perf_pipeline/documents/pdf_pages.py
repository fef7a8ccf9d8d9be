"""The process that reads a PDF: python -m …pdf_pages FILE writes its lines and tables as JSON."""

from __future__ import annotations

import bisect
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import pdfplumber
from pdfplumber.page import Page
from pdfplumber.table import Table
from pdfplumber.utils.text import extract_text

from perf_pipeline.documents.pdf_reader import MEMORY, MOST_PAGES, SECONDS

_HEADING = re.compile(
    r"\s*(?:[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、)"
)
NEAR = 3.0  # points within which two rules are one


def main(path: str) -> None:
    """Write the lines and tables of a PDF as JSON."""
    _limit()
    with pdfplumber.open(path) as document:
        pages = len(document.pages)
        parts: list[Any] = []
        for page in document.pages[:MOST_PAGES]:
            parts += _parts(page)
            page.close()
    json.dump({"pages": pages, "parts": parts}, sys.stdout)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on this system: the time limit of the caller stays
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _parts(page: Page) -> list[Any]:
    tables = page.find_tables()
    found: list[tuple[float, Any]] = [
        (table.bbox[1], {"page": page.page_number, "rows": _rows(page, table)}) for table in tables
    ]
    outside = page
    for table in tables:
        outside = outside.outside_bbox(_within(page, table.bbox), strict=False)
    found += _paragraphs(outside.extract_text_lines(return_chars=False))
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


def _rows(page: Page, table: Table) -> list[list[tuple[str, int, int, bool]]]:
    """Return a table's rows of cells on one grid, merged cells as in other documents."""
    columns = _edges(x for cell in table.cells for x in (cell[0], cell[2]))
    levels = _edges(y for cell in table.cells for y in (cell[1], cell[3]))
    rows: list[list[tuple[str, int, int, bool]]] = [[] for _ in levels[:-1]]
    for cell in sorted(table.cells, key=lambda each: (each[1], each[0])):
        left, top, right, bottom = cell
        column, end = _index(columns, left), _index(columns, right)
        first, last = _index(levels, top), _index(levels, bottom)
        inside = [char for char in page.chars if _is_inside(char, cell)]
        text = extract_text(inside).strip()
        for row in range(first, max(last, first + 1)):
            if row < len(rows):
                rows[row].append((text, column, max(end - column, 1), row > first))
    return [sorted(row, key=lambda each: each[1]) for row in rows]


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


if __name__ == "__main__":
    main(sys.argv[1])
