"""Who is to be judged again (重新评价谁): the departments of which something is new.

A judgement of a department rests on its own rows, on what was judged of it before, on the code and
on the limits. Rows come and go with files, and files and people leave their marks in four tables:
the files themselves, where they went, who closed what, and versions of judgements. How far these
had come when a kind of judgement was last made of a checkpoint is kept in `judged_until`; of whom
nothing came since, the judgement stands as it is, unread.

A test holds the tables that judgements read against this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, and_, func, insert, or_, select, union

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.warehouse import dimensions
from perf_pipeline.warehouse.code_digest import code_digest
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import JudgedSnapshot, Values, write_by_department
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import (
    departure,
    judged_until,
    quarter_lock,
    snapshot,
    source_file,
)

Judged = Mapping[Table, Sequence[Values]]
EVENTS = {"files": source_file, "departures": departure, "locks": quarter_lock}
MARKS = {**EVENTS, "snapshots": snapshot}


@dataclass(frozen=True)
class Kind:
    """A kind of judgement, and the kinds whose newest versions it reads.

    Of its own kind it may read earlier checkpoints, of the others this one too.
    """

    name: str
    reads: tuple[str, ...] = ()


def judge_changed(
    connection: Connection,
    kind: Kind,
    checkpoint: Checkpoint,
    judge: Callable[[Checkpoint], Judged],
    *,
    limits: object = None,
    except_for: Collection[int] = (),
) -> tuple[JudgedSnapshot, ...]:
    """Judge the departments of which something is new, and keep what differs as new versions.

    `judge` is given the checkpoint of those departments and returns the rows of each table, each
    with its department_id. Returned is what stands of all departments. A checkpoint seen with an
    earlier moment's knowledge is judged for all. Belongs in a `write_transaction`.
    """
    at = dimensions.checkpoint_id(connection, checkpoint)
    rests_on = _digest(checkpoint, limits)
    now = _marks(connection)
    last = _last(connection, kind, at)
    if last is None or last.rests_on != rests_on or checkpoint.known_at is not None:
        seen = checkpoint
    else:
        seen = checkpoint.of_departments(_changed(connection, kind, checkpoint, last))
    nothing = seen.departments is not None and not seen.departments
    judged = {} if nothing else judge(seen)
    written = write_by_department(connection, kind.name, seen, judged, except_for=except_for)
    if not nothing and checkpoint.known_at is None:
        mark = {"kind": kind.name, "checkpoint_id": at, "rests_on": rests_on, **now}
        connection.execute(insert(judged_until), mark)
    return written


def judge_all_again(engine: Engine) -> None:
    """Have the next judgement of every kind and checkpoint look at every department."""
    of = (judged_until.c.kind, judged_until.c.checkpoint_id)
    with write_transaction(engine) as connection:
        newest = select(func.max(judged_until.c.id)).group_by(*of)
        rows = connection.execute(
            select(judged_until).where(judged_until.c.id.in_(newest), judged_until.c.rests_on != "")
        ).mappings()
        again = [{**row, "rests_on": ""} for row in rows]
        for row in again:
            del row["id"]
        if again:
            connection.execute(insert(judged_until), again)


def _digest(checkpoint: Checkpoint, limits: object) -> str:
    said = f"{code_digest()} {checkpoint.months} {limits!r}"
    return hashlib.sha256(said.encode()).hexdigest()


def _marks(connection: Connection) -> dict[str, int]:
    """Return how far each table of marks has come: nothing else writes in this transaction."""
    newest = (
        select(func.coalesce(func.max(table.c.id), 0)).scalar_subquery().label(name)
        for name, table in MARKS.items()
    )
    return dict(connection.execute(select(*newest)).mappings().one())


def _last(connection: Connection, kind: Kind, at: int) -> Row[Any] | None:
    made = judged_until.c.checkpoint_id == at, judged_until.c.kind == kind.name
    query = select(judged_until).where(*made).order_by(judged_until.c.id.desc()).limit(1)
    return connection.execute(query).one_or_none()


def _changed(
    connection: Connection, kind: Kind, checkpoint: Checkpoint, last: Row[Any]
) -> frozenset[int]:
    """Return the departments with a file, a departure, a lock or a version that is newer."""
    earlier = and_(checkpoint_table.c.ends_on < checkpoint.ends_on, snapshot.c.kind.in_(kind.reads))
    beside = and_(
        checkpoint_table.c.ends_on == checkpoint.ends_on,
        snapshot.c.kind.in_([each for each in kind.reads if each != kind.name]),
    )
    found = union(
        select(source_file.c.department_id).where(source_file.c.id > last.files),
        select(source_file.c.department_id)
        .join(departure, departure.c.source_file_id == source_file.c.id)
        .where(departure.c.id > last.departures),
        select(quarter_lock.c.department_id).where(quarter_lock.c.id > last.locks),
        select(snapshot.c.department_id)
        .join(checkpoint_table, checkpoint_table.c.id == snapshot.c.checkpoint_id)
        .where(snapshot.c.id > last.snapshots, or_(earlier, beside)),
    )
    return frozenset(each for each in connection.scalars(found) if each is not None)
