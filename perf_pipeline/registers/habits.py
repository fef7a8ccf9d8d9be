"""How a file writes numbers and dates: 1.234,56 or 1,234.56, 3/4/2024 of April or of March.

One cell does not tell; the column as a whole does, or nobody knows and the file is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from perf_pipeline.domain.calendar import month_end
from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.cells import Cell

_GAP = r"[\s\u00a0\u202f\u2009'’]"
_SIGN = r"[-+(（]?[¥￥€]?\s?"
_END = r"[)）]?"
_BLANKS = re.compile(_GAP)
_PARTED = re.compile(rf"{_SIGN}\d{{1,3}}(?:{_GAP}\d{{3}})+(?:[.,]\d{{1,2}})?{_END}")
_GROUPS = r"[1-9]\d{0,2}(?:\.\d{3})+"  # no thousands begin with nought: 0.386 has decimals
_COMMA = re.compile(rf"{_SIGN}(?:\d+,\d{{1,2}}|0,\d+|{_GROUPS}(?:,\d{{1,2}})?){_END}")
_POINT = re.compile(
    rf"{_SIGN}(?:\d{{1,3}}(?:,\d{{3}})+\.\d+|\d+\.(?:\d{{1,2}}|\d{{4,}})|0\.\d+){_END}"
)
# 1.234: a thousand, or a number of three decimals
_THREE = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}\.\d{{3}}{_END}")
_DAY_FIRST = re.compile(
    r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"
)
_SHORT_YEAR = re.compile(r"(\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?")
_IN_YEAR = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})[日号]|[底末])")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-\s./]*([A-Za-z]{3,9})[-\s./,]*(\d{4})")
_NAMED_FIRST = re.compile(r"([A-Za-z]{3,9})[-\s.]*(\d{1,2})(?:st|nd|rd|th)?[-\s,.]*(\d{4})")


class Order(StrEnum):
    """Which of day and month a column's dates begin with."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True)
class Habits:
    """How a sheet is written: `comma` where it parts decimals, `order` of day and month.

    `plain` says that amounts are written with a point at most, as they nearly always are; `point`
    that an amount shows a point before decimals, so that 5.914 beside it has three; `year`
    is the one of dates that are written without any, `near` those of dates that write two digits.
    """

    plain: bool = True
    comma: bool = False
    order: Order | None = None
    year: int | None = None
    point: bool = False
    near: tuple[int, ...] = ()


def is_foreign_amount(cell: Cell) -> bool:
    """Tell whether a cell may be an amount that does not part its decimals by a point."""
    if not isinstance(cell, str):
        return False
    text = cell.strip()
    return bool(_COMMA.fullmatch(text) or _PARTED.fullmatch(text))


def is_short_date(cell: Cell) -> bool:
    """Tell whether a cell is a date that begins with day or month: 3/4/2024."""
    return isinstance(cell, str) and _DAY_FIRST.fullmatch(cell.strip()) is not None


def is_yearless(cell: Cell) -> bool:
    """Tell whether a cell is a day without its year, or the end of a month: 3月5日, 3月底."""
    found = _IN_YEAR.fullmatch(cell.strip()) if isinstance(cell, str) else None
    return found is not None and not (found[1] and found[3])


def turns_of_year(months: Iterable[int]) -> bool:
    """Tell whether months in the order of a sheet go over a year's end: 12, 1.

    A sheet may also hold project after project, each from January on: then no end tells.
    """
    runs: list[list[int]] = [[]]
    for month in months:
        if runs[-1] and month <= runs[-1][-1] - 6:
            runs.append([])
        runs[-1].append(month)
    if len(runs) == 1:
        return False
    return runs[0][0] >= 9 or runs[-1][-1] <= 3


def month_of(cell: Cell) -> int | None:
    """Return the month of a day without its year; None of any other cell."""
    found = _IN_YEAR.fullmatch(cell.strip()) if isinstance(cell, str) else None
    return int(found[2]) if found is not None and not found[1] else None


def parts_by_comma(cells: Iterable[Cell], place: Place) -> bool | None:
    """Tell whether a column's amounts part decimals by a comma or (False) a point; None by neither.

    Raises LayoutError where some do the one and some the other, or nobody can tell.
    """
    comma = point = unsure = None
    for cell in cells:
        if isinstance(cell, float) or not isinstance(cell, str):
            continue
        text = _BLANKS.sub("", cell.strip())
        if _THREE.fullmatch(text):
            unsure = unsure or cell
        elif _COMMA.fullmatch(text):
            comma = comma or cell
        elif _POINT.fullmatch(text):
            point = point or cell
    if comma and point:
        raise LayoutError(
            f"金额有的用逗号作小数点（{comma}），有的用句点（{point}），不知按哪种读；请统一后重交",
            place,
        )
    if unsure and not comma and not point:
        raise LayoutError(f"看不出“{unsure}”里的句点是小数点还是千分位；请统一后重交", place)
    return bool(comma) if comma or point else None


def order_of(cells: Iterable[Cell], place: Place) -> Order:
    """Tell which comes first in a column's short dates, day or month.

    Raises LayoutError where some say day and some month, or where none tells; also where a
    spreadsheet seems to have read the others already, in its own order: all text that is left has
    a day beyond the twelfth, and no date cell has.
    """
    day = month = unsure = None
    read_early = late = False
    for cell in cells:
        if isinstance(cell, date):
            read_early, late = read_early or cell.day <= 12, late or cell.day > 12
        found = _DAY_FIRST.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if found is None:
            continue
        first, second = int(found[1]), int(found[2])
        if first > 12:
            day = day or cell
        elif second > 12:
            month = month or cell
        elif first != second:
            unsure = unsure or cell
    if day and month:
        raise LayoutError(
            f"日期有的是日在前（{day}），有的是月在前（{month}），不知按哪种读；"
            "请统一成 2024-03-05 这样的写法后重交",
            place,
        )
    if day is None and month is None and unsure is not None:
        raise LayoutError(
            f"看不出“{unsure}”是日在前还是月在前；请改成 2024-03-05 这样的写法后重交", place
        )
    if (day or month) and unsure is None and read_early and not late:
        raise LayoutError(
            f"“{day or month}”等是文字，其余日期是日期格；后者的日和月可能已被表格软件读反，"
            "请核对后统一成 2024-03-05 这样的写法重交",
            place,
        )
    return Order.MONTH if month else Order.DAY


def plain_amount(cell: Cell, habits: Habits) -> Cell:
    """Write an amount with a point for its decimals and nothing between its thousands."""
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    if habits.comma and (_COMMA.fullmatch(_BLANKS.sub("", text)) or "," in text):
        return _BLANKS.sub("", text).replace(".", "").replace(",", ".")
    if habits.point and _THREE.fullmatch(text):
        return re.sub(r"\.\d{3}", r"\g<0>0", text)
    if habits.comma and _THREE.fullmatch(text):
        return text.replace(".", "")
    return _BLANKS.sub("", text) if _PARTED.fullmatch(text) else cell


def per_cent(cell: Cell) -> Cell:
    """Write the number under a heading that says per cent with its sign: 95 is 95%.

    0.95 may be either: it stays a bare number, which is told where it matters.
    """
    text = str(cell).strip() if isinstance(cell, str | int | float) else ""
    if isinstance(cell, bool) or not re.fullmatch(r"\d{1,6}(?:\.\d{1,15})?", text):
        return cell
    bare = text.removesuffix(".0")
    return f"{bare}%" if float(bare) > 1 or float(bare) == 0 else cell


def plain_date(cell: Cell, habits: Habits) -> Cell:
    """Return a short or an English date as a date; any other cell as it is."""
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    if (found := _DAY_FIRST.fullmatch(text)) and habits.order is not None:
        first, second = int(found[1]), int(found[2])
        day, month = (first, second) if habits.order is Order.DAY else (second, first)
        return a_day(int(found[3]), month, day) or cell
    if habits.year and (found := _IN_YEAR.fullmatch(text)):
        year, month = int(found[1] or habits.year), int(found[2])
        last = month_end(year, month).day if 1 <= month <= 12 else 0
        return a_day(year, month, int(found[3] or last)) or cell
    if found := _SHORT_YEAR.fullmatch(text):
        return _of_short_year(int(found[1]), int(found[2]), int(found[3]), habits.near) or cell
    if found := _NAMED.fullmatch(text):
        return _named(found[3], found[2], found[1]) or cell
    if found := _NAMED_FIRST.fullmatch(text):
        return _named(found[3], found[1], found[2]) or cell
    return cell


def _of_short_year(first: int, month: int, last: int, near: tuple[int, ...]) -> date | None:
    """Return 24.3.5 as a day of 2024, unless it may as well be one of a year that stands last."""
    year, other = ({each % 100: each for each in near}.get(digits) for digits in (first, last))
    day = a_day(year, month, last) if year else None
    return None if other and a_day(other, month, first) not in (None, day) else day


def _named(year: str, month: str, day: str) -> date | None:
    name = month.lower()[:3]
    return a_day(int(year), MONTHS.index(name) + 1, int(day)) if name in MONTHS else None


def a_day(year: int, month: int, day: int) -> date | None:
    """Return a day of the calendar; None where it has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
