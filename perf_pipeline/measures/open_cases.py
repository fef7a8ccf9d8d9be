"""Cases that wait (在办件) at a checkpoint by age, and what became of such cases before.

For every measure that counts cases in the period in which they are decided. Ages go by quarters of
the limit. A case waits if it came by the checkpoint, was not done by then, and its limit ends in
the year: so it will be decided in it. Earlier ones are those whose limit had passed by the
checkpoint, done or not, so that quick ones do not count more often. What was done after the
checkpoint was not done yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    Table,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.measures.case_limits import known_cases, no_rows
from perf_pipeline.measures.catalogue import MEASURES
from perf_pipeline.measures.conditions import Rows, holds
from perf_pipeline.measures.deadlines import due_on, in_time
from perf_pipeline.registers.declaration import TimeLimit
from perf_pipeline.registers.declaration import register as declaration_of
from perf_pipeline.registers.measure_declaration import MeasureDeclaration as Measure
from perf_pipeline.warehouse.engine import add_days
from perf_pipeline.warehouse.schema import register_tables
from perf_pipeline.warehouse.typed import Query

QUARTERS = 4
BANDS = QUARTERS + 1  # the last is late
_OF_CASES = [each for each in MEASURES if each.decided and not each.of_the_period]
REGISTERS = frozenset(each.of_register for each in _OF_CASES)  # that are read
COUNTED = [f"{name}_{band}" for name in ("waits", "before", "done") for band in range(BANDS)]


@lru_cache(maxsize=8)
def open_by_age(checkpoint: Checkpoint, registers: frozenset[str] | None = None) -> Query:
    """Select how many cases of each measure wait, by age, and of earlier ones what became.

    Of the measures of some registers, or of all.

    Columns: department_id, measure, project_name, and COUNTED: of each band how many wait now, how
    many earlier ones reached that age, and how many of those were then done in time (of the late:
    were done within as many days as are left of the year). The late that wait are not counted here.
    """
    parts = [
        _of_measure(each, checkpoint)
        for each in _OF_CASES
        if registers is None or each.of_register in registers
    ]
    if not parts:
        return no_rows("department_id", "measure", "project_name", *COUNTED)
    found = union_all(*parts).subquery("open_by_age")
    return select(found).order_by(found.c.department_id, found.c.measure, found.c.project_name)


def _of_measure(measure: Measure, checkpoint: Checkpoint) -> Query:
    declared, table = declaration_of(measure.of_register), register_tables[measure.of_register]
    limit = declared.limit(measure.decided or "")
    rows = Rows(declared, table, checkpoint.ends_on)
    apart = "project_name" in table.c and not measure.of_department
    project = cast(table.c.project_name if apart else null(), Text)
    return (
        select(
            table.c.department_id,
            literal(measure.code).label("measure"),
            project.label("project_name"),
            *(
                func.sum(case((holding, 1), else_=0)).label(name)
                for name, holding in zip(COUNTED, _counted(table, limit, checkpoint), strict=True)
            ),
        )
        .where(
            known_cases(rows, limit, checkpoint),
            *(holds(each, rows) for each in measure.where),
        )
        .group_by(table.c.department_id, project)
    )


def _counted(
    table: Table, limit: TimeLimit, checkpoint: Checkpoint
) -> Iterator[ColumnElement[bool]]:
    """Give the conditions of COUNTED."""
    day, year_end = checkpoint.ends_on, date(checkpoint.fiscal_year, 12, 31)
    left = (year_end - day).days
    start, done, due = table.c[limit.counts_from], table.c[limit.done_by], due_on(table, limit)
    reached = [add_days(start, limit.days * band // QUARTERS) for band in range(QUARTERS)]
    waits = and_(or_(done.is_(None), done > day), due >= day, due < year_end)
    for band, since in enumerate(reached):
        older = reached[band + 1] <= day if band + 1 < QUARTERS else false()
        yield and_(waits, since <= day, ~older)
    yield false()
    late = and_(add_days(due, left) <= day, or_(done.is_(None), done > due))
    before = [and_(due < day, or_(done.is_(None), done >= since)) for since in reached]
    yield from (*before, late)
    yield from (and_(each, in_time(table, limit)) for each in before)
    yield and_(late, done <= add_days(due, left))
