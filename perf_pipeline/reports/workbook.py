"""Writing sheets as a workbook (.xlsx): text stays text, the same content gives the same bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from perf_pipeline.language.spoken import say
from perf_pipeline.reports.sheet import (
    BOTTOM_MARGIN,
    SIDE_MARGIN,
    TOP_MARGIN,
    Block,
    FormSheet,
    Formula,
    Look,
)

LONGEST_TEXT = 32_767  # characters; Excel's own limit
LONGEST_FURNITURE = 60  # characters; Excel refuses a file whose header or footer passes 255
PIXELS_PER_WIDTH = 7
GB2312, ANY_FAMILY = 134, 3  # the font's character set: who lacks 仿宋 takes another Chinese font
LABEL_FILL, OPEN_FILL = "#F2F2F2", "#FFFBE6"  # a label; where a person may type
CREATED = datetime(2020, 1, 1, tzinfo=UTC)
A4_PAPER = 9
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_workbook(title: str, sheets: Sequence[FormSheet]) -> bytes:
    """Return the sheets as an .xlsx file that depends on nothing but their content."""
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"title": _clean(title), "author": "perf-pipeline", "created": CREATED})
        looks = _Looks(book)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, looks)
    return file.getvalue()


class _Looks:
    """The cell formats of one workbook, each declared once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._known: dict[tuple[Look, bool], Format] = {}

    def format(self, look: Look, quoted: bool = False) -> Format:
        """Return the format of a look; a quoted one shows its text as typed behind a '."""
        found = self._known.get((look, quoted))
        if found is None:
            found = self._book.add_format(
                {
                    "font_name": look.font,
                    "font_size": look.size,
                    "font_charset": GB2312,
                    "font_family": ANY_FAMILY,
                    "font_color": look.color,
                    "bold": look.bold,
                    "align": look.align,
                    "valign": "vcenter",
                    "text_wrap": True,
                    "indent": look.indent,
                    "border": int(look.grid),
                    "num_format": look.format,
                    "locked": look.locked,
                    "quote_prefix": quoted,
                    **({"bg_color": LABEL_FILL} if look.fill else {}),
                    **({} if look.locked else {"bg_color": OPEN_FILL}),
                }
            )
            self._known[look, quoted] = found
        return found


def _write_sheet(drawn: Worksheet, sheet: FormSheet, looks: _Looks) -> None:
    for column, width in enumerate(sheet.widths):
        drawn.set_column_pixels(column, column, round(width * PIXELS_PER_WIDTH))
    for row, height in sheet.needs.items():
        drawn.set_row(row - 1, height)
    for block in sheet.blocks:
        _write_block(drawn, block, looks)
    if sheet.frozen:
        drawn.freeze_panes(sheet.frozen[0] - 1, sheet.frozen[1] - 1)
    if sheet.filtered:
        drawn.autofilter(sheet.filtered[0] - 1, 0, sheet.filtered[1] - 1, len(sheet.widths) - 1)
    if sheet.protected:
        allowed = dict.fromkeys(("autofilter", "format_columns", "format_rows"), True)
        drawn.protect("", allowed)
    for offer in sheet.offers:
        _offer(drawn, offer.column - 1, [row - 1 for row in offer.rows], offer.choices)
    _print(drawn, sheet)


def _write_block(drawn: Worksheet, block: Block, looks: _Looks) -> None:
    row, (first, last) = block.row - 1, (block.columns[0] - 1, block.columns[1] - 1)
    value, look = block.value, block.look
    text = _clean(value) if isinstance(value, str) else ""
    plain = looks.format(look)
    if block.rows > 1 or last > first:
        drawn.merge_range(row, first, row + block.rows - 1, last, "", plain)
    if text:
        # a text that a program might take for a formula, now or once it is edited, is quoted
        drawn.write_string(row, first, text, looks.format(look, text[0] in "=+-@"))
    elif isinstance(value, Formula):
        drawn.write_formula(row, first, value.text, plain, value.value)
    elif value is None or isinstance(value, str):
        drawn.write_blank(row, first, None, plain)
    else:
        drawn.write_number(row, first, value, plain)


def _offer(drawn: Worksheet, column: int, rows: Sequence[int], choices: Sequence[str]) -> None:
    if rows:
        drawn.data_validation(
            rows[0],
            column,
            rows[0],
            column,
            {
                "validate": "list",
                "source": list(choices),
                "error_type": "warning",
                "error_title": "不在标准名称之内",
                "error_message": "一般用下拉框里的名称；确需用别的，请选“是”",
                "other_cells": [[row, column, row, column] for row in rows[1:]],
            },
        )


def _print(drawn: Worksheet, sheet: FormSheet) -> None:
    """Print on A4, one page wide, with the repeated rows on top of each page."""
    drawn.set_landscape() if sheet.landscape else drawn.set_portrait()
    drawn.set_paper(A4_PAPER)
    drawn.print_area(0, 0, sheet.last_row - 1, len(sheet.widths) - 1)
    if sheet.repeated:
        drawn.repeat_rows(sheet.repeated[0] - 1, sheet.repeated[1] - 1)
    drawn.fit_to_pages(1, int(sheet.fits_a_page))
    drawn.center_horizontally()
    drawn.set_margins(SIDE_MARGIN, SIDE_MARGIN, TOP_MARGIN, BOTTOM_MARGIN)
    drawn.hide_gridlines(2)
    margin = {"margin": 0.3}
    if sheet.header:
        drawn.set_header(f"&C{furniture(say(sheet.header))}", margin)
    if sheet.footer:
        drawn.set_footer(f"&L{furniture(say(sheet.footer))}&R{say('第&P页 共&N页')}", margin)


def _clean(text: str) -> str:
    """Leave out signs that no workbook can hold; say so where a text is longer than a cell may be.

    A text in <r>…</r> gets a blank behind it, else it would be taken for markup.
    """
    clean = _ILLEGAL.sub("", text)
    if len(clean) > LONGEST_TEXT:
        more = f"……（全文{len(clean)}字，一个单元格最多{LONGEST_TEXT}字）"
        clean = clean[: LONGEST_TEXT - len(more)] + more
    return f"{clean} " if clean.startswith("<r>") and clean.endswith("</r>") else clean


def furniture(text: str) -> str:
    """Shorten a text for a header or footer, and double the sign that begins a code there."""
    clean = _ILLEGAL.sub("", text)
    if len(clean) > LONGEST_FURNITURE:
        clean = clean[: LONGEST_FURNITURE - 1] + "…"
    return clean.replace("&", "&&")
