"""Cases that are overdue at a checkpoint, or fall due before the next one, of all departments.

One select over all registers that declare time limits. A case stands in the register of the year
in which it came in, and in this year's where it was carried over, so last year's registers are
looked at too: what came in December and is still open in spring is overdue in spring. A case that
several years' exports hold is listed as the newest says. Older registers are not looked at: nobody
keeps them any more, so that what they say is open may long be done. A right that lapses (申请复查)
is nobody's duty and is not listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    Engine,
    RowMapping,
    Table,
    Text,
    and_,
    cast,
    false,
    literal,
    null,
    or_,
    select,
    union_all,
)

from perf_pipeline.domain.calendar import AsOf, Checkpoint
from perf_pipeline.domain.errors import Place
from perf_pipeline.domain.time_limits import days_overdue, limit_state
from perf_pipeline.measures.cases import runs_for, told_last
from perf_pipeline.measures.conditions import Rows
from perf_pipeline.measures.deadlines import due_on
from perf_pipeline.measures.measure import files_without
from perf_pipeline.registers.declaration import Register, TimeLimit, load_registers
from perf_pipeline.warehouse.changed import Kind, judge_changed
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import JudgedSnapshot
from perf_pipeline.warehouse.known import current, registers_of
from perf_pipeline.warehouse.schema import case_limit, register_tables, source_file
from perf_pipeline.warehouse.typed import Query
from perf_pipeline.warehouse.whole_table import Judged


def duties(registers: frozenset[str] | None = None) -> Iterator[tuple[Register, TimeLimit]]:
    """Give the limits, of some registers or of all, within which the department must act."""
    for declared in load_registers():
        if registers is not None and declared.name not in registers:
            continue
        for limit in declared.limits:
            if not limit.right:
                yield declared, limit


LIMITS = Kind("limits", files=frozenset(declared.name for declared, _ in duties()))


def compute_case_limits(
    engine: Engine, checkpoint: Checkpoint, until: date
) -> tuple[JudgedSnapshot, ...]:
    """List what is overdue at a checkpoint and what falls due by `until`, for all departments.

    A new version of a department's list is written only where it changed.
    """
    with write_transaction(engine) as connection:

        def judge(seen: Checkpoint) -> Judged:
            query = open_cases(seen.of_some, until, registers_of(connection, seen))
            found = connection.execute(query, seen.whose).mappings()
            rows = [_listed(row, checkpoint, until) for row in found]
            rows.sort(key=lambda row: (row["due_on"], row["register"], row["case_key"]))
            return {case_limit: rows}

        return judge_changed(connection, LIMITS, checkpoint, judge, limits=until)


@lru_cache(maxsize=8)
def open_cases(seen: AsOf, until: date, registers: frozenset[str] | None = None) -> Query:
    """Select the cases, of some registers or all, not done as a day is seen and due by `until`."""
    parts = [_open_by(*duty, seen, until) for duty in duties(registers)]
    if not parts:
        return no_rows("department_id")
    return select(union_all(*parts).subquery("open_case"))


def no_rows(*columns: str) -> Query:
    """Select nothing, of these columns: an installation's registers may have no limits."""
    return select(*(null().label(name) for name in columns)).where(false())


def known_cases(rows: Rows, limit: TimeLimit, seen: AsOf) -> ColumnElement[bool]:
    """Hold for the cases of a register for which a limit has begun to run, as a day sees them.

    A department is left out where a file of it lacks the days that the limit lies between.
    """
    table, start = rows.table, rows.table.c[limit.counts_from]
    assert isinstance(table, Table)
    days = (limit.counts_from, limit.done_by)
    return and_(
        current(table, seen),
        runs_for(rows, limit),
        told_last(table, rows.declared, seen),
        start.is_not(None),
        start <= seen.ends_on,
        table.c.department_id.not_in(files_without(*days, register=rows.declared.name, seen=seen)),
    )


def _open_by(declared: Register, limit: TimeLimit, seen: AsOf, until: date) -> Query:
    """Select the cases of one limit."""
    table, as_of = register_tables[declared.name], seen.ends_on
    start, done = table.c[limit.counts_from], table.c[limit.done_by]
    due = due_on(table, limit)
    town = table.c.town if "town" in table.c else null()
    return (
        select(
            table.c.department_id,
            literal(declared.name).label("register"),
            table.c.row_key.label("case_key"),
            cast(town, Text).label("town"),
            literal(limit.name).label("limit_name"),
            literal(limit.label).label("label"),
            start.label("starts_on"),
            due.label("due_on"),
            done.label("done_on"),
            source_file.c.path,
            table.c.sheet,
            table.c.row_number,
        )
        .join(source_file, source_file.c.id == table.c.source_file_id)
        .where(
            known_cases(Rows(declared, table, as_of), limit, seen),
            table.c.fiscal_year.in_((seen.fiscal_year - 1, seen.fiscal_year)),
            due <= until,
            or_(done.is_(None), done > as_of),
        )
    )


def _listed(row: RowMapping, checkpoint: Checkpoint, until: date) -> dict[str, object]:
    listed = dict(row)
    place = Place(listed.pop("path"), listed.pop("sheet"), listed.pop("row_number"))
    as_of = checkpoint.ends_on
    listed["days_overdue"] = days_overdue(listed["due_on"], as_of)
    done = listed.pop("done_on")
    listed["state"] = str(limit_state(listed["due_on"], done, as_of, until))
    return listed | {"place": str(place)}
