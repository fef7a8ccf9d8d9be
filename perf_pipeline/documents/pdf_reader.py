"""PDF files whose tables are ruled and whose text is text; a scan is refused."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

from perf_pipeline.documents.model import Block, Cell, Paragraph, Table
from perf_pipeline.domain.errors import Place, UnreadableFileError

MOST_PAGES = 200
LARGEST_UNPACKED = 48 * 1024**2  # of all streams but images: a hundred pages of tables have a few
_STREAM = re.compile(rb"<<(?P<said>[^\x00]{0,2000}?)>>\s*stream\r?\n", re.S)
_BLOCK = 1024**2


def read_pdf(path: Path) -> list[Block]:
    """Read a PDF's lines and ruled tables in their order.

    Raises UnreadableFileError for a file that is damaged, encrypted, has no page or no text (a
    scan), or has too many pages.
    """
    from perf_pipeline.documents.pdf_pages import pages_of  # its library takes long to load

    place = Place(path.name)
    _refuse_swelling(path, place)
    try:
        pages, parts = pages_of(path, MOST_PAGES)
    except MemoryError:
        raise
    except Exception as error:  # the library has no one exception for damage
        said = "已加密；请取消密码后重交" if "Password" in type(error).__name__ else "已损坏"
        raise UnreadableFileError(f"PDF {said}，或没有传完整", place) from error
    if pages > MOST_PAGES:
        raise UnreadableFileError(f"PDF 多于{MOST_PAGES}页", place)
    if pages == 0:
        raise UnreadableFileError(
            "PDF 里没有一页（页面目录绕圈或已损坏）；请交原来的 Word 或 Excel 文件", place
        )
    blocks: list[Block] = []
    tables = 0
    for part in parts:
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
