"""Raising alerts and following them up: a row for each miss, and an event for each change.

An alert stands for one subject at one checkpoint at one level, and is never raised twice. What
becomes of it is a row of `alert_event`, so that nothing about it is overwritten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select

from perf_pipeline.alerts.configuration import AlertConfiguration
from perf_pipeline.alerts.misses import judged_ordinals, select_misses
from perf_pipeline.alerts.state import OPEN, AlertState
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.status import LIGHT_LABELS, STATUS_LABELS
from perf_pipeline.warehouse.dimensions import checkpoint_id
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import now
from perf_pipeline.warehouse.schema import alert, alert_event
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table

LEVEL_LABELS = {
    **{str(word): label for word, label in (*LIGHT_LABELS.items(), *STATUS_LABELS.items())},
    "missing": "无数据",
    "refused": "拒收",
    "quarantined": "有隔离行",
    "late": "迟报",
    "changed": "已变更",
}

Subject = tuple[int, str, str]  # department, rule, key


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
        """Write the alert on one line."""
        level = LEVEL_LABELS.get(self.level, self.level)
        return (
            f"【{self.quarter} {level}】{self.place}：{self.subject}。{self.gap}。"
            f"自{self.since}起。{self.evidence}"
        )


def raise_alerts(
    engine: Engine,
    checkpoint: Checkpoint,
    configuration: AlertConfiguration,
    *,
    newest: bool = True,
    moment: datetime | None = None,
) -> tuple[Alert, ...]:
    """Write the alerts that a quarter's newest judgement deserves; return those that are new.

    Open alerts of the whole year are followed up on the way. `newest` tells that no later
    checkpoint of the year is over: the faults of files stand at that one.
    """
    moment = moment or now()
    with write_transaction(engine) as connection:
        at = checkpoint_id(connection, checkpoint)
        query = select_misses(checkpoint.fiscal_year, configuration, checkpoint if newest else None)
        missed = [dict(row) for row in connection.execute(query).mappings()]
        known = _alerts_with_states(connection, checkpoint.fiscal_year)
        fresh = _insert(connection, missed, known, at, checkpoint, moment)
        ordinals = connection.execute(judged_ordinals(checkpoint.fiscal_year))
        judged = {row.department_id: row.ordinal for row in ordinals}
        events = _follow_up(known, missed, judged, configuration, moment, files_seen=newest)
        if events:
            connection.execute(insert(alert_event), events)
        return tuple(read_alerts(connection, fresh))


def _subject(row: Mapping[str, Any]) -> Subject:
    return row["department_id"], row["rule"], row["subject_key"]


def _insert(
    connection: Connection,
    missed: Iterable[Mapping[str, Any]],
    known: Iterable[Mapping[str, Any]],
    at: int,
    checkpoint: Checkpoint,
    moment: datetime,
) -> list[int]:
    """Insert the alerts of a checkpoint that are not there yet, each with its first event."""
    here = {(*_subject(row), row["level"]) for row in known if row["checkpoint_id"] == at}
    labels: dict[Subject, dict[int, str]] = defaultdict(dict)
    for miss in missed:
        labels[_subject(miss)][miss["ordinal"]] = miss["label"]
    columns = {column.name for column in alert.c} - {"id", "since", "created_at"}
    rows, states = [], []
    for miss in missed:
        if miss["checkpoint_id"] != at or (*_subject(miss), miss["level"]) in here:
            continue
        since = _first_of_run(labels[_subject(miss)], checkpoint.ordinal)
        before = since != miss["ordinal"]
        rows.append(
            {name: miss[name] for name in columns}
            | {"since": labels[_subject(miss)][since], "created_at": moment}
        )
        states.append(AlertState.REPEATED if before else AlertState.NEW)
    if not rows:
        return []
    ids = list(
        connection.execute(
            insert(alert).returning(alert.c.id, sort_by_parameter_order=True), rows
        ).scalars()
    )
    connection.execute(
        insert(alert_event),
        [_event(id_, state, moment) for id_, state in zip(ids, states, strict=True)],
    )
    return ids


def _first_of_run(labels: Mapping[int, str], ordinal: int) -> int:
    """Return the checkpoint since which a subject has been missed without a break."""
    while ordinal - 1 in labels:
        ordinal -= 1
    return ordinal


def _event(
    alert_id: int, state: AlertState, moment: datetime, reason: str | None = None
) -> dict[str, Any]:
    return {
        "alert_id": alert_id,
        "state": str(state),
        "happened_at": moment,
        "person": None,
        "reason": reason,
    }


def _alerts_with_states(
    connection: Connection, fiscal_year: int | None = None
) -> list[dict[str, Any]]:
    """Read alerts, of a year or all, with their newest event and where they stand in the year."""
    newest = (
        select(alert_event.c.alert_id, func.max(alert_event.c.id).label("event_id"))
        .group_by(alert_event.c.alert_id)
        .subquery("newest")
    )
    query = (
        select(
            alert,
            alert_event.c.state,
            alert_event.c.happened_at,
            checkpoint_table.c.ordinal,
            checkpoint_table.c.name.label("quarter"),
        )
        .join(newest, newest.c.alert_id == alert.c.id)
        .join(alert_event, alert_event.c.id == newest.c.event_id)
        .join(checkpoint_table, checkpoint_table.c.id == alert.c.checkpoint_id)
        .order_by(alert.c.id)
    )
    if fiscal_year is not None:
        query = query.where(checkpoint_table.c.fiscal_year == fiscal_year)
    return [dict(row) for row in connection.execute(query).mappings()]


def _follow_up(
    known: Iterable[Mapping[str, Any]],
    missed: Iterable[Mapping[str, Any]],
    judged: Mapping[int, int],
    configuration: AlertConfiguration,
    moment: datetime,
    *,
    files_seen: bool,
) -> list[dict[str, Any]]:
    """Return the events that the newest judgements make of alerts raised before."""
    levels: dict[tuple[Subject, int], dict[str, str]] = defaultdict(dict)
    for miss in missed:
        levels[_subject(miss), miss["ordinal"]][miss["level"]] = miss["label"]
    events = []
    for row in known:
        subject, state = _subject(row), AlertState(row["state"])
        of_file = row["snapshot_id"] is None
        if of_file and not files_seen:
            continue
        end = row["ordinal"] if of_file else judged.get(row["department_id"], row["ordinal"])
        now_missed = levels.get((subject, end), {})
        turn: tuple[AlertState, str | None] | None = None
        if end == row["ordinal"] and row["level"] in now_missed:
            if state in (AlertState.RESOLVED, AlertState.CONTINUED):
                turn = AlertState.REPEATED, "再次出现"
            elif _is_overdue(row, state, configuration, moment):
                days = configuration.escalate_after_days
                turn = AlertState.ESCALATED, f"{days}天没有处理，也没有说明原因"
        elif state in OPEN:
            if now_missed:
                turn = AlertState.CONTINUED, None
            else:
                turn = AlertState.RESOLVED, "最近一次评价已不再成立"
        if turn is not None:
            events.append(_event(row["id"], turn[0], moment, turn[1]))
    return events


def _is_overdue(
    row: Mapping[str, Any],
    state: AlertState,
    configuration: AlertConfiguration,
    moment: datetime,
) -> bool:
    if state not in (AlertState.NEW, AlertState.REPEATED):
        return False
    happened: datetime = row["happened_at"]
    if happened.tzinfo is None:  # SQLite keeps no time zone: what is stored is UTC
        happened = happened.replace(tzinfo=moment.tzinfo)
    return moment - happened >= timedelta(days=configuration.escalate_after_days)


def acknowledge(
    engine: Engine, alert_id: int, *, person: str, reason: str, moment: datetime | None = None
) -> None:
    """Note that a person knows of an alert, and what they say about it.

    Raises ConfigurationError for an alert that does not exist or is no longer open, and for an
    empty reason.
    """
    if not reason.strip():
        raise ConfigurationError("确认预警要写明理由")
    with write_transaction(engine) as connection:
        newest = connection.execute(
            select(alert_event.c.state)
            .where(alert_event.c.alert_id == alert_id)
            .order_by(alert_event.c.id.desc())
            .limit(1)
        ).scalar_one_or_none()
        if newest is None:
            raise ConfigurationError(f"没有编号为 {alert_id} 的预警")
        if AlertState(newest) not in OPEN:
            raise ConfigurationError(f"预警 {alert_id} 已经不是待处理的")
        event = _event(alert_id, AlertState.ACKNOWLEDGED, moment or now(), reason.strip())
        connection.execute(insert(alert_event), [{**event, "person": person}])


def open_alerts(engine: Engine) -> list[dict[str, Any]]:
    """Return the alerts that are neither resolved nor continued, with quarter and state."""
    with engine.connect() as connection:
        rows = _alerts_with_states(connection)
    return [row for row in rows if AlertState(row["state"]) in OPEN]


def read_alerts(connection: Connection, ids: list[int] | None = None) -> list[Alert]:
    """Read alerts as they are told to people, all of them or those with the given row numbers."""
    query = (
        select(alert, checkpoint_table.c.name.label("quarter"))
        .join(checkpoint_table, checkpoint_table.c.id == alert.c.checkpoint_id)
        .order_by(alert.c.id)
    )
    if ids is not None:
        query = query.where(alert.c.id.in_(ids))
    fields = list(Alert.__dataclass_fields__)
    return [
        Alert(**{field: row[field] for field in fields})
        for row in connection.execute(query).mappings()
    ]
