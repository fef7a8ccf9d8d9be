"""Judging a quarter: spending and indicators of all departments, kept as a new version."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.limits import Limits
from perf_pipeline.measures.waiting import Waiting, waiting_files
from perf_pipeline.monitoring.adjustments import Results, count_again, find_adjustments
from perf_pipeline.monitoring.hints import hint_shortfalls
from perf_pipeline.monitoring.indicator import Indicator
from perf_pipeline.monitoring.indicator_notes import note_indicators
from perf_pipeline.monitoring.indicators import judge_indicators
from perf_pipeline.monitoring.money_read import Money
from perf_pipeline.monitoring.pace import pace_of_spending
from perf_pipeline.monitoring.periods import periods_to_judge
from perf_pipeline.monitoring.project_money import ProjectMoney
from perf_pipeline.monitoring.queries import indicators_to_judge
from perf_pipeline.monitoring.reasons import describe_indicator
from perf_pipeline.monitoring.rows import rows_as
from perf_pipeline.monitoring.spending import NO_NEARER, judge_spending
from perf_pipeline.monitoring.spending_lines import spending_lines
from perf_pipeline.monitoring.spending_words import describe_spending
from perf_pipeline.monitoring.targets import target_in_force
from perf_pipeline.monitoring.waited import (
    indicator_waits,
    known_counts,
    known_payments,
    spending_waits,
    sums_wait,
)
from perf_pipeline.warehouse.changed import Kind, judge_changed
from perf_pipeline.warehouse.dimensions import checkpoint_id, follow_calendar
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.failures import failed_departments
from perf_pipeline.warehouse.history import JudgedSnapshot
from perf_pipeline.warehouse.known_people import as_told
from perf_pipeline.warehouse.plans import know_all
from perf_pipeline.warehouse.schema import (
    adjustment,
    indicator_result,
    spending_line,
    spending_result,
)

Row = TypeVar("Row", ProjectMoney, Indicator)
Each = TypeVar("Each")

# columns of judged rows that quote what staff wrote as they please; they are judged as written
EXPLAINED = ("cause_words", "cause_measures")
QUOTED = (*EXPLAINED, "word", "not_added", "broken", "after_break", "unsettled")
_KEY = attrgetter("department_id", "indicator_key")
MONITORING = Kind("monitoring", reads=("measures", "monitoring"))


def evaluate_quarter(
    engine: Engine,
    checkpoint: Checkpoint,
    limits: Limits,
    nearer: Mapping[str, Limits] = NO_NEARER,
) -> tuple[JudgedSnapshot, ...]:
    """Judge spending and indicators as of a checkpoint, from its newest measures.

    `nearer` are the limits of departments that have their own, by their codes. A new version of a
    department's judgement is written only where something in it changed, and none where its
    quarter is closed: what late data would change there is kept as adjustments of the next quarter
    that is open. A department with a file whose intake failed keeps its last judgement.
    """
    count_again(engine, checkpoint)
    with write_transaction(engine) as connection:
        know_all(connection)
        follow_calendar(connection, checkpoint)
        failed = failed_departments(connection, checkpoint.fiscal_year)

        money = Money(checkpoint, [], {})

        def read_money(many: Checkpoint) -> None:
            nonlocal money
            money = Money.read(connection, many)

        def judge(seen: Checkpoint) -> Results:
            return _judge(connection, money.of(connection, seen), limits, nearer)

        return judge_changed(
            connection,
            MONITORING,
            checkpoint,
            lambda seen: {
                **judge(seen),
                adjustment: find_adjustments(connection, seen, judge),
            },
            limits=(limits, sorted(nearer.items())),
            except_for=failed,
            ahead=read_money,
        )


def _judge(
    connection: Connection, money: Money, limits: Limits, nearer: Mapping[str, Limits]
) -> Results:
    """Judge a quarter with what is known now; the rows of each table of results."""
    checkpoint = money.seen
    at = checkpoint_id(connection, checkpoint)
    waiting = waiting_files(connection, checkpoint)
    spending, lines = _spending(connection, money, waiting, (limits, nearer))
    return {
        spending_result: spending,
        spending_line: lines,
        indicator_result: _indicators(connection, checkpoint, at, waiting),
    }


def _spending(
    connection: Connection,
    money: Money,
    waiting: Waiting,
    limits: tuple[Limits, Mapping[str, Limits]],
) -> tuple[list[ProjectMoney], list[ProjectMoney]]:
    rows = [known_payments(each, waiting) for each in money.projects]
    judged = told(connection, [judge_spending(each, *limits) for each in rows], EXPLAINED)
    paced = (pace_of_spending(each, money.seen) for each in judged)
    spending = [spending_waits(describe_spending(each, money.seen), waiting) for each in paced]
    whole = [known_payments(each, waiting, passed=False) for each in spending]
    lines = spending_lines(whole, money.by_source)
    return spending, sums_wait(lines, whole, waiting)


def _indicators(
    connection: Connection, checkpoint: Checkpoint, at: int, waiting: Waiting
) -> list[Indicator]:
    seen, whose = checkpoint.of_some, checkpoint.whose
    found = connection.execute(indicators_to_judge(seen, at), whose)
    first = _first(rows_as(Indicator, found.keys(), found.all()), _KEY)
    read = [known_counts(each, waiting) for each in first]
    rows = [target_in_force(each, checkpoint) for each in read]
    periods = periods_to_judge(connection, checkpoint, read)
    before = [
        target_in_force(each._replace(revised_raw=_before(each, checkpoint)), checkpoint)
        for each in read
        if each.revised_raw is not None
    ]
    both = judge_indicators([*rows, *before], checkpoint, periods)
    judged, before = told(connection, both[: len(rows)], QUOTED), both[len(rows) :]
    judged = [describe_indicator(each, checkpoint) for each in judged]
    judged = note_indicators(judged, before, checkpoint)
    judged = hint_shortfalls(connection, judged, checkpoint)
    return [indicator_waits(each, waiting) for each in judged]


def _before(row: Indicator, checkpoint: Checkpoint) -> str | None:
    """Return what a revised target was revised to before the period; None at the year's start."""
    recent = row.revised_on is not None and row.revised_on >= checkpoint.period_starts_on
    return row.earlier_raw if recent else None


def _first(rows: Iterable[Each], key: Callable[[Each], Hashable]) -> list[Each]:
    """Keep the first row of each key."""
    first: dict[Hashable, Each] = {}
    for row in rows:
        first.setdefault(key(row), row)
    return list(first.values())


def told(connection: Connection, rows: Sequence[Row], written: Sequence[str]) -> list[Row]:
    """Let what staff of departments wrote, in columns of rows, name nobody, see `as_told`."""
    of = attrgetter(*written)
    quoted = {at: cells for at, row in enumerate(rows) if any(cells := of(row))}
    asked = [(rows[at].department_id, cell) for at, cells in quoted.items() for cell in cells]
    said = as_told(connection, asked)
    found = list(rows)
    for at in quoted:
        named: dict[str, Any] = dict(zip(written, islice(said, len(written)), strict=True))
        found[at] = rows[at]._replace(**named)
    return found
