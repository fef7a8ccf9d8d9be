"""A template is a register's file from the start: what is filled in is read back exactly."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.declaration import Column, ColumnType, Register, load_registers
from perf_pipeline.registers.template import FIRST_ROW, HEADER_ROW, Handout, template_workbook
from tests.read_register import read_register

PROJECTS = ("雪亮工程", "综治, 重点", "=项目")
REGISTERS = load_registers()
every_register = pytest.mark.parametrize("declared", REGISTERS, ids=lambda each: each.name)


def handout(declared: Register) -> Handout:
    choices = {column.name: PROJECTS for column in declared.columns if column.known_project}
    return Handout("高新区政法委", 2024, choices)


def template(declared: Register, folder: Path) -> Path:
    path = folder / f"{declared.label}.xlsx"
    template_workbook(declared, handout(declared)).save(path)
    return path


def a_value(declared: Register, column: Column, row: int) -> Value:
    """A value that the rules allow: dates in the order of columns, parts smaller than wholes."""
    position = [each.name for each in declared.columns].index(column.name)
    part = any(r.kind == "at_most" and r.column == column.name for r in declared.rules)
    match column.type:
        case ColumnType.TEXT if column.known_project:
            return PROJECTS[row % 3]
        case ColumnType.TEXT:
            return ("000123", "=SUM(A1)", "２０２４ 年　记-0", "12345678901234567890")[
                row % 4
            ] + str(row)
        case ColumnType.COUNT:
            return 3 if part else max(column.lowest or 0, min(9, column.maximum or 9))
        case ColumnType.MONEY:
            sign = -1 if column.lowest is None and row % 3 == 0 else 1
            return sign * (100 if part else 123456789 + row)
        case ColumnType.DATE:
            return date(2024, 2, 1 + position)
        case ColumnType.YES_NO:
            return row % 2 == 0
        case ColumnType.CHOICE:
            return column.choices[row % len(column.choices)]


def as_typed_in(value: Value, column: Column) -> str | int | float | datetime | None:
    """What a person's typing leaves in the cell: numbers as numbers, dates as dates."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if column.type is ColumnType.MONEY and isinstance(value, int):
        return float(Decimal(value) / (1_000_000 if column.unit == "万元" else 100))
    return value


def fill(path: Path, declared: Register, rows: list[dict[str, Value]]) -> None:
    book = load_workbook(path)
    sheet = book[declared.label]
    for number, row in enumerate(rows, start=FIRST_ROW):
        for position, column in enumerate(declared.columns, start=1):
            cell = sheet.cell(number, position)
            cell.value = as_typed_in(row[column.name], column)
            if isinstance(row[column.name], str):
                cell.data_type = "s"
    book.save(path)


@every_register
def test_a_filled_template_is_read_back_exactly(declared: Register, tmp_path: Path) -> None:
    path = template(declared, tmp_path)
    rows = [
        {column.name: a_value(declared, column, number) for column in declared.columns}
        for number in range(40)
    ]
    for number, row in enumerate(rows):
        for rule in declared.rules:
            if rule.kind == "adds_up":
                row[str(rule.third)] = int(row[rule.column] or 0) - int(row[rule.other] or 0)  # type: ignore[arg-type]
            if rule.kind == "agrees":
                row[rule.column] = str(row[rule.other])
        for name in declared.key[:1]:
            if (
                declared.column(name).type is ColumnType.TEXT
                and not declared.column(name).known_project
            ):
                row[name] = f"{number:04d}"
    rows = list({tuple(map(str, (row[k] for k in declared.key))): row for row in rows}.values())
    fill(path, declared, rows)
    reading = read_register(path, declared, fiscal_year=2024, known_projects=PROJECTS)
    assert reading.quarantined == []
    assert [row.values for row in reading.rows] == rows
    assert (reading.notice, reading.ignored_columns) == (None, ())


@every_register
def test_nothing_of_an_empty_template_is_taken_for_data(declared: Register, tmp_path: Path) -> None:
    path = template(declared, tmp_path)
    reading = read_register(path, declared, fiscal_year=2024, known_projects=PROJECTS)
    assert (reading.rows, reading.quarantined, reading.notice) == ([], [], None)


def sheet_of(declared: Register, folder: Path) -> Worksheet:
    return load_workbook(template(declared, folder))[declared.label]


@every_register
def test_header_is_frozen_and_fixed_and_what_is_to_be_filled_is_not(
    declared: Register, tmp_path: Path
) -> None:
    sheet = sheet_of(declared, tmp_path)
    assert sheet.freeze_panes == f"A{FIRST_ROW}"
    assert sheet.protection.sheet is True
    assert sheet.protection.password is None
    for position in range(1, len(declared.columns) + 1):
        assert sheet.cell(HEADER_ROW, position).protection.locked
        assert not sheet.cell(FIRST_ROW, position).protection.locked


@every_register
def test_text_columns_are_formatted_as_text_so_that_numbers_keep_their_noughts(
    declared: Register, tmp_path: Path
) -> None:
    sheet = sheet_of(declared, tmp_path)
    for position, column in enumerate(declared.columns, start=1):
        if column.type is ColumnType.TEXT:
            assert sheet.cell(FIRST_ROW, position).number_format == "@"


@every_register
def test_every_column_is_as_wide_as_what_stands_in_it(declared: Register, tmp_path: Path) -> None:
    sheet = sheet_of(declared, tmp_path)
    for position, column in enumerate(declared.columns, start=1):
        letter = sheet.cell(HEADER_ROW, position).column_letter
        longest = max(len(text) for text in (column.label, *column.choices))
        assert sheet.column_dimensions[letter].width >= min(64, 2 * longest)


@every_register
def test_cells_are_checked_as_the_declaration_says(declared: Register, tmp_path: Path) -> None:
    book = load_workbook(template(declared, tmp_path))
    sheet = book[declared.label]
    checks = {
        str(check.sqref).partition(":")[0].rstrip("0123456789"): check
        for check in sheet.data_validations.dataValidation
    }
    for position, column in enumerate(declared.columns, start=1):
        check = checks[sheet.cell(HEADER_ROW, position).column_letter]
        assert len(check.prompt) <= 255
        assert column.description[:20] in check.prompt
        if column.choices or column.known_project:
            assert check.type == "list"
            first, last = (part.lstrip("A$") for part in check.formula1.split("!$")[1].split(":$"))
            options = book["选项"]
            listed = [options.cell(n, 1).value for n in range(int(first), int(last) + 1)]
            assert listed == [*(column.choices or PROJECTS)]
        elif column.in_fiscal_year:
            first_day = "DATE(1990,1,1)" if column.carried_over_until else "DATE(2024,1,1)"
            assert (check.formula1, check.formula2) == (first_day, "DATE(2024,12,31)")
        else:
            expected = {
                ColumnType.TEXT: "textLength",
                ColumnType.COUNT: "whole",
                ColumnType.MONEY: "decimal",
                ColumnType.DATE: "date",
                ColumnType.YES_NO: "list",
            }
            assert check.type == expected[column.type]


@every_register
def test_the_instructions_name_every_column_and_the_options_are_out_of_sight(
    declared: Register, tmp_path: Path
) -> None:
    book = load_workbook(template(declared, tmp_path))
    said = {cell.value for row in book["填报说明"] for cell in row}
    assert {column.label for column in declared.columns} <= said
    assert {"用途", "怎么填", "各列", "常见错误"} <= said
    assert book.active is book[declared.label]
    if "选项" in book.sheetnames:
        assert book["选项"].sheet_state == "hidden"
