"""History: nothing is overwritten, and the same content twice changes nothing.

`merge_rows` keeps the sourced rows of documents and registers; `write_snapshot` keeps the judged
rows of measures, results and reports. Both belong inside `write_transaction`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Table,
    insert,
    select,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.warehouse import dimensions
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.locks import LOCKED_KINDS, is_closed
from perf_pipeline.warehouse.merging import Merge, merge
from perf_pipeline.warehouse.schema import department, project
from perf_pipeline.warehouse.schema import snapshot as snapshot_table
from perf_pipeline.warehouse.staging import Staging

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


@dataclass(frozen=True)
class JudgedSnapshot:
    """What one judgement of one department at one checkpoint came to."""

    department: str
    quarter: str
    version: int
    is_new: bool
    rows: int


def content_hash(values: object) -> str:
    """Return the SHA-256 of values in one canonical spelling."""
    return hashlib.sha256(_spelled(values).encode()).hexdigest()


def _spelled(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=_spell)


def _spell(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no canonical spelling for {type(value).__name__}")


def now() -> datetime:
    """Return the present moment in UTC, as the warehouse stores it."""
    return datetime.now(UTC)


def merge_rows(
    connection: Connection,
    table: Table,
    *,
    file_id: int,
    rows: Sequence[SourcedRow],
    replaces: Collection[str] = (),
) -> Merge:
    """Make `rows` the current rows that a file vouches for, as `merge` says."""
    staged = Staging(connection, table)
    staged.add(columns_of(staged, rows))
    merged = merge(connection, staged, file_id, replaces)
    staged.drop()
    return merged


def columns_of(staged: Staging, rows: Sequence[SourcedRow]) -> list[list[object]]:
    """Turn rows into the columns that a staging table takes; a value not given is None."""
    places = [(row.sheet, row.row_number, row.key) for row in rows]
    columns: list[list[object]] = [list(column) for column in zip(*places, strict=True)]
    return columns + [[row.values.get(name) for row in rows] for name in staged.values]


def write_snapshot(
    connection: Connection,
    kind: str,
    department_id: int,
    checkpoint_id: int,
    tables: Mapping[Table, Sequence[Values]],
    *,
    hash_ignores: Collection[str] = (),
    at: datetime | None = None,
) -> Snapshot:
    """Write a new version of a judgement, unless it says what the last version says.

    A closed quarter (已关账) keeps its last version. `hash_ignores` names columns that do not make
    a version new (row numbers of other tables); `at` is the moment of writing.
    """
    digest = _digest(tables, hash_ignores)
    last = _last(connection, kind, department_id, checkpoint_id)
    if last is not None and _stands(last, kind, digest):
        return Snapshot(last.id, last.version, is_new=False)
    version = last.version + 1 if last is not None else 1
    snapshot_id = connection.execute(
        insert(snapshot_table)
        .values(
            kind=kind,
            department_id=department_id,
            checkpoint_id=checkpoint_id,
            version=version,
            content_hash=digest,
            created_at=at or now(),
        )
        .returning(snapshot_table.c.id)
    ).scalar_one()
    for table, rows in tables.items():
        if rows:
            connection.execute(insert(table), [{"snapshot_id": snapshot_id, **row} for row in rows])
    return Snapshot(snapshot_id, version, is_new=True)


def version_of(
    connection: Connection,
    kind: str,
    department_id: int,
    checkpoint_id: int,
    tables: Mapping[Table, Sequence[Values]],
    *,
    hash_ignores: Collection[str] = (),
) -> int | None:
    """Return the version that a judgement is kept as; None where the last version says otherwise.

    What `write_snapshot` would find, writing nothing.
    """
    last = _last(connection, kind, department_id, checkpoint_id)
    stands = last is not None and _stands(last, kind, _digest(tables, hash_ignores))
    return int(last.version) if stands else None


def _digest(tables: Mapping[Table, Sequence[Values]], ignored: Collection[str]) -> str:
    """Hash the rows of a judgement as a set: in what order a database gives them is no content."""
    return content_hash(
        {
            table.name: sorted(
                _spelled({name: value for name, value in row.items() if name not in ignored})
                for row in rows
            )
            for table, rows in tables.items()
        }
    )


def _last(connection: Connection, kind: str, department_id: int, checkpoint_id: int) -> Any:
    return connection.execute(
        select(snapshot_table, is_closed(snapshot_table).label("closed"))
        .where(
            snapshot_table.c.kind == kind,
            snapshot_table.c.department_id == department_id,
            snapshot_table.c.checkpoint_id == checkpoint_id,
        )
        .order_by(snapshot_table.c.version.desc())
        .limit(1)
    ).one_or_none()


def _stands(last: Any, kind: str, digest: str) -> bool:
    return (kind in LOCKED_KINDS and last.closed) or last.content_hash == digest


def write_by_department(
    connection: Connection,
    kind: str,
    checkpoint: Checkpoint,
    tables: Mapping[Table, Sequence[Values]],
    *,
    except_for: Collection[int] = (),
) -> tuple[JudgedSnapshot, ...]:
    """Write a judgement of all departments as a snapshot of each, except for some.

    Every row carries its `department_id`. A department that has projects in the year and no row
    gets an empty snapshot: that nothing could be judged is a judgement too.
    """
    at = dimensions.checkpoint_id(connection, checkpoint)
    departments = connection.execute(
        select(department.c.id, department.c.code)
        .where(
            department.c.id.in_(
                select(project.c.department_id).where(
                    project.c.fiscal_year == checkpoint.fiscal_year,
                    current(project, checkpoint),
                )
            )
        )
        .where(department.c.id.not_in(except_for))
        .order_by(department.c.code)
    ).all()
    sorted_out: dict[int, dict[Table, list[Values]]] = {
        each.id: {table: [] for table in tables} for each in departments
    }
    for table, rows in tables.items():
        for row in rows:
            belongs = dict(row)
            place = sorted_out.get(int(str(belongs.pop("department_id"))))
            if place is not None:
                place[table].append(belongs)
    written = []
    moment = now()  # one for all departments: what one run knew
    for each in departments:
        mine = sorted_out[each.id]
        version = write_snapshot(connection, kind, each.id, at, mine, at=moment)
        count = sum(len(rows) for rows in mine.values())
        written.append(
            JudgedSnapshot(each.code, checkpoint.name, version.version, version.is_new, count)
        )
    return tuple(written)
