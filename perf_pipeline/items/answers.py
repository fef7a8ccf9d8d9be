"""Reading answers (处置和整改): rows of 整改台账, and reasons that were handed in (偏差原因说明).

Every version of a row is kept, with the day on which it came and the day on which a later one took
its place. A reason that a department hands in of itself is an answer too: to go on (继续执行).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, func, select, union

from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.items.facts import Answer, Choice, Promise
from perf_pipeline.items.kind import ItemKind
from perf_pipeline.items.points import Cause, Point
from perf_pipeline.monitoring.results import IndicatorOf
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.answered_items import named_otherwise
from perf_pipeline.warehouse.engine import as_utc
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.known_people import as_told
from perf_pipeline.warehouse.schema import SPENDING, register_tables, source_file
from perf_pipeline.warehouse.typed import Query, StoredRow

LEDGER = "rectification"  # 整改台账
REASONS = "deviation_reason"  # 偏差原因说明
DOCUMENTED = ("budget_adjustment", "target_revision")  # registers that name approved documents


@dataclass(frozen=True)
class Reason:
    """A reason handed in of its own accord: what it explains, and the answer that it is."""

    as_of: date
    answer: Answer


def local_day(moment: datetime) -> date:
    """Return the day of a stored moment where people are."""
    return as_utc(moment).astimezone(LOCAL).date()


def read_answers(
    connection: Connection, fiscal_year: int, departments: Collection[int]
) -> Mapping[tuple[int, int], list[Answer]]:
    """Read all answers of a year by department and item number, oldest first.

    Promises are as written: what became of them is not known here. A row with another item's words
    beside its number answers neither.
    """
    documents = _documents(connection, fiscal_year, departments)
    found: dict[tuple[int, int], list[Answer]] = defaultdict(list)
    made: dict[tuple[int, int, str, date], date | None] = {}  # when it was first promised
    rows = connection.execute(_versions(LEDGER, fiscal_year, departments)).all()
    told = _told(connection, rows)
    misplaced = {row.id for row, _, other in named_otherwise(connection, rows) if other is not None}
    for row in rows:
        if row.id in misplaced:
            continue
        document = (row.department_id, row.document)
        promise = _promise_of(row, local_day(row.came_at))
        if promise is not None:
            same = (row.department_id, row.item_no, promise.words, promise.by)
            promise = replace(promise, made_on=made.setdefault(same, promise.made_on))
        answer = Answer(
            local_day(row.came_at),
            Choice(row.choice),
            row.category,
            told[row.id, "words"] or "",
            row.person,
            told[row.id, "measures"],
            row.document,
            documented=document in documents,
            promise=promise,
            replaced_on=local_day(row.left_at) if row.left_at else None,
        )
        found[row.department_id, row.item_no].append(answer)
    return found


def read_reasons(
    connection: Connection,
    fiscal_year: int,
    departments: Collection[int],
    points: Mapping[Cause, Sequence[Point]],
) -> Mapping[Cause, list[Reason]]:
    """Read the reasons handed in for projects and indicators, by what they are about."""
    rows = connection.execute(_versions(REASONS, fiscal_year, departments)).all()
    if not rows:
        return {}
    causes, told = _causes(points), _told(connection, rows)
    found: dict[Cause, list[Reason]] = defaultdict(list)
    for row in rows:
        for cause in causes.get(_named(row), ()):
            replaced = local_day(row.left_at) if row.left_at else None
            answer = Answer(
                local_day(row.came_at),
                Choice.CONTINUE,
                row.category,
                told[row.id, "words"] or "",
                row.reporter,
                told[row.id, "measures"],
                promise=_promise_in(
                    row.fiscal_year, local_day(row.came_at), row.measures, row.words
                ),
                replaced_on=replaced,
                volunteered=True,
            )
            found[cause].append(Reason(row.as_of, answer))
    return found


def _told(
    connection: Connection, rows: Sequence[StoredRow]
) -> Mapping[tuple[int, str], str | None]:
    """Return what rows say in words, by row number and column, so that it names nobody."""
    cells = [(row, name) for row in rows for name in ("words", "measures")]
    said = as_told(connection, ((row.department_id, row._mapping[name]) for row, name in cells))
    return {(row.id, name): text for (row, name), text in zip(cells, said, strict=True)}


def _promise_of(row: StoredRow, made_on: date) -> Promise | None:
    """Return the promise of a row of 整改台账: that of its columns, else one in its measures."""
    if row.promise_by:
        return Promise(row.promise_value, row.promise_by, None, made_on=made_on)
    return _promise_in(row.fiscal_year, made_on, row.measures, row.words)


def _promise_in(fiscal_year: int, made_on: date, *texts: str | None) -> Promise | None:
    """Return the one promise with a day that texts hold; a day that is over promises nothing."""
    if not any(texts):
        return None
    from perf_pipeline.items.promise_words import promise_in  # with it all words of targets

    found = [said for text in texts if text and (said := promise_in(text, fiscal_year))]
    if len(set(found)) != 1 or found[0][1] < made_on or found[0][1].year != fiscal_year:
        return None
    return Promise(*found[0], None, made_on=made_on, quoted=True)


def _versions(name: str, fiscal_year: int, departments: Collection[int]) -> Query:
    """Select all versions of a register's rows, with when each came and when it left."""
    table = register_tables[name]
    brought, took = source_file.alias("brought"), source_file.alias("took")
    by = func.coalesce(table.c.restored_by_id, table.c.source_file_id)
    return (
        select(table, brought.c.loaded_at.label("came_at"), took.c.loaded_at.label("left_at"))
        .join(brought, brought.c.id == by)
        .outerjoin(took, took.c.id == table.c.closed_by_id)
        .where(table.c.fiscal_year == fiscal_year, among(table.c.department_id, departments))
        .order_by(table.c.id)
    )


def _documents(
    connection: Connection, fiscal_year: int, departments: Collection[int]
) -> set[tuple[int, str]]:
    tables = [register_tables[name] for name in DOCUMENTED]
    query = union(
        *(
            select(each.c.department_id, each.c.document_no).where(
                each.c.fiscal_year == fiscal_year,
                among(each.c.department_id, departments),
                current(each),
            )
            for each in tables
        )
    )
    return {(row.department_id, row.document_no) for row in connection.execute(query)}


Named = tuple[int, str, str, str]  # department, project, line of work, name


def _named(row: StoredRow) -> Named:
    return row.department_id, row.project_name or "", row.section or "", row.indicator_name


def _causes(points: Mapping[Cause, Sequence[Point]]) -> Mapping[Named, list[Cause]]:
    """Return what a reason's names are of; one without a line of work is of any of that name."""
    found: dict[Named, list[Cause]] = defaultdict(list)
    for cause, some in points.items():
        department, kind, key = cause
        row = some[-1].row
        if kind == ItemKind.PROJECT:
            found[department, key, "", SPENDING].append(cause)
        elif isinstance(row, IndicatorOf):
            project = row.project_name or ""
            for section in {row.section or "", ""}:
                found[department, project, section, row.name].append(cause)
    return found
