"""Opening a register's file as grids of cells: workbooks by calamine, text by csv."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.registers.cells import Cell

Grid = list[list[Cell]]

LARGEST_FILE = 200 * 1024 * 1024
LARGEST_UNPACKED = 2 * 1024**3
MOST_ROWS = 2_000_000
SKIPPED_SHEETS = ("说明", "填表说明", "填报说明")
WORKBOOKS = {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"}
TEXTS = {".csv", ".txt", ".tsv"}


def read_grids(path: Path) -> Iterator[tuple[str | None, Grid]]:
    """Give each sheet of a file with its name (None for text files) and its cells.

    Raises UnreadableFileError for a file that is too large, cannot be opened or is of a kind that
    registers do not come in.
    """
    place = Place(path.name)
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise UnreadableFileError(
            f"文件有{size // 1024**2}MB，最大{LARGEST_FILE // 1024**2}MB", place
        )
    if size == 0:
        raise UnreadableFileError("文件是空的", place)
    if path.suffix.lower() in WORKBOOKS:
        yield from _workbook_grids(path, place)
    elif path.suffix.lower() in TEXTS:
        yield None, _text_grid(path, place)
    else:
        raise UnreadableFileError(
            f"不支持的文件类型“{path.suffix}”；请用 .xlsx、.xls 或 .csv", place
        )


def _workbook_grids(path: Path, place: Place) -> Iterator[tuple[str, Grid]]:
    _refuse_bombs(path, place)
    try:
        with CalamineWorkbook.from_path(path) as book:
            for sheet in book.sheets_metadata:
                if sheet.typ is not SheetTypeEnum.WorkSheet or sheet.name in SKIPPED_SHEETS:
                    continue
                rows = book.get_sheet_by_name(sheet.name)
                if rows.height > MOST_ROWS:
                    raise UnreadableFileError(f"多于{MOST_ROWS}行", Place(place.file, sheet.name))
                grid = rows.to_python(skip_empty_area=False)
                yield sheet.name, cast(Grid, grid)
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableFileError(f"不是可读的工作簿，或已损坏、加密（{error}）", place) from error


def _refuse_bombs(path: Path, place: Place) -> None:
    """Refuse a zipped workbook that would unpack to more than memory should hold."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > LARGEST_UNPACKED:
        raise UnreadableFileError(f"解压后有{unpacked // 1024**2}MB，不读取", place)


def _text_grid(path: Path, place: Place) -> Grid:
    text = _decode(path.read_bytes(), place)
    head = text[:10_000]
    delimiter = "\t" if head.count("\t") > head.count(",") else ","
    try:
        grid = [
            list[Cell](row)
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise UnreadableFileError(f"不是可读的文本表格（{error}）", place) from error
    if len(grid) > MOST_ROWS:
        raise UnreadableFileError(f"多于{MOST_ROWS}行", place)
    return grid


def _decode(content: bytes, place: Place) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableFileError("名为文本，实为工作簿；请改成正确的扩展名", place)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError("文字编码既不是 UTF-8 也不是 GB18030", place)
