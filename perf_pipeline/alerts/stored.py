"""Alerts as they stand in the warehouse: read with their states, and told to people in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, func, select

from perf_pipeline.alerts.state import OPEN
from perf_pipeline.items.levels import LEVEL_LABELS
from perf_pipeline.warehouse.same import another
from perf_pipeline.warehouse.schema import alert, alert_event, snapshot
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table


@dataclass(frozen=True)
class Alert:
    """One miss, in words: what, where, how far, since when, and the evidence."""

    id: int
    quarter: str
    rule: str
    level: str
    subject: str
    place: str
    gap: str
    since: str
    evidence: str

    def __str__(self) -> str:
        level = LEVEL_LABELS.get(self.level, self.level)
        return (
            f"【{self.quarter} {level}】{self.place}：{self.subject}。{self.gap}。"
            f"自{self.since}起。{self.evidence}"
        )


def alerts_with_states(
    connection: Connection, *conditions: ColumnElement[bool]
) -> list[dict[str, object]]:
    """Read alerts with their newest event and the checkpoint at which they stand.

    The conditions are on `alert`, `alert_event` (the newest of each) and `checkpoint`.
    """
    event = another(alert_event, "an_event")
    newest = select(func.max(event.c.id)).where(event.c.alert_id == alert.c.id).correlate(alert)
    query = (
        select(
            alert,
            alert_event.c.state,
            alert_event.c.happened_at,
            checkpoint_table.c.ordinal,
            checkpoint_table.c.fiscal_year,
            checkpoint_table.c.name.label("quarter"),
            snapshot.c.kind.label("judged_as"),  # None for what is of a file or of a day
        )
        .select_from(alert)
        .join(alert_event, alert_event.c.id == newest.scalar_subquery())
        .join(checkpoint_table, checkpoint_table.c.id == alert.c.checkpoint_id)
        .outerjoin(snapshot, snapshot.c.id == alert.c.snapshot_id)
        .where(*conditions)
        .order_by(alert.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def open_alerts(engine: Engine) -> list[dict[str, object]]:
    """Return the alerts that are neither resolved nor continued, with quarter and state."""
    with engine.connect() as connection:
        return alerts_with_states(connection, alert_event.c.state.in_(sorted(OPEN)))


def read_alerts(connection: Connection, ids: Collection[int]) -> list[Alert]:
    """Read the alerts with these row numbers, as they are told to people.

    The database is asked for the range that they lie in: a list of many is more than it takes.
    """
    if not ids:
        return []
    query = (
        select(alert, checkpoint_table.c.name.label("quarter"))
        .join(checkpoint_table, checkpoint_table.c.id == alert.c.checkpoint_id)
        .where(alert.c.id.between(min(ids), max(ids)))
        .order_by(alert.c.id)
    )
    wanted = set(ids)
    fields = list(Alert.__dataclass_fields__)
    return [
        Alert(**{field: row[field] for field in fields})
        for row in connection.execute(query).mappings()
        if row["id"] in wanted
    ]
