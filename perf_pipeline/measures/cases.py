"""Cases (办件): for which a limit runs, and which year's export tells of each last.

A case counts once, in the period in which it is decided (`deadlines.decided_on`), whatever the
year it came in and however many exports hold it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, exists, extract, true

from perf_pipeline.domain.calendar import AsOf
from perf_pipeline.measures.conditions import Rows, holds
from perf_pipeline.registers.declaration import Register, TimeLimit
from perf_pipeline.warehouse.known import current, known_as_of
from perf_pipeline.warehouse.same import another, same


def runs_for(rows: Rows, limit: TimeLimit) -> ColumnElement[bool]:
    """Hold for the cases that the limit is for: of 申诉求决, not of suggestions."""
    return and_(true(), *(holds(each, rows) for each in limit.where))


def known_cases(rows: Rows, limit: TimeLimit, seen: AsOf) -> ColumnElement[bool]:
    """Hold for the cases of a register for which a limit has begun to run, as a day sees them."""
    table, start = rows.table, rows.table.c[limit.counts_from]
    assert isinstance(table, Table)
    return and_(
        current(table, seen),
        runs_for(rows, limit),
        told_last(table, rows.declared, seen.known_at),
        start.is_not(None),
        start <= seen.ends_on,
    )


def told_last(table: Table, declared: Register, known_at: datetime | None) -> ColumnElement[bool]:
    """Hold for one row a case: that of the newest year's export that tells of it.

    Cases are told apart by department, key and the year in which they came in, since offices
    number their cases anew each year. A register without carried-over cases holds each row once.
    """
    came_in = declared.came_in
    if came_in is None:
        return true()
    later = another(table, f"newer_{declared.name}")
    return ~exists().where(
        same(later, table, "department_id", "row_key"),
        later.c.fiscal_year > table.c.fiscal_year,
        extract("year", later.c[came_in.name]) == extract("year", table.c[came_in.name]),
        known_as_of(later, known_at),
    )
