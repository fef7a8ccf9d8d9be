"""Opening a register's file as sheets of rows: workbooks, text tables and Parquet.

All of this runs in a reader's process (`perf_pipeline.foreign`); `read_sheets` is how others ask
for it. A sheet's rows can be gone through more than once: what a column means is at times known
only when all of it was seen.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import cast

from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.domain.faults import disk_words
from perf_pipeline.foreign.opening import open_workbook
from perf_pipeline.foreign.process import stream
from perf_pipeline.foreign.workbook import (
    OLE,
    ZIPPED,
    Looks,
    Merged,
    Sheet,
    refuse_wrong_name,
)
from perf_pipeline.registers.cells import Cell
from perf_pipeline.registers.matching import LARGEST_FILE

Row = list[Cell]

MOST_ROWS = 2_000_000
MOST_COLUMNS = 1_000  # of a text file: a register has a dozen
INSTRUCTIONS = ("说明", "填表说明", "填报说明")
WORKBOOKS = {".xlsx", ".xls", ".xlsm", ".ods"}
TEXTS = {".csv", ".txt", ".tsv"}
PARQUET = {".parquet"}
UTF16 = "utf-16"  # Excel's Unicode 文本
DELIMITERS = ",\t;|"
HEAD = 10_000  # characters that tell the delimiter
FOOT = 12  # rows at the end that may hold a caption
_FOOT_BYTES = 16_384
_BLOCK = 1024 * 1024
_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class OpenedSheet:
    """A sheet of a file: its name (None for text and Parquet) and its rows, each time anew."""

    name: str | None
    rows: Callable[[], Iterator[Row]]
    foot: Callable[[], Sequence[Row]]
    hidden: bool = False
    looks: Looks = field(default_factory=Looks)
    merged: tuple[Merged, ...] = ()
    numbers: Sequence[int] = ()  # of its rows in the file, where one there is many here

    def number_of(self, row: int) -> int:
        """Return the number in the file of a row, both from 1."""
        return self.numbers[row - 1] if self.numbers else row

    @property
    def is_instructions(self) -> bool:
        """Tell whether the sheet says how to fill in the others: it holds no rows."""
        return self.name in INSTRUCTIONS


def read_sheets(path: Path) -> Iterator[tuple[str | None, Iterator[Row]]]:
    """Give each sheet of a file with its name and its rows, read in a reader's process.

    Raises UnreadableFileError for a file that is too large, cannot be opened or is of a kind that
    registers do not come in.
    """
    sheets: dict[str | None, list[Row]] = {}
    for name, rows in stream(path, rows_of_sheets, path.absolute()):
        sheets.setdefault(name, []).extend(rows)
    for name, rows in sheets.items():
        yield name, iter(rows)


def rows_of_sheets(path: Path) -> Iterator[tuple[str | None, list[Row]]]:
    """Give the rows of all visible sheets, some at a time, each with its sheet's name."""
    for sheet in open_sheets(path):
        if sheet.hidden or sheet.is_instructions:
            continue
        rows = sheet.rows()
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            yield sheet.name, some


def open_sheets(path: Path) -> Iterator[OpenedSheet]:
    """Give each sheet of a file, opened in this process; raises what `read_sheets` does."""
    place = Place(path.name)
    try:
        if not path.is_file():
            raise UnreadableFileError("文件不存在，或不是普通文件", place)
        size = path.stat().st_size
        if size > LARGEST_FILE:
            limit = LARGEST_FILE // 1024**2
            raise UnreadableFileError(f"文件有{size // 1024**2}MB，最大{limit}MB", place)
        if size == 0:
            raise UnreadableFileError("文件是空的", place)
        kind = path.suffix.lower()
        if kind in WORKBOOKS:
            refuse_wrong_name(path, place)
            yield from (_of_workbook(sheet, place) for sheet in open_workbook(path))
        elif kind in TEXTS:
            yield _of_text(path, place)
        elif kind in PARQUET:
            from perf_pipeline.registers.parquet import parquet_rows  # pyarrow

            yield OpenedSheet(None, lambda: parquet_rows(path, MOST_ROWS), lambda: ())
        else:
            raise UnreadableFileError(
                f"不支持的文件类型“{path.suffix}”；请用 .xlsx、.xls、.csv 或 .parquet", place
            )
    except OSError as error:
        raise UnreadableFileError(f"无法打开（{disk_words(error)}）", place) from error


def _of_workbook(sheet: Sheet, place: Place) -> OpenedSheet:
    def rows() -> Iterator[Row]:
        for number, row in enumerate(sheet.rows()):
            if number >= MOST_ROWS:
                raise UnreadableFileError(f"多于{MOST_ROWS}行", Place(place.file, sheet.name))
            yield cast(Row, row)

    return OpenedSheet(
        sheet.name,
        rows,
        lambda: deque(rows(), maxlen=FOOT),
        sheet.hidden,
        sheet.looks,
        sheet.merged,
    )


def _of_text(path: Path, place: Place) -> OpenedSheet:
    encoding, is_small = _encoding(path, place), path.stat().st_size <= _BLOCK
    with path.open(encoding=encoding, newline="") as stream:
        delimiter = _delimiter(stream.read(HEAD))

    def foot() -> Sequence[Row]:
        if encoding == UTF16:  # of which a part does not tell where a sign begins
            with path.open(encoding=encoding) as text:
                lines = [line.rstrip("\n") for line in deque(text, maxlen=FOOT)]
        else:
            with path.open("rb") as stream:
                stream.seek(max(path.stat().st_size - _FOOT_BYTES, 0))
                lines = stream.read().decode(encoding, "replace").splitlines()
        return [cast(Row, line.split(delimiter)) for line in lines[-FOOT:]]

    whole: list[list[Row]] = []  # of a small file, which is gone through ten times

    def rows() -> Iterator[Row]:
        if is_small and not whole:
            with suppress(UnreadableFileError):  # it is told by whoever comes that far
                whole.append(list(_text_rows(path, encoding, delimiter, place)))
        return map(list, whole[0]) if whole else _text_rows(path, encoding, delimiter, place)

    return OpenedSheet(None, rows, foot)


def _delimiter(head: str) -> str:
    """Return the sign that parts cells: the one that most lines have as often as one another."""
    lines = [line for line in head.splitlines()[:-1] or head.splitlines() if line.strip()][:50]

    def regular(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines if line.count(sign)]
        most = max(set(counts), key=counts.count, default=0)
        return counts.count(most), most

    return max(DELIMITERS, key=regular) if lines else ","


def _text_rows(path: Path, encoding: str, delimiter: str, place: Place) -> Iterator[Row]:
    number = 0
    try:
        with path.open(encoding=encoding, newline="") as stream:
            # strict: a quote left open would swallow the rows after it into one cell
            read = csv.reader(stream, delimiter=delimiter, strict=True)
            for row in cast(Iterator[Row], read):
                number += 1
                if number > MOST_ROWS:
                    raise UnreadableFileError(f"多于{MOST_ROWS}行", place)
                if len(row) > MOST_COLUMNS:
                    reason = f"有{len(row)}列，最多{MOST_COLUMNS}列"
                    raise UnreadableFileError(reason, Place(place.file, row=number))
                yield row
    except csv.Error as error:
        raise UnreadableFileError(
            "双引号没有配对或单元格过长，从这一行起无法读取",
            Place(place.file, row=number + 1),
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError("读取中途文件变了或无法读取", place) from error


def _encoding(path: Path, place: Place) -> str:
    """Tell which encoding the whole of a text file is in."""
    with path.open("rb") as stream:
        beginning = stream.read(4)
    if beginning.startswith((ZIPPED, OLE)):
        raise UnreadableFileError("名为文本，实为工作簿；请改成正确的扩展名", place)
    size = path.stat().st_size
    for encoding in ("utf-8-sig", "gb18030"):
        undecoded = _undecoded(path, encoding)
        if undecoded is None:
            return encoding
        if undecoded == size and encoding == "utf-8-sig":
            raise UnreadableFileError("文件在一个字中间断开，没有传完整", place)
    if undecoded == size:
        raise UnreadableFileError("文件在一个字中间断开，没有传完整", place)
    utf16 = beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if utf16 and _undecoded(path, UTF16) is None:
        return UTF16
    raise UnreadableFileError("文字编码既不是 UTF-8 也不是 GB18030；请另存为“CSV UTF-8”", place)


def _undecoded(path: Path, encoding: str) -> int | None:
    """Return None when all of a file is in an encoding; its size where only its end is cut."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        try:
            for block in iter(lambda: stream.read(_BLOCK), b""):
                decoder.decode(block)
        except UnicodeDecodeError:
            return -1
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return stream.tell()
    return None
