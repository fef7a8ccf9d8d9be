"""Opening a register's file as grids of cells: workbooks by calamine, text by csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.registers.cells import Cell
from perf_pipeline.registers.workbook_size import refuse_oversized

Grid = list[list[Cell]]

LARGEST_FILE = 200 * 1024 * 1024
MOST_ROWS = 2_000_000
SKIPPED_SHEETS = ("说明", "填表说明", "填报说明")
WORKBOOKS = {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"}
TEXTS = {".csv", ".txt", ".tsv"}
ZIPPED = b"PK\x03\x04"  # how .xlsx, .xlsm, .xlsb and .ods begin
OLE = b"\xd0\xcf\x11\xe0"  # how .xls begins, and an encrypted .xlsx


def read_grids(path: Path) -> Iterator[tuple[str | None, Grid]]:
    """Give each sheet of a file with its name (None for text files) and its cells.

    Raises UnreadableFileError for a file that is too large, cannot be opened or is of a kind that
    registers do not come in.
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
        if path.suffix.lower() in WORKBOOKS:
            yield from _workbook_grids(path, place)
        elif path.suffix.lower() in TEXTS:
            yield None, _text_grid(path, place)
        else:
            raise UnreadableFileError(
                f"不支持的文件类型“{path.suffix}”；请用 .xlsx、.xls 或 .csv", place
            )
    except OSError as error:
        raise UnreadableFileError(f"无法打开（{error.strerror or error}）", place) from error


def _workbook_grids(path: Path, place: Place) -> Iterator[tuple[str, Grid]]:
    _refuse_wrong_name(path, place)
    refuse_oversized(path, place)
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
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableFileError(f"不是可读的工作簿，或已损坏、加密（{error}）", place) from error
    except BaseException as error:
        # a panic in the reader's Rust code, as some .xls cut short cause, is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFileError("工作簿已损坏，或没有传完整", place) from error


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


def _text_grid(path: Path, place: Place) -> Grid:
    text = _decode(path.read_bytes(), place)
    head = text[:10_000]
    delimiter = "\t" if head.count("\t") > head.count(",") else ","
    # strict: a quote left open would swallow the rows after it into one cell
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    grid: Grid = []
    try:
        for row in reader:
            grid.append([*row])
            if len(grid) > MOST_ROWS:
                raise UnreadableFileError(f"多于{MOST_ROWS}行", place)
    except csv.Error as error:
        raise UnreadableFileError(
            f"双引号没有配对或单元格过长，从这一行起无法读取（{error}）",
            Place(place.file, row=len(grid) + 1),
        ) from error
    return grid


def _decode(content: bytes, place: Place) -> str:
    if content.startswith((ZIPPED, OLE)):
        raise UnreadableFileError("名为文本，实为工作簿；请改成正确的扩展名", place)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            cut = error.reason == "unexpected end of data" and error.end == len(content)
            if encoding == "utf-8-sig" and cut:
                raise UnreadableFileError("文件在一个字中间断开，没有传完整", place) from error
    raise UnreadableFileError("文字编码既不是 UTF-8 也不是 GB18030", place)
