"""The digest (预警汇总): what one recipient is told in a day, written once into the warehouse.

An event that a recipient was told is never in a second digest: `alert_told` holds that.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, insert, select

from perf_pipeline.alerts.configuration import AlertConfiguration, Recipient
from perf_pipeline.alerts.message import Message, cut_to_size, harmless
from perf_pipeline.alerts.raising import LEVEL_LABELS
from perf_pipeline.alerts.state import STATE_LABELS, TOLD, AlertState
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.warehouse.schema import (
    alert,
    alert_event,
    alert_message,
    alert_told,
    department,
    source_file,
)
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table

FIRST_FEW = 5  # of the alerts that are told together
_ORDER = [AlertState.ESCALATED, AlertState.NEW, AlertState.REPEATED, AlertState.RESOLVED]


@dataclass(frozen=True)
class Digest:
    """What is to be told to a recipient: the messages, and the events that they tell."""

    recipient: Recipient
    day: date
    messages: tuple[Message, ...]
    events: tuple[int, ...]


def compose(
    connection: Connection, configuration: AlertConfiguration, moment: datetime
) -> list[Digest]:
    """Make the digests that are due: for each recipient without one today, of what is untold."""
    day = moment.astimezone(LOCAL).date()
    digests = []
    had = set(
        connection.execute(
            select(alert_message.c.recipient).where(alert_message.c.day == day)
        ).scalars()
    )
    told = {
        (row.event_id, row.recipient)
        for row in connection.execute(select(alert_told.c.event_id, alert_told.c.recipient))
    }
    events = list(connection.execute(_untold_events([r.name for r in configuration.recipients])))
    notices = _notices(connection)
    for recipient in configuration.recipients:
        if recipient.name in had:
            continue
        mine = [
            row
            for row in events
            if (row.event_id, recipient.name) not in told
            and recipient.concerns(
                row.code,
                row.rule,
                escalated=row.state == AlertState.ESCALATED,
                service=configuration.rules[row.rule].service,
            )
        ]
        if mine:
            largest = configuration.channels[recipient.channel].largest
            messages = _write(recipient, day, mine, notices, configuration, largest)
            digests.append(Digest(recipient, day, messages, tuple(row.event_id for row in mine)))
    return digests


def store(connection: Connection, digests: Iterable[Digest], moment: datetime) -> None:
    """Write digests into the warehouse as messages that wait to be sent."""
    for digest in digests:
        ids = []
        for part, message in enumerate(digest.messages, start=1):
            added = insert(alert_message).values(
                recipient=digest.recipient.name,
                channel=digest.recipient.channel,
                day=digest.day,
                part=part,
                message_key=message.key,
                title=message.title,
                body=message.text,
                state="waiting",
                attempts=0,
                not_before=moment,
                changed_at=moment,
            )
            ids.append(connection.execute(added.returning(alert_message.c.id)).scalar_one())
        connection.execute(
            insert(alert_told),
            [
                {"event_id": event, "recipient": digest.recipient.name, "message_id": ids[0]}
                for event in digest.events
            ],
        )


def _untold_events(recipients: Sequence[str]) -> Any:
    """Select the events that at least one recipient has not been told, oldest first."""
    times_told = (
        select(func.count())
        .select_from(alert_told)
        .where(alert_told.c.event_id == alert_event.c.id, alert_told.c.recipient.in_(recipients))
        .scalar_subquery()
    )
    later = alert_event.alias("later")
    overtaken = exists().where(
        later.c.alert_id == alert_event.c.alert_id, later.c.id > alert_event.c.id
    )
    return (
        select(
            alert_event.c.id.label("event_id"),
            alert_event.c.state,
            alert_event.c.reason,
            alert.c.id.label("alert_id"),
            alert.c.rule,
            alert.c.level,
            alert.c.subject,
            alert.c.place,
            alert.c.gap,
            alert.c.since,
            alert.c.evidence,
            department.c.id.label("department_id"),
            department.c.code,
            checkpoint_table.c.name.label("quarter"),
        )
        .join(alert, alert.c.id == alert_event.c.alert_id)
        .join(department, department.c.id == alert.c.department_id)
        .join(checkpoint_table, checkpoint_table.c.id == alert.c.checkpoint_id)
        .where(alert_event.c.state.in_(sorted(TOLD)), times_told < len(recipients), ~overtaken)
        .order_by(alert_event.c.id)
    )


def _notices(connection: Connection) -> dict[int, str]:
    """Return for each department what its files say about themselves, as 模拟数据."""
    query = (
        select(source_file.c.department_id, source_file.c.notice)
        .where(source_file.c.notice.is_not(None))
        .distinct()
    )
    made_up: dict[int, str] = {}
    for department_id, notice in connection.execute(query):
        if "模拟数据" in notice:
            made_up[department_id] = notice
    return made_up


def _write(
    recipient: Recipient,
    day: date,
    rows: Sequence[Row[Any]],
    notices: Mapping[int, str],
    configuration: AlertConfiguration,
    largest: int,
) -> tuple[Message, ...]:
    counts = Counter(AlertState(row.state) for row in rows)
    numbers = "，".join(f"{STATE_LABELS[s]}{counts[s]}条" for s in _ORDER if counts[s])
    title = f"绩效运行监控预警 {day.isoformat()}：{numbers}"
    lines = [f"数据说明：{each}" for each in _said(rows, notices)]
    for state in _ORDER:
        of_state = [row for row in rows if row.state == state]
        if of_state:
            lines.append(f"【{STATE_LABELS[state]}】")
        lines += _lines(of_state, configuration)
    parts = cut_to_size(list(map(harmless, lines)), largest)
    digest = hashlib.sha256(f"{recipient.name}\n{day}".encode()).hexdigest()[:12]
    return tuple(
        Message(
            f"perf-{day.isoformat()}-{digest}-{number}",
            title if len(parts) == 1 else f"{title}（{number}/{len(parts)}）",
            part,
        )
        for number, part in enumerate(parts, start=1)
    )


def _said(rows: Sequence[Row[Any]], notices: Mapping[int, str]) -> list[str]:
    departments = dict.fromkeys(row.department_id for row in rows)
    return list(dict.fromkeys(notices[each] for each in departments if each in notices))


def _lines(rows: Sequence[Row[Any]], configuration: AlertConfiguration) -> list[str]:
    """Write a line an alert, or one for all of a department where the rule says so."""
    lines = []
    together: dict[tuple[str, str, int], list[Row[Any]]] = {}
    for row in rows:
        if configuration.rules[row.rule].together:
            together.setdefault((row.rule, row.level, row.department_id), []).append(row)
        else:
            lines.append(_line(row, configuration))
    return lines + [_together(each, configuration) for each in together.values()]


def _together(rows: Sequence[Row[Any]], configuration: AlertConfiguration) -> str:
    first = rows[0]
    level = LEVEL_LABELS.get(first.level, first.level)
    said = "；".join(f"{row.alert_id}号{row.subject}，{row.gap}" for row in rows[:FIRST_FEW])
    rest = f"；其余{len(rows) - FIRST_FEW}件见 alerts list" if len(rows) > FIRST_FEW else ""
    line = f"{level}{len(rows)}件｜{first.place}：{said}{rest}"
    if first.state == AlertState.RESOLVED:
        return line
    if first.state == AlertState.ESCALATED:
        line += f"。{first.reason}"
    advice = configuration.rules[first.rule].advice.get(first.level, "")
    return f"{line}。处理：{advice}。依据：{first.evidence}{'等' if len(rows) > 1 else ''}"


def _line(row: Row[Any], configuration: AlertConfiguration) -> str:
    level = LEVEL_LABELS.get(row.level, row.level)
    head = f"{row.alert_id}号｜{row.quarter} {level}｜{row.place}：{row.subject}。{row.gap}"
    if row.state == AlertState.RESOLVED:
        return f"{head}（{row.reason}）"
    advice = configuration.rules[row.rule].advice.get(row.level, "")
    since = f"自{row.since}起" if row.state != AlertState.ESCALATED else str(row.reason)
    return f"{head}。{since}。处理：{advice}。依据：{row.evidence}"


def utc(moment: datetime) -> datetime:
    """Return a stored moment in UTC: SQLite keeps no time zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
