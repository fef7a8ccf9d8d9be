"""History: nothing is overwritten, and the same content twice changes nothing.

`merge_rows` keeps the sourced rows of documents and registers; `write_snapshots` keeps the judged
rows of measures, results and reports. Both belong inside `write_transaction`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection, Select, Table, exists, func, insert, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.grouped import grouped
from perf_pipeline.warehouse import dimensions
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.known import current, is_newest
from perf_pipeline.warehouse.locks import LOCKED_KINDS, closing_moments
from perf_pipeline.warehouse.merging import Merge, merge
from perf_pipeline.warehouse.schema import department, project, source_file
from perf_pipeline.warehouse.schema import snapshot as snapshot_table
from perf_pipeline.warehouse.staging import Staging, drop
from perf_pipeline.warehouse.typed import StoredRow
from perf_pipeline.warehouse.whole_table import OWNER, Judged, WholeTable, reader, spell

Values = Mapping[str, object]


@dataclass(frozen=True)
class SourcedRow:
    """A row on its way into the warehouse, with its key and where it stood."""

    key: str
    sheet: str | None
    row_number: int | None
    values: Values


@dataclass(frozen=True)
class Snapshot:
    """A version of one kind of judgement; `is_new` tells whether this call wrote it."""

    id: int
    version: int
    is_new: bool


class JudgedSnapshot(NamedTuple):
    """What one judgement of one department at one checkpoint came to."""

    department: str
    quarter: str
    version: int
    is_new: bool


def content_hash(values: object) -> str:
    """Return the SHA-256 of values in one canonical spelling."""
    return hashlib.sha256(_spelled(values).encode()).hexdigest()


_spelled = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=spell).encode


def now() -> datetime:
    """Return the present moment in UTC, as the warehouse stores it."""
    return datetime.now(UTC)


def merge_rows(
    connection: Connection, table: Table, *, file_id: int, rows: Sequence[SourcedRow]
) -> Merge:
    """Make `rows` the current rows that a file vouches for, as `merge` says."""
    staged = Staging(connection, table)
    staged.add(columns_of(staged, rows))
    file = connection.execute(select(source_file).where(source_file.c.id == file_id)).one()
    merged = merge(connection, staged, file)
    drop([staged])
    return merged


def columns_of(staged: Staging, rows: Sequence[SourcedRow]) -> list[list[object]]:
    """Turn rows into the columns that a staging table takes; a value not given is None."""
    places = [(row.sheet, row.row_number, row.key) for row in rows]
    columns: list[list[object]] = [list(column) for column in zip(*places, strict=True)]
    return columns + [[row.values.get(name) for row in rows] for name in staged.values]


def write_snapshots(
    connection: Connection,
    kind: str,
    checkpoint_id: int,
    judged: Mapping[int, Judged],
    *,
    hash_ignores: Collection[str] = (),
    at: datetime | None = None,
) -> dict[int, Snapshot]:
    """Write a new version of each department's judgement that says else than its last version.

    A closed quarter (已关账) keeps its last version. `hash_ignores` names columns that do not make
    a version new (row numbers of other tables); `at` is the moment of writing. In a fixed number
    of statements for each table, however many departments there are.
    """
    whole = _whole(judged)
    digests = _digests(judged, whole, hash_ignores)
    last = _last_versions(connection, kind, checkpoint_id, judged)
    closed = closing_moments(connection, checkpoint_id) if kind in LOCKED_KINDS else {}
    kept: dict[int, Snapshot] = {}
    fresh: list[dict[str, object]] = []
    for number, digest in digests.items():
        before = last.get(number)
        if before is not None and (number in closed or before.content_hash == digest):
            kept[number] = Snapshot(before.id, before.version, is_new=False)
            continue
        version = before.version + 1 if before is not None else 1
        shared = {"kind": kind, "checkpoint_id": checkpoint_id, "created_at": at or now()}
        own = {"department_id": number, "version": version, "content_hash": digest}
        fresh.append({**shared, **own})
    if not fresh:
        return kept
    returning = insert(snapshot_table).returning(
        snapshot_table.c.id, snapshot_table.c.department_id, snapshot_table.c.version
    )
    new = {
        row.department_id: Snapshot(row.id, row.version, is_new=True)
        for row in connection.execute(returning, fresh)
    }
    numbers = {number: made.id for number, made in new.items()}
    for each in whole:
        each.put(connection, numbers)
    return kept | new


def _whole(judged: Mapping[int, Judged]) -> list[WholeTable]:
    every = dict.fromkeys(table for tables in judged.values() for table in tables)
    return [WholeTable.of(table, judged) for table in every]


def _digests(
    judged: Mapping[int, Judged], whole: Iterable[WholeTable], ignored: Collection[str]
) -> dict[int, str]:
    """Hash what tables say of each department as sets: a database's order is no content."""
    said: dict[int, dict[str, list[str]]] = {
        number: {table.name: [] for table in tables} for number, tables in judged.items()
    }
    for each in whole:
        for number, row in each.spelled(ignored):
            said[number][each.table.name].append(row)
    return {
        number: content_hash({name: sorted(rows) for name, rows in tables.items()})
        for number, tables in said.items()
    }


def _last_versions(
    connection: Connection, kind: str, at: int, departments: Collection[int]
) -> dict[int, StoredRow]:
    """Return the last version of each of some departments' judgement at a checkpoint."""
    told = (snapshot_table.c[name] for name in ("id", "department_id", "version", "content_hash"))
    these = among(snapshot_table.c.department_id, departments)
    query = select(*told).where(is_newest(kind, at), these)
    return {row.department_id: row for row in connection.execute(query)}


def version_of(
    connection: Connection,
    kind: str,
    department_id: int,
    checkpoint_id: int,
    tables: Judged,
    *,
    hash_ignores: Collection[str] = (),
) -> int | None:
    """Return the version that a judgement is kept as; None where the last version says otherwise.

    What `write_snapshots` would find, writing nothing.
    """
    last = _last_versions(connection, kind, checkpoint_id, [department_id]).get(department_id)
    closed = kind in LOCKED_KINDS and department_id in closing_moments(connection, checkpoint_id)
    judged = {department_id: tables}
    digest = _digests(judged, _whole(judged), hash_ignores)[department_id]
    stands = last is not None and (closed or last.content_hash == digest)
    return int(last.version) if stands and last is not None else None


def write_by_department(
    connection: Connection,
    kind: str,
    checkpoint: Checkpoint,
    judged: Iterable[tuple[Checkpoint, Judged]],
    *,
    except_for: Collection[int] = (),
) -> tuple[JudgedSnapshot, ...]:
    """Write judgements of a checkpoint as a snapshot of each department, except for some.

    `judged` are the checkpoint of some departments and what is judged of them, a part after the
    other. Every row carries its `department_id`. A department that has projects in the year and no
    row gets an empty snapshot: that nothing could be judged is a judgement too. Departments that
    are in no part keep their last version. Returned is what stands of all.
    """
    at, moment = dimensions.checkpoint_id(connection, checkpoint), now()  # what one run knew
    every = connection.execute(_standing(kind, at, checkpoint.of_departments(None)))
    departments = [each for each in every if each[0] not in except_for]
    written: dict[int, Snapshot] = {}
    for seen, tables in judged:
        only = seen.departments
        mine = [number for number, *_ in departments if only is None or number in only]
        sorted_out = _by_department(tables, mine)
        written |= write_snapshots(connection, kind, at, sorted_out, at=moment)
    quarter, told = checkpoint.name, []
    for number, code, version in departments:
        if new := written.get(number):
            told.append(JudgedSnapshot(code, quarter, new.version, new.is_new))
        elif version is not None:
            told.append(JudgedSnapshot(code, quarter, version, is_new=False))
    return tuple(told)


@lru_cache(maxsize=64)
def _standing(kind: str, at: int, checkpoint: Checkpoint) -> Select[int, str, int | None]:
    """Select number and code of the departments with projects in the year, by code.

    Each with the last version of its judgement of a kind at a checkpoint (`at`: its row number).
    """
    mine, of = department.c.id, snapshot_table.c
    judged = of.kind == kind, of.department_id == mine, of.checkpoint_id == at
    version = select(func.max(of.version)).where(*judged).scalar_subquery().label("version")
    in_year = project.c.fiscal_year == checkpoint.fiscal_year, current(project, checkpoint)
    has_projects = exists().where(project.c.department_id == mine, *in_year)
    return select(mine, department.c.code, version).where(has_projects).order_by(department.c.code)


def _by_department(
    tables: Judged, departments: Iterable[int]
) -> dict[int, dict[Table, list[object]]]:
    """Sort judged rows out by their `department_id`."""
    found: dict[int, dict[Table, list[object]]] = {
        each: {table: [] for table in tables} for each in departments
    }
    for table, rows in tables.items():
        for number, mine in grouped(rows, reader(rows)(OWNER)).items() if rows else ():
            if number in found:
                found[number][table] = mine
    return found
