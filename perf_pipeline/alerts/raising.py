"""Raising alerts and following them up: a row for each miss, and an event for each change.

An alert stands for one subject at one checkpoint at one level, and is never raised twice. What
becomes of it is a row of `alert_event`, so that nothing about it is overwritten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select

from perf_pipeline.alerts.coming import DAILY
from perf_pipeline.alerts.configuration import AlertConfiguration
from perf_pipeline.alerts.following import Subject, Turn, escalations, follow_up, subject_of
from perf_pipeline.alerts.misses import judged_ordinals, select_misses
from perf_pipeline.alerts.state import OPEN, AlertState
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.outlook import LIKELIHOOD_LABELS
from perf_pipeline.domain.status import LIGHT_LABELS, STATUS_LABELS
from perf_pipeline.warehouse.dimensions import checkpoint_id
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import now
from perf_pipeline.warehouse.schema import alert, alert_event
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table

LEVEL_LABELS = {
    **{
        str(word): label
        for words in (LIGHT_LABELS, STATUS_LABELS, LIKELIHOOD_LABELS)
        for word, label in words.items()
    },
    "missing": "无数据",
    "refused": "拒收",
    "failed": "读入失败",
    "quarantined": "有隔离行",
    "late": "迟报",
    "changed": "已变更",
    "worse": "预计变差",
    "overdue": "超期未办",
    "soon": "即将到期",
    "due": "待报送",
    "overspent": "超出预算",
    "plan_passed": "计划时点已过",
}


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
        of_year = checkpoint_table.c.fiscal_year == checkpoint.fiscal_year
        known = [
            row
            for row in alerts_with_states(connection, of_year)
            if row["rule"] not in DAILY  # these have a look of their own, day by day
        ]
        fresh = insert_alerts(connection, missed, known, at, checkpoint, moment)
        ordinals = connection.execute(judged_ordinals(checkpoint.fiscal_year))
        judged = {row.department_id: row.ordinal for row in ordinals}

        def looked_at(row: Mapping[str, Any]) -> int | None:
            own: int = row["ordinal"]
            if row["snapshot_id"] is None:  # of a file
                return own if newest else None
            newest_judged: int = judged.get(row["department_id"], own)
            return newest_judged

        turn(connection, known, list(follow_up(known, missed, looked_at)), configuration, moment)
        return tuple(read_alerts(connection, fresh))


def insert_alerts(
    connection: Connection,
    missed: Iterable[Mapping[str, Any]],
    known: Iterable[Mapping[str, Any]],
    at: int,
    checkpoint: Checkpoint,
    moment: datetime,
) -> list[int]:
    """Insert the alerts of a checkpoint that are not there yet, each with its first event.

    A miss that says itself since when it is one (`since`) is believed.
    """
    here = {(*subject_of(row), row["level"]) for row in known if row["checkpoint_id"] == at}
    labels: dict[Subject, dict[int, str]] = defaultdict(dict)
    for miss in missed:
        labels[subject_of(miss)][miss["ordinal"]] = miss["label"]
    columns = {column.name for column in alert.c} - {"id", "since", "created_at"}
    rows, states = [], []
    for miss in missed:
        if miss["checkpoint_id"] != at or (*subject_of(miss), miss["level"]) in here:
            continue
        since = _first_of_run(labels[subject_of(miss)], checkpoint.ordinal)
        before = since != miss["ordinal"]
        rows.append(
            {name: miss[name] for name in columns}
            | {
                "since": miss.get("since") or labels[subject_of(miss)][since],
                "created_at": moment,
            }
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
        [_event(Turn(id_, state), moment) for id_, state in zip(ids, states, strict=True)],
    )
    return ids


def turn(
    connection: Connection,
    known: Iterable[Mapping[str, Any]],
    turns: list[Turn],
    configuration: AlertConfiguration,
    moment: datetime,
) -> None:
    """Write what becomes of known alerts, and escalate those that nobody answered."""
    turned = {each.alert_id for each in turns}
    turns += escalations(known, turned, configuration.escalate_after_days, moment)
    if turns:
        connection.execute(insert(alert_event), [_event(each, moment) for each in turns])


def _first_of_run(labels: Mapping[int, str], ordinal: int) -> int:
    """Return the checkpoint since which a subject has been missed without a break."""
    while ordinal - 1 in labels:
        ordinal -= 1
    return ordinal


def _event(turned: Turn, moment: datetime) -> dict[str, Any]:
    return {
        "alert_id": turned.alert_id,
        "state": str(turned.state),
        "happened_at": moment,
        "person": None,
        "reason": turned.reason,
    }


def alerts_with_states(
    connection: Connection, *conditions: ColumnElement[bool]
) -> list[dict[str, Any]]:
    """Read alerts with their newest event and the checkpoint at which they stand.

    The conditions are on `alert`, `alert_event` (the newest of each) and `checkpoint`.
    """
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
            checkpoint_table.c.fiscal_year,
            checkpoint_table.c.name.label("quarter"),
        )
        .join(newest, newest.c.alert_id == alert.c.id)
        .join(alert_event, alert_event.c.id == newest.c.event_id)
        .join(checkpoint_table, checkpoint_table.c.id == alert.c.checkpoint_id)
        .where(*conditions)
        .order_by(alert.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


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
        turned = Turn(alert_id, AlertState.ACKNOWLEDGED, reason.strip())
        event = _event(turned, moment or now())
        connection.execute(insert(alert_event), [{**event, "person": person}])


def open_alerts(engine: Engine) -> list[dict[str, Any]]:
    """Return the alerts that are neither resolved nor continued, with quarter and state."""
    with engine.connect() as connection:
        return alerts_with_states(connection, alert_event.c.state.in_(sorted(OPEN)))


def read_alerts(connection: Connection, ids: list[int] | None = None) -> list[Alert]:
    """Read alerts as they are told to people, all of them or those with the given row numbers.

    The database is asked for the range that they lie in: a list of many is more than it takes.
    """
    if ids is not None and not ids:
        return []
    query = (
        select(alert, checkpoint_table.c.name.label("quarter"))
        .join(checkpoint_table, checkpoint_table.c.id == alert.c.checkpoint_id)
        .order_by(alert.c.id)
    )
    if ids is not None:
        query = query.where(alert.c.id.between(min(ids), max(ids)))
    wanted = None if ids is None else set(ids)
    fields = list(Alert.__dataclass_fields__)
    return [
        Alert(**{field: row[field] for field in fields})
        for row in connection.execute(query).mappings()
        if wanted is None or row["id"] in wanted
    ]
