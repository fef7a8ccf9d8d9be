"""What recipients have not been told yet: events of alerts and of items, read set-based."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Column, Connection, func, select, union

from perf_pipeline.alerts.coming import MONEY
from perf_pipeline.alerts.configuration import Recipient
from perf_pipeline.alerts.news import alert_events, item_events, said_before
from perf_pipeline.alerts.state import OPEN
from perf_pipeline.items.gap import Gap
from perf_pipeline.items.points import Cause, Point, read_points
from perf_pipeline.warehouse.same import overtaken
from perf_pipeline.warehouse.schema import (
    alert,
    alert_event,
    alert_told,
    department,
    item,
    item_event,
    item_told,
)
from perf_pipeline.warehouse.typed import CompoundQuery, Query, StoredRow


@dataclass
class OfItem:
    """What is new of one item: rows of its alerts' newest events, and its own newest event.

    An alert of before there were items stands alone: `item` is None.
    """

    number: int
    item: StoredRow | None
    alerts: list[StoredRow] = field(default_factory=list)
    event: StoredRow | None = None
    rules: tuple[str, ...] = ()
    standing: Counter[tuple[str, str]] = field(default_factory=Counter)  # open: rule, level
    of_today: str = ""  # what the daily look says of its money
    now: Point | None = None

    @property
    def open(self) -> bool:
        """Tell whether an alert of it stands; one without an item stands by itself."""
        return self.item is None or bool(self.standing)

    @property
    def gap(self) -> Gap | None:
        """How far it is by the newest judgement; None where there is none, or today says more."""
        return self.now.gap if self.now and not self.of_today else None

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

    items: Mapping[str, Sequence[OfItem]]  # by the department's code
    alert_events: frozenset[tuple[int, str]]  # told, or as said before: event, recipient
    item_events: frozenset[tuple[int, str]]
    heard: frozenset[tuple[int, str]]  # item, recipient


def read_untold(connection: Connection, recipients: Sequence[Recipient]) -> Untold:
    """Read what is untold to at least one recipient of its department."""
    events = connection.execute(alert_events(recipients)).all()
    own = connection.execute(item_events(recipients)).all()
    found: dict[tuple[str, int], OfItem] = {}
    of_alerts = alert_events(recipients).order_by(None)
    of_items = item_events(recipients).order_by(None)
    numbers = union(
        of_alerts.with_only_columns(alert.c.item_id),
        of_items.with_only_columns(item_event.c.item_id),
    )
    items = {row.id: row for row in connection.execute(_items(numbers))}
    for row in events:
        at = ("alert", row.alert_id) if row.item_id is None else ("item", row.item_id)
        of = found.setdefault(at, OfItem(at[1], items.get(row.item_id)))
        of.alerts.append(row)
    for row in own:
        of = found.setdefault(("item", row.item_id), OfItem(row.item_id, items[row.item_id]))
        of.event = row
    _complete(connection, numbers, found.values())
    by_code: dict[str, list[OfItem]] = defaultdict(list)
    for each in found.values():
        by_code[each.code].append(each)
    return Untold(
        by_code,
        _pairs(connection, alert_told.c.event_id, of_alerts.with_only_columns(alert_event.c.id))
        | frozenset(said_before(connection, recipients, events)),
        _pairs(connection, item_told.c.item_event_id, of_items.with_only_columns(item_event.c.id)),
        frozenset((row.item_id, row.recipient) for row in connection.execute(_heard(numbers))),
    )


def _complete(connection: Connection, numbers: CompoundQuery, found: Iterable[OfItem]) -> None:
    """Add what is known of the items: the rules of their alerts, whether one is open, the gap."""
    rules: dict[int, set[str]] = defaultdict(set)
    standing: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    of_today: dict[int, str] = {}
    query = (
        select(alert.c.item_id, alert.c.rule, alert.c.level, alert_event.c.state)
        .add_columns(func.count().label("alerts"), func.max(alert.c.gap).label("gap"))
        .join(alert_event, alert_event.c.alert_id == alert.c.id)
        .where(alert.c.item_id.in_(numbers), ~overtaken(alert_event, "alert_id"))
        .group_by(alert.c.item_id, alert.c.rule, alert.c.level, alert_event.c.state)
    )
    for row in connection.execute(query):
        rules[row.item_id].add(row.rule)
        if row.state in OPEN:
            standing[row.item_id][row.rule, row.level] += row.alerts
            if row.rule == MONEY:
                of_today[row.item_id] = row.gap
    mine = [each for each in found if each.item is not None]
    points: dict[int, Mapping[Cause, list[Point]]] = {}
    for year in {each.item.fiscal_year for each in mine if each.item is not None}:
        departments = {each.department_id for each in mine}
        points[year] = read_points(connection, year, departments)
    for each in mine:
        of = each.item
        assert of is not None
        some = points[of.fiscal_year].get((of.department_id, of.kind, of.subject_key), [])
        each.rules = tuple(sorted(rules[of.id]))
        each.standing, each.of_today = standing[of.id], of_today.get(of.id, "")
        each.now = some[-1] if some else None


def _items(numbers: CompoundQuery) -> Query:
    return (
        select(item, department.c.code)
        .join(department, department.c.id == item.c.department_id)
        .where(item.c.id.in_(numbers))
    )


def _heard(numbers: CompoundQuery) -> CompoundQuery:
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


def _pairs(connection: Connection, event: Column[int], of: Query) -> frozenset[tuple[int, str]]:
    """Return who was told which of some events."""
    query = select(event, event.table.c.recipient).where(event.in_(of))
    return frozenset((row[0], row[1]) for row in connection.execute(query))
