"""How cases flow through their time limits (办件流程): entered, done in time or late, still open.

One select over all registers that declare time limits. A case takes part in the year in which it is
decided, whatever year it came in, so that in time, late and overdue together are the denominator
of the rate in time; what is not decided by the checkpoint waits. What was done after the checkpoint
was not done yet.
"""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    false,
    func,
    literal,
    not_,
    select,
    union_all,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.measures.case_limits import duties, known_cases, no_rows
from perf_pipeline.measures.conditions import Rows
from perf_pipeline.measures.deadlines import decided_on, in_time
from perf_pipeline.registers.declaration import Register, TimeLimit
from perf_pipeline.warehouse.schema import register_tables
from perf_pipeline.warehouse.typed import Query


@lru_cache(maxsize=8)
def case_flow(checkpoint: Checkpoint) -> Query:
    """Select how many cases entered each limit by a checkpoint, and what became of them.

    Columns: department_id, register, limit_name, label, days, entered, in_time, late, overdue,
    waiting; entered is the sum of the four after it. A limit that no case entered gives no row.
    """
    parts = [
        _through(declared, limit, nth, checkpoint) for nth, (declared, limit) in enumerate(duties())
    ]
    if not parts:
        return no_rows("department_id")
    flow = union_all(*parts).subquery("flow")
    return select(flow).order_by(flow.c.department_id, flow.c.nth)


def _through(declared: Register, limit: TimeLimit, nth: int, checkpoint: Checkpoint) -> Query:
    table = register_tables[declared.name]
    done = table.c[limit.done_by]
    decided = decided_on(table, limit)
    decided_by_then = decided <= checkpoint.ends_on
    by_then = and_(done.is_not(None), done <= checkpoint.ends_on)
    timely = in_time(table, limit)
    not_timely = not_(func.coalesce(timely, false()))
    return (
        select(
            table.c.department_id,
            literal(nth).label("nth"),
            literal(declared.name).label("register"),
            literal(limit.name).label("limit_name"),
            literal(limit.label).label("label"),
            literal(limit.days).label("days"),
            func.count().label("entered"),
            _count(and_(by_then, timely)).label("in_time"),
            _count(and_(by_then, decided_by_then, not_timely)).label("late"),
            _count(and_(not_(by_then), decided_by_then)).label("overdue"),
            _count(not_(decided_by_then)).label("waiting"),
        )
        .where(
            known_cases(Rows(declared, table, checkpoint.ends_on), limit, checkpoint),
            decided >= checkpoint.starts_on,
        )
        .group_by(table.c.department_id)
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
