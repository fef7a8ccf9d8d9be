"""Whether anything came since a department's reports were written, without reading them again.

A report tells what files, judgements, locks and alerts say, as the code words it. Their rows are
added and not changed, so how many there are, and which is the newest, says whether there is
anything new: a few grouped selects for all departments.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict

from sqlalchemy import ColumnElement, Connection, FromClause, case, func, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.language.spoken import language
from perf_pipeline.warehouse.code_digest import code_digest
from perf_pipeline.warehouse.schema import (
    alert,
    department,
    departure,
    item,
    item_event,
    quarter_lock,
    snapshot,
    source_file,
)
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.typed import Expression, Query


def made_from(
    connection: Connection, checkpoint: Checkpoint, *, of_year: bool = False, as_told_by: str = ""
) -> dict[int, str]:
    """Return, for each department, a digest of all that its report of a checkpoint is made from.

    The same digest means the same page, forms and Word report. `of_year` adds what only the page
    of the year tells beyond its last checkpoint: the record of all years' forecasts, and what
    became of items; `as_told_by` says by what form it is told. What is judged at later
    checkpoints does not count.
    """
    found: dict[int, list[str]] = defaultdict(list)
    beyond = [_forecasts(), _items()] if of_year else []
    for query in (*_summed_up(checkpoint), *beyond):
        for row in connection.execute(query):
            found[row.department_id].append(repr(tuple(row)[1:]))
    so_far = connection.execute(_judged_so_far(checkpoint)).all()
    common = repr(
        (checkpoint, code_digest(), language(), as_told_by, [tuple(row) for row in so_far])
    )
    return {
        number: hashlib.sha256("\n".join([common, *lines]).encode()).hexdigest()
        for number, lines in found.items()
    }


def _summed_up(checkpoint: Checkpoint) -> list[Query]:
    """Sum up what there is, a row a department: its name, files, judgements, locks, alerts."""
    file = source_file.c
    names = select(department.c.id.label("department_id"), department.c.code, department.c.name)
    files = select(
        file.department_id,
        *_newest(source_file),
        func.max(file.loaded_at),
        func.sum(file.rows_loaded),
        func.sum(file.rows_quarantined),
        func.sum(case((file.outcome == "withdrawn", 1), else_=0)),
    ).where(file.fiscal_year <= checkpoint.fiscal_year)
    left = select(file.department_id, *_newest(departure)).join(
        source_file, file.id == departure.c.source_file_id
    )
    judged = [_so_far(table, checkpoint) for table in (snapshot, quarter_lock, alert)]
    return [names, *(each.group_by(each.selected_columns[0]) for each in (files, left, *judged))]


def _newest(table: FromClause) -> tuple[Expression, Expression]:
    return func.count(), func.max(table.c.id)


def _so_far(table: FromClause, checkpoint: Checkpoint) -> Query:
    """Sum up a table's rows of the year's checkpoints up to this one; reports tell of the rest."""
    created = func.max(table.c.created_at)
    query = (
        select(table.c.department_id, *_newest(table), created)
        .join(checkpoint_table, checkpoint_table.c.id == table.c.checkpoint_id)
        .where(*_of_year_until(checkpoint))
    )
    return query.where(table.c.kind != "report") if table is snapshot else query


def _forecasts() -> Query:
    """Sum up the forecasts of all years: how good they were is told beside the newest."""
    return (
        select(snapshot.c.department_id, *_newest(snapshot), func.max(snapshot.c.created_at))
        .where(snapshot.c.kind == "outlook")
        .group_by(snapshot.c.department_id)
    )


def _items() -> Query:
    """Sum up the items (整改事项) and what became of them."""
    return (
        select(item.c.department_id, *_newest(item_event), func.max(item_event.c.happened_at))
        .join(item_event, item_event.c.item_id == item.c.id)
        .group_by(item.c.department_id)
    )


def _judged_so_far(checkpoint: Checkpoint) -> Query:
    """Select the checkpoints so far, and whether several departments were judged at them."""
    several = func.count(snapshot.c.department_id.distinct()) > 1
    return (
        select(checkpoint_table.c.name, checkpoint_table.c.label, several)
        .join(snapshot, snapshot.c.checkpoint_id == checkpoint_table.c.id)
        .where(*_of_year_until(checkpoint))
        .group_by(checkpoint_table.c.name, checkpoint_table.c.label, checkpoint_table.c.ordinal)
        .order_by(checkpoint_table.c.ordinal)
    )


def _of_year_until(checkpoint: Checkpoint) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    of = checkpoint_table.c
    return of.fiscal_year == checkpoint.fiscal_year, of.ordinal <= checkpoint.ordinal
