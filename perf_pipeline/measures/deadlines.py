"""Time limits of cases (办理期限) in the database's words: last days, in time or not, decided when.

The last day of a limit is still in time, so that a limit has passed on the day after.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, Date, FromClause, case, func, literal, type_coerce

from perf_pipeline.registers.declaration import TimeLimit
from perf_pipeline.warehouse.engine import add_days


def due_on(table: FromClause, limit: TimeLimit) -> ColumnElement[date]:
    """Return the last day on which a case may be done in time; null where no clock runs yet."""
    return _after(table, limit, limit.days)


def in_time(table: FromClause, limit: TimeLimit) -> ColumnElement[bool]:
    """Hold for cases that were done within the limit."""
    return table.c[limit.done_by] <= due_on(table, limit)


def decided_on(table: FromClause, limit: TimeLimit) -> ColumnElement[date]:
    """Return the day on which a case was or will be decided: done, or its limit passed."""
    passed = _after(table, limit, limit.days + 1)
    done = table.c[limit.done_by]
    return type_coerce(case((in_time(table, limit), done), else_=passed), Date)


@lru_cache(maxsize=256)
def _after(table: FromClause, limit: TimeLimit, days: int) -> ColumnElement[date]:
    granted = table.c[limit.extended_by] if limit.extended_by else literal(0)
    return add_days(table.c[limit.counts_from], func.coalesce(granted, 0) + days)
