"""Word files (.docx): paragraphs and tables in their order, merged cells told once."""

from __future__ import annotations

import zipfile
from pathlib import Path

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from perf_pipeline.documents.model import Block, Paragraph, Table
from perf_pipeline.domain.errors import Place, UnreadableFileError

LARGEST_UNPACKED = 256 * 1024 * 1024


def read_word(path: Path) -> list[Block]:
    """Read a Word file's paragraphs and tables.

    Raises UnreadableFileError for a file that is not one, is damaged, or would unpack to more
    than memory should hold.
    """
    place = Place(path.name)
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise UnreadableFileError(f"解压后有{unpacked // 1024**2}MB，不读取", place)
        document = Document(str(path))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, OSError) as error:
        raise UnreadableFileError(f"不是可读的 Word 文件，或已损坏（{error}）", place) from error
    blocks: list[Block] = []
    paragraphs = tables = 0
    for part in document.iter_inner_content():
        if isinstance(part, WordParagraph):
            if part.text.strip():
                paragraphs += 1
                blocks.append(Paragraph(part.text.strip(), paragraphs))
        else:
            tables += 1
            blocks.append(Table(_rows(part), tables))
    return blocks


def _rows(table: WordTable) -> tuple[tuple[str, ...], ...]:
    rows = []
    for row in table._tbl.tr_lst:
        cells = []
        for cell in row.tc_lst:
            if cell.vMerge == "continue":
                cells.append("")
            else:
                paragraphs = cell.iter(qn("w:p"))
                lines = ("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in paragraphs)
                cells.append("\n".join(lines).strip())
        rows.append(tuple(cells))
    return tuple(rows)
