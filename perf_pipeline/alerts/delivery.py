"""Delivering digests: each message once, also when a run dies between sending and noting it.

A message is noted as `sending` before it goes out and as `sent` after. One that is found as
`sending` when its sender must be gone is `unclear`: nobody knows whether it arrived, so it is not
sent again but shown to a person, who may send it again by hand. What the other side took nothing
of is tried again later, with growing waits.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select, update

from perf_pipeline.alerts.channels import Channel, Refused, TryLater, Unclear
from perf_pipeline.alerts.configuration import AlertConfiguration, Recipient
from perf_pipeline.alerts.digest import Digest, compose, store
from perf_pipeline.alerts.message import Message
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.warehouse.engine import as_utc, write_transaction
from perf_pipeline.warehouse.schema import alert_message
from perf_pipeline.warehouse.seals.deed import Deed, What, named
from perf_pipeline.warehouse.typed import Query

log = logging.getLogger(__name__)

RUN_IS_SENDING = timedelta(minutes=5)
SENDER_IS_GONE = timedelta(minutes=15)
LONGEST_WAIT = timedelta(hours=6)
MOST_DOUBLINGS = 16  # a wait of one second is the longest by then


@dataclass(frozen=True)
class End:
    """What became of one try: the state, why it did not arrive, how long to wait, who is left.

    `turned_away` tells that the channel takes nothing from anybody for now.
    """

    state: str
    error: str | None = None
    wait: timedelta | None = None
    left: tuple[str, ...] = ()
    turned_away: bool = False


@dataclass(frozen=True)
class Delivery:
    """How many messages ended where in one call."""

    sent: int = 0
    waiting: int = 0
    refused: int = 0
    unclear: int = 0


def preview(
    engine: Engine, configuration: AlertConfiguration, moment: datetime | None = None
) -> list[Digest]:
    """Return the digests that would be made now, without making or sending them (dry run)."""
    with engine.connect() as connection:
        return compose(connection, configuration, moment or datetime.now(UTC))


def deliver(
    engine: Engine, configuration: AlertConfiguration, moment: datetime | None = None
) -> Delivery:
    """Make the digests that are due and send what waits, channel by channel.

    Nothing is sent in a recipient's quiet hours, and no more in a minute than a channel takes;
    the rest waits for the next call. Returns how many messages ended where.
    """
    moment = moment or datetime.now(UTC)
    with write_transaction(engine) as connection:
        store(connection, compose(connection, configuration, moment), moment)
        connection.execute(
            update(alert_message)
            .where(
                alert_message.c.state == "sending",
                alert_message.c.changed_at < moment - SENDER_IS_GONE,
            )
            .values(state="unclear", changed_at=moment, error="发送中途停止，收没收到不清楚")
        )
    ends: Counter[str] = Counter()
    recipients = {each.name: each for each in configuration.recipients}
    room = {name: each.per_minute for name, each in configuration.channels.items()}
    while True:
        taken = _take(engine, recipients, room, moment)
        if taken is None:
            break
        number, attempts, message, recipient, addresses = taken
        end = _send(configuration.channels[recipient.channel], message, addresses)
        room[recipient.channel] = 0 if end.turned_away else room[recipient.channel] - 1
        wait = end.wait and min(end.wait * 2 ** min(attempts - 1, MOST_DOUBLINGS), LONGEST_WAIT)
        with write_transaction(engine) as connection:
            connection.execute(
                update(alert_message)
                .where(alert_message.c.id == number)
                .values(
                    state=end.state,
                    error=end.error,
                    left_to="\n".join(end.left) or None,
                    changed_at=moment,
                    not_before=moment if wait is None else moment + wait,
                )
            )
        ends[end.state] += 1
        if end.error is not None:
            log.warning("预警消息 %s 没有送成：%s", message.key, end.error)
    return Delivery(**ends)


def _take(
    engine: Engine, recipients: Mapping[str, Recipient], room: Mapping[str, int], moment: datetime
) -> tuple[int, int, Message, Recipient, Sequence[str]] | None:
    """Note the next message that may go out now as `sending`; return it and its addresses."""
    free = [each for each in recipients.values() if room[each.channel] > 0]
    with write_transaction(engine) as connection:
        row = connection.execute(_waiting(free, moment).limit(1)).one_or_none()
        if row is None:
            return None
        connection.execute(
            update(alert_message)
            .where(alert_message.c.id == row.id)
            .values(state="sending", attempts=row.attempts + 1, changed_at=moment)
        )
    message = Message(row.message_key, row.title, tuple(row.body.split("\n")))
    recipient = recipients[row.recipient]
    addresses = row.left_to.split("\n") if row.left_to else recipient.to
    return row.id, row.attempts + 1, message, recipient, addresses


def _waiting(recipients: Iterable[Recipient], moment: datetime) -> Query:
    """Select the messages that may go out now, to those who are not in their quiet hours."""
    local = moment.astimezone(LOCAL).time()
    awake = [each.name for each in recipients if not (each.quiet and each.quiet.covers(local))]
    return (
        select(alert_message)
        .where(
            alert_message.c.state == "waiting",
            alert_message.c.not_before <= moment,
            alert_message.c.recipient.in_(awake),
        )
        .order_by(alert_message.c.id)
    )


def has_waiting(
    engine: Engine, configuration: AlertConfiguration, moment: datetime | None = None
) -> bool:
    """Tell whether a message waits that may go out now: put off before, or for quiet hours.

    One whose time has only just come may be in the hands of a run that is sending.
    """
    moment = moment or datetime.now(UTC)
    overdue = alert_message.c.not_before <= moment - RUN_IS_SENDING
    query = _waiting(configuration.recipients, moment).where(overdue).limit(1)
    with engine.connect() as connection:
        return connection.execute(query).first() is not None


def _send(channel: Channel, message: Message, addresses: Sequence[str]) -> End:
    """Send a message and tell what became of it, whatever happens: the others are to go out."""
    try:
        channel.send(message, addresses)
    except TryLater as later:
        wait = timedelta(seconds=later.after_seconds)
        return End("waiting", str(later), wait, later.left, turned_away=not later.left)
    except Refused as refused:
        return End("refused", str(refused), left=refused.left)
    except Unclear as unclear:
        return End("unclear", str(unclear))
    except ConfigurationError as missing:  # a secret that is not set: once it is, all is well
        return End("waiting", str(missing), timedelta(minutes=5), turned_away=True)
    except Exception as unexpected:  # its words may hold an address with a key in it
        return End("unclear", f"意外的错误（{type(unexpected).__name__}），收没收到不清楚")
    return End("sent")


def send_again(
    engine: Engine, message_key: str, *, person: str | None = None, moment: datetime | None = None
) -> None:
    """Let a message that was refused or is unclear wait once more, as a person decided.

    Raises ConfigurationError when there is no such message in that state.
    """
    moment = moment or datetime.now(UTC)
    deed = Deed(What.RESENT, message_key, named(person))
    with write_transaction(engine, deed) as connection:
        changed = connection.execute(
            update(alert_message)
            .where(
                alert_message.c.message_key == message_key,
                alert_message.c.state.in_(["refused", "unclear"]),
            )
            .values(state="waiting", attempts=0, not_before=moment, changed_at=moment, error=None)
        )
        if changed.rowcount == 0:
            raise ConfigurationError(f"没有未送成的预警消息 {message_key}")


def unsettled(engine: Engine) -> list[dict[str, object]]:
    """Return the messages that did not arrive or may not have: for the doctor and the runbook."""
    query = (
        select(alert_message).where(alert_message.c.state != "sent").order_by(alert_message.c.id)
    )
    with engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    return [{**row, "not_before": as_utc(row["not_before"])} for row in rows]
