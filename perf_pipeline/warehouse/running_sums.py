"""Sums since the year's beginning (累计数) that come in a file each month: no payments."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlalchemy import ColumnElement, bindparam, select

from perf_pipeline.domain.errors import Place
from perf_pipeline.registers.declaration import AmountMeaning
from perf_pipeline.registers.identity import WITHOUT_NUMBER
from perf_pipeline.registers.journals import CUMULATIVE, Runs
from perf_pipeline.warehouse.known import newest_files
from perf_pipeline.warehouse.schema import department, source_file
from perf_pipeline.warehouse.staging import Staging
from perf_pipeline.warehouse.typed import Query

MOST_MONTHS = 2_000  # rows that may be sums of projects by month


def running_on(
    staged: Staging,
    meaning: AmountMeaning,
    of_others: ColumnElement[bool],
    whose: Mapping[str, str | int],
    place: Place,
) -> list[str]:
    """Raise LayoutError where the rows, with those that others have, are such sums; tell of a few.

    Where another file waits as such, fewer months tell: 4月 is no payment where 3月 was none.
    `of_others` holds for the rows of the department's other files, with the parameters `whose`.
    """
    runs, names = Runs(), (meaning.whose, meaning.day, meaning.column)
    target, mine = staged.target, staged.table
    others = (
        select(*(target.c[name] for name in names), source_file.c.path)
        .join(source_file, source_file.c.id == target.c.source_file_id)
        .where(
            of_others,
            target.c[meaning.number].startswith(WITHOUT_NUMBER),
            *(target.c[name].is_(None) for name in meaning.told_by),
        )
    )
    own = select(*(mine.c[name] for name in names))
    found = staged.connection.execute(others.limit(MOST_MONTHS + 1), whose).all()
    if not found or len(found) > MOST_MONTHS:
        return []
    rows = staged.connection.execute(
        own.where(*(mine.c[name].is_(None) for name in meaning.told_by)).limit(MOST_MONTHS + 1)
    ).all()
    if len(rows) != staged.rows:
        return []
    for row in (*found, *rows):
        runs.see(*row[:3])
    first = min(row.path for row in found).rpartition("/")[2]
    known = staged.connection.execute(_waiting(target.name), whose).first() is not None
    return [each.words for each in runs.cumulative(place, f"连同“{first}”等，", known=known)]


@cache
def _waiting(kind: str) -> Query:
    """Select the department's other files that wait as running sums."""
    return (
        select(source_file.c.path)
        .join(department, department.c.id == source_file.c.department_id)
        .where(
            source_file.c.id.in_(newest_files()),
            source_file.c.kind == kind,
            source_file.c.fiscal_year == bindparam("year"),
            source_file.c.path != bindparam("own_path"),
            source_file.c.reason.contains(CUMULATIVE.format("")),
            department.c.code == bindparam("code"),
        )
    )
