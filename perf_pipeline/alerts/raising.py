"""Raising alerts: a row for each miss of a quarter, and never a second one for the same miss."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    Text,
    cast,
    func,
    insert,
    literal,
    select,
    union_all,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.status import LIGHT_LABELS, STATUS_LABELS, Light, Status
from perf_pipeline.warehouse.dimensions import checkpoint_id
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import latest_snapshots, now
from perf_pipeline.warehouse.schema import (
    alert,
    department,
    indicator_result,
    snapshot,
    spending_result,
)
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table

BAD_LIGHTS = (str(Light.RED), str(Light.YELLOW), str(Light.AHEAD))
BAD_STATUSES = (str(Status.MISSED), str(Status.BEHIND))
LEVEL_LABELS = {str(word): label for word, label in (*LIGHT_LABELS.items(), *STATUS_LABELS.items())}


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


def raise_alerts(engine: Engine, checkpoint: Checkpoint) -> tuple[Alert, ...]:
    """Write the alerts that a quarter's newest judgement deserves; return those that are new."""
    with write_transaction(engine) as connection:
        at = checkpoint_id(connection, checkpoint)
        missed = [dict(row) for row in connection.execute(_misses(checkpoint)).mappings()]
        first = _first_of_run(missed, checkpoint)
        key = (alert.c.department_id, alert.c.rule, alert.c.subject_key, alert.c.level)
        known = {
            tuple(row)
            for row in connection.execute(select(*key).where(alert.c.checkpoint_id == at))
        }
        fresh = [
            {**miss, "since": first[_subject(miss)], "created_at": now()}
            for miss in missed
            if miss["checkpoint_id"] == at and (*_subject(miss), miss["level"]) not in known
        ]
        columns = {column.name for column in alert.c} - {"id"}
        rows = [{name: row[name] for name in columns} for row in fresh]
        if not rows:
            return ()
        ids = connection.execute(insert(alert).returning(alert.c.id), rows).scalars().all()
        return tuple(read_alerts(connection, list(ids)))


Subject = tuple[int, str, str]


def _subject(miss: Mapping[str, Any]) -> Subject:
    return miss["department_id"], miss["rule"], miss["subject_key"]


def _first_of_run(
    missed: Sequence[Mapping[str, Any]], checkpoint: Checkpoint
) -> dict[Subject, str]:
    """Return for each subject the checkpoint since which it has been missed without a break."""
    by_subject: dict[Subject, dict[int, str]] = defaultdict(dict)
    for miss in missed:
        by_subject[_subject(miss)][miss["quarter_ordinal"]] = miss["quarter_label"]
    since = {}
    for subject, labels in by_subject.items():
        ordinal = checkpoint.ordinal
        while ordinal - 1 in labels:
            ordinal -= 1
        since[subject] = labels.get(ordinal, checkpoint.label)
    return since


def _misses(checkpoint: Checkpoint) -> Select[Any]:
    """Select each miss of the year's newest judgements up to a checkpoint, in an alert's words."""
    spending = _of_newest_judgement(
        checkpoint,
        spending_result,
        spending_result.c.light.in_(BAD_LIGHTS),
        rule=literal("spending"),
        subject_key=spending_result.c.project_name,
        level=spending_result.c.light,
        subject=literal("预算执行"),
        project_name=spending_result.c.project_name,
        figure_prefix="S",
    )
    indicators = _of_newest_judgement(
        checkpoint,
        indicator_result,
        indicator_result.c.status.in_(BAD_STATUSES),
        rule=literal("indicator"),
        subject_key=indicator_result.c.indicator_key,
        level=indicator_result.c.status,
        subject=indicator_result.c.name,
        project_name=func.coalesce(indicator_result.c.project_name, indicator_result.c.section),
        figure_prefix="I",
    )
    both = union_all(spending, indicators).subquery()
    return select(both).order_by(both.c.rule.desc(), both.c.result_id)


def _of_newest_judgement(
    checkpoint: Checkpoint,
    table: Table,
    missed: ColumnElement[bool],
    *,
    rule: ColumnElement[str],
    subject_key: ColumnElement[Any],
    level: ColumnElement[Any],
    subject: ColumnElement[Any],
    project_name: ColumnElement[Any],
    figure_prefix: str,
) -> Select[Any]:
    newest = latest_snapshots("monitoring").subquery(f"newest_{table.name}")
    name = func.coalesce(department.c.name, department.c.code)
    return (
        select(
            snapshot.c.department_id,
            snapshot.c.checkpoint_id,
            snapshot.c.id.label("snapshot_id"),
            checkpoint_table.c.ordinal.label("quarter_ordinal"),
            checkpoint_table.c.label.label("quarter_label"),
            table.c.id.label("result_id"),
            rule.label("rule"),
            cast(subject_key, Text).label("subject_key"),
            cast(level, Text).label("level"),
            cast(subject, Text).label("subject"),
            (name + "／" + func.coalesce(project_name, "")).label("place"),
            table.c.reason.label("gap"),
            (literal(f"追溯号 {figure_prefix}") + cast(table.c.id, Text)).label("evidence"),
        )
        .join(newest, newest.c.id == table.c.snapshot_id)
        .join(snapshot, snapshot.c.id == table.c.snapshot_id)
        .join(department, department.c.id == snapshot.c.department_id)
        .join(checkpoint_table, checkpoint_table.c.id == snapshot.c.checkpoint_id)
        .where(
            missed,
            checkpoint_table.c.fiscal_year == checkpoint.fiscal_year,
            checkpoint_table.c.ordinal <= checkpoint.ordinal,
        )
    )


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
