"""Acknowledging an alert (确认): a person knows of it, and says what is the matter.

That is no answer to an item of which one is asked for: see `items`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, insert, select

from perf_pipeline.alerts.state import OPEN, AlertState
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.saying import says_something
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import now
from perf_pipeline.warehouse.schema import alert_event
from perf_pipeline.warehouse.seals.deed import Deed, What, named


def acknowledge(
    engine: Engine, alert_id: int, *, person: str, reason: str, moment: datetime | None = None
) -> None:
    """Note that a person knows of an alert, and what they say about it.

    Raises ConfigurationError for an alert that does not exist or is no longer open, without a
    person, and for a reason that says nothing (知道了, 已阅).
    """
    if not says_something(reason):
        raise ConfigurationError(
            f"“{reason}”没有说明原因：请写清为什么有偏差、怎样处理，如“供货商延期，8月底前补验收”"
        )
    deed = Deed(What.ACKNOWLEDGED, f"预警 {alert_id}", named(person))
    with write_transaction(engine, deed) as connection:
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
        connection.execute(
            insert(alert_event).values(
                alert_id=alert_id,
                state=str(AlertState.ACKNOWLEDGED),
                happened_at=moment or now(),
                person=deed.person,
                reason=reason.strip(),
            )
        )
