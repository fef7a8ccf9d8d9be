"""What recipients have not been told yet: events of alerts and of items, read set-based."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, func, select, union

from perf_pipeline.alerts.state import OPEN, TOLD
from perf_pipeline.items.points import Point, read_points
from perf_pipeline.items.state import State
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


@dataclass
class OfItem:
    """What is new of one item: rows of its alerts' newest events, and its own newest event.

    An alert of before there were items stands alone: `item` is None.
    """

    number: int
    item: Row[Any] | None
    alerts: list[Row[Any]] = field(default_factory=list)
    event: Row[Any] | None = None
    rules: tuple[str, ...] = ()
    open: bool = True
    now: Point | None = None

    @property
    def department_id(self) -> int:
        """The department that it is of."""
        return int((self.item or self.alerts[0]).department_id)

    @property
    def code(self) -> str:
        """The department's code."""
        return str((self.item or self.alerts[0]).code)


@dataclass(frozen=True)
class Untold:
    """All that somebody has not been told, by item, and who was told what before."""

    items: Sequence[OfItem]
    alert_events: frozenset[tuple[int, str]]  # told: event, recipient
    item_events: frozenset[tuple[int, str]]
    heard: frozenset[tuple[int, str]]  # item, recipient


def read_untold(connection: Connection, recipients: Sequence[str]) -> Untold:
    """Read what is untold to at least one recipient."""
    events = connection.execute(_alert_events(recipients)).all()
    own = connection.execute(_item_events(recipients)).all()
    found: dict[tuple[str, int], OfItem] = {}
    numbers = {row.item_id for row in (*events, *own) if row.item_id is not None}
    items = {row.id: row for row in connection.execute(_items(numbers))}
    for row in events:
        at = ("alert", row.alert_id) if row.item_id is None else ("item", row.item_id)
        of = found.setdefault(at, OfItem(at[1], items.get(row.item_id)))
        of.alerts.append(row)
    for row in own:
        of = found.setdefault(("item", row.item_id), OfItem(row.item_id, items[row.item_id]))
        of.event = row
    _complete(connection, numbers, found.values())
    return Untold(
        list(found.values()),
        _pairs(connection, alert_told.c.event_id, alert_told.c.recipient),
        _pairs(connection, item_told.c.item_event_id, item_told.c.recipient),
        frozenset((row.item_id, row.recipient) for row in connection.execute(_heard(numbers))),
    )


def _complete(connection: Connection, numbers: set[int], found: Iterable[OfItem]) -> None:
    """Add what is known of the items: the rules of their alerts, whether one is open, the gap."""
    rules: dict[int, set[str]] = defaultdict(set)
    is_open: set[int] = set()
    newest = select(func.max(alert_event.c.id)).group_by(alert_event.c.alert_id)
    query = (
        select(alert.c.item_id, alert.c.rule, alert_event.c.state)
        .join(alert_event, alert_event.c.alert_id == alert.c.id)
        .where(alert.c.item_id.in_(numbers), alert_event.c.id.in_(newest.scalar_subquery()))
        .distinct()
    )
    for row in connection.execute(query):
        rules[row.item_id].add(row.rule)
        if row.state in OPEN:
            is_open.add(row.item_id)
    mine = [each for each in found if each.item is not None]
    points: dict[int, Mapping[Any, list[Point]]] = {}
    for year in {each.item.fiscal_year for each in mine if each.item is not None}:
        departments = {each.department_id for each in mine}
        points[year] = read_points(connection, year, departments)
    for each in mine:
        of = each.item
        assert of is not None
        some = points[of.fiscal_year].get((of.department_id, of.kind, of.subject_key), [])
        each.rules = tuple(sorted(rules[of.id]))
        each.open = of.id in is_open
        each.now = some[-1] if some else None


def _alert_events(recipients: Sequence[str]) -> Select[Any]:
    """Select the newest event of each alert that at least one recipient has not been told."""
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
            *(alert.c[name] for name in ("item_id", "rule", "level", "subject", "place")),
            *(alert.c[name] for name in ("gap", "since", "evidence", "department_id")),
            department.c.code,
            checkpoint_table.c.name.label("quarter"),
        )
        .join(alert, alert.c.id == alert_event.c.alert_id)
        .join(department, department.c.id == alert.c.department_id)
        .join(checkpoint_table, checkpoint_table.c.id == alert.c.checkpoint_id)
        .where(alert_event.c.state.in_(sorted(TOLD)), times_told < len(recipients), ~overtaken)
        .order_by(alert_event.c.id)
    )


def _item_events(recipients: Sequence[str]) -> Select[Any]:
    """Select the newest event of each item that at least one recipient has not been told."""
    times_told = (
        select(func.count())
        .select_from(item_told)
        .where(item_told.c.item_event_id == item_event.c.id, item_told.c.recipient.in_(recipients))
        .scalar_subquery()
    )
    newest = select(func.max(item_event.c.id)).group_by(item_event.c.item_id).scalar_subquery()
    return (
        select(item_event)
        .where(
            item_event.c.id.in_(newest),
            item_event.c.state != str(State.WATCHED),
            times_told < len(recipients),
        )
        .order_by(item_event.c.id)
    )


def _items(numbers: set[int]) -> Select[Any]:
    return (
        select(item, department.c.code)
        .join(department, department.c.id == item.c.department_id)
        .where(item.c.id.in_(numbers))
    )


def _heard(numbers: set[int]) -> Any:
    """Select who was told anything of an item: item_id, recipient."""
    of_alerts = (
        select(alert.c.item_id, alert_told.c.recipient)
        .join(alert_event, alert_event.c.id == alert_told.c.event_id)
        .join(alert, alert.c.id == alert_event.c.alert_id)
        .where(alert.c.item_id.in_(numbers))
    )
    of_items = (
        select(item_event.c.item_id, item_told.c.recipient)
        .join(item_event, item_event.c.id == item_told.c.item_event_id)
        .where(item_event.c.item_id.in_(numbers))
    )
    return union(of_alerts, of_items)


def _pairs(connection: Connection, event: Any, recipient: Any) -> frozenset[tuple[int, str]]:
    return frozenset((row[0], row[1]) for row in connection.execute(select(event, recipient)))
