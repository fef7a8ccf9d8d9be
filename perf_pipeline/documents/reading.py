"""Opening a target document: which reader fits, how large it may be, what it hashes to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from perf_pipeline.documents.model import Block, Finding
from perf_pipeline.documents.text_reader import read_text
from perf_pipeline.documents.word_reader import read_word
from perf_pipeline.domain.errors import Place, UnreadableFileError

LARGEST_FILE = 50 * 1024 * 1024


@dataclass(frozen=True)
class ReadFile:
    """A document's blocks, and the SHA-256 of the file they came from."""

    sha256: str
    blocks: tuple[Block, ...]
    findings: tuple[Finding, ...] = ()


def read_file(path: Path) -> ReadFile:
    """Read a .docx or .txt file into paragraphs and tables.

    Raises UnreadableFileError for a file that is missing, too large, damaged or of another kind.
    """
    place = Place(path.name)
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            largest = LARGEST_FILE // 1024**2
            raise UnreadableFileError(f"文件有{size // 1024**2}MB，最大{largest}MB", place)
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(f"文件打不开（{error.strerror}）", place) from error
    digest = hashlib.sha256(content).hexdigest()
    match path.suffix.lower():
        case ".docx":
            return ReadFile(digest, tuple(read_word(path)))
        case ".txt":
            return ReadFile(digest, tuple(read_text(_decode(content, place))))
        case other:
            raise UnreadableFileError(f"不支持的文件类型“{other}”；请用 .docx 或 .txt", place)


def _decode(content: bytes, place: Place) -> str:
    if b"\x00" in content:
        raise UnreadableFileError("不是文本文件", place)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError("文字编码既不是 UTF-8 也不是 GB18030", place)
