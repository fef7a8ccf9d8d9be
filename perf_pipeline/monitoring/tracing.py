"""From a figure back to its source rows: file, sheet and row, and what each row adds."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    RowMapping,
    Table,
    and_,
    func,
    or_,
    select,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.measures.catalogue import REPORTED, known_codes, measure, measure_that
from perf_pipeline.measures.compute import figure_query
from perf_pipeline.monitoring.counted import is_rate
from perf_pipeline.monitoring.source_rows import Figure, Sources, TracedRow, find_sources
from perf_pipeline.registers.measure_declaration import Fills
from perf_pipeline.warehouse.dimensions import checkpoint_of
from perf_pipeline.warehouse.engine import as_utc
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.schema import (
    department,
    indicator_result,
    snapshot,
    spending_result,
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
    spending = read["part"].upper() == "S"
    table = spending_result if spending else indicator_result
    with engine.connect() as connection:
        found = connection.execute(_result(table, int(read["id"]))).mappings().one_or_none()
        if found is None:
            raise ConfigurationError(f"数据仓库里没有追溯号 {figure}")
        now = checkpoint_of(connection.execute(_judged_at(found["checkpoint_id"])).one())
        checkpoint = now.as_known(as_utc(found["created_at"]))
        code = measure_that(Fills.PAID) if spending else found["measure"]
        numerator = found["paid_fen"] if spending else found["numerator"]
        denominator = 1 if spending else found["denominator"]
        adds_up = still_so = True
        if code in known_codes() - {REPORTED}:
            stored = (numerator, denominator)
            adds_up = _figure(connection, found, code, checkpoint) == stored
            still_so = _figure(connection, found, code, now) == stored
        asked = Figure(
            figure.strip().upper(),
            found["department_id"],
            found["project_name"],
            None if spending else found["section"],
            found["project_name"] if spending else found["name"],
            code,
            numerator,
            denominator,
        )
        rows = find_sources(connection, [asked], checkpoint).get(asked.id, Sources()).rows
        return TracedFigure(
            asked.id,
            found["department"],
            checkpoint.name,
            asked.name,
            code,
            found["reason"],
            numerator,
            denominator,
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
            snapshot.c.checkpoint_id,
            snapshot.c.created_at,
            func.coalesce(department.c.name, department.c.code).label("department"),
        )
        .join(snapshot, snapshot.c.id == table.c.snapshot_id)
        .join(department, department.c.id == snapshot.c.department_id)
        .where(table.c.id == result_id)
    )


def _judged_at(checkpoint_id: int) -> Query:
    """Select the checkpoint of a result: the warehouse's, which the calendar may not have now."""
    return select(checkpoint_table).where(checkpoint_table.c.id == checkpoint_id)


def _of_result(rows: FromClause, found: RowMapping) -> ColumnElement[bool]:
    """Keep the rows of the result's department, and of its project where rows have one."""
    return and_(
        rows.c.department_id == found["department_id"],
        or_(rows.c.project_name.is_(None), rows.c.project_name == found["project_name"]),
    )


def _figure(
    connection: Connection, found: RowMapping, code: str, checkpoint: Checkpoint
) -> tuple[int | None, int | None]:
    figure = figure_query(measure(code), checkpoint).subquery()
    part = "year_" if measure(code).judges_year(checkpoint) else ""
    counted = [figure.c[f"{part}{name}"] for name in ("numerator", "denominator")]
    row = connection.execute(select(*counted).where(_of_result(figure, found))).one_or_none()
    return (None, None) if row is None else (row[0], row[1])
