"""Plain text as it comes out of a Word file: paragraphs, and tables whose cells begin with a tab.

A line that begins with a tab starts a cell; a line right below it that does not is the cell's
next line. A blank line ends a row, except inside a row whose width is known: in the table of
indicators, cells may hold blank lines, so its rows are cut by the number of header cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from perf_pipeline.documents.model import Block, Paragraph, Table

HEADER_STARTS = "一级指标"


@dataclass
class _Cell:
    text: str
    ends_row: bool = False


def read_text(text: str) -> list[Block]:
    """Split text into paragraphs and tables, in their order."""
    blocks: list[Block] = []
    cells: list[_Cell] = []
    after_blank = True
    paragraphs = tables = 0
    for line in re.split(r"\r\n|\r|\n", text.lstrip("\ufeff")):
        if line.startswith("\t"):
            # a line may hold a whole row, its cells separated by tabs
            cells += [_Cell(part) for part in line[1:].split("\t")]
            after_blank = False
        elif not line.strip():
            if cells:
                cells[-1].ends_row = True
            after_blank = True
        elif cells and not after_blank:
            cells[-1].text += "\n" + line
        else:
            if cells:
                tables += 1
                blocks.append(Table(_rows(cells), tables))
                cells = []
            paragraphs += 1
            blocks.append(Paragraph(_clean(line), paragraphs))
    if cells:
        blocks.append(Table(_rows(cells), tables + 1))
    return blocks


def _clean(line: str) -> str:
    return re.sub(r"\[bookmark:[^\]]*\]", "", line).strip()


def _rows(cells: list[_Cell]) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = []
    row: list[str] = []
    width = None
    for cell in cells:
        row.append(cell.text.strip())
        if width is None:
            if cell.ends_row:
                rows.append(tuple(row))
                if re.sub(r"\s", "", row[0]) == HEADER_STARTS:
                    width = len(row)
                row = []
        elif len(row) == width:
            rows.append(tuple(row))
            row = []
    if row:
        rows.append(tuple(row))
    return tuple(rows)
