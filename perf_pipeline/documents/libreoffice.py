"""LibreOffice as a converter: without a window, in a profile of its own, under a time limit.

Macros do not run in it. A document (.doc) that ends with a table without the paragraph that must
follow, as LibreOffice itself writes it, it reads as one run of words: it is added before.
"""

from __future__ import annotations

import io
import os
import resource
import shutil
import signal
import struct
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from xlrd.compdoc import CompDoc, CompDocError

from perf_pipeline.domain.errors import Place, UnreadableFileError

PROGRAMS = ("soffice", "libreoffice")


def libreoffice() -> str | None:
    """Return the program's path; None where it is not installed."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def convert(
    program: str,
    sources: Sequence[Path],
    to: str,
    made: Path,
    seconds: int,
    work: int = resource.RLIM_INFINITY,
) -> bool:
    """Convert files into a folder; False where the time ran out and it was stopped.

    `to` is LibreOffice's name of the format; `work` seconds of the processor are the most that it
    may take, then it ends. What could not be read is missing in the folder.
    """
    with TemporaryDirectory(prefix="perf-pipeline-") as profile:
        command = [
            program,
            f"-env:UserInstallation={Path(profile).as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            to,
            "--outdir",
            str(made),
            *map(str, sources),
        ]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # its helpers end with it
        )
        if work != resource.RLIM_INFINITY:
            with suppress(ProcessLookupError):
                resource.prlimit(process.pid, resource.RLIMIT_CPU, (work, work))
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    return process.returncode not in (-signal.SIGKILL, 128 + signal.SIGKILL)  # its work ran out


SECONDS = 90
WORK, WORK_A_MEGABYTE = 12, 3  # seconds of the processor; its start takes one or two
# offsets of [MS-DOC], section 2.5 (the file information block)
_TABLE_STREAM_FLAGS, _IS_TABLE_1 = 0x0A, 0x0200
_TEXT_END, _TEXT_LENGTH = 0x1C, 0x4C  # in bytes, in characters
_CHARACTER_RUNS, _PARAGRAPH_RUNS, _PIECES = 0xFA, 0x102, 0x1A2
_CELL_MARK, _PARAGRAPH_MARK, _UNUSED = "\x07".encode("utf-16-le"), "\r".encode("utf-16-le"), b"\0\0"
_PIECE_TABLE = 2


@contextmanager
def as_docx(path: Path, suffix: str) -> Iterator[Path]:
    """Give a file's content as a .docx that exists while it is used.

    Raises UnreadableFileError where LibreOffice is not installed, takes too long or cannot read it.
    """
    place = Place(path.name)
    program = libreoffice()
    if program is None:
        raise UnreadableFileError(
            f"读旧格式（{suffix}）需要 LibreOffice，本机没有安装；请安装，或用 Word 另存为 .docx",
            place,
        )
    with TemporaryDirectory(prefix="perf-pipeline-") as folder:
        source = Path(folder) / f"source{suffix}"
        if suffix == ".doc":
            source.write_bytes(with_last_paragraph(path.read_bytes()))
        else:
            shutil.copyfile(path, source)
        work = WORK + WORK_A_MEGABYTE * (source.stat().st_size // 1024**2)
        docx, made_in = "docx:MS Word 2007 XML", Path(folder) / "made"
        if not convert(program, [source], docx, made_in, SECONDS, work):
            raise UnreadableFileError(
                "LibreOffice 在限定的时间内没有读完；请另存为 .docx 后重交", place
            )
        made = made_in / "source.docx"
        if not made.is_file():
            raise UnreadableFileError("LibreOffice 读不出这个文件，可能已损坏或加密", place)
        yield made


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
