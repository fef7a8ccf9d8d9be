"""Cases (办件): for which a limit runs, and which year's export tells of each last.

A case counts once, in the period in which it is decided (`deadlines.decided_on`), whatever the
year it came in and however many exports hold it.
"""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import ColumnElement, Table, and_, exists, extract, true

from perf_pipeline.domain.calendar import AsOf
from perf_pipeline.measures.conditions import Rows, holds
from perf_pipeline.registers.declaration import Register, TimeLimit
from perf_pipeline.warehouse.known import known_as_of
from perf_pipeline.warehouse.same import another, same


def runs_for(rows: Rows, limit: TimeLimit) -> ColumnElement[bool]:
    """Hold for the cases that the limit is for: of 申诉求决, not of suggestions."""
    return and_(true(), *(holds(each, rows) for each in limit.where))


@lru_cache(maxsize=256)
def told_last(table: Table, declared: Register, seen: AsOf) -> ColumnElement[bool]:
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
        known_as_of(later, seen.known_at, seen.departments),
    )
