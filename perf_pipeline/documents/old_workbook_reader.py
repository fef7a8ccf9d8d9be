"""Workbooks of the old kind (.xls), with the number formats that tell 95% from 0.95."""

from __future__ import annotations

import io
from pathlib import Path

import xlrd

from perf_pipeline.documents.model import Block
from perf_pipeline.documents.number_formats import Value, shown
from perf_pipeline.documents.sheet_blocks import Merged, sheet_blocks
from perf_pipeline.domain.errors import Place, UnreadableFileError

MOST_CELLS = 2_000_000


def read_old_workbook(path: Path) -> list[Block]:
    """Read a workbook's sheets; formulas give their last value, macros are not looked at.

    Raises UnreadableFileError for a file that is none, is encrypted or damaged, or is too large.
    """
    place = Place(path.name)
    blocks: list[Block] = []
    try:
        book = xlrd.open_workbook(str(path), formatting_info=True, logfile=io.StringIO())
        for sheet in book.sheets():
            if sheet.nrows * sheet.ncols > MOST_CELLS:
                raise UnreadableFileError(
                    f"工作表“{sheet.name}”有{sheet.nrows}行{sheet.ncols}列，大得不像绩效目标文件",
                    place,
                )
            texts = [
                [_shown(book, sheet.cell(r, c)) for c in range(sheet.row_len(r))]
                for r in range(sheet.nrows)
            ]
            merged: list[Merged] = [
                (r1, c1, r2 - 1, c2 - 1) for r1, r2, c1, c2 in sheet.merged_cells
            ]
            hidden = {r + 1 for r, info in sheet.rowinfo_map.items() if info.hidden}
            blocks += sheet_blocks(sheet.name, texts, merged, hidden, len(blocks))
    except UnreadableFileError:
        raise
    except Exception as error:  # the reader has no one exception for damage
        reason = "已加密" if "encrypted" in str(error) else "已损坏，或没有传完整"
        message = f"旧版工作簿（.xls）{reason}，请用 Excel 另存为 .xlsx"
        raise UnreadableFileError(message, place) from error
    return blocks


def _shown(book: xlrd.book.Book, cell: xlrd.sheet.Cell) -> str:
    value: Value = cell.value
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR):
        return ""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return shown(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            value = xlrd.xldate_as_datetime(float(cell.value), book.datemode)
        except (xlrd.XLDateError, OverflowError, ValueError):
            return shown(cell.value)
        return shown(value)
    if cell.ctype == xlrd.XL_CELL_NUMBER and cell.xf_index is not None:
        key = book.xf_list[cell.xf_index].format_key
        return shown(value, book.format_map[key].format_str)
    return shown(value)
