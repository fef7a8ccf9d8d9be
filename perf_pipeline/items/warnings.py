"""The warnings of items, from the alerts that told them: one a checkpoint, rule and level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Connection, case, func, null, select

from perf_pipeline.items.answers import local_day
from perf_pipeline.items.facts import Warning
from perf_pipeline.items.points import Cause, Point
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.schema import alert, alert_event, checkpoint
from perf_pipeline.warehouse.typed import StoredRow

CONTINUED = "continued"
OVER = ("resolved", CONTINUED)  # states of an alert that no longer stands by itself


def read_warnings(
    connection: Connection, causes: Mapping[int, Cause], points: Mapping[Cause, list[Point]]
) -> Mapping[int, list[tuple[Warning, StoredRow]]]:
    """Read the warnings of items by number, each with the row that has its checkpoint's period.

    `causes` are the items' causes by their numbers.
    """
    raised, newest = alert_event.alias("raised"), alert_event.alias("newest")
    theirs = select(alert.c.id).where(among(alert.c.item_id, causes))
    began = (
        select(raised.c.alert_id, func.max(raised.c.happened_at).label("at"))
        .where(raised.c.state.in_(["new", "repeated"]), raised.c.alert_id.in_(theirs))
        .group_by(raised.c.alert_id)
        .subquery("began")
    )
    last = (
        select(newest.c.alert_id, func.max(newest.c.id).label("event_id"))
        .where(newest.c.alert_id.in_(theirs))
        .group_by(newest.c.alert_id)
        .subquery("last")
    )
    over = alert_event.c.state.in_(OVER)
    # only of what time ends a reason is written down why it continues
    passed_by = case((alert_event.c.state == CONTINUED, alert_event.c.reason), else_=null())
    query = (
        select(
            alert.c.item_id,
            alert.c.rule,
            alert.c.level,
            checkpoint.c.ordinal,
            checkpoint.c.period_starts_on,
            checkpoint.c.ends_on,
            func.min(began.c.at).label("began_at"),
            func.max(case((over, alert_event.c.happened_at), else_=null())).label("over_at"),
            func.sum(case((over, 0), else_=1)).label("still_open"),
            func.max(passed_by).label("passed_by"),
            func.max(alert.c.gap).label("gap"),
        )
        .join(checkpoint, checkpoint.c.id == alert.c.checkpoint_id)
        .join(began, began.c.alert_id == alert.c.id)
        .join(last, last.c.alert_id == alert.c.id)
        .join(alert_event, alert_event.c.id == last.c.event_id)
        .where(among(alert.c.item_id, causes), checkpoint.c.ordinal.is_not(None))
        .group_by(
            *(alert.c.item_id, alert.c.rule, alert.c.level),
            *(checkpoint.c.ordinal, checkpoint.c.period_starts_on, checkpoint.c.ends_on),
        )
        .order_by(checkpoint.c.ordinal, alert.c.rule, alert.c.level)
    )
    broken = {
        (cause, point.ordinal)
        for cause, some in points.items()
        for point in some
        if point.broken_zero
    }
    found: dict[int, list[tuple[Warning, StoredRow]]] = defaultdict(list)
    for row in connection.execute(query):
        missed = row.level == "missed" and (causes[row.item_id], row.ordinal) in broken
        warning = Warning(
            row.ordinal,
            row.rule,
            row.level,
            local_day(row.began_at),
            None if row.still_open else local_day(row.over_at),
            missed,
            row.passed_by,
            int(row.still_open),
            row.gap,
        )
        found[row.item_id].append((warning, row))
    return found


def explained_from(as_of: date, warnings: Iterable[tuple[Warning, StoredRow]]) -> date:
    """Return from when on a reason answers: it may have come before the warning that it is about.

    It is about those of the checkpoint in whose period its date lies.
    """
    about = [
        warning.on
        for warning, row in warnings
        if row.period_starts_on is not None and row.period_starts_on <= as_of <= row.ends_on
    ]
    return max(about, default=date.min)
