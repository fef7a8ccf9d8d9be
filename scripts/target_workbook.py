"""The shipped target document as a workbook: a sheet of text, and a sheet for each form."""

from __future__ import annotations

import io
import re

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from same_bytes import FIXED, with_fixed_dates

COLUMNS = 7
LEVELS = 2  # columns in which a level is merged over its indicators
PERCENT = re.compile(r"(\d+)%")

Rows = list[list[str]]


def build_workbook(
    title: str, notice: str, lines: list[str], forms: dict[str, tuple[str, Rows]]
) -> bytes:
    """Lay the document out as departments do in Excel: cells merged, percents as numbers.

    `forms` gives each form's name and rows by its caption.
    """
    book = Workbook()
    text = book.active
    assert isinstance(text, Worksheet)
    text.title = "绩效目标"
    for line in lines:
        text.append([line])
    for caption, (name, rows) in forms.items():
        _form(book.create_sheet(name), caption, rows)
    book.properties.title, book.properties.description = title, notice
    book.properties.creator = "perf_pipeline"
    book.properties.created = book.properties.modified = FIXED
    stream = io.BytesIO()
    book.save(stream)
    return with_fixed_dates(stream.getvalue())


def _form(sheet: Worksheet, caption: str, rows: Rows) -> None:
    sheet.cell(1, 1, caption)
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=COLUMNS)
    begun = [2] * COLUMNS  # the row in which each column's text began
    header = next(n for n, cells in enumerate(rows, start=2) if cells[0] == "一级指标")
    for row, cells in enumerate(rows, start=2):
        merged_columns = LEVELS if row > header else 1
        for column, text in enumerate(cells):
            _put(sheet, row, column + 1, text)
            if text or column >= merged_columns:
                begun[column] = row
        if len(cells) < COLUMNS:
            sheet.merge_cells(
                start_row=row, end_row=row, start_column=len(cells), end_column=COLUMNS
            )
        below = rows[row - 1] if row - 1 < len(rows) else None
        for column in range(merged_columns):
            ends = below is None or below[column] != "" or row == header
            if ends and begun[column] < row:
                sheet.merge_cells(
                    start_row=begun[column],
                    end_row=row,
                    start_column=column + 1,
                    end_column=column + 1,
                )


def _put(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Write a cell; a share or rate is a number that is shown in percent."""
    found = PERCENT.fullmatch(text)
    if found:
        sheet.cell(row, column, int(found[1]) / 100).number_format = "0%"
    elif text:
        sheet.cell(row, column, text)
