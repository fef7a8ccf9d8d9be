"""The outlook of a quarter: of all departments at once, kept as a version of each."""

from __future__ import annotations

from datetime import date
from functools import lru_cache, partial

from sqlalchemy import Connection, Engine, Integer, Table, extract, func, or_, select

from perf_pipeline.domain.calendar import Checkpoint, month_end
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.measures.open_cases import REGISTERS, open_by_age
from perf_pipeline.monitoring.outlook.columns import read_columns
from perf_pipeline.monitoring.outlook.judge import foretell_indicators, foretell_spending
from perf_pipeline.monitoring.outlook.known import YEARS_BACK
from perf_pipeline.warehouse.changed import Kind, judge_changed
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import JudgedSnapshot
from perf_pipeline.warehouse.known import latest_snapshots, registers_of
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import (
    indicator_result,
    outlook,
    snapshot,
    spending_result,
)
from perf_pipeline.warehouse.typed import Query
from perf_pipeline.warehouse.whole_table import Judged

OUTLOOK = Kind("outlook", reads=("monitoring",), files=REGISTERS)


def foretell_quarter(
    engine: Engine, checkpoint: Checkpoint, limits: OutlookLimits
) -> tuple[JudgedSnapshot, ...]:
    """Foretell the year's end from the newest judgements of this checkpoint and of past years.

    A new version of a department's outlook is written only where something in it changed.
    """
    with write_transaction(engine) as connection:
        judge = partial(_foretell, connection, limits=limits)
        return judge_changed(connection, OUTLOOK, checkpoint, judge, limits=limits)


def _foretell(connection: Connection, checkpoint: Checkpoint, *, limits: OutlookLimits) -> Judged:
    seen, whose = checkpoint.of_some, checkpoint.whose
    registers = registers_of(connection, checkpoint)
    spending, indicators, waiting = (
        read_columns(connection.execute(query, whose))
        for query in (
            known_results(spending_result, seen),
            known_results(indicator_result, seen),
            open_by_age(seen, registers),
        )
    )
    foretold = foretell_spending(spending, checkpoint, limits)
    return {outlook: foretold + foretell_indicators(indicators, checkpoint, limits, waiting)}


@lru_cache(maxsize=16)
def known_results(table: Table, checkpoint: Checkpoint) -> Query:
    """Select the newest results of this checkpoint, and of past years' same month and December.

    Of this year also those of the newest checkpoint that is a quarter of a year and more back.
    """
    year, ends_on = checkpoint.fiscal_year, checkpoint_table.c.ends_on
    newest = latest_snapshots("monitoring", None, checkpoint.departments).subquery("newest")
    past = [
        day
        for earlier in range(year - YEARS_BACK, year)
        for day in (month_end(earlier, checkpoint.month), date(earlier, 12, 31))
    ]
    back = [month_end(year, month) for month in range(1, checkpoint.month - 2)]
    before = select(func.max(ends_on)).where(ends_on.in_(back)).scalar_subquery()
    return (
        select(
            snapshot.c.department_id,
            checkpoint_table.c.fiscal_year,
            extract("month", ends_on).cast(Integer).label("month"),
            *(column for column in table.c if column.name not in ("id", "snapshot_id")),
        )
        .join(snapshot, snapshot.c.id == table.c.snapshot_id)
        .join(newest, newest.c.id == snapshot.c.id)
        .join(checkpoint_table, checkpoint_table.c.id == snapshot.c.checkpoint_id)
        .where(
            or_(
                checkpoint_table.c.name == checkpoint.name,
                ends_on.in_(past),
                ends_on == before,
            )
        )
        .order_by(snapshot.c.department_id, checkpoint_table.c.fiscal_year, table.c.id)
    )
