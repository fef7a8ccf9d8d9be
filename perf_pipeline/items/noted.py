"""Where items stood (整改事项) when a checkpoint's report was told, for the page of the quarter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.items.kind import ItemKind
from perf_pipeline.items.state import State
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.engine import as_utc
from perf_pipeline.warehouse.schema import alert, alert_event, item, item_event, snapshot
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.typed import Query, StoredRow


@dataclass(frozen=True)
class Noted:
    """An item and where it stood: its number is the one to answer.

    `warning` is what the newest alert at this checkpoint says that was not taken back, `rule` its
    rule.
    """

    number: int
    kind: ItemKind
    key: str
    subject: str
    place: str
    first_seen: str
    state: State
    due_on: date | None
    words: str
    warning: str | None
    rule: str | None

    @property
    def label(self) -> str:
        """The state's word."""
        return self.state.label


def read_noted(
    connection: Connection, checkpoint: Checkpoint, departments: Collection[int]
) -> Mapping[int, tuple[Noted, ...]]:
    """Read, by department, where each item of the year stands at its newest judged checkpoint.

    At an earlier one, where it stood when a later one was first judged: of an item that was noted
    only after that, the first that was noted, if it was warned of here. So with its alerts.
    A checkpoint seen as known at a moment knows only what had been noted by then.
    """
    items = connection.execute(
        select(item, item_event.c.state, item_event.c.due_on, item_event.c.words)
        .add_columns(item_event.c.happened_at)
        .join(item_event, item_event.c.item_id == item.c.id)
        .where(
            item.c.fiscal_year == checkpoint.fiscal_year, among(item.c.department_id, departments)
        )
        .order_by(item.c.id, item_event.c.id)
    )
    until = first_judged_later(connection, checkpoint, departments)
    stood = _as_of(items, checkpoint, until)
    alerts = _as_of(connection.execute(_warnings(checkpoint, departments)), checkpoint, until)
    warned = {row.item_id: row for row in alerts.values() if row.state != "resolved"}
    found: dict[int, list[Noted]] = defaultdict(list)
    for number, row in stood.items():
        warning, last = warned.get(number), until.get(row.department_id)
        if warning is None and last is not None and as_utc(row.happened_at) >= last:
            continue
        found[row.department_id].append(
            Noted(
                number,
                ItemKind(row.kind),
                row.subject_key,
                row.subject,
                row.place,
                row.first_seen,
                State(row.state),
                row.due_on,
                row.words,
                warning.gap if warning else None,
                warning.rule if warning else None,
            )
        )
    return {department: tuple(mine) for department, mine in found.items()}


def _as_of(
    events: Iterable[StoredRow], checkpoint: Checkpoint, until: Mapping[int, datetime]
) -> dict[int, StoredRow]:
    """Return the event that counts of each `id`; events come oldest first."""
    stood: dict[int, StoredRow] = {}
    for row in events:
        happened, last = as_utc(row.happened_at), until.get(row.department_id)
        if not checkpoint.knows(happened):
            continue
        if row.id not in stood or last is None or happened < last:
            stood[row.id] = row
    return stood


def _warnings(checkpoint: Checkpoint, departments: Collection[int]) -> Query:
    """Select the events of a checkpoint's alerts with item_id, gap and rule, oldest first."""
    return (
        select(alert.c.id, alert.c.item_id, alert.c.gap, alert.c.rule, item.c.department_id)
        .add_columns(alert_event.c.state, alert_event.c.happened_at)
        .join(checkpoint_table, checkpoint_table.c.id == alert.c.checkpoint_id)
        .join(item, item.c.id == alert.c.item_id)
        .join(alert_event, alert_event.c.alert_id == alert.c.id)
        .where(checkpoint_table.c.name == checkpoint.name, among(item.c.department_id, departments))
        .order_by(alert.c.id, alert_event.c.id)
    )


def first_judged_later(
    connection: Connection, checkpoint: Checkpoint, departments: Collection[int]
) -> dict[int, datetime]:
    """Read when a later checkpoint of the year was first judged, by department.

    Until then what is noted belongs to this checkpoint, on every page.
    """
    query = (
        select(snapshot.c.department_id, func.min(snapshot.c.created_at))
        .join(checkpoint_table, checkpoint_table.c.id == snapshot.c.checkpoint_id)
        .where(
            snapshot.c.kind == "monitoring",
            among(snapshot.c.department_id, departments),
            checkpoint_table.c.fiscal_year == checkpoint.fiscal_year,
            checkpoint_table.c.ordinal > checkpoint.ordinal,
        )
        .group_by(snapshot.c.department_id)
    )
    return {department: as_utc(first) for department, first in connection.execute(query)}
