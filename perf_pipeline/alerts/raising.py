"""Raising alerts and following them up: a row for each miss, and an event for each change.

An alert stands for one subject at one checkpoint at one level, and is never raised twice. What
becomes of it is a row of `alert_event`, so that nothing about it is overwritten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select

from perf_pipeline.alerts.apart import select_apart
from perf_pipeline.alerts.audited import AUDIT, audited_at, select_confirmed
from perf_pipeline.alerts.coming import DAILY
from perf_pipeline.alerts.configuration import AlertConfiguration
from perf_pipeline.alerts.following import (
    Subject,
    Turn,
    escalations,
    follow_up,
    is_open,
    subject_of,
)
from perf_pipeline.alerts.misses import judged_ordinals, select_misses
from perf_pipeline.alerts.state import AlertState
from perf_pipeline.alerts.stored import Alert, alerts_with_states, read_alerts
from perf_pipeline.domain.calendar import SOME, Checkpoint
from perf_pipeline.domain.working_days import working_day_after
from perf_pipeline.items.answers import local_day
from perf_pipeline.items.opening import open_items
from perf_pipeline.items.standings import note_standings
from perf_pipeline.items.state import State, WorkingDayAfter
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.changed import Kind, look
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import now
from perf_pipeline.warehouse.plans import joined_as_sets, know_all
from perf_pipeline.warehouse.schema import alert, alert_event
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table

AT_ONCE = 100  # departments, of which all alerts of the year are held together
ALERTS = Kind("alerts", reads=("monitoring", "outlook", "audit"), people=True)


def raise_alerts(
    engine: Engine,
    checkpoint: Checkpoint,
    configuration: AlertConfiguration,
    *,
    newest: bool = True,
    moment: datetime | None = None,
    after: WorkingDayAfter = working_day_after,
) -> tuple[Alert, ...]:
    """Write the alerts that a quarter's newest judgement deserves; return those that are new.

    Open alerts of the whole year are followed up on the way, and where items stand is noted. A
    second look on the same day is at the departments of which something is new.
    `newest` tells that no later checkpoint of the year is over: the faults of files, and what an
    audit found to be true, stand at that one. `after` gives the n-th working day after a day.
    """
    moment = moment or now()
    with write_transaction(engine) as connection:
        # deadlines pass with a day; those of the year are looked at with its newest checkpoint
        calendar = getattr(after, "__self__", None)  # whose working days they are
        rests_on = (configuration, calendar, newest and local_day(moment))
        looked = look(connection, ALERTS, checkpoint, rests_on)
        of_part = partial(_raise, connection, checkpoint, configuration, newest, moment, after)
        parts = looked.parts(connection, AT_ONCE)
        fresh = [new for seen in parts for new in of_part(looked.at, seen)]
        looked.keep(connection)
        return tuple(read_alerts(connection, fresh))


def _raise(
    connection: Connection,
    checkpoint: Checkpoint,
    configuration: AlertConfiguration,
    newest: bool,
    moment: datetime,
    after: WorkingDayAfter,
    at: int,
    seen: Checkpoint,
) -> list[int]:
    """Raise and follow up the alerts of departments `seen` at a checkpoint (`at`: its number)."""
    year, only = checkpoint.fiscal_year, seen.departments
    query = select_misses(year, configuration, checkpoint if newest else None, SOME)
    with joined_as_sets(connection, only):
        missed = [dict(row) for row in connection.execute(query, seen.whose).mappings()]
    missed += select_apart(connection, year, configuration, only)
    of_year = checkpoint_table.c.fiscal_year == year
    mine = within(alert.c.department_id, only)
    known = [
        row
        for row in alerts_with_states(connection, of_year, mine)
        if row["rule"] not in DAILY  # these have a look of their own, day by day
    ]
    if newest:
        since = {subject_of(row): row["since"] for row in reversed(known) if is_open(row)}
        found = select_confirmed(connection, checkpoint, configuration, only)
        missed += [
            {**each, "checkpoint_id": at, "since": since.get(subject_of(each))} for each in found
        ]
    audited = audited_at(connection, at)
    open_items(connection, year, missed, moment)
    fresh = insert_alerts(connection, missed, known, at, checkpoint, moment)
    know_all(connection)
    ordinals = connection.execute(judged_ordinals(year, only))
    judged = {(row.department_id, row.kind): row.ordinal for row in ordinals}

    def looked_at(row: Mapping[str, Any]) -> int | None:
        if row["snapshot_id"] is None:  # of a file or a verdict, which is looked at here
            looked = newest and (row["rule"] != AUDIT or row["department_id"] in audited)
            return checkpoint.ordinal if looked else None
        # what was foretold is looked at again only where an outlook was: a run that died
        # between judgement and outlook has not looked
        return int(judged.get((row["department_id"], row["judged_as"]), row["ordinal"]))

    turns = list(follow_up(known, missed, looked_at))
    turn(connection, known, turns, configuration, moment, year, after, departments=only)
    return fresh


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
            | {"since": miss.get("since") or labels[subject_of(miss)][since], "created_at": moment}
        )
        states.append(AlertState.REPEATED if before else AlertState.NEW)
    if not rows:
        return []
    before = connection.scalar(select(func.max(alert.c.id))) or 0
    connection.execute(insert(alert), rows)  # all at once: told their numbers, one by one
    written = connection.execute(select(alert).where(alert.c.id > before)).mappings()
    numbers = {(*subject_of(dict(row)), row["level"]): row["id"] for row in written}
    ids: list[int] = [numbers[*subject_of(row), row["level"]] for row in rows]
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
    fiscal_year: int,
    after: WorkingDayAfter,
    *,
    departments: Collection[int] | None = None,
) -> None:
    """Write what becomes of known alerts and of items, and escalate what nobody answered.

    An item of which an answer is asked for escalates by its own deadlines; of the others an alert
    does that is neither acknowledged nor explained. `departments` are those whose items are looked
    at; None: all.
    """
    rows = list(known)
    _write(connection, turns, moment)
    years = {row["fiscal_year"] for row in rows if is_open(row)}
    live = {
        each.id: each
        for year in sorted({fiscal_year, *years})
        for each in note_standings(
            connection, year, configuration.items, moment, after=after, departments=departments
        )
    }

    def unanswered(row: Mapping[str, Any]) -> bool:
        of = live.get(row["item_id"])
        return of is None or (of.standing.state is State.WATCHED and of.answer is None)

    turned = {each.alert_id for each in turns}
    left = filter(unanswered, rows)
    escalated = escalations(left, turned, configuration.escalate_after_days, moment)
    _write(connection, list(escalated), moment)


def _write(connection: Connection, turns: list[Turn], moment: datetime) -> None:
    if turns:
        connection.execute(insert(alert_event), [_event(each, moment) for each in turns])


def _first_of_run(labels: Mapping[int, str], ordinal: int) -> int:
    """Return the checkpoint since which a subject has been missed without a break."""
    while ordinal - 1 in labels:
        ordinal -= 1
    return ordinal


def _event(turned: Turn, moment: datetime) -> dict[str, object]:
    return {
        "alert_id": turned.alert_id,
        "state": str(turned.state),
        "happened_at": moment,
        "person": None,
        "reason": turned.reason,
    }
