"""A day that ledgers write in two columns (月、日) or three (年、月、日), as one of days.

A month stands once, above the days that lie in it, and so does a year that has a column of its own.
Without one the title may say it; else the days have none. A line of a month alone (本月合计) has no
day; nor has one whose month (十二) or year is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import islice

from perf_pipeline.registers.cells import Cell
from perf_pipeline.registers.files import OpenedSheet, Row
from perf_pipeline.registers.habits import turns_of_year
from perf_pipeline.registers.header import SEARCHED_ROWS
from perf_pipeline.registers.headings import label_key

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?:年|[.\-/]\d|$)")
_DAY = "日期"


@dataclass(frozen=True)
class _Columns:
    """Where year (None: it has no column), month and day stand below a heading's row."""

    heading: int
    year: int | None
    month: int
    day: int

    @property
    def last(self) -> int:
        """The last of them."""
        return max(self.year or 0, self.month, self.day)


def with_days(sheet: OpenedSheet) -> OpenedSheet:
    """Return a sheet whose columns (年、)月 and 日 are one, 日期; any other sheet as it is.

    A day that neither a column nor the title gives a year is one without a year (3月5日).
    """
    head = list(islice(sheet.rows(), SEARCHED_ROWS))
    columns = next(filter(None, (_columns(number, row) for number, row in enumerate(head))), None)
    if columns is None:
        return sheet
    years = _years(head[: columns.heading + 1]) if columns.year is None else set()
    below = islice(sheet.rows(), columns.heading + 1, None)
    months = (_number(_at(row, columns.month), "月") for row in below)
    if len(years) > 1 or (years and turns_of_year(filter(None, months))):
        return sheet  # whose days lie in another year, too: it waits
    merged = tuple(  # a month that spans days is no day that does; a day is
        (first, columns.month if column == columns.day else column, last, right)
        for first, column, last, right in sheet.merged
        if column != columns.month
    )
    rows = partial(_joined, sheet, columns, next(iter(years), None))
    return replace(sheet, rows=rows, merged=merged)


def _columns(number: int, row: Row) -> _Columns | None:
    at = {
        key: column
        for column, cell in enumerate(row)
        if (key := label_key(cell)) in {"年", "月", "日"}
    }
    if "月" not in at or "日" not in at:
        return None
    return _Columns(number, at.get("年"), at["月"], at["日"])


def _years(head: Sequence[Row]) -> set[int]:
    said = [str(cell) for row in head for cell in row if isinstance(cell, str | float)]
    return {int(year) for text in said for year in _YEAR.findall(text.removesuffix(".0"))}


def _joined(sheet: OpenedSheet, columns: _Columns, of_title: int | None) -> Iterator[Row]:
    year: int | str | None = of_title
    month: int | None = None
    for number, row in enumerate(sheet.rows()):
        if number < columns.heading:
            yield row
            continue
        joined = [*row, *[None] * (columns.last + 1 - len(row))]
        day = _number(joined[columns.day], "日|号")
        # beside a day, what is no year or month is not the last one again
        if columns.year is not None and label_key(cell := joined[columns.year]):
            said = _year(cell) or (year if day is None else str(cell).strip())
            year, month = said, month if said == year else None
        if label_key(cell := joined[columns.month]):
            month = _number(cell, "月") or (month if day is None else None)
        if _columns(number, row) is not None:
            joined[columns.month] = _DAY
        elif day is not None and month is not None:
            joined[columns.month] = _day(year, month, day)
        elif _number(joined[columns.month], "月") is not None:
            joined[columns.month] = None
        else:
            yield row
            continue
        joined[columns.day] = None
        if columns.year is not None:
            joined[columns.year] = None
        yield joined


def _at(row: Row, column: int) -> Cell:
    return row[column] if column < len(row) else None


def _year(cell: Cell) -> int | None:
    found = _YEAR.fullmatch(str(cell).strip().removesuffix(".0"))
    return int(found[1]) if found else None


def _number(cell: Cell, unit: str) -> int | None:
    text = str(cell).strip().removesuffix(".0") if isinstance(cell, str | int | float) else ""
    found = re.fullmatch(rf"(\d{{1,2}})(?:{unit})?", text)
    return int(found[1]) if found else None


def _day(year: int | str | None, month: int, day: int) -> Cell:
    if year is None:
        return f"{month}月{day}日"
    try:
        return date(int(year), month, day)
    except (ValueError, OverflowError):
        return f"{year}-{month}-{day}"
