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
    or_,
    true,
)

from perf_pipeline.domain.calendar import AsOf
from perf_pipeline.measures.conditions import Rows, holds
from perf_pipeline.registers.declaration import Register, TimeLimit
from perf_pipeline.registers.identity import KEY_MARK
from perf_pipeline.warehouse.known import known_as_of
from perf_pipeline.warehouse.same import another, same

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
    # one condition each, which a database joins once: most rows are not past
    return and_(
        ~told("newer", key, lambda later: later.c.fiscal_year > year, lambda _: not_past),
        ~told(
            "closing",
            key.concat(mark),
            lambda past: past.c.fiscal_year.in_((year, year + 1)),
            lambda _: is_open,
        ),
        or_(not_past, closes),
    )
