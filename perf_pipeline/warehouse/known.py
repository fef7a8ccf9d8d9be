"""The one gate to the past: what was current when, the newest of each thing, the newest judgement.

Everything that reads stored rows asks here. A row of a document or register is *current* until a
later file closes it; a checkpoint with a `known_at` is seen with what was current at that moment,
and one of some departments with their rows only.
Who asks for the budget in force asks `budgets`, which asks here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    Select,
    Subquery,
    Table,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
)

from perf_pipeline.domain.calendar import NAMED_LATER, AsOf
from perf_pipeline.warehouse.among import among, sought, within
from perf_pipeline.warehouse.same import another, overtaken
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import snapshot, source_file
from perf_pipeline.warehouse.typed import Expression, Query

Departments = Collection[int] | None  # by row number; None: all


def current(table: FromClause, seen: AsOf | None = None) -> ColumnElement[bool]:
    """Hold for the rows of a sourced table that are in force as a checkpoint is seen.

    That is, at its `known_at`; without one, and without a checkpoint, now. Of its departments,
    where the table says whose a row is.
    """
    if seen is None:
        return known_as_of(table, None)
    known = known_as_of(table, seen.known_at, seen.departments)
    if seen.departments is None or "department_id" not in table.c:
        return known
    return and_(known, among(table.c.department_id, seen.departments))


@lru_cache(maxsize=1024)
def known_as_of(
    table: FromClause, moment: datetime | None, departments: Departments = None
) -> ColumnElement[bool]:
    """Hold for the rows of a sourced table that were current at a moment (UTC).

    A row was known once the file was loaded that brought it, or brought it back, until a later
    file closed it. None is the present. Of `departments` alone the files are looked at.
    """
    if moment is None:
        return table.c.closed_by_id.is_(None)
    theirs = sought(source_file.c.department_id, departments)
    came = source_file.c.loaded_at <= _named(moment)
    loaded = select(source_file.c.id).where(came, theirs)
    still_open = or_(table.c.closed_by_id.is_(None), table.c.closed_by_id.not_in(loaded))
    known = and_(table.c.source_file_id.in_(loaded), still_open)
    if "restored_by_id" not in table.c:
        return known
    back = table.c.restored_by_id  # by a file that came after the one that first brought it
    return and_(known, or_(back.is_(None), back.in_(loaded)))


def in_force(table: FromClause, seen: AsOf) -> ColumnElement[bool]:
    """Hold for the rows of the year seen that are current as it is seen."""
    return and_(current(table, seen), table.c.fiscal_year == seen.fiscal_year)


def came_by(file: FromClause, seen: AsOf) -> ColumnElement[bool]:
    """Hold for files (source_file) that had been loaded by the moment asked for."""
    return happened_by(file.c.loaded_at, seen)


def happened_by(moment: Expression, seen: AsOf) -> ColumnElement[bool]:
    """Hold for what happened (a moment, UTC) by the moment asked for; always for the present."""
    return true() if seen.known_at is None else moment <= _named(seen.known_at)


def _named(moment: datetime) -> datetime | BindParameter[datetime]:
    """Give a moment, or the name by which it is given when the select is executed."""
    return bindparam(NAMED_LATER[moment]) if moment in NAMED_LATER else moment


def newest_files(seen: AsOf | None = None, *, departments: Departments = None) -> ScalarSelect[int]:
    """Select the row number of the newest version of each file, of those that had come.

    `departments` are row numbers; None: those that are looked at, without `seen` all.
    """
    if departments is None and seen is not None:
        departments = seen.departments
    version = another(source_file, "a_version")
    had_come = true() if seen is None else came_by(version, seen)
    whose = sought(version.c.department_id, departments)
    newest = select(func.max(version.c.id)).where(had_come, whose).group_by(version.c.path)
    return newest.scalar_subquery()


def says_now(file: FromClause, seen: AsOf | None = None) -> ColumnElement[bool]:
    """Hold for the version of each file that says what holds: the newest that had come.

    Versions refused or failed are left out: what the one before said still holds.
    """

    def says(version: FromClause) -> ColumnElement[bool]:
        had_come = true() if seen is None else came_by(version, seen)
        return and_(version.c.outcome.in_(("loaded", "withdrawn")), had_come)

    later = another(source_file, "later_version")
    newer = exists().where(later.c.path == file.c.path, later.c.id > file.c.id, says(later))
    return and_(says(file), ~newer)


def notices_of_files(
    connection: Connection, fiscal_year: int | None = None, departments: Departments = None
) -> dict[int, tuple[str, ...]]:
    """Return what each department's files say of themselves (模拟数据), by its row number."""
    whose = within(source_file.c.department_id, departments)
    of_year = true() if fiscal_year is None else source_file.c.fiscal_year == fiscal_year
    query = (
        select(source_file.c.department_id, source_file.c.notice)
        .where(
            source_file.c.id.in_(newest_files(departments=departments)),
            source_file.c.notice.is_not(None),
            of_year,
            whose,
        )
        .order_by(source_file.c.path)
    )
    found: dict[int, tuple[str, ...]] = {}
    for whose, notice in connection.execute(query):
        found[whose] = (*found.get(whose, ()), notice)
    return found


def newest_rows(
    table: Table,
    thing: Sequence[str],
    on: str,
    seen: AsOf,
    *,
    until: date | None = None,
    since: date | None = None,
) -> Subquery:
    """Select, of a year's rows in force, the one with the latest date of each thing.

    `thing` are the columns that say what a row is about, within its department; `on` is the date
    column, which must not be after `until` (or the day it is seen) nor before `since`. One window
    over the table, however many things there are. Beside the table's columns there is
    `<column>_key` for each of `thing`, with "" in the place of nothing, to join by.
    """
    return _newest_rows(table, tuple(thing), on, seen, until, since)


@lru_cache(maxsize=64)
def _newest_rows(
    table: Table,
    thing: tuple[str, ...],
    on: str,
    seen: AsOf,
    until: date | None,
    since: date | None,
) -> Subquery:
    about = [func.coalesce(table.c[column], "").label(f"{column}_key") for column in thing]
    latest_first = func.row_number().over(
        partition_by=[table.c.department_id, *about],
        order_by=[table.c[on].desc(), table.c.id.desc()],
    )
    dated = table.c[on] <= (until or seen.ends_on)
    ranked = select(table, *about, latest_first.label("newness")).where(
        current(table, seen),
        table.c.fiscal_year == seen.fiscal_year,
        dated if since is None else dated & (table.c[on] >= since),
    )
    found = ranked.subquery()
    return (
        select(found)
        .where(found.c.newness == 1)
        .subquery(f"newest_{table.name}_then" if until else f"newest_{table.name}")
    )


def registers_of(connection: Connection, seen: AsOf) -> frozenset[str]:
    """Return the registers of which the departments looked at ever handed a file in.

    Of any other there is no row: who builds a select of each register leaves these out.
    """
    kinds = select(source_file.c.kind).distinct()
    if seen.departments is not None:
        kinds = kinds.where(among(source_file.c.department_id, seen.departments))
    return frozenset(connection.scalars(kinds))


def latest_snapshots(
    kind: str,
    checkpoint_id: int | ScalarSelect[int] | None = None,
    departments: Collection[int] | None = None,
) -> Select[tuple[int, int, int]]:
    """Select id, department_id and checkpoint_id of the newest snapshots of a kind.

    At one checkpoint, and of some departments (row numbers), where they are given.
    """
    of = None if departments is None else frozenset(departments)
    return _latest_snapshots(kind, checkpoint_id, of)


@lru_cache(maxsize=128)  # a late file's reports and alerts ask for the same ones by turns
def _latest_snapshots(
    kind: str, checkpoint_id: int | ScalarSelect[int] | None, departments: Departments
) -> Select[tuple[int, int, int]]:
    at = true() if checkpoint_id is None else snapshot.c.checkpoint_id == checkpoint_id
    these = snapshot.c.kind == kind, within(snapshot.c.department_id, departments), at
    newest = (
        select(
            snapshot.c.department_id,
            snapshot.c.checkpoint_id,
            func.max(snapshot.c.version).label("version"),
        )
        .where(*these)
        .group_by(snapshot.c.department_id, snapshot.c.checkpoint_id)
        .subquery()
    )
    return (
        select(snapshot.c.id, snapshot.c.department_id, snapshot.c.checkpoint_id)
        .join(
            newest,
            (snapshot.c.department_id == newest.c.department_id)
            & (snapshot.c.checkpoint_id == newest.c.checkpoint_id)
            & (snapshot.c.version == newest.c.version),
        )
        .where(*these)
    )


def is_newest(kind: str, checkpoint_id: int) -> ColumnElement[bool]:
    """Hold for the newest snapshots of a kind at a checkpoint, each looked up by its department."""
    thing = ("kind", "department_id", "checkpoint_id")
    of_kind = (snapshot.c.kind == kind) & (snapshot.c.checkpoint_id == checkpoint_id)
    return of_kind & ~overtaken(snapshot, *thing, by="version")


def newest_results(table: Table, kind: str, at: int, of: Departments = None) -> Query:
    """Select a table's rows of the newest snapshots of a kind at a checkpoint, by department.

    Columns: the table's, and department_id. `of` limits to some departments.
    """
    newest = latest_snapshots(kind, at, of).subquery("newest")
    return (
        select(table, newest.c.department_id)
        .join(newest, newest.c.id == table.c.snapshot_id)
        .order_by(newest.c.department_id, table.c.id)
    )


def checkpoint_id_of(connection: Connection, quarter: str) -> int | None:
    """Return the row number of a quarter (2024-10), or None where none was monitored yet."""
    return connection.scalar(
        select(checkpoint_table.c.id).where(checkpoint_table.c.name == quarter)
    )
