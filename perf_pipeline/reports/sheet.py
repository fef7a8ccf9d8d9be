"""Writing official forms as worksheets: merged cells, text that stays text, rows tall enough.

A form is one worksheet on A4 landscape, one page wide. The same content gives the same bytes.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

SONG, FANGSONG = "宋体", "仿宋"
POINTS_PER_WIDTH = 5.25  # one unit of column width: a digit of the default font, 7 px
CELL_PADDING = 6.0  # points that a cell keeps free on the left and right together
INDENT = 9.0  # points that one step of indent takes
LINE_HEIGHT = 1.36  # of the font size, with room for fonts that stand in for 仿宋
LATIN_WIDTH = 0.56  # of the font size
ONE_PAGE = 700.0  # points of rows that still read well when shrunk to one page
LONGEST_HEADER = 60  # characters; Excel refuses a file whose header or footer passes 255
HIGHEST_ROW = 409.0  # Excel's own limit, in points
ZIP_TIME = (2020, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(?=<)")

_THIN = Side(style="thin", color="FF000000")
GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
NO_BORDER = Border()
LABEL_FILL = PatternFill("solid", fgColor="FFF2F2F2")
OPEN_FILL = PatternFill("solid", fgColor="FFFFFBE6")  # where a person may type

Horizontal = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Look:
    """How a cell looks: font, size in points, place of the text, grid, fill, number format."""

    font: str = FANGSONG
    size: float = 10
    bold: bool = False
    align: Horizontal = "center"
    grid: bool = True
    fill: bool = False
    color: str = "FF000000"
    format: str = "General"
    locked: bool = True  # once its sheet is protected; what is not locked is tinted

    @property
    def indent(self) -> int:
        """Steps that text keeps from the grid line that it stands at."""
        return 1 if self.grid and self.align != "center" else 0


LABEL = Look(SONG, 10, bold=True, fill=True)
TEXT = Look(align="left")
CENTERED = Look()
AMOUNT = Look(format="#,##0.00")
RATE = Look(format="0.00%")


class FormSheet:
    """A worksheet that is filled from top to bottom in merged blocks of cells."""

    def __init__(
        self, title: str, widths: tuple[float, ...], workbook: Workbook | None = None
    ) -> None:
        """Begin a sheet with the given column widths, in a workbook of its own or a given one."""
        self.workbook = workbook or Workbook()
        sheet = self.workbook.create_sheet() if workbook else self.workbook.active
        assert isinstance(sheet, Worksheet)
        self.sheet = sheet
        self.sheet.title = title
        self.widths = widths
        self._heights: dict[int, float] = {}
        self._styles: dict[Look, StyleArray] = {}
        for index, width in enumerate(widths, start=1):
            self.sheet.column_dimensions[get_column_letter(index)].width = width

    def put(
        self,
        row: int,
        columns: tuple[int, int],
        value: str | Decimal | None,
        look: Look = TEXT,
        *,
        rows: int = 1,
    ) -> None:
        """Fill the block from `row` over `rows` rows and the columns (first, last)."""
        first, last = columns
        block = [
            self.sheet.cell(r, c) for r in range(row, row + rows) for c in range(first, last + 1)
        ]
        for cell in block:
            self._style(cell, look)
        if isinstance(value, str):
            _write_text(block[0], value)
            if rows == 1:
                self.need(row, self.text_height(value, columns, look))
        elif value is not None:
            block[0].value = value
        if len(block) > 1:
            self.sheet.merge_cells(
                start_row=row, end_row=row + rows - 1, start_column=first, end_column=last
            )

    def need(self, row: int, height: float) -> None:
        """Make a row at least so many points tall."""
        self._heights[row] = min(max(self._heights.get(row, 0), height), HIGHEST_ROW)
        self.sheet.row_dimensions[row].height = self._heights[row]

    def text_height(self, text: str, columns: tuple[int, int], look: Look) -> float:
        """Return the height that a text takes when wrapped within its columns."""
        first, last = columns
        room = sum(self.widths[first - 1 : last]) * POINTS_PER_WIDTH - CELL_PADDING
        room -= INDENT * look.indent
        lines = sum(_wrapped(line, room, look.size) for line in text.split("\n"))
        return lines * look.size * LINE_HEIGHT + 5

    def _style(self, cell: Any, look: Look) -> None:
        """Give a cell its look; a look is spelled out once and then copied, which is faster."""
        known = self._styles.get(look)
        if known is not None:
            cell._style = copy(known)
            return
        cell.font = Font(name=look.font, size=look.size, bold=look.bold, color=look.color)
        cell.alignment = Alignment(
            horizontal=look.align, vertical="center", wrap_text=True, indent=look.indent
        )
        cell.border = GRID if look.grid else NO_BORDER
        cell.number_format = look.format
        if look.fill:
            cell.fill = LABEL_FILL
        if not look.locked:
            cell.protection = Protection(locked=False)
            cell.fill = OPEN_FILL
        self._styles[look] = copy(cell._style)

    def print_as_form(self, last_row: int, repeated: tuple[int, int]) -> None:
        """Print on A4 landscape, one page wide, with rows `repeated` on top of each page."""
        sheet = self.sheet
        sheet.print_area = f"A1:{get_column_letter(len(self.widths))}{last_row}"
        sheet.print_title_rows = f"{repeated[0]}:{repeated[1]}"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 9  # A4
        sheet.page_setup.fitToWidth = 1
        # a form that nearly fits a page is put on one; a longer one runs on
        sheet.page_setup.fitToHeight = int(sum(self._heights.values()) <= ONE_PAGE)
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.print_options.horizontalCentered = True
        margins = sheet.page_margins
        margins.left = margins.right = 0.4
        margins.top, margins.bottom = 0.5, 0.6
        margins.header = margins.footer = 0.3
        sheet.sheet_view.showGridLines = False

    def page_furniture(self, header: str | None, footer: str) -> None:
        """Print a header and a footer with page numbers on each page."""
        above, below = self.sheet.oddHeader, self.sheet.oddFooter
        assert isinstance(above, HeaderFooterItem)
        assert isinstance(below, HeaderFooterItem)
        above.center.text = _plain(header) if header else None
        below.left.text = _plain(footer)
        below.right.text = "第&P页 共&N页"

    def to_bytes(self, title: str) -> bytes:
        """Return the workbook as bytes that depend on nothing but its content."""
        self.workbook.properties.title = ILLEGAL_CHARACTERS_RE.sub("", title)
        self.workbook.properties.creator = "perf-pipeline"
        raw = io.BytesIO()
        self.workbook.save(raw)
        fixed = io.BytesIO()
        with (
            zipfile.ZipFile(raw) as source,
            zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for name in source.namelist():
                content = source.read(name)
                if name == "docProps/core.xml":
                    content = _MODIFIED.sub(rb"\g<1>2020-01-01T00:00:00Z", content)
                entry = zipfile.ZipInfo(name, ZIP_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(entry, content)
        return fixed.getvalue()


def _write_text(cell: Cell | MergedCell, text: str) -> None:
    """Write text that no program may take for a formula, now or after the cell is edited."""
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)
    if not clean:
        return
    cell.value = clean
    cell.data_type = "s"
    if clean[0] in "=+-@":
        cell.quotePrefix = True


def _wrapped(line: str, room: float, size: float) -> int:
    """Count the lines that a line takes in `room` points, breaking anywhere as Chinese does."""
    lines, used = 1, 0.0
    for char in line:
        wide = unicodedata.east_asian_width(char) in "WFA"
        width = size * (1.0 if wide else LATIN_WIDTH)
        if used + width > room and used:
            lines, used = lines + 1, 0.0
        used += width
    return lines


def _plain(text: str) -> str:
    """Shorten a text for a header or footer, and double the sign that begins a code there."""
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)
    if len(clean) > LONGEST_HEADER:
        clean = clean[: LONGEST_HEADER - 1] + "…"
    return clean.replace("&", "&&")
