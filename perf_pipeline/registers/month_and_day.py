"""A day that ledgers write in two columns (月、日), under the year or below a title that says it.

A month stands once, above the days that lie in it. Both columns are read as one of days; a line of
a month without a day (本月合计) has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import islice

from perf_pipeline.registers.cells import Cell
from perf_pipeline.registers.files import OpenedSheet, Row
from perf_pipeline.registers.habits import turns_of_year
from perf_pipeline.registers.headings import label_key

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?:年|[.\-/]\d|$)")
_DAY = "日期"


def with_days(sheet: OpenedSheet, searched: int) -> OpenedSheet:
    """Return a sheet whose columns 月 and 日 are one, 日期; any other sheet as it is."""
    head = list(islice(sheet.rows(), searched))
    for number, row in enumerate(head):
        for at, cell in enumerate(row[:-1]):
            if label_key(cell) == "月" and label_key(row[at + 1]) == "日":
                years = _years(head[: number + 1])
                below = islice(sheet.rows(), number + 1, None)
                months = (_number(each[at], "月") for each in below if at + 1 < len(each))
                if len(years) != 1 or turns_of_year(filter(None, months)):
                    return sheet  # whose days lie in another year, too: it waits
                merged = tuple(  # a month that spans days is no day that does; a day is
                    (first, at if column == at + 1 else column, last, right)
                    for first, column, last, right in sheet.merged
                    if column != at
                )
                rows = partial(_joined, sheet, number, at, years.pop())
                return replace(sheet, rows=rows, merged=merged)
    return sheet


def _years(head: Sequence[Row]) -> set[int]:
    said = [str(cell) for row in head for cell in row if isinstance(cell, str | float)]
    return {int(year) for text in said for year in _YEAR.findall(text.removesuffix(".0"))}


def _joined(sheet: OpenedSheet, heading: int, at: int, year: int) -> Iterator[Row]:
    month: int | None = None
    for number, row in enumerate(sheet.rows()):
        if number < heading or at + 1 >= len(row):
            yield row
            continue
        joined = list(row)
        if number == heading:
            joined[at], joined[at + 1] = _DAY, None
        else:
            month = _number(row[at], "月") or month
            day = _number(row[at + 1], "日|号")
            if day is not None and month is not None:
                joined[at], joined[at + 1] = _day(year, month, day), None
            elif _number(row[at], "月") is not None:
                joined[at] = None
        yield joined


def _number(cell: Cell, unit: str) -> int | None:
    text = str(cell).strip().removesuffix(".0") if isinstance(cell, str | int | float) else ""
    found = re.fullmatch(rf"(\d{{1,2}})(?:{unit})?", text)
    return int(found[1]) if found else None


def _day(year: int, month: int, day: int) -> Cell:
    try:
        return date(year, month, day)
    except ValueError:
        return f"{year}-{month}-{day}"
