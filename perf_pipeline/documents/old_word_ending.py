"""The paragraph that must end an old Word file (.doc), where its writer left it out.

LibreOffice writes a document that ends with a table without it, and then reads that table as one
run of words. Offsets are those of [MS-DOC], section 2.5 (the file information block).
"""

from __future__ import annotations

import io
import struct

from xlrd.compdoc import CompDoc, CompDocError

_TABLE_STREAM_FLAGS, _IS_TABLE_1 = 0x0A, 0x0200
_TEXT_END, _TEXT_LENGTH = 0x1C, 0x4C  # in bytes, in characters
_CHARACTER_RUNS, _PARAGRAPH_RUNS, _PIECES = 0xFA, 0x102, 0x1A2
_CELL_MARK, _PARAGRAPH_MARK, _UNUSED = "\x07".encode("utf-16-le"), "\r".encode("utf-16-le"), b"\0\0"
_PIECE_TABLE = 2


def with_last_paragraph(content: bytes) -> bytes:
    """Return an old Word file whose text ends with a paragraph, as Word itself writes it.

    A file that is sound, or whose parts do not stand where they are expected, is returned as it is.
    """
    try:
        return _mended(content)
    except (CompDocError, struct.error, IndexError, ValueError, AssertionError):
        return content


def _mended(content: bytes) -> bytes:
    package = CompDoc(content, logfile=io.StringIO())
    main = _start(package, content, "WordDocument")
    (flags,) = struct.unpack_from("<H", content, main + _TABLE_STREAM_FLAGS)
    table = _start(package, content, "1Table" if flags & _IS_TABLE_1 else "0Table")
    end = main + _number(content, main + _TEXT_END)
    if content[end - 2 : end] != _CELL_MARK or content[end : end + 2] != _UNUSED:
        return content
    mended = bytearray(content)
    mended[end : end + 2] = _PARAGRAPH_MARK
    _add(mended, main + _TEXT_END, 2)
    _add(mended, main + _TEXT_LENGTH, 1)
    for runs in (_CHARACTER_RUNS, _PARAGRAPH_RUNS):
        start, size = table + _number(content, main + runs), _number(content, main + runs + 4)
        _add(mended, start + (size - 4) // 8 * 4, 2)  # the last of its n+1 positions
    pieces = table + _number(content, main + _PIECES)
    if content[pieces] != _PIECE_TABLE:
        return content
    _add(mended, pieces + 5 + (_number(content, pieces + 1) - 4) // 12 * 4, 1)
    return bytes(mended)


def _start(package: CompDoc, content: bytes, name: str) -> int:
    """Return where a stream stands in the file, if it stands there in one piece."""
    holder, start, _ = package.locate_named_stream(name)
    if holder is not content:
        raise ValueError(f"{name} is scattered or missing")
    return int(start)


def _number(content: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", content, at)[0])


def _add(content: bytearray, at: int, more: int) -> None:
    struct.pack_into("<I", content, at, _number(bytes(content[at : at + 4]), 0) + more)
