"""Cells of the workbooks that are handed out: values as they are, never as formulas."""

from __future__ import annotations

from datetime import date

from openpyxl.cell import Cell
from openpyxl.styles import Border, PatternFill, Side
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

PAPERSIZE_A4 = 9  # as the file format numbers paper
HEAD = PatternFill("solid", fgColor="DCE6F1")
LINE = Border(*(Side(style="thin", color="BFBFBF"),) * 4)


def put(
    sheet: Worksheet, row: int, column: int, value: str | int | float | date | None = None
) -> Cell:
    """Write a value and return its cell; text stays text, even where it begins like a formula."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # nothing is merged in these workbooks
    if isinstance(value, str):
        cell.value = value
        cell.data_type = "s"
        cell.number_format = "@"
    elif isinstance(value, bool):
        put(sheet, row, column, "是" if value else "否")
    elif value is not None:
        cell.value = value
    return cell


def room(text: str) -> int:
    """Return how wide a text is, in letters."""
    return sum(2 if ord(char) > 255 else 1 for char in text)


def print_on_one_width(sheet: Worksheet) -> None:
    """Set a sheet up to be printed lying on A4, as wide as one page with narrow margins."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = PAPERSIZE_A4
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
