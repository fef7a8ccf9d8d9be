"""How one sheet writes amounts and days, where its first rows ask that question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import chain, islice
from pathlib import Path

from perf_pipeline.domain.errors import Place
from perf_pipeline.registers.captions import texts
from perf_pipeline.registers.cells import Cell, CellError, read_cell
from perf_pipeline.registers.declaration import Column, ColumnType, Register
from perf_pipeline.registers.files import OpenedSheet
from perf_pipeline.registers.habits import (
    Habits,
    is_foreign_amount,
    is_short_date,
    is_yearless,
    month_of,
    order_of,
    parts_by_comma,
    plain_date,
    turns_of_year,
)
from perf_pipeline.registers.header import SEARCHED_ROWS, Header
from perf_pipeline.registers.notices import Notice
from perf_pipeline.registers.units import YEAR_DIGITS

_PROBED = 500  # rows by which it is decided whether a whole column must be looked at
_YEAR = re.compile(r"(?<!\d)(?:20\d\d(?!\d)|\d\d(?=年))")  # 2023, 23年


def habits_of(
    sheet: OpenedSheet, header: Header, declared: Register, fiscal_year: int, path: Path
) -> tuple[Habits, list[Notice]]:
    """Return a sheet's habits, and what is told of them.

    Raises LayoutError where its columns do not tell, or say both.
    """

    def column(position: int, most: int | None = None) -> Iterator[Cell]:
        rows = islice(sheet.rows(), header.row + 1, most)
        return (row[position] if position < len(row) else None for row in rows)

    def positions(kind: ColumnType) -> list[int]:
        found = (header.positions.get(c.name) for c in declared.columns if c.type is kind)
        return [at for at in found if at is not None]

    place = Place(path.name, sheet.name)
    comma, order, year, told = None, None, None, []
    amounts = positions(ColumnType.MONEY) + ([] if header.credit is None else [header.credit])
    foreign = any(is_foreign_amount(cell) for at in amounts for cell in column(at, _PROBED))
    if foreign:
        comma = parts_by_comma(chain.from_iterable(map(column, amounts)), place)
    days = positions(ColumnType.DATE)
    short = [at for at in days if any(map(is_short_date, column(at, _PROBED)))]
    if short:
        order = order_of(chain.from_iterable(map(column, short)), place)
        words = "日在前、月在后" if order == "day" else "月在前、日在后"
        told.append(Notice("date_order", f"日期按{words}读取", sheet.name or ""))
    if comma:
        told.append(Notice("decimal_comma", "金额按逗号作小数点读取", sheet.name or ""))
    own = [c.name for c in declared.days if not c.carried_over_until]
    days = [header.positions[name] for name in own if name in header.positions]
    asked = [at for at in days if any(map(is_yearless, column(at, _PROBED)))]
    turned = any(turns_of_year(filter(None, map(month_of, column(at)))) for at in asked)
    if asked and not turned and _may_be_of(fiscal_year, sheet, header, path):
        year = fiscal_year
        words = f"没有写年份的日期按{year}年读，“月底”按当月最后一天读"
        told.append(Notice("yearless_dates", words, sheet.name or ""))
    return Habits(not foreign, comma or False, order, year, comma is False), told


def _may_be_of(year: int, sheet: OpenedSheet, header: Header, path: Path) -> bool:
    """Tell whether a sheet may be of a year: its names and captions do not speak of others."""
    above = chain.from_iterable(map(texts, islice(sheet.rows(), header.row + 1)))
    said = " ".join((*above, sheet.name or "", path.stem)).translate(YEAR_DIGITS)
    years = {int(text) % 100 + 2000 for text in _YEAR.findall(said)}
    return not years or year in years


def holds_rows(sheet: OpenedSheet, declared: Register) -> bool:
    """Tell whether a sheet without a header may go on where another ended: days and numbers."""
    column = next(iter(declared.days), None)
    return column is not None and any(
        any(isinstance(cell, float) for cell in row)
        and any(day_of(cell, column) for cell in row if isinstance(cell, str | date))
        for row in islice(sheet.rows(), SEARCHED_ROWS)
    )


def day_of(cell: Cell, column: Column) -> date | None:
    """Return the day that a cell is, if it is one."""
    try:
        value = read_cell(plain_date(cell, Habits()), column)
    except CellError:
        return None
    return value if isinstance(value, date) else None
