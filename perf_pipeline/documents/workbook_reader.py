"""Workbooks (.xlsx, .xlsm, .xls): each sheet as paragraphs and tables on its own grid."""

from __future__ import annotations

from pathlib import Path

from perf_pipeline.documents.model import Block
from perf_pipeline.documents.sheet_blocks import sheet_blocks
from perf_pipeline.foreign.number_formats import shown
from perf_pipeline.foreign.opening import open_workbook
from perf_pipeline.foreign.package import open_package
from perf_pipeline.foreign.workbook import OLE, Sheet

MOST_CELLS = 2_000_000
STRINGS = "xl/sharedStrings.xml"


def read_workbook(path: Path) -> list[Block]:
    """Read a workbook's sheets, hidden ones and hidden rows included, as a reader sees them.

    Raises UnreadableFileError for a file that is none, is damaged, or whose sheets are larger than
    memory should hold.
    """
    with path.open("rb") as stream:
        old = stream.read(4) == OLE
    if not old:
        with open_package(path) as package:  # is it whole, and no larger than a document is
            if STRINGS in package.names:
                package.read(STRINGS)
    blocks: list[Block] = []
    for sheet in open_workbook(path, most_cells=MOST_CELLS):
        blocks += sheet_blocks(
            sheet.name, _texts(sheet), list(sheet.merged), sheet.looks.hidden_rows, len(blocks)
        )
    return blocks


def _texts(sheet: Sheet) -> list[list[str]]:
    formats, instead = sheet.looks.formats, sheet.looks.instead
    texts = [
        [shown(value, formats.get((r, c))) for c, value in enumerate(row)]
        for r, row in enumerate(sheet.values())
    ]
    for (r, c), text in instead.items():
        if r < len(texts) and c < len(texts[r]):
            texts[r][c] = text
    return texts
