"""Judging a quarter: spending and indicators of all departments, kept as a new version."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from sqlalchemy import Connection, Engine, Table

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.limits import Limits
from perf_pipeline.measures.waiting import Waiting, waiting_files
from perf_pipeline.monitoring.adjustments import count_again, find_adjustments
from perf_pipeline.monitoring.hints import shortfall_hints
from perf_pipeline.monitoring.indicator_notes import note_indicators
from perf_pipeline.monitoring.indicators import judge_indicators
from perf_pipeline.monitoring.pace import pace_of_spending
from perf_pipeline.monitoring.periods import periods_to_judge
from perf_pipeline.monitoring.queries import indicators_to_judge, projects_to_judge
from perf_pipeline.monitoring.reasons import describe_indicators
from perf_pipeline.monitoring.rows import plain, with_columns
from perf_pipeline.monitoring.spending import NO_NEARER, judge_spending
from perf_pipeline.monitoring.spending_facts import paid_by_source
from perf_pipeline.monitoring.spending_lines import spending_lines
from perf_pipeline.monitoring.spending_words import describe_spending
from perf_pipeline.monitoring.targets import targets_in_force
from perf_pipeline.monitoring.waited import (
    indicators_wait,
    known_counts,
    known_payments,
    spending_waits,
    sums_wait,
)
from perf_pipeline.warehouse.changed import Judged, Kind, judge_changed
from perf_pipeline.warehouse.dimensions import checkpoint_id, follow_calendar
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.failures import failed_departments
from perf_pipeline.warehouse.frames import read_frame, rows_of, told
from perf_pipeline.warehouse.history import JudgedSnapshot
from perf_pipeline.warehouse.plans import know_all
from perf_pipeline.warehouse.schema import (
    adjustment,
    indicator_result,
    spending_line,
    spending_result,
)

# columns of judged rows that quote what staff wrote as they please; they are judged as written
QUOTED = (
    *("cause_words", "cause_measures", "word"),
    *("not_added", "broken", "after_break", "unsettled"),
)
_ONE = ["department_id", "indicator_key"]  # what one indicator is known by
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

        def judge(seen: Checkpoint) -> Judged:
            return _judge(connection, seen, limits, nearer)

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
        )


def _judge(
    connection: Connection, checkpoint: Checkpoint, limits: Limits, nearer: Mapping[str, Limits]
) -> dict[Table, list[dict[str, object]]]:
    """Judge a quarter with what is known now; the rows of each table of results."""
    at = checkpoint_id(connection, checkpoint)
    seen, whose = checkpoint.of_some, checkpoint.whose
    waiting = waiting_files(connection, checkpoint)
    projects = read_frame(connection, projects_to_judge(seen, at), whose)
    projects = known_payments(projects, waiting)
    spending = told(connection, judge_spending(projects, limits, nearer), QUOTED)
    spending = describe_spending(pace_of_spending(spending, checkpoint), checkpoint)
    spending = spending_waits(spending, waiting)
    whole = known_payments(spending, waiting, passed=False)
    lines = spending_lines(whole, read_frame(connection, paid_by_source(seen), whose))
    lines = sums_wait(lines, whole, waiting)
    indicators = _indicators(connection, checkpoint, at, waiting)
    return {
        spending_result: _rows(spending, spending_result),
        spending_line: _rows(lines, spending_line),
        indicator_result: _rows(indicators, indicator_result),
    }


def _indicators(
    connection: Connection, checkpoint: Checkpoint, at: int, waiting: Waiting
) -> pd.DataFrame:
    seen, whose = checkpoint.of_some, checkpoint.whose
    read = read_frame(connection, indicators_to_judge(seen, at), whose)
    read = known_counts(read.drop_duplicates(_ONE, ignore_index=True), waiting)
    rows = targets_in_force(read, checkpoint)
    periods = read_frame(connection, periods_to_judge(seen), whose)
    periods = periods.drop_duplicates([*_ONE, "on"], ignore_index=True)
    judged = told(connection, judge_indicators(rows, checkpoint, periods), QUOTED)
    judged = describe_indicators(judged, checkpoint)
    revised = read[read["revised_raw"].notna()]
    earlier = (
        [raw if on >= checkpoint.period_starts_on else None]
        for raw, on in zip(revised["earlier_raw"], revised["revised_on"], strict=True)
    )
    revised = targets_in_force(with_columns(revised, ["revised_raw"], earlier), checkpoint)
    before = judge_indicators(revised, checkpoint, periods) if len(revised) else revised
    judged = note_indicators(judged, before, checkpoint)
    judged["hint"] = plain(shortfall_hints(connection, judged, checkpoint), judged)
    return indicators_wait(judged, waiting)


def _rows(judged: pd.DataFrame, table: Table) -> list[dict[str, object]]:
    """Return a frame's rows as the table stores them."""
    stored = [column.name for column in table.c if column.name not in ("id", "snapshot_id")]
    return rows_of(judged[["department_id", *stored]])
