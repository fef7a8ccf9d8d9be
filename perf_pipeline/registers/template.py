"""The workbook in which a department fills in a register (填报模板).

It is a register's file from the start: what is filled in is read back exactly. Drop-downs and
checks come from the declaration and from the department's own projects; header and prefilled
cells are protected, without a password; a sheet of instructions says what each column means.
Nothing that only explains stands where the reader would take it for data.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Literal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from perf_pipeline.language.spoken import beside, say
from perf_pipeline.registers.cells import LARGEST_COUNT, LONGEST_TEXT, Value
from perf_pipeline.registers.declaration import Column, ColumnType, Register
from perf_pipeline.registers.instructions import write_instructions
from perf_pipeline.registers.sheet_cells import HEAD, LINE, print_on_one_width, put, room
from perf_pipeline.registers.wording import how_to_fill

GUIDE_ROW, HEADER_ROW, FIRST_ROW = 2, 3, 4
LAST_ROW = 1_048_576  # the last row that a sheet can have
WIDEST, WIDEST_CHOICE = 22, 64  # letters of a column: longer texts are wrapped
BLANK_LINES = 20  # drawn as a form; more may follow
OPTIONS = "选项"
LARGEST_YUAN = 10**13
NUMBER_FORMATS = {
    ColumnType.TEXT: "@",
    ColumnType.CHOICE: "@",
    ColumnType.YES_NO: "@",
    ColumnType.COUNT: "0",
    ColumnType.MONEY: "#,##0.00",
    ColumnType.DATE: "yyyy-mm-dd",
}
REQUIRED = PatternFill("solid", fgColor="F8CBAD")
GIVEN = PatternFill("solid", fgColor="EDEDED")
WRAPPED = Alignment(wrap_text=True, vertical="center")


@dataclass(frozen=True)
class Note:
    """A column beside the register's own, for a reader only: the reader of files ignores it."""

    label: str
    texts: Sequence[str]
    width: int = 24


@dataclass(frozen=True)
class Page:
    """A sheet of reference beside the register's: a heading and rows of text."""

    title: str
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Handout:
    """What a template is filled with for one department and year.

    `choices` are the values that a column's cells may have, by the column's name; `rows` are
    values that are there already, of which those in the register's `prefilled` columns are fixed.
    """

    department: str
    fiscal_year: int
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Value]] = ()
    notes: Sequence[Note] = ()
    pages: Sequence[Page] = ()


def template_workbook(declared: Register, handout: Handout) -> Workbook:
    """Make the template of a register for a department."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = declared.label
    sheet["A1"] = f"{declared.label}　{handout.department}　{handout.fiscal_year}年度"
    sheet["A1"].font = Font(size=14, bold=True)
    options = _Options(book)
    for position, column in enumerate(declared.columns, start=1):
        _lay_out(sheet, position, column, handout)
        choices = [*column.choices, *handout.choices.get(column.name, ())]
        check = _check(column, choices, handout.fiscal_year, options)
        check.sqref = (
            f"{get_column_letter(position)}{FIRST_ROW}:{get_column_letter(position)}{LAST_ROW}"
        )
        sheet.add_data_validation(check)
    _prefill(sheet, declared, handout)
    guides = (_guide(each) for each in declared.columns)
    sheet.row_dimensions[GUIDE_ROW].height = _height(sheet, guides, 13)
    sheet.freeze_panes = f"A{FIRST_ROW}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    print_on_one_width(sheet)
    _protect(sheet)
    write_instructions(book.create_sheet("填报说明"), declared, handout.fiscal_year)
    for page in handout.pages:
        _write_page(book.create_sheet(page.title), page)
    options.finish()
    return book


def _lay_out(sheet: Worksheet, position: int, column: Column, handout: Handout) -> None:
    letter = get_column_letter(position)
    guide, head = sheet.cell(GUIDE_ROW, position), sheet.cell(HEADER_ROW, position)
    guide.value = _guide(column)
    guide.font = Font(size=10, color="595959")
    guide.alignment = Alignment(wrap_text=True, vertical="top")
    head.value = column.label
    head.font, head.border = Font(bold=True), LINE
    head.fill = REQUIRED if column.required else HEAD
    head.alignment = Alignment(horizontal="center", vertical="center")
    dimension = sheet.column_dimensions[letter]
    dimension.number_format = NUMBER_FORMATS[column.type]
    dimension.protection = Protection(locked=False)
    dimension.width = _width(column, handout)


def _width(column: Column, handout: Handout) -> float:
    """Return a column's width in letters: as its choices need, of other texts what prints well."""
    given = [str(row[column.name]) for row in handout.rows if row.get(column.name) is not None]
    choices = [*column.choices, *handout.choices.get(column.name, ())]
    written = 20 if column.says_something else 11
    return max(
        written,
        min(max(map(room, given), default=0) + 2, WIDEST),
        min(max(map(room, [column.label, *choices])) + 3, WIDEST_CHOICE),
    )


def _guide(column: Column) -> str:
    return beside(f"{'必填' if column.required else '选填'}：{how_to_fill(column)}")


def _height(sheet: Worksheet, texts: Iterable[str], line: int) -> int:
    """Return how tall a row must be for its texts, one a column, each wrapped in its own."""
    widths = (sheet.column_dimensions[get_column_letter(nth)].width for nth in itertools.count(1))
    # a line that is broken at its end loses up to a sign
    most = max(
        (
            sum(ceil(room(line) / (width - 4)) for line in text.split("\n"))
            for text, width in zip(texts, widths, strict=False)
        ),
        default=1,
    )
    return line * most + 4


def _check(
    column: Column, choices: Sequence[str], fiscal_year: int, options: _Options
) -> DataValidation:
    """Make the check of a column's cells, with what to fill in as its prompt."""
    match column.type:
        case ColumnType.YES_NO:
            check = DataValidation(type="list", formula1='"是,否"')
        case _ if choices:
            check = DataValidation(type="list", formula1=options.add(choices))
        case ColumnType.DATE:
            first, last = (fiscal_year, fiscal_year) if column.in_fiscal_year else (1990, 2100)
            first = 1990 if column.carried_over_until else first
            check = DataValidation(
                type="date",
                operator="between",
                formula1=f"DATE({first},1,1)",
                formula2=f"DATE({last},12,31)",
            )
        case ColumnType.COUNT:
            check = _number("whole", column.lowest, column.maximum, LARGEST_COUNT)
        case ColumnType.MONEY:
            low, high = (_yuan(column.lowest, column), _yuan(column.maximum, column))
            check = _number("decimal", low, high, LARGEST_YUAN)
        case _:
            check = DataValidation(
                type="textLength", operator="lessThanOrEqual", formula1=str(LONGEST_TEXT)
            )
    check.allow_blank = not column.required
    check.errorTitle = say("填写有误")
    check.error = _short(say(f"应填{how_to_fill(column)}"))
    check.promptTitle = column.label[:32]
    check.prompt = _short(say(f"{column.description}。{how_to_fill(column)}"))
    check.showErrorMessage = check.showInputMessage = True
    return check


def _number(
    kind: Literal["whole", "decimal"], low: str | int | None, high: str | int | None, most: int
) -> DataValidation:
    return DataValidation(
        type=kind,
        operator="between",
        formula1=str(low if low is not None else -most),
        formula2=str(high if high is not None else most),
    )


def _yuan(fen: int | None, column: Column) -> str | None:
    if fen is None:
        return None
    per = 1_000_000 if column.unit == "万元" else 100
    return str(fen // per)


def _short(text: str) -> str:
    return text if len(text) <= 250 else f"{text[:249]}…"


def _prefill(sheet: Worksheet, declared: Register, handout: Handout) -> None:
    """Write what is known, each row as a form has it; blank lines show where to begin."""
    for place, note in enumerate(handout.notes, start=len(declared.columns) + 1):
        head = sheet.cell(HEADER_ROW, place, note.label)
        head.font, head.fill, head.border = Font(bold=True, color="7F7F7F"), GIVEN, LINE
        sheet.column_dimensions[get_column_letter(place)].width = note.width
        for number, text in enumerate(note.texts, start=FIRST_ROW):
            cell = put(sheet, number, place, text)
            cell.fill, cell.border, cell.alignment = GIVEN, LINE, WRAPPED
    blank: Mapping[str, Value] = {}
    for number, row in enumerate(handout.rows or [blank] * BLANK_LINES, start=FIRST_ROW):
        for position, column in enumerate(declared.columns, start=1):
            cell = put(sheet, number, position, row.get(column.name))
            cell.alignment = WRAPPED
            fixed = column.name in declared.prefilled and row is not blank
            cell.number_format = NUMBER_FORMATS[column.type]
            cell.protection = Protection(locked=fixed)
            cell.border = LINE
            if fixed:
                cell.fill = GIVEN
        if row is not blank:
            said = [str(row.get(column.name) or "") for column in declared.columns]
            said += [str(note.texts[number - FIRST_ROW]) for note in handout.notes]
            sheet.row_dimensions[number].height = max(_height(sheet, said, 15), 20)


def _protect(sheet: Worksheet) -> None:
    """Protect what is fixed; rows may still be added, taken out, sorted and formatted."""
    protection = sheet.protection
    protection.sheet = True
    for allowed in (
        "formatCells",
        "formatColumns",
        "formatRows",
        "insertRows",
        "deleteRows",
        "sort",
        "autoFilter",
    ):
        setattr(protection, allowed, False)


def _write_page(sheet: Worksheet, page: Page) -> None:
    for number, row in enumerate(page.rows, start=1):
        for position, text in enumerate(row, start=1):
            cell = put(sheet, number, position, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font, cell.fill = Font(bold=True), HEAD
    for position in range(1, max(map(len, page.rows), default=0) + 1):
        sheet.column_dimensions[get_column_letter(position)].width = 36
    sheet.freeze_panes = "A2"


class _Options:
    """The hidden sheet of drop-down values, all in one column: no row of it looks like a header."""

    def __init__(self, book: Workbook) -> None:
        self._sheet = book.create_sheet(OPTIONS)
        self._next = 1

    def add(self, choices: Sequence[str]) -> str:
        """Write a list of values and return the formula that refers to it."""
        first = self._next
        for choice in choices:
            put(self._sheet, self._next, 1, choice)
            self._next += 1
        return f"'{OPTIONS}'!$A${first}:$A${self._next - 1}"

    def finish(self) -> None:
        """Hide the sheet, and leave it out where nothing refers to it."""
        book = self._sheet.parent
        if self._next == 1:
            book.remove(self._sheet)
        else:
            book.move_sheet(self._sheet, offset=len(book.sheetnames))
            self._sheet.sheet_state = "hidden"
            self._sheet.protection.sheet = True
