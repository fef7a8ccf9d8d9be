"""Opening a register's file as sheets of rows: workbooks, text tables and Parquet.

Rows are given one after the other, so that what a file needs of memory does not grow with its
rows: only a workbook is laid out whole, by calamine, whose size `refuse_oversized` has bounded.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import cast

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.registers.cells import Cell
from perf_pipeline.registers.error_cells import Errors, error_cells
from perf_pipeline.registers.parquet import parquet_rows
from perf_pipeline.registers.workbook_size import refuse_oversized

Row = list[Cell]

LARGEST_FILE = 200 * 1024 * 1024
MOST_ROWS = 2_000_000
MOST_COLUMNS = 1_000  # of a text file: a register has a dozen
SKIPPED_SHEETS = ("说明", "填表说明", "填报说明")
WORKBOOKS = {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"}
TEXTS = {".csv", ".txt", ".tsv"}
PARQUET = {".parquet"}
ZIPPED = b"PK\x03\x04"  # how .xlsx, .xlsm, .xlsb and .ods begin
OLE = b"\xd0\xcf\x11\xe0"  # how .xls begins, and an encrypted .xlsx
HEAD = 10_000  # characters that tell the delimiter
_BLOCK = 1024 * 1024


def read_sheets(path: Path) -> Iterator[tuple[str | None, Iterator[Row]]]:
    """Give each sheet of a file with its name (None for text and Parquet) and its rows.

    A sheet's rows are to be drawn before the next sheet is. Raises UnreadableFileError, at the
    sheet or at the row where it shows, for a file that is too large, cannot be opened or is of a
    kind that registers do not come in.
    """
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
            for sheet, errors in _worksheets(path, place):
                yield sheet.name, _sheet_rows(sheet, errors)
        elif kind in TEXTS:
            yield None, _text_rows(path, _encoding(path, place), place)
        elif kind in PARQUET:
            yield None, parquet_rows(path, MOST_ROWS)
        else:
            raise UnreadableFileError(
                f"不支持的文件类型“{path.suffix}”；请用 .xlsx、.xls、.csv 或 .parquet", place
            )
    except OSError as error:
        raise UnreadableFileError(f"无法打开（{error.strerror or error}）", place) from error


def rows_at(
    path: Path, places: Collection[tuple[str | None, int]]
) -> dict[tuple[str | None, int], Row]:
    """Read again the rows that stand at places: (sheet, row number from 1)."""
    wanted: dict[str | None, set[int]] = {}
    for sheet, number in places:
        wanted.setdefault(sheet, set()).add(number)
    return {
        (sheet, number): row
        for sheet, rows in read_sheets(path)
        if sheet in wanted
        for number, row in enumerate(rows, start=1)
        if number in wanted[sheet]
    }


def _worksheets(path: Path, place: Place) -> Iterator[tuple[CalamineSheet, Errors]]:
    _refuse_wrong_name(path, place)
    refuse_oversized(path, place)
    errors = error_cells(path, place)
    try:
        with CalamineWorkbook.from_path(path) as book:
            for each in book.sheets_metadata:
                if each.typ is not SheetTypeEnum.WorkSheet or each.name in SKIPPED_SHEETS:
                    continue
                sheet = book.get_sheet_by_name(each.name)
                if sheet.height > MOST_ROWS:
                    raise UnreadableFileError(f"多于{MOST_ROWS}行", Place(place.file, each.name))
                yield sheet, errors.get(each.name, {})
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableFileError(f"不是可读的工作簿，或已损坏、加密（{error}）", place) from error
    except BaseException as error:
        # a panic in the reader's Rust code, as some .xls cut short cause, is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFileError("工作簿已损坏，或没有传完整", place) from error


def _sheet_rows(sheet: CalamineSheet, errors: Errors) -> Iterator[Row]:
    """Give a sheet's rows from its first row and column on, be they blank or not."""
    blank: Row = [None] * (sheet.start[1] if sheet.start else 0)
    wrong: dict[int, dict[int, str]] = {}
    for (number, column), shown in errors.items():
        wrong.setdefault(number, {})[column] = shown
    for number, cells in enumerate(sheet.iter_rows()):
        row = blank + cast(Row, cells)
        for column, shown in wrong.get(number, {}).items():
            if column < len(row):
                row[column] = shown
        yield row


def _refuse_wrong_name(path: Path, place: Place) -> None:
    """Say plainly when a workbook's content is not of the kind that its name says."""
    with path.open("rb") as stream:
        beginning = stream.read(4)
    old = path.suffix.lower() == ".xls"
    if beginning == ZIPPED and old:
        raise UnreadableFileError("名为 .xls，实为新版工作簿；请把扩展名改成 .xlsx", place)
    if beginning == OLE and not old:
        raise UnreadableFileError(
            f"名为 {path.suffix}，实为旧版 .xls，或已加密；请另存为不加密的 .xlsx", place
        )
    if beginning not in (ZIPPED, OLE):
        raise UnreadableFileError("名为工作簿，内容却不是；请用 Excel 另存为 .xlsx", place)


def _text_rows(path: Path, encoding: str, place: Place) -> Iterator[Row]:
    number = 0
    try:
        with path.open(encoding=encoding, newline="") as stream:
            head = stream.read(HEAD)
            stream.seek(0)
            delimiter = "\t" if head.count("\t") > head.count(",") else ","
            # strict: a quote left open would swallow the rows after it into one cell
            for row in csv.reader(stream, delimiter=delimiter, strict=True):
                number += 1
                if number > MOST_ROWS:
                    raise UnreadableFileError(f"多于{MOST_ROWS}行", place)
                if len(row) > MOST_COLUMNS:
                    reason = f"有{len(row)}列，最多{MOST_COLUMNS}列"
                    raise UnreadableFileError(reason, Place(place.file, row=number))
                yield cast(Row, row)
    except csv.Error as error:
        raise UnreadableFileError(
            f"双引号没有配对或单元格过长，从这一行起无法读取（{error}）",
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
    seems = "（似为 UTF-16）" if utf16 else ""
    raise UnreadableFileError(
        f"文字编码既不是 UTF-8 也不是 GB18030{seems}；请另存为“CSV UTF-8”", place
    )


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
