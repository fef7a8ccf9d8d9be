"""Opening a target document: what it is by its content, how large it may be, what it hashes to."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from perf_pipeline.documents.html_reader import read_html
from perf_pipeline.documents.libreoffice import as_docx
from perf_pipeline.documents.model import Block, Finding, Paragraph, Severity
from perf_pipeline.documents.text_reader import read_text
from perf_pipeline.documents.word_reader import MAIN, read_word
from perf_pipeline.documents.workbook_reader import read_workbook
from perf_pipeline.domain.errors import Place, ReaderHeldUpError, UnreadableFileError
from perf_pipeline.domain.faults import disk_words
from perf_pipeline.foreign.package import open_package
from perf_pipeline.foreign.process import call

LARGEST_FILE = 50 * 1024 * 1024
KINDS = "Word（.docx、.doc）、Excel（.xlsx、.xls）、.pdf 或文本（.txt）"
# what the content is: how it is spoken of, and the extensions that say so
_FORMATS = {
    "docx": ("Word 文件（.docx）", {".docx", ".docm"}),
    "xlsx": ("Excel 工作簿（.xlsx）", {".xlsx", ".xlsm"}),
    "doc": ("旧版 Word 文件（.doc）", {".doc", ".wps"}),
    "xls": ("旧版 Excel 工作簿（.xls）", {".xls", ".et"}),
    "rtf": ("RTF 文件", {".rtf", ".doc"}),
    "odt": ("OpenDocument 文本", {".odt"}),
    "pdf": ("PDF", {".pdf"}),
    "html": ("网页", {".html", ".htm", ".xls"}),
    "txt": ("文本", {".txt"}),
}
SUFFIXES = frozenset(suffix for _, said_by in _FORMATS.values() for suffix in said_by)

_ZIPPED, _OLE, _PDF, _RTF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-", b"{\\rtf"
_HTML = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|table|head|body|div|meta|\?xml[^>]*>\s*<html)",
    re.I,
)
_CM = 360_000  # Office's units
_DRAWING = re.compile(r"xl/drawings/[^/]+\.xml$")
_PICTURE = re.compile(
    rb"(?:<pic:pic\b.{0,4000}?|CellAnchor.{0,1000}?)<(?:\w{1,8}:)?ext"
    rb' cx="(\d{1,9})" cy="(\d{1,9})"',
    re.S,
)
_PDF_IMAGE = re.compile(rb"<<[^>]{0,500}/Subtype\s*/Image[^>]{0,500}>>")
_PDF_SIDE = re.compile(rb"/(Width|Height)\s+(\d{1,6})")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]")


Told = TypeVar("Told")
Given = TypeVarTuple("Given")


@dataclass(frozen=True)
class ReadFile:
    """A document's blocks, the SHA-256 of the file they came from, and what is odd about it.

    `converted_from` is the kind of an old or foreign file, which is read as .docx.
    """

    sha256: str
    blocks: tuple[Block, ...]
    findings: tuple[Finding, ...] = ()
    converted_from: str | None = None


def read_file(
    path: Path, read: Callable[[Path, *Given], Told | ReadFile], *given: *Given
) -> Told | ReadFile:
    """Return what a function tells of a document, or, where it tells nothing, its contents.

    It is called in a reader's process, in which the file is opened: only LibreOffice, which has one
    of its own, is outside it. What must be converted by that is given back by its contents.
    Raises UnreadableFileError for a file that is missing, too large, damaged or of another kind.
    """
    place = Place(path.name)
    try:
        if not path.is_file():
            raise UnreadableFileError("文件打不开（不存在，或不是普通文件）", place)
        size = path.stat().st_size
    except OSError as error:
        raise UnreadableFileError(f"文件打不开（{disk_words(error)}）", place) from error
    if size > LARGEST_FILE:
        largest = LARGEST_FILE // 1024**2
        raise UnreadableFileError(f"文件有{size // 1024**2}MB，最大{largest}MB", place)
    if size == 0:
        raise UnreadableFileError("文件是空的", place)
    told = call(path, read, path.absolute(), *given)
    if not isinstance(told, ReadFile) or told.converted_from is None:
        return told
    with as_docx(path, f".{told.converted_from}") as made:
        try:
            converted = call(made, read_opened, made)
        except ReaderHeldUpError as error:  # of the file that was handed in
            said = str(error).removeprefix(f"{error.place}：")
            raise ReaderHeldUpError(said, place) from error
        except UnreadableFileError as error:
            raise UnreadableFileError("转换后仍读不出，可能已损坏", place) from error
    return replace(told, blocks=converted.blocks)


def read_opened(path: Path) -> ReadFile:
    """Read a document in this process; one that LibreOffice must convert first gives no blocks."""
    place = Place(path.name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(f"文件打不开（{disk_words(error)}）", place) from error
    kind = _kind(path, content, place)
    hidden: list[Finding] = []
    own = _blocks(path, kind, content, place, hidden)
    findings = (*_odd(path, kind, content), *hidden)
    digest = hashlib.sha256(content).hexdigest()
    if own is None:
        return ReadFile(digest, (), findings, converted_from=kind)
    return ReadFile(digest, tuple(map(_visible, own)), findings)


def _blocks(
    path: Path, kind: str, content: bytes, place: Place, hidden: list[Finding]
) -> list[Block] | None:
    match kind:
        case "docx":
            return read_word(path)
        case "xlsx" | "xls":
            blocks, unseen = read_workbook(path)
            hidden += unseen
            return blocks
        case "pdf":
            from perf_pipeline.documents.pdf_reader import read_pdf  # its library loads slowly

            return read_pdf(path)
        case "html":
            return read_html(_decode(content, place), place)
        case "txt":
            return read_text(_decode(content, place))
        case _:
            return None


def _visible(block: Block) -> Block:
    """Leave out signs that nobody sees (zero-width blanks, soft hyphens) but that part words."""
    if isinstance(block, Paragraph):
        return replace(block, text=_UNSEEN.sub("", block.text))
    if not any(_UNSEEN.search(cell.text) for row in block.rows for cell in row):
        return block
    rows = (
        tuple(cell._replace(text=_UNSEEN.sub("", cell.text)) for cell in row) for row in block.rows
    )
    return replace(block, rows=tuple(rows))


def _kind(path: Path, content: bytes, place: Place) -> str:
    if content.startswith(_ZIPPED):
        return _kind_of_zip(path, place)
    if content.startswith(_OLE):
        return _kind_of_ole(content, place)
    if content[:1024].lstrip().startswith(_PDF):
        return "pdf"
    if content.startswith(_RTF):
        return "rtf"
    if _HTML.match(content[:2048]):
        return "html"
    if path.suffix.lower() in (".txt", ".csv", ".md", ""):
        return "txt"
    if path.suffix.lower() in SUFFIXES:
        raise UnreadableFileError(f"内容不是 {path.suffix} 文件，或已损坏、没有传完整", place)
    raise UnreadableFileError(f"不支持的文件类型“{path.suffix}”；请用{KINDS}", place)


def _kind_of_zip(path: Path, place: Place) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                stated = archive.read("mimetype")
                if stated.startswith(b"application/vnd.oasis.opendocument.text"):
                    return "odt"
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise UnreadableFileError("文件已损坏，或没有传完整", place) from error
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise UnreadableFileError("是二进制工作簿（.xlsb）；请用 Excel 另存为 .xlsx", place)
    raise UnreadableFileError(f"是压缩包或其他文件，不是绩效目标文件；请用{KINDS}", place)


def _kind_of_ole(content: bytes, place: Place) -> str:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        raise UnreadableFileError("文件已加密，请另存为不加密的文件", place)
    if holds("WordDocument"):
        return "doc"
    if holds("Workbook") or holds("Book"):
        return "xls"
    raise UnreadableFileError("旧版 Office 文件已损坏，或不是 Word、Excel 文件", place)


def _odd(path: Path, kind: str, content: bytes) -> list[Finding]:
    found = []
    spoken, said_by = _FORMATS[kind]
    if path.suffix.lower() not in said_by:
        message = f"扩展名是“{path.suffix}”，内容是{spoken}，已按内容读取"
        found.append(Finding(Severity.INFO, "extension_differs", message, "文件"))
    if kind in ("docx", "xlsx") and b"vbaProject.bin" in content:
        message = "文件含有宏；只读取了文字，宏没有运行"
        found.append(Finding(Severity.INFO, "macros_ignored", message, "文件"))
    if any(_large_pictures(path, kind, content)):
        message = "文件里有大图片，图片里的表格读不到；若是绩效表，请交带表格的 Word 或 Excel 文件"
        found.append(Finding(Severity.WARNING, "picture_unread", message, "文件"))
    return found


def _large_pictures(path: Path, kind: str, content: bytes) -> Iterator[bool]:
    """Give for each picture whether it may show a table; a seal is smaller."""
    if kind == "pdf":
        for said in _PDF_IMAGE.findall(content):
            sides = dict(_PDF_SIDE.findall(said))
            yield int(sides.get(b"Width", 0)) >= 800 and int(sides.get(b"Height", 0)) >= 300
    if kind in ("docx", "xlsx"):
        with open_package(path) as package:
            for name in package.names & {MAIN} | set(filter(_DRAWING.match, package.names)):
                for width, height in _PICTURE.findall(package.read(name)):
                    yield int(width) >= 8 * _CM and int(height) >= 3 * _CM


def _decode(content: bytes, place: Place) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise UnreadableFileError("文字编码已损坏（UTF-16）", place) from error
    if b"\x00" in content:
        raise UnreadableFileError("不是文本文件", place)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError("文字编码既不是 UTF-8 也不是 GB18030", place)
