"""Quarantined rows handed back to be mended: one workbook a register, in its own columns.

The workbook is itself a register's file, named after it, with four columns before its own: the
reason, what to do, the place and the mark (隔离号). The reader ignores them; the marks tell which
quarantined rows the mended ones take the place of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from perf_pipeline.registers.batch import MARK_LABEL as MARK_LABEL
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.row_text import cells_of
from perf_pipeline.registers.sheet_cells import HEAD, put, room
from perf_pipeline.registers.wording import how_to_fill

PLACE_LABEL, REASON_LABEL, HINT_LABEL = "原文件位置", "隔离原因", "怎么改"
SUFFIX = "（隔离行更正）"
TOLD = (REASON_LABEL, HINT_LABEL, PLACE_LABEL, MARK_LABEL)  # before the register's own columns
# what stands beside each indicator of the map, and how wide; the last only where the library
# knows any
PROPOSED = {
    "建议": 34,
    "把握": 8,
    "建议的年度口径": 16,
    "建议的指标方向": 30,
    "其他可能": 90,
    "指标库": 60,
}
ASKED = ("像是哪一列", "这一列里有", "还缺的列")  # beside each column that is asked about
_OTHER_FAULT = re.compile(r"；列“([^”]+)”")  # how a row's further faults name their columns
_BEYOND = re.compile(r"第\d+列")  # how a cell without a heading is named
_WRONG = PatternFill("solid", fgColor="FFC7CE")
_GIVEN = PatternFill("solid", fgColor="F2F2F2")


@dataclass(frozen=True)
class HandedBack:
    """A quarantined row on its way back: where it stood, what is wrong with it, its cells."""

    mark: str
    place: str
    column_label: str | None
    reason: str
    hint: str
    row_text: str | None


def mending_workbook(declared: Register, rows: Sequence[HandedBack]) -> Workbook:
    """Lay quarantined rows out: what is wrong first, then the register's columns.

    Every cell at fault is red, however many a row has; the sheet prints on two pages wide.
    """
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = declared.label[:31]
    labels = [column.label for column in declared.columns]
    for number, label in enumerate((*TOLD, *labels), start=1):
        head = put(sheet, 1, number, label)
        head.font, head.fill = Font(bold=True), HEAD
        sheet.column_dimensions[get_column_letter(number)].width = _width(label, rows)
    for number, row in enumerate(rows, start=2):
        cells = cells_of(row.row_text)
        beyond = [str(text) for label, text in cells.items() if _BEYOND.fullmatch(label)]
        reason = row.reason + (f"；多出的单元格：{'、'.join(beyond)}" if beyond else "")
        for position, text in enumerate((reason, row.hint, row.place, row.mark), start=1):
            cell = put(sheet, number, position, text)
            cell.fill = _GIVEN
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        wrong = faulty_labels(row)
        for position, column in enumerate(declared.columns, start=len(TOLD) + 1):
            cell = put(sheet, number, position, cells.get(column.label))
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if wrong is None or column.label in wrong:
                cell.fill = _WRONG
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 2, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    _explain(book.create_sheet("填报说明"), declared)
    return book


def faulty_labels(row: HandedBack) -> frozenset[str] | None:
    """Return the labels of a row's cells at fault; None where the row is wrong as a whole.

    The first fault's column is the row's; the reason names those of the others: 列“支付日期”….
    """
    if row.column_label is None:
        return None
    return frozenset({row.column_label, *_OTHER_FAULT.findall(row.reason)})


def _width(label: str, rows: Sequence[HandedBack]) -> float:
    if label in (PLACE_LABEL, REASON_LABEL, HINT_LABEL):
        return 32
    shown = [str(cells_of(row.row_text).get(label, "")) for row in rows[:200]]
    longest = max((room(text) for text in (label, *shown)), default=8)
    return min(32, max(10, longest + 3))


def _explain(sheet: Worksheet, declared: Register) -> None:
    lines = [
        f"这里是“{declared.label}”中没能入库的行。改正标红的单元格后，把本文件原样放回收件文件夹",
        f"（年度／部门／registers），文件名以“{declared.label}”开头。入库后这些行即离开隔离。",
        f"不要改动“{MARK_LABEL}”一列：它说明每一行替代哪一条隔离行。不需要的行整行删去。",
        "",
        *(f"{column.label}：{how_to_fill(column)}" for column in declared.columns),
    ]
    for number, line in enumerate(lines, start=1):
        put(sheet, number, 1, line)
    sheet.column_dimensions["A"].width = 110
