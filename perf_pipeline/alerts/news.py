"""Which events are told: the newest of each alert and item that somebody has not heard of.

A matter is told again when its state, level or gap changes, or it escalates: a new checkpoint
alone is no news.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    and_,
    exists,
    func,
    or_,
    select,
    tuple_,
)

from perf_pipeline.alerts.configuration import Recipient
from perf_pipeline.alerts.state import TOLD, AlertState
from perf_pipeline.items.state import State
from perf_pipeline.warehouse.same import overtaken, same
from perf_pipeline.warehouse.schema import (
    alert,
    alert_event,
    alert_told,
    department,
    item,
    item_event,
    item_told,
)
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.typed import Query, StoredRow

_MATTER = ("item_id", "rule", "subject_key")  # what an alert is of, whatever checkpoint and level


def alert_events(recipients: Sequence[Recipient]) -> Query:
    """Select the newest event of each alert that at least one recipient has not been told."""
    untold = _untold(alert_event.c.id, (alert_told.c.event_id, alert_told.c.recipient), recipients)
    return (
        select(
            alert_event.c.id.label("event_id"),
            alert_event.c.state,
            alert_event.c.reason,
            alert.c.id.label("alert_id"),
            *(alert.c[name] for name in ("item_id", "rule", "level", "subject", "place")),
            *(alert.c[name] for name in ("gap", "since", "evidence", "department_id")),
            department.c.code,
            checkpoint_table.c.name.label("quarter"),
        )
        .join(alert, alert.c.id == alert_event.c.alert_id)
        .join(department, department.c.id == alert.c.department_id)
        .join(checkpoint_table, checkpoint_table.c.id == alert.c.checkpoint_id)
        .where(alert_event.c.state.in_(sorted(TOLD)), ~overtaken(alert_event, "alert_id"), untold)
        .order_by(alert_event.c.id)
    )


def item_events(recipients: Sequence[Recipient]) -> Query:
    """Select the newest event of each item that at least one recipient has not been told."""
    untold = _untold(
        item_event.c.id, (item_told.c.item_event_id, item_told.c.recipient), recipients
    )
    newest = select(func.max(item_event.c.id)).group_by(item_event.c.item_id).scalar_subquery()
    return (
        select(item_event)
        .join(item, item.c.id == item_event.c.item_id)
        .join(department, department.c.id == item.c.department_id)
        .where(item_event.c.id.in_(newest), item_event.c.state != str(State.WATCHED), untold)
        .order_by(item_event.c.id)
    )


def said_before(
    connection: Connection, recipients: Sequence[Recipient], events: Iterable[StoredRow]
) -> Iterator[tuple[int, str]]:
    """Give the events, with a recipient, that say what an alert of the same matter said before.

    A new checkpoint alone is no news: of the same level and gap only what is escalated for the
    first time, or was resolved in between, is told again.
    """
    raised = {row.alert_id: row for row in events if row.state != AlertState.RESOLVED}
    if not raised:
        return
    newer, before, heard = alert.alias("newer"), alert.alias("before"), alert_told.alias("heard")
    event, later = alert_event.alias("event"), alert_event.alias("later")
    newer_event = exists().where(later.c.alert_id == event.c.alert_id, later.c.id > event.c.id)
    asked = alert_events(recipients).with_only_columns(alert.c.id).order_by(None)
    query = (
        select(newer.c.id, before.c.id.label("before_id"), before.c.level, before.c.gap)
        .add_columns(event.c.state, heard.c.recipient, (~newer_event).label("is_last"))
        .select_from(newer)
        .join(before, and_(same(newer, before, *_MATTER), before.c.id < newer.c.id))
        .join(event, event.c.alert_id == before.c.id)
        .outerjoin(heard, heard.c.event_id == event.c.id)
        .where(newer.c.id.in_(asked))
        .order_by(newer.c.id, before.c.id.desc(), event.c.id)
    )
    resolved = select(event.c.alert_id).where(event.c.state == str(AlertState.RESOLVED))
    came_back = set(connection.execute(resolved.where(event.c.alert_id.in_(asked))).scalars())
    for number, rows in groupby(connection.execute(query), key=lambda row: row.id):
        now = raised.get(number)
        if now is None:
            continue
        settled: set[str] = set()
        if now.state == AlertState.REPEATED and number in came_back:
            continue
        for _, group in groupby(rows, key=lambda row: row.before_id):
            mine = list(group)
            last = next(row for row in mine if row.is_last)
            if (last.state, last.level, last.gap) != (AlertState.CONTINUED, now.level, now.gap):
                break
            heard_last = {row.recipient: row.state for row in mine if row.recipient is not None}
            told = heard_last.keys() - settled
            settled |= told
            if now.state == AlertState.ESCALATED:
                ever = {row.recipient for row in mine if row.state == AlertState.ESCALATED}
                same_said = told & ever
            else:  # who last heard that it was resolved has not heard that it came back
                same_said = {each for each in told if heard_last[each] != AlertState.RESOLVED}
            yield from ((now.event_id, recipient) for recipient in sorted(same_said))


def _untold(
    event: ColumnElement[int],
    told: tuple[Column[int], Column[str]],
    recipients: Sequence[Recipient],
) -> ColumnElement[bool]:
    """Tell whether not all recipients of a department have been told an event."""
    pairs = [(each.name, code) for each in recipients for code in set(each.departments or ())]
    whose = or_(  # who was told of another department's does not count
        told[1].in_([each.name for each in recipients if each.departments is None]),
        tuple_(told[1], department.c.code).in_(pairs),
    )
    times_told = select(func.count()).where(event == told[0], whose).scalar_subquery()
    named = Counter(code for each in recipients for code in set(each.departments or ()))
    of_all = sum(each.departments is None for each in recipients)
    by_number: dict[int, list[str]] = defaultdict(list)
    for code, number in named.items():
        by_number[of_all + number].append(code)
    return or_(
        times_told < of_all,
        *(
            and_(department.c.code.in_(codes), times_told < number)
            for number, codes in sorted(by_number.items())
        ),
    )
