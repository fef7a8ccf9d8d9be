"""The daily look (每日巡查): what runs out of time, what is still to come, what nobody answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, and_, or_

from perf_pipeline.alerts.coming import (
    CASES,
    DAILY,
    GENERAL,
    MONEY,
    REMINDER,
    LimitLevels,
    select_coming,
)
from perf_pipeline.alerts.configuration import AlertConfiguration
from perf_pipeline.alerts.following import Turn, follow_up, is_open
from perf_pipeline.alerts.misses import judged_ordinals
from perf_pipeline.alerts.raising import insert_alerts, turn
from perf_pipeline.alerts.state import OPEN, AlertState
from perf_pipeline.alerts.stored import Alert, alerts_with_states, read_alerts
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.working_days import working_day_after
from perf_pipeline.items.kind import RECOMPUTED
from perf_pipeline.items.opening import open_items
from perf_pipeline.items.state import WorkingDayAfter
from perf_pipeline.warehouse.dimensions import checkpoint_id
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import now
from perf_pipeline.warehouse.schema import alert, alert_event
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table

PASSED = "检查点已过，由评价结果接续"
OVER: dict[str, str | None] = {
    CASES: "年度终了，未办结的转入下一年度的台账",
    REMINDER: PASSED,
    MONEY: None,  # its checkpoint was judged: what the judgement raised stands by itself
    RECOMPUTED: "年度终了",
}


def look_daily(
    engine: Engine,
    day: date,
    coming: Checkpoint,
    configuration: AlertConfiguration,
    *,
    remind: bool,
    limits: LimitLevels = GENERAL,
    moment: datetime | None = None,
    after: WorkingDayAfter = working_day_after,
) -> tuple[Alert, ...]:
    """Raise what a day brings, follow up what earlier days raised, and escalate what is unanswered.

    `coming` is the checkpoint that comes next; `remind` tells that its registers are asked for;
    `limits` are those of the lights of spending, for all and by department; `after` gives the n-th
    working day after a day.
    A second look on the same day finds nothing new. Returns the new alerts.
    """
    moment = moment or now()
    with write_transaction(engine) as connection:
        at = checkpoint_id(connection, coming)
        found = select_coming(connection, day, coming, configuration, remind=remind, limits=limits)
        missed = [{**each, "checkpoint_id": at} for each in found]
        here = and_(alert.c.rule.in_(sorted(DAILY)), checkpoint_table.c.id == at)
        known = alerts_with_states(connection, or_(alert_event.c.state.in_(sorted(OPEN)), here))
        daily = [row for row in known if row["rule"] in DAILY]
        open_items(connection, coming.fiscal_year, missed, moment)
        fresh = insert_alerts(connection, missed, daily, at, coming, moment)
        waiting = _not_judged_yet(connection, daily, coming)
        turns = _left_behind([row for row in daily if row["id"] not in waiting], coming)
        over = {each.alert_id for each in turns} | waiting

        def looked_at(row: Mapping[str, object]) -> int | None:
            asked = row["rule"] != REMINDER or remind
            return coming.ordinal if asked and row["id"] not in over else None

        turns += follow_up(daily, missed, looked_at)
        turn(connection, known, turns, configuration, moment, coming.fiscal_year, after)
        return tuple(read_alerts(connection, fresh))


def _not_judged_yet(
    connection: Connection, daily: list[dict[str, Any]], coming: Checkpoint
) -> set[int]:
    """Return the open alerts of money whose checkpoint is over and whose judgement is to come."""
    passed = [
        row
        for row in daily
        if row["rule"] == MONEY
        and row["ordinal"] is not None  # else the calendar has changed, and nothing is to come
        and is_open(row)
        and row["quarter"] != coming.name
    ]
    judged = {
        (year, row.department_id): row.ordinal or 0
        for year in sorted({row["fiscal_year"] for row in passed})
        for row in connection.execute(judged_ordinals(year))
        if row.kind == "monitoring"
    }
    return {
        row["id"]
        for row in passed
        if judged.get((row["fiscal_year"], row["department_id"]), -1) < row["ordinal"]
    }


def _left_behind(daily: list[dict[str, Any]], coming: Checkpoint) -> list[Turn]:
    """Return the turns of open alerts that time has passed by: their checkpoint or year is over."""
    return [
        Turn(row["id"], AlertState.CONTINUED, OVER[row["rule"]])
        for row in daily
        if is_open(row)
        and row["quarter"] != coming.name
        and (row["rule"] in (REMINDER, MONEY) or row["fiscal_year"] != coming.fiscal_year)
    ]
