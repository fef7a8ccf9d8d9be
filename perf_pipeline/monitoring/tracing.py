"""From a figure back to its source rows: file, sheet and row, and what each row adds."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    or_,
    select,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.measures.catalogue import REPORTED, known_codes, measure
from perf_pipeline.measures.compute import figure_query
from perf_pipeline.monitoring.counted import is_rate
from perf_pipeline.monitoring.results import RESULTS, Part
from perf_pipeline.monitoring.source_rows import Figure, Sources, TracedRow, figure_of, find_sources
from perf_pipeline.warehouse.dimensions import DEPARTMENT_NAME, checkpoint_of
from perf_pipeline.warehouse.engine import as_utc
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import (
    department,
    snapshot,
)
from perf_pipeline.warehouse.typed import Query

FIGURE = re.compile(r"(?P<part>[SI])(?P<id>\d{1,18})", re.IGNORECASE)


@dataclass(frozen=True)
class TracedFigure:
    """A figure, what it is, and the rows that make it.

    The rows are those known when the figure was written, whatever came since. `adds_up` tells
    whether they give the figure that was stored; `still_so` whether those known now do.
    """

    figure: str
    department: str
    quarter: str
    name: str
    measure: str | None
    reason: str
    numerator: int | None
    denominator: int | None
    adds_up: bool
    still_so: bool
    rows: tuple[TracedRow, ...]

    @property
    def failing_first(self) -> tuple[TracedRow, ...]:
        """The rows; of a rate, those that are in the denominator alone before others."""
        if not is_rate(self.measure, self.denominator):
            return self.rows
        return tuple(sorted(self.rows, key=lambda row: row.numerator >= row.denominator))

    def to_dict(self) -> dict[str, object]:
        """Return the figure as plain values for JSON."""
        return asdict(self)


def trace_figure(engine: Engine, figure: str) -> TracedFigure:
    """Trace a figure of the warehouse (S12: spending, I34: an indicator) to its source rows.

    Raises ConfigurationError when there is no such figure.
    """
    read = FIGURE.fullmatch(figure.strip())
    if read is None:
        raise ConfigurationError(f"“{figure}”不是追溯号：应为 S 或 I 加数字，例如 S12、I34")
    result = RESULTS[Part.SPENDING if read["part"].upper() == "S" else Part.INDICATOR]
    with engine.connect() as connection:
        found = connection.execute(_result(result.table, int(read["id"]))).one_or_none()
        if found is None:
            raise ConfigurationError(f"数据仓库里没有追溯号 {figure}")
        now = checkpoint_of(found)  # the warehouse's, which the calendar may not have now
        checkpoint = now.as_known(as_utc(found.created_at))
        asked = figure_of(result.of(found._mapping))
        adds_up = still_so = True
        if asked.measure in known_codes() - {REPORTED}:
            stored = (asked.numerator, asked.denominator)
            adds_up = _figure(connection, asked, checkpoint) == stored
            still_so = _figure(connection, asked, now) == stored
        rows = find_sources(connection, {checkpoint: [asked]}).get(asked.id, Sources()).rows
        return TracedFigure(
            asked.id,
            found.department,
            checkpoint.name,
            asked.name,
            asked.measure,
            found.reason,
            asked.numerator,
            asked.denominator,
            adds_up,
            still_so,
            tuple(sorted(rows, key=_by_place)),
        )


def _by_place(row: TracedRow) -> tuple[str, str, int]:
    return (row.file, row.sheet or "", row.row or 0)


def _result(table: Table, result_id: int) -> Query:
    return (
        select(
            table,
            snapshot.c.department_id,
            snapshot.c.created_at,
            *(checkpoint_table.c[name] for name in ("fiscal_year", "ends_on", "period_starts_on")),
            DEPARTMENT_NAME.label("department"),
        )
        .join(snapshot, snapshot.c.id == table.c.snapshot_id)
        .join(checkpoint_table, checkpoint_table.c.id == snapshot.c.checkpoint_id)
        .join(department, department.c.id == snapshot.c.department_id)
        .where(table.c.id == result_id)
    )


def _figure(
    connection: Connection, asked: Figure, checkpoint: Checkpoint
) -> tuple[int | None, int | None]:
    """Count a figure again: of its department, and of its project where rows have one."""
    counted = measure(asked.measure or "")
    figure = figure_query(counted, checkpoint).subquery()
    part = "year_" if counted.judges_year(checkpoint) else ""
    project = figure.c.project_name
    query = select(figure.c[f"{part}numerator"], figure.c[f"{part}denominator"]).where(
        figure.c.department_id == asked.department_id,
        or_(project.is_(None), project == asked.project_name),
    )
    row = connection.execute(query).one_or_none()
    return (None, None) if row is None else (row[0], row[1])
