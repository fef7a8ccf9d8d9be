"""Who is to be judged again (重新评价谁): the departments of which something is new.

A judgement of a department rests on its own rows, on what was judged of it before, on the code and
on the limits. Rows come and go with files, and files and people leave marks: the files themselves,
where they went, who closed what, versions of judgements, what was said of an alert or a finding.
How far these had come when a kind of judgement was last made of a checkpoint is kept in
`judged_until`; of whom nothing came since, the judgement stands as it is, unread.

A test holds the tables that judgements read against this.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Engine,
    Table,
    and_,
    bindparam,
    case,
    false,
    func,
    insert,
    or_,
    select,
    true,
    union,
    update,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.warehouse import dimensions
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.code_digest import code_digest
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.garbage import without_looks_for_garbage
from perf_pipeline.warehouse.history import JudgedSnapshot, write_by_department
from perf_pipeline.warehouse.schema import (
    alert,
    alert_event,
    audit_verdict_said,
    department,
    departure,
    item,
    item_event,
    judged_until,
    quarter_lock,
    snapshot,
    source_file,
)
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.typed import Query
from perf_pipeline.warehouse.whole_table import Judged

AT_ONCE = 300  # departments judged together, where each has hundreds of rows
MANY = 3_000  # where each has a few: a register of millions is read once for all of them
DOCUMENT = "target_document"  # the kind of file with which a department's projects come
REPORT = "report"  # the kind of snapshots that are kept, and read by people alone
MARKS = {
    "files": source_file,
    "departures": departure,
    "locks": quarter_lock,
    "snapshots": snapshot,
    "alerts": alert_event,
    "verdicts": audit_verdict_said,
}
TOLD = MARKS | {"items": item_event}  # what reports tell of beside


@dataclass(frozen=True)
class Kind:
    """A kind of judgement, and what it reads beside the rows of files.

    `reads` are kinds of judgements whose newest versions it reads: of its own kind those of earlier
    checkpoints, of the others this one's too. `files` are the kinds of files whose rows it reads,
    beside the document by which a department is judged at all; None: of any. `people` tells that it
    reads what people said of alerts and findings. What `tells` (a report) reads every judgement
    until its checkpoint, what became of alerts and items, and of the kinds that it `reads` later
    ones too.
    """

    name: str
    reads: tuple[str, ...] = ()
    files: frozenset[str] | None = None
    people: bool = False
    tells: bool = False


@dataclass(frozen=True)
class Look:
    """A look at a checkpoint: `seen` is it, of the departments of which something is new."""

    kind: Kind
    seen: Checkpoint
    at: int
    rests_on: str

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing new of any department."""
        return self.seen.departments is not None and not self.seen.departments

    def parts(self, connection: Connection, size: int) -> list[Checkpoint]:
        """Return the checkpoint of so many of its departments at a time: memory stays bounded.

        They are named even where all are looked at, so that the selects are the same.
        """
        own = self.seen.departments
        every = connection.scalars(select(department.c.id)) if own is None else own
        return self.seen.of_departments(frozenset(every)).parts(size)

    def keep(self, connection: Connection) -> None:
        """Keep that all that there is now was looked at: nothing else writes meanwhile."""
        if not self.is_idle and self.seen.known_at is None:
            mark = {"kind": self.kind.name, "checkpoint_id": self.at, "rests_on": self.rests_on}
            connection.execute(insert(judged_until), mark | marks(connection))


def look(connection: Connection, kind: Kind, checkpoint: Checkpoint, rests_on: object) -> Look:
    """Find of which departments something is new since the last look at a checkpoint.

    Of all, where what it rests on (limits, and the code) is not the same, and where the checkpoint
    is seen with an earlier moment's knowledge. Belongs in a `write_transaction`.
    """
    at = dimensions.checkpoint_id(connection, checkpoint)
    digest = _digest(checkpoint, rests_on)
    made = judged_until.c.checkpoint_id == at, judged_until.c.kind == kind.name
    query = select(judged_until).where(*made).order_by(judged_until.c.id.desc()).limit(1)
    last = connection.execute(query).one_or_none()
    if last is None or last.rests_on != digest or checkpoint.known_at is not None:
        return Look(kind, checkpoint.of_departments(None), at, digest)
    changed = changed_since(connection, kind, checkpoint, dict(last._mapping))
    return Look(kind, checkpoint.of_departments(changed), at, digest)


def judge_changed(
    connection: Connection,
    kind: Kind,
    checkpoint: Checkpoint,
    judge: Callable[[Checkpoint], Judged],
    *,
    limits: object = None,
    except_for: Collection[int] = (),
    at_once: int = AT_ONCE,
    ahead: Callable[[Checkpoint], None] | None = None,
) -> tuple[JudgedSnapshot, ...]:
    """Judge the departments of which something is new, and keep what differs as new versions.

    `judge` is given the checkpoint of so many of those departments and returns the rows of each
    table, each with its department_id. Before, `ahead` is given that of many of them, to read what
    is read best of many. Returned is what stands of all departments.
    """
    looked = look(connection, kind, checkpoint, limits)

    def parts() -> Iterator[Checkpoint]:
        for many in looked.parts(connection, MANY):
            if ahead is not None:
                ahead(many)
            yield from many.parts(at_once)

    judged = ((seen, judge(seen)) for seen in parts())
    of = (connection, kind.name, checkpoint, judged)
    with without_looks_for_garbage():
        written = write_by_department(*of, except_for=except_for)
    looked.keep(connection)
    return written


def judge_all_again(engine: Engine) -> None:
    """Have the next run open every file, and judge every department at every checkpoint."""
    of = (judged_until.c.kind, judged_until.c.checkpoint_id)
    with write_transaction(engine) as connection:
        connection.execute(update(department).values(stood=None))
        newest = select(func.max(judged_until.c.id)).group_by(*of)
        rows = connection.execute(
            select(judged_until).where(judged_until.c.id.in_(newest), judged_until.c.rests_on != "")
        ).mappings()
        again = [{**row, "rests_on": ""} for row in rows]
        for row in again:
            del row["id"]
        if again:
            connection.execute(insert(judged_until), again)


def _digest(checkpoint: Checkpoint, rests_on: object) -> str:
    said = f"{code_digest()} {checkpoint.months} {rests_on!r}"
    return hashlib.sha256(said.encode()).hexdigest()


def marks(connection: Connection, of: Mapping[str, Table] = MARKS) -> dict[str, int]:
    """Return how far each table of marks has come, but for reports, by which nothing is judged."""
    return dict(connection.execute(_so_far(tuple(of.items()))).mappings().one())


@cache
def _so_far(of: tuple[tuple[str, Table], ...]) -> Query:
    newest = {name: select(func.max(table.c.id)) for name, table in of}
    judged = select(snapshot.c.id).where(snapshot.c.kind != REPORT)
    newest["snapshots"] = judged.order_by(snapshot.c.id.desc()).limit(1)
    so_far = (func.coalesce(each.scalar_subquery(), 0).label(name) for name, each in newest.items())
    return select(*so_far)


def changed_since(
    connection: Connection, kind: Kind, checkpoint: Checkpoint, last: Mapping[str, int]
) -> frozenset[int]:
    """Return the departments with something newer than the marks of a last look."""
    marked = {f"last_{name}": last[name] for name in (TOLD if kind.tells else MARKS)}
    return frozenset(connection.scalars(_newer(kind, checkpoint.ends_on), marked))


@lru_cache(maxsize=256)
def _newer(kind: Kind, until_day: date) -> CompoundSelect[tuple[int]]:
    """Select the departments with something newer than marks that are named when it is executed."""
    last: dict[str, BindParameter[int]] = {name: bindparam(f"last_{name}") for name in TOLD}
    of_kind, ends_on = snapshot.c.kind, checkpoint_table.c.ends_on
    others = [each for each in kind.reads if each != kind.name]
    # a choice, not an OR: by that SQLite would look for the kinds and not for what is newer
    read: ColumnElement[bool] = case(
        (ends_on < until_day, of_kind.in_(kind.reads)),
        (ends_on == until_day, of_kind.in_(others)),
        else_=false(),
    )
    if kind.tells:
        until = or_(ends_on <= until_day, of_kind.in_(kind.reads))
        read = and_(of_kind != REPORT, until)
    files = None if kind.files is None else kind.files | {DOCUMENT}
    of_files = select(source_file.c.department_id).where(within(source_file.c.kind, files))
    parts = [
        of_files.where(source_file.c.id > last["files"]),
        of_files.join(departure, departure.c.source_file_id == source_file.c.id).where(
            departure.c.id > last["departures"]
        ),
        select(quarter_lock.c.department_id).where(quarter_lock.c.id > last["locks"]),
    ]
    if kind.reads or kind.tells:
        judged = select(snapshot.c.department_id).join(checkpoint_table)
        parts.append(judged.where(snapshot.c.id > last["snapshots"], read))
    if kind.people or kind.tells:
        verdicts, by_people = audit_verdict_said, alert_event.c.person.is_not(None)
        parts += [
            select(alert.c.department_id)
            .join(alert_event, alert_event.c.alert_id == alert.c.id)
            .where(alert_event.c.id > last["alerts"], true() if kind.tells else by_people),
            select(verdicts.c.department_id).where(verdicts.c.id > last["verdicts"]),
        ]
    if kind.tells:
        noted = select(item.c.department_id).join(item_event, item_event.c.item_id == item.c.id)
        parts.append(noted.where(item_event.c.id > last["items"]))
    return union(*parts)
