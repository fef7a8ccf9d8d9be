"""Delivering alerts: each alert once on each channel.

A channel is anything with a name and `send`. An alert is recorded as delivered in the same
transaction in which it is handed to the channel, under the write lock: a channel that fails is
tried again next time, one that succeeded is not, and two runs at once do not both send.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Engine, exists, insert, select

from perf_pipeline.alerts.raising import Alert, read_alerts
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import now
from perf_pipeline.warehouse.schema import alert, alert_delivery


class Channel(Protocol):
    """A way to reach people (渠道): the log today, mail and group robots later."""

    name: str

    def send(self, alerts: Sequence[Alert]) -> None:
        """Tell people; an exception means that nobody was told."""
        ...


class LogChannel:
    """Writes alerts to the program's log as warnings."""

    name = "log"

    def __init__(self, logger: logging.Logger | None = None) -> None:
        """Write to the given logger, or to that of this package."""
        self._logger = logger or logging.getLogger("perf_pipeline.alerts")

    def send(self, alerts: Sequence[Alert]) -> None:
        """Log one warning an alert."""
        for each in alerts:
            self._logger.warning("%s", each)


def deliver(engine: Engine, channels: Sequence[Channel]) -> tuple[Alert, ...]:
    """Send every alert that a channel has not had yet; return those sent on any of them."""
    sent: dict[int, Alert] = {}
    for channel in channels:
        with write_transaction(engine) as connection:
            had = exists().where(
                alert_delivery.c.alert_id == alert.c.id, alert_delivery.c.channel == channel.name
            )
            waiting = list(connection.execute(select(alert.c.id).where(~had)).scalars())
            if not waiting:
                continue
            alerts = read_alerts(connection, waiting)
            connection.execute(
                insert(alert_delivery),
                [
                    {"alert_id": each.id, "channel": channel.name, "delivered_at": now()}
                    for each in alerts
                ],
            )
            channel.send(alerts)
            sent |= {each.id: each for each in alerts}
    return tuple(sent.values())
