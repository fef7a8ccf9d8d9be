"""The month that a file's name speaks of (月报): told, where no row of the file is of it.

Last month's file copied, renamed and handed in unchanged adds nothing, and nobody sees that the
month is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from perf_pipeline.registers.declaration import ColumnType, register
from perf_pipeline.registers.headings import part_of_year
from perf_pipeline.registers.units import with_digits

if TYPE_CHECKING:
    from perf_pipeline.warehouse.inbox import InboxFile
    from perf_pipeline.warehouse.staging import Staging

# 6月 alone: not 1-6月, 5和6月, 6月底, 6月30日 or 6月份止; a dash beside words or a year is no span
_AND = r"\s?[\-－—~～、.,，/&]\s?"
_MONTH = re.compile(
    r"(?<![\d至到和前止])(?<!\d月)(?<!月份)(?<![至到和] )(1[0-2]|0?[1-9])月份?"
    rf"(?![\d底末初止前后至到]|{_AND}\d{{1,2}}(?!\d))"
)
_SPAN_BEFORE = re.compile(rf"(?:(?<!\d)\d\d?|月份?|[底末初]){_AND}$")
_SAID = "文件名说的是{}月，而没有一行的日期在{}月（“{}”在{}至{}）；像是别的月份的文件，核对后重交"


def month_named(path: str) -> int | None:
    """Return the one month that a file's name speaks of; None where it speaks of none or more."""
    name = with_digits(PurePosixPath(path).stem)
    named = [
        int(each[1])
        for each in _MONTH.finditer(name)
        if not _SPAN_BEFORE.search(name, 0, each.start())
    ]
    return named[0] if len(named) == 1 else None


def months_named(path: str) -> set[int]:
    """Return the months, or those of the quarter or half year, that a file's name speaks of."""
    if (month := month_named(path)) is not None:
        return {month}
    part = part_of_year(PurePosixPath(path).stem)
    return set(range(part[1][0], part[1][1] + 1)) if part else set()


def not_of_its_month(staged: Staging, file: InboxFile) -> Iterator[str]:
    """Say that a file is named after a month of which it has no row."""
    from perf_pipeline.warehouse.conflicts import month_of  # of intake

    days = [each for each in register(staged.target.name).columns if each.type is ColumnType.DATE]
    number = month_named(file.relative)
    if not any(each.in_fiscal_year for each in days) or number is None or not staged.rows:
        return
    months = [month_of(staged.table.c[each.name]) for each in days]
    of_it = or_(*(month == f"{file.fiscal_year}-{number:02d}" for month in months))
    if staged.connection.execute(select(staged.table.c.nth).where(of_it).limit(1)).first() is None:
        first, last = staged.connection.execute(
            select(func.min(months[0]), func.max(months[0]))
        ).one()
        yield _SAID.format(number, number, days[0].label, first, last)
