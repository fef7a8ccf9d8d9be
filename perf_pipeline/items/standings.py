"""Where items stand: their facts read set-based, their state computed, what changed written down.

`item_event` is the history of a pure function: written again from the same facts it is the same,
so a run that died anywhere is made good by the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, or_, select

from perf_pipeline.domain.working_days import working_day_after
from perf_pipeline.items.answers import local_day, read_answers, read_reasons
from perf_pipeline.items.facts import Answer, Facts
from perf_pipeline.items.levels import LEVEL_LABELS
from perf_pipeline.items.points import Cause, Point, read_points
from perf_pipeline.items.rules import ItemRules
from perf_pipeline.items.state import OVER, Standing, WorkingDayAfter, standing
from perf_pipeline.items.warnings import OVER as OVER_ALERTS
from perf_pipeline.items.warnings import explained_from, read_warnings
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.known import notices_of_files
from perf_pipeline.warehouse.schema import alert, alert_event, department, item
from perf_pipeline.warehouse.schema import item_event as event
from perf_pipeline.warehouse.typed import Query, StoredRow


@dataclass(frozen=True)
class Item:
    """An item with all that is known of it on a day."""

    id: int
    department_id: int
    department_code: str
    department: str
    fiscal_year: int
    kind: str
    subject_key: str
    subject: str
    place: str
    first_seen: str
    facts: Facts
    points: tuple[Point, ...]
    standing: Standing
    notices: tuple[str, ...] = ()  # what the department's files say of themselves, as 模拟数据

    @property
    def name(self) -> str:
        """Write what it is about: 高新区政法委／综治重点工作经费：预算执行."""
        return f"{self.place}：{self.subject}"

    @property
    def now(self) -> Point | None:
        """What the newest judgement says of it."""
        return self.points[-1] if self.points else None

    @property
    def gap(self) -> str:
        """Write how far it is: 再多12件; where that is not a number, what is warned of."""
        if self.now is None:  # of a register nothing is judged: how many of each kind
            standing = Counter[str]()
            for each in self.facts.warnings:
                standing[LEVEL_LABELS.get(each.level, each.level)] += each.standing
            return "，".join(f"{level}{n}件" for level, n in standing.items() if n)
        if self.now.gap:
            return self.now.gap.words
        return "；".join(dict.fromkeys(w.words for w in self.facts.warnings if w.standing))

    @property
    def problem(self) -> str:
        """Write what is wrong with it, for the register's prefilled column."""
        reason = self.now.row.reason if self.now and self.now.gap else ""
        return "；".join(filter(None, (self.gap, reason))) or self.standing.words

    @property
    def gap_fen(self) -> int:
        """The money at stake, in fen; 0 where none is known."""
        return (self.now.gap.fen or 0) if self.now and self.now.gap else 0

    @property
    def trend(self) -> str:
        """Write what each checkpoint said: 3月底 偏慢 12.30% → 6月底 预警 25.20%."""
        return " → ".join(map(str, self.points))

    @property
    def answer(self) -> Answer | None:
        """The answer that stands."""
        current = [each for each in self.facts.answers if each.replaced_on is None]
        return current[-1] if current else None


def read_items(
    connection: Connection,
    fiscal_year: int,
    day: date,
    rules: ItemRules,
    *,
    only: Collection[int] | None = None,
    after: WorkingDayAfter = working_day_after,
) -> list[Item]:
    """Read the items of a year as they stand on a day; `only` are numbers of items, None: all.

    Nothing is read of a department that has none of them.
    """
    rows = connection.execute(_items(fiscal_year, only)).all()
    departments = sorted({row.department_id for row in rows})
    points = read_points(connection, fiscal_year, departments) if rows else {}
    warnings = read_warnings(connection, {row.id: _cause(row) for row in rows}, points)
    ledger = read_answers(connection, fiscal_year, departments)
    reasons = read_reasons(connection, fiscal_year, departments, points)
    said: dict[int, Facts] = {}
    for row in rows:
        raised = [warning for warning, _ in warnings[row.id]]
        given = [
            replace(
                each.answer, on=max(each.answer.on, explained_from(each.as_of, warnings[row.id]))
            )
            for each in reasons.get(_cause(row), ())
        ]
        answers = sorted(
            [*ledger.get((row.department_id, row.id), ()), *given], key=lambda each: each.on
        )
        said[row.id] = Facts(raised, answers)
    facts = _with_promises(connection, rows, said, points, day)
    notices = notices_of_files(connection, fiscal_year, departments) if rows else {}
    return [
        Item(
            **{name: row._mapping[name] for name in _OF_ROW},
            facts=facts[row.id],
            points=tuple(points.get(_cause(row), ())),
            standing=standing(facts[row.id], day, rules, after),
            notices=notices.get(row.department_id, ()),
        )
        for row in rows
    ]


def newest_year(connection: Connection) -> int | None:
    """Return the newest fiscal year that has an item; None without any."""
    newest: int | None = connection.scalar(select(func.max(item.c.fiscal_year)))
    return newest


def year_of(connection: Connection, number: int) -> int | None:
    """Return the fiscal year of an item; None where there is none of that number."""
    if number >= 2**63:  # no database takes it
        return None
    return connection.scalar(select(item.c.fiscal_year).where(item.c.id == number))


def live_items(
    connection: Connection,
    fiscal_year: int,
    departments: Collection[int] | None = None,
    *,
    codes: Collection[str] | None = None,
) -> list[int]:
    """Return the items that have an alert open, or whose last event does not end them.

    `departments` are row numbers and `codes` codes of departments, None: all. What is not among
    the items is over.
    """
    told, noted = alert_event.alias(), event.alias()
    of_alert = select(func.max(told.c.id)).where(told.c.alert_id == alert.c.id)
    is_open = (
        select(alert_event.c.id)
        .join(alert, alert_event.c.alert_id == alert.c.id)
        .where(
            alert.c.item_id == item.c.id,
            alert_event.c.id == of_alert.scalar_subquery(),
            alert_event.c.state.not_in(OVER_ALERTS),
        )
    )
    # two selects deep, it is not correlated by itself
    of_item = select(func.max(noted.c.id)).where(noted.c.item_id == item.c.id).correlate(item)
    closed = select(event.c.id).where(
        event.c.id == of_item.scalar_subquery(), event.c.state.in_(sorted(OVER))
    )
    query = select(item.c.id).where(
        item.c.fiscal_year == fiscal_year, or_(is_open.exists(), ~closed.exists())
    )
    if departments is not None:
        query = query.where(among(item.c.department_id, departments))
    if codes is not None:
        query = query.join(department, department.c.id == item.c.department_id)
        query = query.where(among(department.c.code, codes))
    return list(connection.execute(query.order_by(item.c.id)).scalars())


def note_standings(
    connection: Connection,
    fiscal_year: int,
    rules: ItemRules,
    moment: datetime,
    *,
    after: WorkingDayAfter = working_day_after,
    departments: Collection[int] | None = None,
) -> list[Item]:
    """Write where the year's items stand, as an event where that changed; return those not over.

    An item that is over and has no alert open is not looked at again. `departments` are those
    (row numbers) whose items are looked at; None: all.
    """
    live = live_items(connection, fiscal_year, departments)
    if not live:
        return []
    found = read_items(connection, fiscal_year, local_day(moment), rules, only=live, after=after)
    last = {
        row.item_id: (row.state, row.due_on) for row in connection.execute(_newest_events(live))
    }
    rows = [
        {
            "item_id": each.id,
            "state": str(each.standing.state),
            "due_on": each.standing.due_on,
            "words": each.standing.words,
            "happened_at": moment,
        }
        for each in found
        if last.get(each.id) != (each.standing.state, each.standing.due_on)
    ]
    if rows:
        connection.execute(insert(event), rows)
    return [each for each in found if each.standing.state not in OVER]


_OF_ROW = (
    *("id", "department_id", "department_code", "department", "fiscal_year", "kind"),
    *("subject_key", "subject", "place", "first_seen"),
)


def _items(fiscal_year: int, only: Collection[int] | None) -> Query:
    query = (
        select(
            item,
            department.c.code.label("department_code"),
            func.coalesce(department.c.name, department.c.code).label("department"),
        )
        .join(department, department.c.id == item.c.department_id)
        .where(item.c.fiscal_year == fiscal_year)
        .order_by(item.c.id)
    )
    return query if only is None else query.where(among(item.c.id, only))


def _newest_events(items: Collection[int]) -> Query:
    newest = (
        select(func.max(event.c.id)).where(among(event.c.item_id, items)).group_by(event.c.item_id)
    )
    return select(event).where(event.c.id.in_(newest))


def _with_promises(
    connection: Connection,
    rows: Sequence[StoredRow],
    facts: Mapping[int, Facts],
    points: Mapping[Cause, list[Point]],
    day: date,
) -> Mapping[int, Facts]:
    """Return the facts with what the registers say of each promise."""
    promised = [
        (_cause(row), each.promise)
        for row in rows
        for each in facts[row.id].answers
        if each.promise is not None
    ]
    if not promised:
        return facts
    from perf_pipeline.items.promises import check_promises  # with it all measures

    checked = check_promises(connection, promised, points, day)
    return {
        row.id: Facts(
            facts[row.id].warnings,
            [
                replace(each, promise=checked[_cause(row), each.promise]) if each.promise else each
                for each in facts[row.id].answers
            ],
        )
        for row in rows
    }


def _cause(row: StoredRow) -> Cause:
    return row.department_id, row.kind, row.subject_key
