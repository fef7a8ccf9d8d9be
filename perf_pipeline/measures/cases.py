"""Cases (办件): for which a limit runs, and which year's export tells of each last.

A case counts once, in the period in which it is decided (`deadlines.decided_on`), whatever the
year it came in and however many exports hold it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Table,
    Text,
    and_,
    cast,
    exists,
    extract,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from perf_pipeline.domain.calendar import AsOf
from perf_pipeline.measures.conditions import Rows, holds
from perf_pipeline.registers.declaration import Register, TimeLimit
from perf_pipeline.registers.identity import KEY_MARK
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.known import known_as_of
from perf_pipeline.warehouse.same import another, same
from perf_pipeline.warehouse.schema import source_file

Condition = Callable[[FromClause], ColumnElement[bool]]


def runs_for(rows: Rows, limit: TimeLimit) -> ColumnElement[bool]:
    """Hold for the cases that the limit is for: of 申诉求决, not of suggestions."""
    return and_(true(), *(holds(each, rows) for each in limit.where))


@lru_cache(maxsize=256)
def told_last(table: Table, declared: Register, seen: AsOf) -> ColumnElement[bool]:
    """Hold for one row a case: that of the newest year's export that tells of it.

    Cases are told apart by department, key and the year in which they came in, since offices
    number their cases anew each year. A row that was over before its export's year began
    (`past_key`) counts only where it closes a case that this or last year's exports hold open. A
    register without carried-over cases holds each row once.
    """
    came_in, over = declared.came_in, declared.closed_by
    if came_in is None or over is None:
        return true()
    key, year = table.c.row_key, table.c.fiscal_year
    came = extract("year", table.c[came_in.name])
    is_open = table.c[over].is_(None)
    not_past = or_(is_open, extract("year", table.c[over]) >= year)

    def told(name: str, its_key: ColumnElement[str], *how: Condition) -> ColumnElement[bool]:
        other = another(table, f"{name}_{declared.name}")
        return exists().where(
            same(other, table, "department_id"),
            other.c.row_key == its_key,
            extract("year", other.c[came_in.name]) == came,
            known_as_of(other, seen.known_at, seen.departments),
            *(each(other) for each in how),
        )

    mark = literal(KEY_MARK, Text).concat(cast(came, Text))
    written = func.replace(key, mark, "")
    closes = and_(
        told(
            "open",
            written,
            lambda last: last.c.fiscal_year.in_((year - 1, year)),
            lambda last: last.c[over].is_(None),
        ),
        ~told("reopened", written, lambda later: later.c.fiscal_year > year),
        ~told("told_before", key, lambda before: before.c.fiscal_year < year),
    )
    # a database looks for the other row only where the cheap conditions leave it in doubt
    return and_(
        or_(
            not_(not_past),
            year >= _newest_year(declared, seen),
            ~told("newer", key, lambda later: later.c.fiscal_year > year),
        ),
        or_(
            not_(is_open),
            ~told(
                "closing", key.concat(mark), lambda past: past.c.fiscal_year.in_((year, year + 1))
            ),
        ),
        or_(not_past, closes),
    )


def _newest_year(declared: Register, seen: AsOf) -> ColumnElement[int]:
    """Select the newest year of which a file of the register ever came: later rows are of none."""
    years = select(func.max(source_file.c.fiscal_year)).where(
        source_file.c.kind == declared.name, within(source_file.c.department_id, seen.departments)
    )
    return years.scalar_subquery()
