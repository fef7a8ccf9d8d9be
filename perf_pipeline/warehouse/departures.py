"""What left the inbox (离开收件文件夹): files that were taken in and are no longer there.

A file that gave no row is done with once it is taken away. One whose rows count goes on counting
until a person says which of two things is meant: it was withdrawn (撤下), and its rows are closed,
or it was only cleared away, and they stay. A file that lies there under another name, with the
same bytes, is the same file: it has not come late.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sqlalchemy import Connection, Engine, Table, func, insert, or_, select, update

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.warehouse import known
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.file_kinds import BUDGET, CORRECTION, DOCUMENT, PLAN
from perf_pipeline.warehouse.history import merge_rows, now
from perf_pipeline.warehouse.inbox import REGISTERS, TARGETS, InboxFile, Listed, inbox_files
from perf_pipeline.warehouse.mending import close_of_earlier
from perf_pipeline.warehouse.outcomes import COUNTS, Left
from perf_pipeline.warehouse.schema import (
    department,
    departure,
    indicator,
    project,
    register_tables,
    source_file,
    spending_plan,
    target,
)
from perf_pipeline.warehouse.seals.deed import Deed, What, named
from perf_pipeline.warehouse.typed import Query, StoredRow

WITHDRAWN = "withdrawn"  # the outcome of a version that says nothing more
DOCUMENT_TABLES = (project, indicator, target, spending_plan)


@dataclass(frozen=True)
class Departed:
    """A file that is no longer in the inbox, and what is made of that."""

    path: str
    state: Left
    rows_loaded: int
    became: str | None = None  # its new path

    def __str__(self) -> str:
        """Say it to a reader, with what to do."""
        match self.state:
            case Left.RENAMED:
                return f"{self.path} 改名为 {self.became}，内容未变"
            case Left.WITHDRAWN:
                return f"{self.path} 已移走，它没有入库的行，不再计入"
            case Left.BACK:
                return f"{self.path} 又回到收件文件夹"
            case Left.KEPT:
                return f"{self.path} 已不在收件文件夹，经确认其{self.rows_loaded}行仍然计入"
        return (
            f"{self.path} 已不在收件文件夹，其{self.rows_loaded}行仍在计入；请确认："
            f"perf-pipeline files confirm '{self.path}' --withdrawn（撤下）或 --kept（保留）"
        )


def note_departures(engine: Engine, inbox: Path | Listed) -> tuple[Departed, ...]:
    """Compare the warehouse with the inbox, and note what left it, came back or was renamed.

    Belongs before anything is read. Raises ConfigurationError where the inbox itself is not
    there: then nothing left it.
    """
    folder = inbox.folder if isinstance(inbox, Listed) else inbox
    if not folder.is_dir():
        raise ConfigurationError(f"收件文件夹 {folder} 不存在（PERF_INBOX）")
    with engine.connect() as connection:
        found = _find(connection, inbox)
    if not found:
        return ()
    with write_transaction(engine) as connection:
        found = _find(connection, inbox)  # another run may have noted it meanwhile
        for row, departed in found:
            _note(connection, row, departed)
    return tuple(departed for _, departed in found)


def look_for_departures(engine: Engine, inbox: Path) -> tuple[Departed, ...]:
    """Return what is to be asked or told of files that left the inbox, writing nothing."""
    with engine.connect() as connection:
        waiting = connection.execute(newest_files().where(departure.c.state == Left.GONE)).all()
        fresh = tuple(departed for _, departed in _find(connection, inbox))
        rows = _in_force(connection)
    told = {each.path for each in fresh}
    asked = (Departed(row.path, Left.GONE, rows[row.path]) for row in waiting)
    return (*fresh, *(each for each in asked if each.path not in told))


def confirm(
    engine: Engine, path: str, *, withdrawn: bool, person: str, reason: str | None = None
) -> Departed:
    """Note what a person says of a file that left the inbox: withdrawn, or its rows are kept.

    Raises ConfigurationError for a path that no file ever had, and for a file about which nothing
    is asked.
    """
    deed = Deed(What.CONFIRMED, path, named(person))
    with write_transaction(engine, deed) as connection:
        query = newest_files().where(source_file.c.path == path)
        row = connection.execute(query).one_or_none()
        if row is None:
            raise ConfigurationError(f"没有收到过文件 {path}；路径见 perf-pipeline files")
        if row.state not in (Left.GONE, Left.KEPT):
            raise ConfigurationError(
                f"{path} 没有等待确认：它还在收件文件夹里，或移走后还没有运行过 run"
            )
        rows = _in_force(connection)[path]
        if withdrawn:
            withdraw(connection, row)
        state = Left.WITHDRAWN if withdrawn else Left.KEPT
        _event(connection, row.id, state, deed.person, reason)
        return Departed(path, state, rows)


def newest_files(departments: Collection[int] | None = None) -> Query:
    """Select the newest version of each file that still says something, and its departure.

    Of departments by row number; None: of all. Columns of source_file, the department's code, and
    state (None: it never left).
    """
    newest = known.newest_files(departments=departments)
    event = departure.alias("an_event")
    last = select(func.max(event.c.id)).group_by(event.c.source_file_id).scalar_subquery()
    return (
        select(source_file, department.c.code.label("department"), departure.c.state)
        .join(department, department.c.id == source_file.c.department_id)
        .outerjoin(
            departure, (departure.c.source_file_id == source_file.c.id) & departure.c.id.in_(last)
        )
        .where(source_file.c.id.in_(newest), source_file.c.outcome != WITHDRAWN)
        .order_by(source_file.c.path)
    )


def withdraw(connection: Connection, row: StoredRow) -> None:
    """Close what a file said: a version of it that says nothing takes the place of the last.

    `row` is one of `newest_files`. Rows that another file has too stay, as its own.
    """
    empty = dict.fromkeys(COUNTS, 0)
    same = ("department_id", "fiscal_year", "kind", "path")
    added = insert(source_file).values(
        {name: row._mapping[name] for name in same}
        | {"version": row.version + 1, "sha256": "", "size": 0, "read_with": ""}
        | {"outcome": WITHDRAWN, "loaded_at": now(), **empty}
    )
    file_id = int(connection.execute(added.returning(source_file.c.id)).scalar_one())
    close_of_earlier(connection, row.path, file_id)
    for table in _tables_of(row.kind):
        merge_rows(connection, table, file_id=file_id, rows=())


def _tables_of(kind: str) -> tuple[Table, ...]:
    if kind == PLAN:
        return (register_tables[kind], spending_plan)
    if kind in register_tables:
        return (register_tables[kind],)
    return (*DOCUMENT_TABLES, register_tables[BUDGET]) if kind == DOCUMENT else ()


def _in_force(connection: Connection) -> dict[str, int]:
    """Return the rows in force of each path there ever was: a version refused changes none."""
    versions = select(source_file.c.path, source_file.c.rows_loaded, source_file.c.outcome)
    rows: dict[str, int] = {}
    for path, loaded, outcome in connection.execute(versions.order_by(source_file.c.version)):
        rows[path] = loaded if outcome in ("loaded", WITHDRAWN) else rows.get(path, 0)
    return rows


def _find(connection: Connection, inbox: Path | Listed) -> list[tuple[StoredRow, Departed]]:
    there = (*inbox_files(inbox, TARGETS), *inbox_files(inbox, REGISTERS))
    present = {each.relative: each for each in there}
    left = departure.c.state.in_((Left.GONE, Left.KEPT))
    of_note = or_(left, ~among(source_file.c.path, present))  # all others lie where they lay
    known = connection.execute(newest_files().where(of_note)).all()
    gone = [row for row in known if row.path not in present]
    ever = _in_force(connection) if gone else {}
    new = [each for path, each in present.items() if path not in ever] if gone else []
    # a correction closes its own rows: its document is read again without it
    renamed = _renamed([row for row in gone if row.kind != CORRECTION], new)
    found = []
    for row in known:
        if row.path in present:
            found.append((row, Departed(row.path, Left.BACK, row.rows_loaded)))
        elif row.path in renamed:
            became = renamed[row.path]
            found.append((row, Departed(row.path, Left.RENAMED, row.rows_loaded, became)))
        elif not ever[row.path]:
            found.append((row, Departed(row.path, Left.WITHDRAWN, 0)))
        elif row.state not in (Left.GONE, Left.KEPT) and row.kind != CORRECTION:
            found.append((row, Departed(row.path, Left.GONE, ever[row.path])))
    return found


def _renamed(gone: Iterable[StoredRow], new: Iterable[InboxFile]) -> Mapping[str, str]:
    """Find, for files that are gone, a new one of the same folder, kind and bytes."""
    by_size: dict[tuple[str, int], list[InboxFile]] = {}
    for each in new:
        folder = PurePosixPath(each.relative).parent.as_posix()
        by_size.setdefault((folder, each.size()), []).append(each)
    renamed: dict[str, str] = {}
    for row in gone:
        alike = by_size.get((PurePosixPath(row.path).parent.as_posix(), row.size), [])
        for each in alike:
            if row.sha256 and each.kind == row.kind and each.sha256() == row.sha256:
                renamed[row.path] = each.relative
                alike.remove(each)
                break
    return renamed


def _note(connection: Connection, row: StoredRow, departed: Departed) -> None:
    if departed.state is Left.RENAMED:
        connection.execute(
            update(source_file)
            .where(source_file.c.path == departed.path)
            .values(path=departed.became)
        )
        _event(connection, row.id, Left.RENAMED, None, departed.path)
        return
    if departed.state is Left.WITHDRAWN:
        withdraw(connection, row)
    _event(connection, row.id, departed.state, None, None)


def _event(
    connection: Connection, file_id: int, state: Left, person: str | None, reason: str | None
) -> None:
    connection.execute(
        insert(departure).values(
            source_file_id=file_id,
            state=str(state),
            happened_at=now(),
            person=person,
            reason=reason,
        )
    )
