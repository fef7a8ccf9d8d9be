"""The report tables of a made-up city by bare SQL, as somebody good writes it for this city alone.

`report_tables.sql` computes and stores, from the warehouse's own registers, what the package's
report tables hold at a checkpoint: every figure of a measure, every project's spending, its sums,
and every indicator, judged. It knows what this city holds: one year, one source of funds, a point
of the plan on each checkpoint, targets that are floors, a map and reports of each indicator.
Nothing is checked, put into words, kept in versions or sealed. `differing` holds every value
against the package's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Table, column, inspect, select, text
from sqlalchemy import table as named_table

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.warehouse.known import checkpoint_id_of, newest_results
from perf_pipeline.warehouse.schema import (
    indicator_result,
    measure_value,
    spending_line,
    spending_result,
)

QUERIES = Path(__file__).with_name("report_tables.sql")
SPELLED = {
    "sqlite": {
        "accept_by": "date(received_on, '+15 days')",
        "close_by": "date(accepted_on, (60 + COALESCE(extended_days, 0)) || ' days')",
        "reaches_on": "date('{year}-01-01', (days - 1) || ' days')",
        "told": "CAST(reported_text AS INTEGER)",
    },
    "postgresql": {
        "accept_by": "received_on + 15",
        "close_by": "accepted_on + 60 + CAST(COALESCE(extended_days, 0) AS INTEGER)",
        "reaches_on": "DATE '{year}-01-01' + CAST(days - 1 AS INTEGER)",
        "told": "CAST(SUBSTRING(reported_text FROM '^[0-9]+') AS BIGINT)",
    },
}
# of conditions on three columns PostgreSQL expects one row, and looks up thousands one by one
SETTINGS = {"sqlite": (), "postgresql": ("SET LOCAL enable_nestloop = off",)}
KEYS = {  # what names a row of a department's
    spending_result: ("department_id", "project_name"),
    spending_line: ("department_id", "level", "project_name", "name"),
    measure_value: ("department_id", "measure", "project_name"),
    indicator_result: ("department_id", "indicator_key"),
}
LEFT_OUT = {"id", "snapshot_id", "reason", "note", "hint", "actual_text"}  # its own, and words


def report_tables_by_bare_sql(engine: Engine, checkpoints: Sequence[Checkpoint]) -> None:
    """Compute and store the four tables of each checkpoint."""
    with engine.begin() as connection:
        for setting in SETTINGS[engine.dialect.name]:
            connection.execute(text(setting))
        for each in checkpoints:
            for table in KEYS:
                connection.execute(text(f"DROP TABLE IF EXISTS {_table(table, each)}"))
            for statement in _statements(engine.dialect.name, each):
                connection.execute(text(statement))


def _table(of: Table, checkpoint: Checkpoint) -> str:
    return f"bare_{of.name}_{checkpoint.month}"


def _statements(dialect: str, checkpoint: Checkpoint) -> Iterator[str]:
    year, month, months = checkpoint.fiscal_year, checkpoint.month, checkpoint.months
    told = {name: how.format(year=year) for name, how in SPELLED[dialect].items()}
    tables = {of.name: _table(of, checkpoint) for of in KEYS}
    filled = QUERIES.read_text("utf-8").format(
        **told,
        **tables,
        year=year,
        month=month,
        next_month=next((each for each in months if each > month), None),
        until=checkpoint.ends_on.isoformat(),
        elapsed=(checkpoint.ends_on - checkpoint.starts_on).days + 1,
        last=checkpoint.last,
    )
    return filter(str.strip, filled.split(";\n"))


@dataclass
class Differing:
    """How many values of both ways are compared, left open by the package, and different."""

    compared: int = 0
    left_open: int = 0
    differ: int = 0


def differing(connection: Connection, checkpoints: Sequence[Checkpoint]) -> Differing:
    """Hold bare SQL's tables against the package's: rows, and each column that the latter fills.

    What differs of an indicator whose figure is left open, since the package asks about it, is
    counted apart.
    """
    found = Differing()
    for each in checkpoints:
        for table in KEYS:
            ours, bare = _ours(connection, table, each), _bare(connection, table, each)
            assert ours.keys() == bare.keys(), (table.name, each.name)
            filled = {name for row in ours.values() for name in row if row[name] is not None}
            names = filled - LEFT_OUT
            lacking = names - next(iter(bare.values())).keys()
            assert not lacking, (table.name, lacking)
            for key, row in ours.items():
                is_open = row.get("numerator", "") is None
                for name in names:
                    differs = row[name] != bare[key][name]
                    found.compared += 1
                    found.left_open += differs and is_open
                    found.differ += differs and not is_open
    return found


Rows = Mapping[tuple[object, ...], Mapping[str, object]]


def _ours(connection: Connection, table: Table, checkpoint: Checkpoint) -> Rows:
    at = checkpoint_id_of(connection, checkpoint.name)
    assert at is not None
    kind = "measures" if table is measure_value else "monitoring"
    return _by_key(table, connection.execute(newest_results(table, kind, at)))


def _bare(connection: Connection, table: Table, checkpoint: Checkpoint) -> Rows:
    name = _table(table, checkpoint)
    stored = [each["name"] for each in inspect(connection).get_columns(name)]
    columns = (column(each, table.c[each].type if each in table.c else None) for each in stored)
    return _by_key(table, connection.execute(select(named_table(name, *columns))))


def _by_key(table: Table, rows: CursorResult[Any]) -> Rows:
    return {tuple(row[name] for name in KEYS[table]): dict(row) for row in rows.mappings()}
