"""Computing every measure for every department at a checkpoint, and storing what changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Engine,
    Select,
    cast,
    func,
    literal,
    select,
    union_all,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.measures.catalogue import MEASURES
from perf_pipeline.measures.measure import Aggregate, Measure
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import JudgedSnapshot, write_by_department
from perf_pipeline.warehouse.schema import measure_value
from perf_pipeline.warehouse.statistics import refresh_statistics


def figure_query(measure: Measure, checkpoint: Checkpoint) -> Select[Any]:
    """Select a measure's figure for all departments and projects at once.

    Columns: department_id, measure, project_name, numerator, denominator. A rate whose
    denominator is zero gives no row: no data is neither 0% nor 100%.
    """
    rows = measure.rows(checkpoint).subquery()
    if measure.aggregate is Aggregate.DISTINCT:
        numerator: ColumnElement[Any] = func.count(rows.c.counted.distinct())
    else:
        numerator = func.sum(rows.c.numerator)
    if measure.aggregate is Aggregate.RATE:
        denominator: ColumnElement[Any] = func.sum(rows.c.denominator)
    else:
        denominator = func.max(rows.c.denominator)
    return (
        select(
            rows.c.department_id,
            literal(measure.code).label("measure"),
            rows.c.project_name,
            cast(numerator, BigInteger).label("numerator"),
            cast(denominator, BigInteger).label("denominator"),
        )
        .group_by(rows.c.department_id, rows.c.project_name)
        .having(denominator > 0)
    )


def figures_query(checkpoint: Checkpoint) -> CompoundSelect[Any]:
    """Select the figures of all measures; columns as `figure_query`."""
    return union_all(*(figure_query(measure, checkpoint) for measure in MEASURES))


def compute_measures(engine: Engine, checkpoint: Checkpoint) -> tuple[JudgedSnapshot, ...]:
    """Compute all measures for all departments as of a checkpoint.

    A new version of a department's measures is written only where a figure changed.
    """
    query = figures_query(checkpoint)
    with write_transaction(engine) as connection:
        refresh_statistics(connection)
        figures = [dict(row) for row in connection.execute(query).mappings()]
        figures.sort(key=lambda row: (row["measure"], row["project_name"] or ""))
        return write_by_department(connection, "measures", checkpoint, {measure_value: figures})
