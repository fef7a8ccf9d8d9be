"""Computing every measure for every department at a checkpoint, and storing what changed."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    Engine,
    Subquery,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.measures.catalogue import MEASURES
from perf_pipeline.measures.declared_rows import rows_of
from perf_pipeline.measures.measure import Selects, source_rows
from perf_pipeline.measures.one_pass import OnePass
from perf_pipeline.registers.measure_declaration import Kind as KindOfMeasure
from perf_pipeline.registers.measure_declaration import MeasureDeclaration as Measure
from perf_pipeline.warehouse.changed import MANY, Kind, judge_changed
from perf_pipeline.warehouse.dicts import read_dicts
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import JudgedSnapshot
from perf_pipeline.warehouse.known import registers_of
from perf_pipeline.warehouse.plans import know_all
from perf_pipeline.warehouse.schema import measure_value
from perf_pipeline.warehouse.typed import CompoundQuery, Expression, Query
from perf_pipeline.warehouse.whole_table import Judged

COUNTED = Kind("measures")


def figure_query(measure: Measure, checkpoint: Checkpoint, selects: Selects = source_rows) -> Query:
    """Select a measure's figure for all departments and projects at once.

    Columns: department_id, measure, project_name, numerator and denominator as the checkpoint
    judges them, year_numerator and year_denominator of the year so far. Where a denominator is
    zero both are null: no data is neither 0% nor 100%; where there is none of the year, no row.
    """
    parts = {"": checkpoint}
    if measure.of_the_period:
        # as if it were the year's only checkpoint: its period is the year so far
        parts["year_"] = replace(checkpoint, months=(checkpoint.month,))
    rows = union_all(
        *(
            select(rows_of(measure, of, selects).subquery(), literal(part).label("part"))
            for part, of in parts.items()
        )
    ).subquery()
    judged = _figure(measure, rows, "")
    year = _figure(measure, rows, "year_") if measure.of_the_period else judged
    return (
        select(
            rows.c.department_id,
            literal(measure.code).label("measure"),
            rows.c.project_name,
            *(value.label(name) for name, value in zip(_NAMES, judged, strict=True)),
            *(value.label(f"year_{name}") for name, value in zip(_NAMES, year, strict=True)),
        )
        .group_by(rows.c.department_id, rows.c.project_name)
        .having(year[1] > 0)
    )


_NAMES = ("numerator", "denominator")


def _figure(measure: Measure, rows: Subquery, part: str) -> tuple[Expression, Expression]:
    """Return numerator and denominator of the rows of one part; null without a denominator."""

    def of(column: str) -> Expression:
        return case((rows.c.part == part, rows.c[column]))

    numerator: Expression = func.sum(of("numerator"))
    denominator: Expression = func.max(of("denominator"))
    if measure.kind is KindOfMeasure.DISTINCT:
        numerator = func.count(of("counted").distinct())
    if measure.is_rate:
        denominator = func.sum(of("denominator"))
    known = denominator > 0
    return (
        cast(case((known, numerator)), BigInteger),
        cast(case((known, denominator)), BigInteger),
    )


@lru_cache(maxsize=8)  # a year's, of all and of some: each is a select of some megabytes
def figures_query(checkpoint: Checkpoint, registers: frozenset[str] | None = None) -> CompoundQuery:
    """Select the figures of the measures of some registers, or all; columns as `figure_query`.

    A measure that a function computes may read several registers: it is always among them.
    """
    asked = [
        each
        for each in MEASURES
        if registers is None or each.function or each.of_register in registers
    ]
    once = OnePass()
    figures = [
        figure_query(each, checkpoint, once.selects(is_rate=each.is_rate))
        for each in asked or MEASURES
    ]
    return union_all(*figures).add_cte(*once.tables())


def compute_measures(engine: Engine, checkpoint: Checkpoint) -> tuple[JudgedSnapshot, ...]:
    """Compute all measures for all departments as of a checkpoint.

    A new version of a department's measures is written only where a figure changed.
    """
    with write_transaction(engine) as connection:
        know_all(connection)

        def judge(seen: Checkpoint) -> Judged:
            query = figures_query(seen.of_some, registers_of(connection, seen))
            figures = read_dicts(connection, query, seen.whose)
            figures.sort(key=lambda row: (row["measure"], row["project_name"] or ""))
            return {measure_value: figures}

        return judge_changed(connection, COUNTED, checkpoint, judge, at_once=MANY)
