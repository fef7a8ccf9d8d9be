"""Why a figure changed: the source rows and revisions that came or went between two moments.

A measure's rows as known at one moment are set against its rows as known at the other, in the
database; what stands on one side only is what moved the figure. Rows that do not count but are
read by the judgement (targets, budgets, plans, the map, reported values) are told the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import attrgetter

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Table,
    and_,
    cast,
    except_,
    literal,
    select,
    true,
    union_all,
)

from perf_pipeline.domain.calendar import EARLIER, NAMED_LATER, Checkpoint
from perf_pipeline.domain.grouped import grouped
from perf_pipeline.measures.catalogue import REPORTED, known_codes, measure
from perf_pipeline.measures.declared_rows import judged_rows
from perf_pipeline.monitoring.cause import Cause, Side, cause_of, place
from perf_pipeline.monitoring.comparison import Change, Kind, Row, compare
from perf_pipeline.monitoring.counted import write_counted
from perf_pipeline.monitoring.evidence import EVIDENCE, Evidence, Key
from perf_pipeline.monitoring.moved_rows import where_rows_went
from perf_pipeline.monitoring.results import Part
from perf_pipeline.registers.measure_declaration import Kind as MeasureKind
from perf_pipeline.warehouse.among import among, sought
from perf_pipeline.warehouse.known import known_as_of
from perf_pipeline.warehouse.known_people import as_told
from perf_pipeline.warehouse.same import another
from perf_pipeline.warehouse.schema import register_tables, source_file
from perf_pipeline.warehouse.typed import Expression, Query, StoredRow


@dataclass(frozen=True)
class Restated:
    """A figure that changed, the rows that made it change, and whether they account for it."""

    change: Change
    causes: tuple[Cause, ...]
    explained: bool


def restate(
    connection: Connection,
    checkpoint: Checkpoint,
    sides: Mapping[Part, tuple[Iterable[Row], Iterable[Row]]],
    moments: Mapping[int, tuple[datetime, datetime | None]],
) -> list[Restated]:
    """Set the two sides of each part side by side, and find why figures changed.

    `moments` are what each department's sides were made at, None is the present: causes are looked
    for once for each two moments, whatever departments.
    """
    changes = [each for part in Part for each in compare(connection, part, *sides[part])]
    return [
        Restated(change, because, explains(change, because))
        for between, some in grouped(changes, lambda each: moments[each.department_id]).items()
        for change, because in zip(
            some, find_causes(connection, some, checkpoint, *between), strict=True
        )
    ]


def find_causes(
    connection: Connection,
    changes: Sequence[Change],
    checkpoint: Checkpoint,
    before: datetime | None,
    after: datetime | None,
) -> list[tuple[Cause, ...]]:
    """Return, for each change, the rows that differ between two moments and feed its figure.

    A handful of selects for all changes of all departments. None is the present.
    """
    if not changes:
        return []
    then, now = checkpoint.as_known(before), checkpoint.as_known(after)
    departments = sorted({change.department_id for change in changes})
    counted = _counted(connection, changes, then, now, departments)
    told = [
        (evidence, _revised(connection, evidence, then, now, departments)) for evidence in EVIDENCE
    ]
    found = []
    for change in changes:
        causes = [
            cause for code in sorted(change.measures) for cause in _feeding(counted, change, code)
        ]
        for evidence, revisions in told:
            for key in evidence.concerns(change):
                causes += revisions.get((change.department_id, key), ())
        found.append(tuple(dict.fromkeys(causes)))
    return found


def explains(change: Change, causes: Iterable[Cause]) -> bool:
    """Tell whether the causes account for the change: their sums, where the figure is a sum."""
    causes = tuple(causes)
    if change.part is Part.SPENDING:
        if not change.touches("paid_fen"):
            return bool(causes)
        return _adds_up(change, causes, "paid_fen", None)
    codes = change.measures - {REPORTED}
    if change.kind is not Kind.CHANGED or not change.touches("numerator", "denominator"):
        return bool(causes)
    if len(codes) == 1 and not change.touches("measure"):
        counted = measure(*codes)
        if counted.kind is not MeasureKind.DISTINCT:
            below = "denominator" if counted.is_rate else None
            return _adds_up(change, causes, "numerator", below)
    return bool(causes)


def _adds_up(
    change: Change, causes: tuple[Cause, ...], numerator: str, denominator: str | None
) -> bool:
    def moved(column: str) -> int:
        old = (change.old or {}).get(column) or 0
        new = (change.new or {}).get(column) or 0
        return int(new - old)

    rows = [cause for cause in causes if cause.kind == "source_row"]
    if not causes:
        return False
    above = sum(each.new_numerator - each.old_numerator for each in rows)
    below = sum(each.new_denominator - each.old_denominator for each in rows)
    return above == moved(numerator) and (denominator is None or below == moved(denominator))


# what counts: rows of measures


def _counted(
    connection: Connection,
    changes: Sequence[Change],
    then: Checkpoint,
    now: Checkpoint,
    departments: Collection[int],
) -> dict[tuple[int, str, str | None], list[Cause]]:
    """Return the causes by department, measure and project (None: of the whole department)."""
    wanted = {code for change in changes for code in change.measures}
    codes = sorted((wanted & known_codes()) - {REPORTED})
    if not codes:
        return {}
    other = now.of_departments(frozenset(departments))
    went, came = _differences(tuple(codes), *_kept(then, now))
    named = other.whose | {NAMED_LATER[EARLIER]: then.known_at}
    gone, come = (connection.execute(each, named).all() for each in (went, came))
    places = _places(connection, [*gone, *come])
    moved = where_rows_went(connection, gone, other)
    elsewhere: dict[tuple[int, str, str | None, str, str], str] = {}
    sides: dict[tuple[int, str, str | None, str, str], dict[str, Side]] = defaultdict(dict)
    for name, rows in (("old", gone), ("new", come)):
        for row in rows:
            at = places[row.source_table, row.source_id]
            key = (row.department_id, row.measure, row.project_name, row.source_table, at.row_key)
            sides[key][name] = Side(at, _contribution(row), row.numerator, row.denominator)
            if name == "old" and (row.source_table, row.source_id) in moved:
                elsewhere[key] = moved[row.source_table, row.source_id]
    causes: dict[tuple[int, str, str | None], list[Cause]] = defaultdict(list)
    for at_key, pair in sides.items():
        department_id, code, project, table, _ = at_key
        counts = table in register_tables
        if not counts and "old" in pair:
            continue  # the same project under another row: it says nothing new of the register
        kind, label = ("source_row", "来源行") if counts else ("handed_in", "首次收到台账")
        gone_to = elsewhere.get(at_key) if "new" not in pair else None
        cause = cause_of(kind, label, pair.get("old"), pair.get("new"), gone_to)
        causes[department_id, code, project].append(cause)
    return {key: sorted(found, key=place) for key, found in causes.items()}


def _kept(then: Checkpoint, now: Checkpoint) -> tuple[Checkpoint, Checkpoint]:
    """Return two moments' checkpoint for selects that are kept: it is named which they are."""
    return then.of_some.as_known(then.known_at and EARLIER), now.of_some


@lru_cache(maxsize=32)
def _differences(codes: tuple[str, ...], then: Checkpoint, now: Checkpoint) -> tuple[Query, Query]:
    """Select what measures' rows add that is gone by another moment, and what has come."""
    old, new = (_contributions(codes, each) for each in (then, now))
    return select(except_(old, new).subquery()), select(except_(new, old).subquery())


def _contributions(codes: Sequence[str], checkpoint: Checkpoint) -> Query:
    return select(union_all(*(_contributions_to(code, checkpoint) for code in codes)).subquery())


def _contributions_to(code: str, checkpoint: Checkpoint) -> Query:
    rows = judged_rows(measure(code), checkpoint).subquery()
    return select(
        literal(code).label("measure"),
        rows.c.department_id,
        rows.c.project_name,
        rows.c.source_table,
        rows.c.source_id,
        cast(rows.c.numerator, BigInteger).label("numerator"),
        cast(rows.c.denominator, BigInteger).label("denominator"),
        rows.c.counted,
    )


def _contribution(row: StoredRow) -> str:
    counted = measure(row.measure)
    if counted.kind is MeasureKind.DISTINCT:
        return str(row.counted)
    told = write_counted(row.numerator, row.measure)
    if not counted.is_rate:
        return told
    return f"{told}/{write_counted(row.denominator, row.measure)}"


def _places(connection: Connection, rows: Sequence[StoredRow]) -> dict[tuple[str, int], StoredRow]:
    """Return file, sheet, row, key and closing file of each source row, by table and number."""
    places = {}
    for name, some in grouped(rows, attrgetter("source_table")).items():
        table, ids = source_file.metadata.tables[name], {row.source_id for row in some}
        for found in connection.execute(_place_of(table, among(table.c.id, ids))):
            places[name, found.id] = found
    return places


def _place_of(table: Table, where: ColumnElement[bool], *columns: FromClause | Expression) -> Query:
    closing = another(source_file, "closing_file")
    return (
        select(
            *(columns or (table.c.id, table.c.sheet, table.c.row_number, table.c.row_key)),
            source_file.c.path,
            closing.c.path.label("closed_by"),
        )
        .join(source_file, source_file.c.id == table.c.source_file_id)
        .outerjoin(closing, closing.c.id == table.c.closed_by_id)
        .where(where)
    )


def _feeding(
    counted: dict[tuple[int, str, str | None], list[Cause]], change: Change, code: str
) -> Iterable[Cause]:
    """Return the rows of a measure that are the change's project's, or the whole department's."""
    for project in dict.fromkeys((None, change.project_name)):
        yield from counted.get((change.department_id, code, project), ())


# what is read beside the counts


def _revised(
    connection: Connection,
    evidence: Evidence,
    then: Checkpoint,
    now: Checkpoint,
    departments: Collection[int],
) -> dict[tuple[int, Key], list[Cause]]:
    """Return the rows of one table that were revised, by department and what they concern."""
    query = _revisions(evidence, *_kept(then, now))
    named = now.of_departments(frozenset(departments)).whose
    pairs: dict[tuple[int, Key, str], dict[str, Side]] = defaultdict(dict)
    rows = connection.execute(query, named | {NAMED_LATER[EARLIER]: then.known_at}).all()
    told = as_told(connection, [(row.department_id, evidence.write(row)) for row in rows])
    for row, says in zip(rows, told, strict=True):
        at = (row.department_id, evidence.key_of(row), row.row_key)
        pairs[at]["new" if row.is_new else "old"] = Side(row, says or "")
    causes: dict[tuple[int, Key], list[Cause]] = defaultdict(list)
    for (department_id, key, _), pair in pairs.items():
        causes[department_id, key].append(
            cause_of(evidence.kind, evidence.label, pair.get("old"), pair.get("new"))
        )
    return causes


@lru_cache(maxsize=128)
def _revisions(evidence: Evidence, then: Checkpoint, now: Checkpoint) -> Query:
    """Select the rows of a table that were current at one of two moments only."""
    table, on = evidence.table, evidence.holds_from
    was, is_ = (known_as_of(table, each.known_at, each.departments) for each in (then, now))
    theirs = select(source_file.c.id).where(sought(source_file.c.department_id, now.departments))
    return _place_of(
        table,
        and_(
            table.c.fiscal_year == now.fiscal_year,
            table.c.source_file_id.in_(theirs),  # there is no index of departments' past rows
            was != is_,
            table.c[on] <= now.ends_on if on else true(),
        ),
        table,
        is_.label("is_new"),
    ).order_by(table.c.id)
