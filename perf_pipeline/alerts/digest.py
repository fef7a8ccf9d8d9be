"""The digest (预警汇总): what one recipient is told in a day, written once into the warehouse.

One line an item, the weightiest first, and a count of the rest. An event that a recipient was told
is never in a second digest: `alert_told` and `item_told` hold that.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from perf_pipeline.alerts.configuration import AlertConfiguration, Recipient
from perf_pipeline.alerts.digest_lines import Told, count, lines, office_of
from perf_pipeline.alerts.message import Message, cut_to_size, harmless
from perf_pipeline.alerts.state import AlertState
from perf_pipeline.alerts.untold import OfItem, Untold, read_untold
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.items.levels import LEVEL_LABELS
from perf_pipeline.items.state import State
from perf_pipeline.language.spoken import say
from perf_pipeline.reports.notices import made_up
from perf_pipeline.warehouse.known import notices_of_files
from perf_pipeline.warehouse.schema import alert_message, alert_told, item_told
from perf_pipeline.warehouse.typed import StoredRow

FIRST_FEW = 3  # of the alerts that are told together


@dataclass(frozen=True)
class Digest:
    """What is to be told to a recipient: the messages, and the events that they tell."""

    recipient: Recipient
    day: date
    messages: tuple[Message, ...]
    events: tuple[int, ...]  # of alerts
    item_events: tuple[int, ...] = ()


def compose(
    connection: Connection, configuration: AlertConfiguration, moment: datetime
) -> list[Digest]:
    """Make the digests that are due: for each recipient without one today, of what is untold."""
    day = moment.astimezone(LOCAL).date()
    had = set(
        connection.execute(
            select(alert_message.c.recipient).where(alert_message.c.day == day)
        ).scalars()
    )
    due = [each for each in configuration.recipients if each.name not in had]
    if not due:
        return []
    untold = read_untold(connection, due)
    notices = {
        department_id: notice
        for department_id, said in notices_of_files(connection).items()
        for notice in sorted(said)
        if made_up([notice])
    }
    digests = []
    for recipient in due:
        mine = list(_news(untold, recipient, configuration))
        told = [
            _told(each, configuration, heard=(each.number, recipient.name) in untold.heard)
            for each in mine
        ]
        if any(each.to_be_told for each in told):
            of = dict.fromkeys(each.department_id for each in mine)
            said = list(dict.fromkeys(notices[each] for each in of if each in notices))
            messages = _write(recipient, day, told, said, configuration)
            events = [row.event_id for each in mine for row in each.alerts]
            own = [each.event.id for each in mine if each.event is not None]
            digests.append(Digest(recipient, day, messages, tuple(events), tuple(own)))
    return digests


def _news(
    untold: Untold, recipient: Recipient, configuration: AlertConfiguration
) -> Iterator[OfItem]:
    """Give what is new to a recipient and concerns them."""
    own = recipient.departments
    codes = untold.items if own is None else dict.fromkeys(own)
    for each in (of for code in codes for of in untold.items.get(code, ())):
        alerts = [
            row for row in each.alerts if (row.event_id, recipient.name) not in untold.alert_events
        ]
        event = each.event
        if event is not None and (event.id, recipient.name) in untold.item_events:
            event = None
        new = replace(each, alerts=alerts, event=event)
        if (alerts or event is not None) and _concerns(new, recipient, configuration):
            yield new


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
        common = {"recipient": digest.recipient.name, "message_id": ids[0]}
        if digest.events:
            connection.execute(
                insert(alert_told), [{"event_id": event, **common} for event in digest.events]
            )
        if digest.item_events:
            connection.execute(
                insert(item_told),
                [{"item_event_id": event, **common} for event in digest.item_events],
            )


def _write(
    recipient: Recipient,
    day: date,
    items: Sequence[Told],
    said: Sequence[str],
    configuration: AlertConfiguration,
) -> tuple[Message, ...]:
    telling = [each for each in items if each.to_be_told]
    office = office_of(telling)
    whose = f"（{office}）" if office else ""
    title = say(f"绩效运行监控预警 {day.isoformat()}：{count(telling)}")
    title = harmless(f"{title}{whose}")
    written = [f"数据说明：{each}" for each in said]
    written += lines(telling, configuration.most_lines)
    written.append("答复：填报整改台账，或 perf-pipeline items answer 事项编号")
    if configuration.link:
        written.append(f"全部事项：{configuration.link}")
    largest = configuration.channels[recipient.channel].largest
    parts = cut_to_size([harmless(say(each)) for each in written], largest)
    digest = hashlib.sha256(f"{recipient.name}\n{day}".encode()).hexdigest()[:12]
    return tuple(
        Message(
            f"perf-{day.isoformat()}-{digest}-{number}",
            title if len(parts) == 1 else f"{title}（{number}/{len(parts)}）",
            part,
        )
        for number, part in enumerate(parts, start=1)
    )


def _concerns(of: OfItem, recipient: Recipient, configuration: AlertConfiguration) -> bool:
    """Tell whether an item concerns a recipient: by one of the alerts that are new, or of all."""
    state = of.event.state if of.event is not None else None
    above = {str(State.ESCALATED), str(State.CONSEQUENCE)}
    raised: dict[str, bool] = {}
    for row in of.alerts:  # of several of one rule, one that is escalated is enough
        raised[row.rule] = raised.get(row.rule, False) or row.state == AlertState.ESCALATED
    rules = raised if raised else dict.fromkeys(of.rules, False)
    return any(
        recipient.concerns(
            of.code,
            rule,
            escalated=escalated or state in above,
            service=configuration.rules[rule].service,
        )
        for rule, escalated in rules.items()
        if rule in configuration.rules
    )


def _told(of: OfItem, configuration: AlertConfiguration, *, heard: bool) -> Told:
    """Sum up what is new of an item."""
    gravity = list(configuration.rules)
    rows = sorted(
        of.alerts, key=lambda row: (row.state == AlertState.RESOLVED, gravity.index(row.rule))
    )
    first = rows[0] if rows else None
    about = of.item
    name = f"{about.place}：{about.subject}" if about else f"{first.place}：{first.subject}"  # type: ignore[union-attr]
    number = of.gap
    return Told(
        of.number,
        name,
        tuple(AlertState(row.state) for row in rows),
        LEVEL_LABELS.get(first.level, first.level) if first else "",
        _gap(of, rows, configuration),
        first.since if first else about.first_seen if about else "",
        State(of.event.state) if of.event is not None else None,
        of.event.words if of.event is not None else str(first.reason or "") if first else "",
        of.event.due_on if of.event is not None else None,
        number.fen or 0 if number else 0,
        bool(of.now and of.now.broken_zero),
        of.open,
        heard,
        bool(of.of_today),
    )


def _gap(of: OfItem, rows: Sequence[StoredRow], configuration: AlertConfiguration) -> str:
    """Write what is wrong: the gap, else the alert's own words; of many, how many and which first.

    Of many are told how many there are, and how many of these are new.
    """
    if of.gap is not None:
        return of.gap.words
    if not rows:
        return of.of_today
    rule = rows[0].rule
    if not configuration.rules[rule].together:
        return str(rows[0].gap)
    mine = [row for row in rows if row.rule == rule and row.state != AlertState.RESOLVED]
    new = Counter(row.level for row in mine if row.state != AlertState.ESCALATED)
    many = "，".join(
        f"{LEVEL_LABELS.get(level, level)}{of.standing[rule, level]}件"
        + (f"（新增{new[level]}件）" if new[level] else "")
        for level in dict.fromkeys(row.level for row in mine)
    )
    about = f"{of.item.subject} " if of.item is not None else ""
    few = "、".join(row.subject.removeprefix(about) for row in mine[:FIRST_FEW])
    return f"{many}：{few}" if mine else ""
