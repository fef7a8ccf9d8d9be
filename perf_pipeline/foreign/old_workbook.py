"""Workbooks of the old kind (.xls), by xlrd: values with number formats, errors, hidden rows."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import xlrd

from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.domain.raised_digits import raised_behind
from perf_pipeline.foreign.number_formats import tells
from perf_pipeline.foreign.workbook import Looks, Sheet, Value, refuse_errors, refuse_wide

_ERRORS = cast(dict[object, str], xlrd.error_text_from_code)
_UNTOLD = "#ERROR!"
_NOTHING = (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)


def old_sheets(path: Path, place: Place, most_cells: int) -> Iterator[Sheet]:
    """Give an old workbook's worksheets; raises UnreadableFileError as `open_workbook` does."""
    try:
        book = xlrd.open_workbook(str(path), formatting_info=True, logfile=io.StringIO())
        sheets = [_sheet(book, each, place, most_cells) for each in book.sheets()]
    except UnreadableFileError:
        raise
    except Exception as error:  # the reader has no one exception for damage
        reason = "已加密" if "encrypted" in str(error) else "已损坏，或没有传完整"
        message = f"旧版工作簿（.xls）{reason}，请用 Excel 另存为不加密的 .xlsx"
        raise UnreadableFileError(message, place) from error
    yield from sheets


def _sheet(book: xlrd.book.Book, sheet: xlrd.sheet.Sheet, place: Place, most_cells: int) -> Sheet:
    looks = Looks(height=sheet.nrows, width=sheet.ncols)
    where = Place(place.file, sheet.name)
    refuse_wide(looks, where, most_cells)
    telling = {
        number: book.format_map[style.format_key].format_str
        for number, style in enumerate(book.xf_list)
        if style.format_key in book.format_map
    }
    struck = {n for n, xf in enumerate(book.xf_list) if book.font_list[xf.font_index].struck_out}
    red = {n for n, xf in enumerate(book.xf_list) if _is_red(book, xf.font_index)}
    looks.notes = {at: str(note.text) for at, note in sheet.cell_note_map.items()}
    for (row, column), runs in sheet.rich_text_runlist_map.items():
        text = str(sheet.cell_value(row, column))
        if (spelled := _raised_text(book, text, runs)) != text:
            looks.raised[row, column] = spelled
    looks.hidden_rows = {r + 1 for r, info in sheet.rowinfo_map.items() if info.hidden}
    for row in range(sheet.nrows):
        for column, kind in enumerate(sheet.row_types(row)):
            if kind == xlrd.XL_CELL_ERROR:
                code = sheet.cell_value(row, column)
                looks.instead[row, column] = _ERRORS.get(code, _UNTOLD)
            elif kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE, xlrd.XL_CELL_TEXT):
                code = telling.get(sheet.cell_xf_index(row, column), "")
                if tells(code):
                    looks.formats[row, column] = code
            if kind not in _NOTHING and (struck or red):
                style = sheet.cell_xf_index(row, column)
                looks.struck |= {(row, column)} if style in struck else set()
                looks.red |= {(row, column)} if style in red else set()
    refuse_errors(looks, where)
    merged = tuple((r1, c1, r2 - 1, c2 - 1) for r1, r2, c1, c2 in sheet.merged_cells)
    return Sheet(sheet.name, sheet.visibility != 0, _Rows(book, sheet), looks, merged)


def _raised_text(book: xlrd.book.Book, text: str, runs: Sequence[tuple[int, int]]) -> str:
    """Spell a text whose runs begin at a place in a font each; their small digits are raised."""
    starts = [start for start, _ in runs]
    spelled = text[: starts[0]] if starts else text
    for (start, font), end in zip(runs, [*starts[1:], len(text)], strict=True):
        said = text[start:end]
        spelled += raised_behind(spelled, said) if book.font_list[font].escapement else said
    return spelled


def _is_red(book: xlrd.book.Book, font: int) -> bool:
    colour = book.colour_map.get(book.font_list[font].colour_index)
    return colour is not None and colour[0] >= 0xC0 and colour[1] <= 0x40 and colour[2] <= 0x40


class _Rows:
    def __init__(self, book: xlrd.book.Book, sheet: xlrd.sheet.Sheet) -> None:
        self._book, self._sheet = book, sheet

    def __call__(self) -> Iterator[list[Value]]:
        sheet = self._sheet
        for row in range(sheet.nrows):
            cells = zip(sheet.row_types(row), sheet.row_values(row), strict=True)
            yield [self._value(kind, value) for kind, value in cells]

    def _value(self, kind: int, value: object) -> Value:
        if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR):
            return None
        if kind == xlrd.XL_CELL_BOOLEAN:
            return bool(value)
        if kind == xlrd.XL_CELL_DATE:
            number = float(cast(float, value))
            try:
                moment = xlrd.xldate_as_datetime(number, self._book.datemode)
            except (xlrd.XLDateError, OverflowError, ValueError):
                return number
            return moment.date() if number.is_integer() else moment
        return cast(Value, value)
