"""Workbooks that are zipped XML (.xlsx, .xlsm, .ods): values by calamine, looks from the XML."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.foreign.open_document import open_document_looks
from perf_pipeline.foreign.sheet_looks import sheet_looks
from perf_pipeline.foreign.workbook import (
    DAMAGE,
    MOST_SHEETS,
    Looks,
    Sheet,
    Value,
    encrypted,
    refuse_errors,
    refuse_twice,
    refuse_wide,
)

LARGEST_UNPACKED = 2 * 1024**3
LARGEST_TEXTS = 160 * 1024**2  # the part that holds every different text of the workbook
_UNREAD = "不是可读的工作簿，或已损坏、加密；请用 Excel 打开，另存为新文件后重交"
_RATIO = 1_100  # more than deflate can make of anything: the directory lies
_LARGE, _EMPTY_RATIO = 64 * 1024**2, 50  # a large part that is packed so small says little


def zipped_sheets(path: Path, place: Place, most_cells: int) -> Iterator[Sheet]:
    """Give a zipped workbook's worksheets; raises UnreadableFileError as `open_workbook` does."""
    looks = _looks(path, place, most_cells)
    try:
        with CalamineWorkbook.from_path(path) as book:
            metadata = book.sheets_metadata
            if len(metadata) > MOST_SHEETS:
                raise UnreadableFileError(f"工作表多于{MOST_SHEETS}张；请只留要交的工作表", place)
            for each in metadata:
                if each.typ is not SheetTypeEnum.WorkSheet:
                    continue
                if each.name not in looks:
                    raise UnreadableFileError(
                        "内部结构不合常规，认不出单元格的格式；请用 Excel 打开，另存为新文件后重交",
                        Place(place.file, each.name),
                    )
                sheet = book.get_sheet_by_name(each.name)
                merged = tuple((*start, *end) for start, end in sheet.merged_cell_ranges or ())
                hidden = each.visible is not SheetVisibleEnum.Visible
                yield Sheet(each.name, hidden, _Rows(sheet), looks[each.name], merged)
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableFileError(_UNREAD, place) from error
    except BaseException as error:
        # a panic in the reader's Rust code, as some damaged files cause, is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFileError("工作簿已损坏，或没有传完整", place) from error


class _Rows:
    """A sheet's rows from its first row and column on, be they blank or not."""

    def __init__(self, sheet: CalamineSheet) -> None:
        self._sheet = sheet

    def __call__(self) -> Iterator[list[Value]]:
        sheet = self._sheet
        blank: list[Value] = [None] * (sheet.start[1] if sheet.start else 0)
        for cells in sheet.iter_rows():
            yield [*blank, *cells]


def _looks(path: Path, place: Place, most_cells: int) -> dict[str, Looks]:
    try:
        with zipfile.ZipFile(path) as archive:
            if encrypted(archive):
                raise UnreadableFileError(
                    "文件带密码，读不出；请取消密码，另存为不加密的 .xlsx 后重交", place
                )
            _refuse_oversized(archive, place)
            names = {name.lower(): name for name in archive.namelist()}
            if "content.xml" in names:
                found = open_document_looks(archive, names["content.xml"], place, most_cells)
            elif "xl/workbook.bin" in names:
                raise UnreadableFileError("是二进制工作簿（.xlsb）；请用 Excel 另存为 .xlsx", place)
            else:
                found = sheet_looks(archive, names, place, most_cells)
    except (*DAMAGE, etree.XMLSyntaxError) as error:
        raise UnreadableFileError("工作簿已损坏，或没有传完整", place) from error
    for sheet, looks in found.items():
        refuse_wide(looks, Place(place.file, sheet), most_cells)
        refuse_errors(looks, Place(place.file, sheet))
    return found


def _refuse_oversized(archive: zipfile.ZipFile, place: Place) -> None:
    entries = archive.infolist()
    refuse_twice(archive, place)
    unpacked = sum(entry.file_size for entry in entries)
    lying = any(entry.file_size > _RATIO * (entry.compress_size + 100) for entry in entries)
    idle = any(e.file_size > max(_LARGE, _EMPTY_RATIO * e.compress_size) for e in entries)
    texts = max((e.file_size for e in entries if "strings" in e.filename.lower()), default=0)
    if unpacked > LARGEST_UNPACKED or texts > LARGEST_TEXTS or lying or idle:
        raise UnreadableFileError(
            f"解压后有{unpacked // 1024**2}MB，不读取；请只留要交的工作表和行，另存为新文件后重交",
            place,
        )
