"""The items of a year on one screen (整改台账): as noted, the gravest first, and by checkpoint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from sqlalchemy import Connection, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.status import DEVIATIONS
from perf_pipeline.items.gravity import Gravity, gravity, gravity_of
from perf_pipeline.items.noted import first_judged_later
from perf_pipeline.items.points import Point, read_points
from perf_pipeline.items.state import ASKS, LATE, State
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.engine import as_utc
from perf_pipeline.warehouse.schema import item, item_event
from perf_pipeline.warehouse.typed import StoredRow


@dataclass(frozen=True)
class ItemLine:
    """An item's line: where it stands by its last event, its trend and its gap."""

    number: int
    place: str
    subject: str
    state: State
    due_on: date | None
    words: str
    first_seen: str
    points: tuple[Point, ...]

    @property
    def office(self) -> str:
        """The department (部门)."""
        return self.place.partition("／")[0]

    @property
    def name(self) -> str:
        """What it is about, where its department goes without saying."""
        return f"{self.place.rpartition('／')[2]}：{self.subject}"

    @property
    def label(self) -> str:
        """The state's word."""
        return self.state.label

    @property
    def gap(self) -> str:
        """How far it is by the newest judgement."""
        return self.points[-1].gap.words if self.points and self.points[-1].gap else ""

    @property
    def trend(self) -> str:
        """What each checkpoint said."""
        return " → ".join(map(str, self.points))


@dataclass(frozen=True)
class AtCheckpoint:
    """What a leader is to know at a checkpoint: the worst, what was promised, what is overdue.

    What was promised and what is late are told by name, as noted then.
    """

    label: str
    worst: ItemLine | None
    worst_gap: str
    asked: int
    promised: tuple[str, ...]
    late: tuple[str, ...]
    closed: int


@dataclass(frozen=True)
class Board:
    """The items of a department's year."""

    lines: tuple[ItemLine, ...] = ()
    checkpoints: tuple[AtCheckpoint, ...] = ()


def read_boards(
    connection: Connection, judged: Mapping[int, Sequence[Checkpoint]]
) -> Mapping[int, Board]:
    """Read the boards of departments, each over the checkpoints of a year that it was judged at."""
    checkpoints, departments = set(chain.from_iterable(judged.values())), judged.keys()
    if not checkpoints:
        return {}
    year = next(iter(checkpoints)).fiscal_year
    rows = connection.execute(
        select(item)
        .where(item.c.fiscal_year == year, among(item.c.department_id, departments))
        .order_by(item.c.id)
    ).all()
    history: dict[int, list[StoredRow]] = defaultdict(list)
    events = (
        select(item_event)
        .join(item, item.c.id == item_event.c.item_id)
        .where(item.c.fiscal_year == year, among(item.c.department_id, departments))
    )
    for event in connection.execute(events.order_by(item_event.c.id)):
        history[event.item_id].append(event)
    points = read_points(connection, year, departments) if rows else {}
    lines: dict[int, list[ItemLine]] = defaultdict(list)
    for row in rows:
        if some := history[row.id]:
            last = some[-1]
            cause = (row.department_id, row.kind, row.subject_key)
            lines[row.department_id].append(
                ItemLine(
                    row.id,
                    row.place,
                    row.subject,
                    State(last.state),
                    last.due_on,
                    last.words,
                    row.first_seen,
                    tuple(points.get(cause, ())),
                )
            )
    until = {each: first_judged_later(connection, each, departments) for each in checkpoints}
    return {
        department: Board(
            tuple(gravest_first(mine)),
            tuple(
                _at(each, mine, history, until[each].get(department)) for each in judged[department]
            ),
        )
        for department, mine in lines.items()
    }


def gravest_first(lines: Iterable[ItemLine]) -> list[ItemLine]:
    """Return items in the order in which somebody has to look at them."""
    return sorted(lines, key=lambda line: (gravity_of(line.state, line.points), line.number))


def _weight_then(line: ItemLine, then: Point) -> tuple[Gravity, int]:
    """Return what an item was sorted by at a past checkpoint, whatever has become of it."""
    history = [each.judgement for each in line.points if each.ordinal <= then.ordinal]
    return gravity(None, then.gap, broken_zero=then.broken_zero, history=history), line.number


def _at(
    checkpoint: Checkpoint,
    lines: Sequence[ItemLine],
    history: Mapping[int, Sequence[StoredRow]],
    until: datetime | None,
) -> AtCheckpoint:
    """Sum up a checkpoint: what had been noted until a later one was first judged."""
    states: list[State] = []
    told: dict[State, list[str]] = defaultdict(list)
    for line in lines:
        noted = [
            each
            for each in history[line.number]
            if until is None or as_utc(each.happened_at) < until
        ]
        if noted:
            states.append(State(noted[-1].state))
            told[states[-1]].append(f"{line.number} {line.name}：{noted[-1].words}")
    here = [
        (line, point)
        for line in lines
        for point in line.points
        if point.ordinal == checkpoint.ordinal
        and point.gap is not None
        and point.judgement in DEVIATIONS
    ]
    worst = min(here, key=lambda pair: _weight_then(*pair), default=None)
    return AtCheckpoint(
        checkpoint.label,
        worst[0] if worst else None,
        worst[1].gap.words if worst and worst[1].gap else "",
        sum(state in ASKS for state in states),
        tuple(told[State.PROMISED]),
        tuple(each for state in reversed(State) if state in LATE for each in told[state]),
        states.count(State.CLOSED),
    )
