"""Closing a quarter (关账) and opening it again: an account of who did it, when and why.

Events are only ever added; a quarter of a department is closed while its newest event says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Engine, FromClause, func, insert, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import ConfigurationError, NothingJudgedError
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.dimensions import checkpoint_id
from perf_pipeline.warehouse.engine import as_utc, write_transaction
from perf_pipeline.warehouse.known import Departments, latest_snapshots
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import department, quarter_lock, snapshot
from perf_pipeline.warehouse.seals.deed import Deed, What, named
from perf_pipeline.warehouse.typed import Query

LOCKED_KINDS = ("monitoring", "report")  # what a closed quarter keeps; counts go on being counted
CLOSED, REOPENED = "closed", "reopened"


@dataclass(frozen=True)
class LockEvent:
    """A department's quarter that was closed or opened again, at its version of that time."""

    department: str
    quarter: str
    action: str
    version: int


def closing_events() -> Query:
    """Select the events that hold a quarter closed now: all columns of `quarter_lock`."""
    newest = (
        select(func.max(quarter_lock.c.id))
        .group_by(quarter_lock.c.department_id, quarter_lock.c.checkpoint_id)
        .scalar_subquery()
    )
    return select(quarter_lock).where(
        quarter_lock.c.id.in_(newest), quarter_lock.c.action == CLOSED
    )


def is_closed(judged: FromClause) -> ColumnElement[bool]:
    """Hold for rows with a department_id and checkpoint_id whose quarter is closed."""
    closing = closing_events().subquery("closing")
    return (
        select(closing.c.id).where(same(closing, judged, "department_id", "checkpoint_id")).exists()
    )


def closing_moments(connection: Connection, at: int) -> dict[int, datetime]:
    """Return the departments that have a quarter (its row number) closed, and since when (UTC)."""
    closing = closing_events().where(quarter_lock.c.checkpoint_id == at)
    return {row.department_id: as_utc(row.created_at) for row in connection.execute(closing)}


def close_quarter(
    engine: Engine,
    checkpoint: Checkpoint,
    *,
    actor: str,
    department_code: str | None = None,
    reason: str | None = None,
) -> tuple[LockEvent, ...]:
    """Close a quarter of one department or of all: later runs leave its results as they are.

    Departments that have it closed already are left out of what is returned. Raises
    NothingJudgedError where there is nothing judged to close.
    """
    return _record(engine, checkpoint, CLOSED, actor, department_code, reason)


def reopen_quarter(
    engine: Engine,
    checkpoint: Checkpoint,
    *,
    actor: str,
    reason: str,
    department_code: str | None = None,
) -> tuple[LockEvent, ...]:
    """Open a closed quarter again, for a reason; the next run restates it where data changed.

    Raises ConfigurationError without a reason, and where nothing of the quarter is closed.
    """
    if not reason.strip():
        raise ConfigurationError("重新开账须写明理由")
    return _record(engine, checkpoint, REOPENED, actor, department_code, reason.strip())


def _record(
    engine: Engine,
    checkpoint: Checkpoint,
    action: str,
    actor: str,
    code: str | None,
    reason: str | None,
) -> tuple[LockEvent, ...]:
    subject = f"{checkpoint.name} {code or '全部部门'}"
    deed = Deed(What.CLOSED if action == CLOSED else What.REOPENED, subject, named(actor))
    with write_transaction(engine, deed) as connection:
        checkpoint_id(connection, checkpoint)  # late data need to know where its period begins
        judged = connection.execute(_judged(checkpoint, code)).all()
        if not judged:
            whose = f"部门 {code} " if code else ""
            raise NothingJudgedError(f"{whose}{checkpoint.name} 还没有评价，请先运行 run")
        rows = [each for each in judged if each.closed == (action == REOPENED)]
        if action == REOPENED and not rows:
            raise ConfigurationError(f"{checkpoint.name} 没有关账，无须重新开账")
        moment = datetime.now(UTC)
        events = [
            {
                "department_id": each.department_id,
                "checkpoint_id": each.checkpoint_id,
                "snapshot_id": each.id,
                "action": action,
                "actor": deed.person,
                "reason": reason,
                "created_at": moment,
            }
            for each in rows
        ]
        if events:
            connection.execute(insert(quarter_lock), events)
    return tuple(LockEvent(each.code, checkpoint.name, action, each.version) for each in rows)


def _judged(checkpoint: Checkpoint, code: str | None) -> Query:
    """Select the newest judgement of a quarter of each department, and whether it is closed."""
    newest = select(latest_snapshots("monitoring").subquery().c.id)
    query = (
        select(snapshot, department.c.code, is_closed(snapshot).label("closed"))
        .join(department, department.c.id == snapshot.c.department_id)
        .join(checkpoint_table, checkpoint_table.c.id == snapshot.c.checkpoint_id)
        .where(snapshot.c.id.in_(newest), checkpoint_table.c.name == checkpoint.name)
        .order_by(department.c.code)
    )
    return query if code is None else query.where(department.c.code == code)


def lock_history(
    connection: Connection, checkpoint: Checkpoint, departments: Departments = None
) -> list[dict[str, object]]:
    """Read who closed and reopened a quarter, when and why, oldest first."""
    query = (
        select(
            department.c.code.label("department"),
            quarter_lock.c.action,
            snapshot.c.version,
            quarter_lock.c.actor,
            quarter_lock.c.reason,
            quarter_lock.c.created_at,
        )
        .join(department, department.c.id == quarter_lock.c.department_id)
        .join(snapshot, snapshot.c.id == quarter_lock.c.snapshot_id)
        .join(checkpoint_table, checkpoint_table.c.id == quarter_lock.c.checkpoint_id)
        .where(
            checkpoint_table.c.name == checkpoint.name,
            within(quarter_lock.c.department_id, departments),
        )
        .order_by(quarter_lock.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
