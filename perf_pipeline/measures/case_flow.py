"""How cases flow through their time limits (办件流程): entered, done in time or late, still open.

One select over all registers that declare time limits. What is done after the checkpoint was not
done yet; what was due before it and is not done is overdue, as in the list of `case_limits`. Cases
of last year take part while they are open in this one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, union_all

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.measures.case_limits import duties
from perf_pipeline.registers.declaration import Register, TimeLimit
from perf_pipeline.warehouse.engine import add_days
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.schema import register_tables


def case_flow(checkpoint: Checkpoint, departments: Collection[int]) -> Select[Any]:
    """Select how many cases entered each limit by a checkpoint, and what became of them.

    Columns: department_id, register, limit_name, label, days, entered, in_time, late, overdue,
    waiting; entered is the sum of the four after it. A limit that no case entered gives no row.
    """
    parts = [
        _through(declared, limit, nth, checkpoint, departments)
        for nth, (declared, limit) in enumerate(duties())
    ]
    flow = union_all(*parts).subquery("flow")
    return select(flow).order_by(flow.c.department_id, flow.c.nth)


def _through(
    declared: Register,
    limit: TimeLimit,
    nth: int,
    checkpoint: Checkpoint,
    departments: Collection[int],
) -> Select[Any]:
    table = register_tables[declared.name]
    start, done = table.c[limit.counts_from], table.c[limit.done_by]
    extended = func.coalesce(table.c[limit.extended_by], 0) if limit.extended_by else literal(0)
    due = add_days(start, extended + limit.days)
    by_then = and_(done.is_not(None), done <= checkpoint.ends_on)
    not_before_this_year = or_(done.is_(None), done >= checkpoint.starts_on)
    not_yet = or_(done.is_(None), done > checkpoint.ends_on)
    return (
        select(
            table.c.department_id,
            literal(nth).label("nth"),
            literal(declared.name).label("register"),
            literal(limit.name).label("limit_name"),
            literal(limit.label).label("label"),
            literal(limit.days).label("days"),
            func.count().label("entered"),
            _count(and_(by_then, done <= due)).label("in_time"),
            _count(and_(by_then, done > due)).label("late"),
            _count(and_(not_yet, due < checkpoint.ends_on)).label("overdue"),
            _count(and_(not_yet, due >= checkpoint.ends_on)).label("waiting"),
        )
        .where(
            current(table, checkpoint),
            table.c.fiscal_year.in_((checkpoint.fiscal_year - 1, checkpoint.fiscal_year)),
            or_(not_before_this_year, table.c.fiscal_year == checkpoint.fiscal_year),
            table.c.department_id.in_(departments),
            start.is_not(None),
            start <= checkpoint.ends_on,
        )
        .group_by(table.c.department_id)
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
