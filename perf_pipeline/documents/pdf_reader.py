"""PDF files whose tables are ruled and whose text is text; a scan is refused.

The library works in a process of its own, under limits of time and memory: a PDF is a program of
a kind, and a hostile one can keep its reader busy for ever.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from perf_pipeline.documents.model import Block, Cell, Paragraph, Table
from perf_pipeline.domain.errors import Place, UnreadableFileError

SECONDS = 120
MEMORY = 2 * 1024**3
MOST_PAGES = 200


def read_pdf(path: Path) -> list[Block]:
    """Read a PDF's lines and ruled tables in their order.

    Raises UnreadableFileError for a file that is damaged, encrypted, has no text (a scan), has
    too many pages or takes too long.
    """
    place = Place(path.name)
    command = [sys.executable, "-m", "perf_pipeline.documents.pdf_pages", str(path.resolve())]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFileError(f"PDF 在{SECONDS}秒内没有读完", place) from error
    if done.returncode:
        raise UnreadableFileError("PDF 已损坏、已加密，或大得无法读取", place)
    said = json.loads(done.stdout)
    if said.get("pages", 0) > MOST_PAGES:
        raise UnreadableFileError(f"PDF 多于{MOST_PAGES}页", place)
    blocks: list[Block] = []
    tables = 0
    for part in said["parts"]:
        if isinstance(part, str):
            blocks.append(Paragraph(part, len(blocks) - tables + 1))
        else:
            tables += 1
            rows = tuple(tuple(Cell(*cell) for cell in row) for row in part["rows"])
            blocks.append(Table(rows, f"第{part['page']}页表{tables}"))
    if not blocks:
        raise UnreadableFileError(
            "PDF 里没有文字，像是扫描件；请交原来的 Word 或 Excel 文件", place
        )
    return blocks
