"""What a measure is: one select that gives, for each source row, what it adds to the figure.

Adding up the rows gives the figure; reading the rows gives its evidence. So a figure and its
trace can never differ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    exists,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.registers.declaration import register as declaration_of
from perf_pipeline.warehouse.history import known_as_of
from perf_pipeline.warehouse.schema import (
    project,
    quarantined_row,
    register_tables,
    source_file,
)

Condition = ColumnElement[bool]


class Aggregate(StrEnum):
    """How rows become a figure."""

    RATE = "rate"  # sum of numerators over sum of denominators
    SUM = "sum"  # sum of numerators, over 1
    DISTINCT = "distinct"  # number of different values of `counted`, over 1


@dataclass(frozen=True)
class Measure:
    """A figure that registers can give (度量).

    `rows(checkpoint)` selects one row for each source row that counts, as known at the
    checkpoint's `known_at`, with the columns department_id, project_name, source_table,
    source_id, numerator, denominator, counted.
    """

    code: str
    label: str
    description: str
    aggregate: Aggregate
    rows: Callable[[Checkpoint], Select[Any]]


def source_rows(
    table: Table,
    *,
    numerator: ColumnElement[Any],
    denominator: ColumnElement[Any],
    where: Condition,
    checkpoint: Checkpoint,
    counted: ColumnElement[Any] | None = None,
    by_project: bool = True,
) -> Select[Any]:
    """Select what each known row of a register's table adds to a measure."""
    project_name = table.c.project_name if by_project and "project_name" in table.c else null()
    return select(
        table.c.department_id,
        cast(project_name, Text).label("project_name"),
        literal(table.name).label("source_table"),
        table.c.id.label("source_id"),
        numerator.label("numerator"),
        denominator.label("denominator"),
        cast(null() if counted is None else counted, Text).label("counted"),
    ).where(
        known_as_of(table, checkpoint.known_at),
        table.c.fiscal_year == checkpoint.fiscal_year,
        where,
    )


def handed_in(register: str, table: FromClause, checkpoint: Checkpoint) -> Condition:
    """Hold for rows of `table` whose department had handed that year's register in.

    A file all of whose rows are in quarantine says nothing, and neither does a header alone, unless
    the register is declared to mean by it that nothing happened. What was withdrawn is out.
    """
    file, later = source_file.alias("handed_in"), source_file.alias("withdrawn_later")
    says_none = literal(declaration_of(register).empty_means_none)
    return exists().where(
        file.c.loaded_at <= checkpoint.known_at if checkpoint.known_at else true(),
        file.c.department_id == table.c.department_id,
        file.c.fiscal_year == table.c.fiscal_year,
        file.c.kind == register,
        file.c.outcome == "loaded",
        or_(file.c.rows_loaded > 0, and_(file.c.rows_quarantined == 0, says_none)),
        ~exists().where(
            later.c.loaded_at <= checkpoint.known_at if checkpoint.known_at else true(),
            later.c.path == file.c.path,
            later.c.version > file.c.version,
            later.c.outcome == "withdrawn",
        ),
    )


def _in_quarantine(register: str) -> Condition:
    """Hold for projects that a row in quarantine of the register names: what it says is unknown."""
    file = source_file.alias("quarantined_file")
    return exists().where(
        file.c.id == quarantined_row.c.source_file_id,
        file.c.kind == register,
        file.c.department_id == project.c.department_id,
        file.c.fiscal_year == project.c.fiscal_year,
        quarantined_row.c.closed_by_id.is_(None),
        quarantined_row.c.row_text.like(literal("%") + project.c.name + literal("%")),
    )


def zero_rows(register: str, checkpoint: Checkpoint, *, by_project: bool) -> Select[Any]:
    """Select a zero for each project (or department) whose department handed the register in.

    A count over a register that is there and says nothing is 0; over one that is not, no data. It
    is none either for a project whose rows wait in quarantine.
    """
    return select(
        project.c.department_id,
        cast(project.c.name if by_project else null(), Text).label("project_name"),
        literal(project.name).label("source_table"),
        project.c.id.label("source_id"),
        literal(0).label("numerator"),
        literal(1).label("denominator"),
        cast(null(), Text).label("counted"),
    ).where(
        known_as_of(project, checkpoint.known_at),
        project.c.fiscal_year == checkpoint.fiscal_year,
        handed_in(register, project, checkpoint),
        ~_in_quarantine(register) if by_project else true(),
    )


def rate(
    code: str,
    label: str,
    description: str,
    register: str,
    *,
    due: Callable[[Table, Checkpoint], Condition],
    hit: Callable[[Table, Checkpoint], Condition],
) -> Measure:
    """Declare a rate of rows: those due that are hits, over those due."""
    table = register_tables[register]

    def rows(checkpoint: Checkpoint) -> Select[Any]:
        return source_rows(
            table,
            numerator=case((hit(table, checkpoint), 1), else_=0),
            denominator=literal(1),
            where=due(table, checkpoint),
            checkpoint=checkpoint,
        )

    return Measure(code, label, description, Aggregate.RATE, rows)


def quotient(
    code: str,
    label: str,
    description: str,
    register: str,
    *,
    over: Callable[[Table, Checkpoint], Condition],
    numerator: str,
    denominator: str,
    denominator_times: int = 1,
) -> Measure:
    """Declare one column's sum over another's, for registers whose rows hold counts."""
    table = register_tables[register]

    def rows(checkpoint: Checkpoint) -> Select[Any]:
        return source_rows(
            table,
            numerator=table.c[numerator],
            denominator=table.c[denominator] * denominator_times,
            where=over(table, checkpoint),
            checkpoint=checkpoint,
        )

    return Measure(code, label, description, Aggregate.RATE, rows)


def total(
    code: str,
    label: str,
    description: str,
    register: str,
    *,
    over: Callable[[Table, Checkpoint], Condition],
    column: str | None = None,
) -> Measure:
    """Declare the sum of a column, or the number of rows where no column is named."""
    table = register_tables[register]

    def rows(checkpoint: Checkpoint) -> Select[Any]:
        found = source_rows(
            table,
            numerator=literal(1) if column is None else table.c[column],
            denominator=literal(1),
            where=over(table, checkpoint),
            checkpoint=checkpoint,
        )
        by_project = "project_name" in table.c
        zeros = zero_rows(register, checkpoint, by_project=by_project)
        return select(union_all(found, zeros).subquery())

    return Measure(code, label, description, Aggregate.SUM, rows)


def distinct(
    code: str,
    label: str,
    description: str,
    register: str,
    *,
    over: Callable[[Table, Checkpoint], Condition],
    column: str,
) -> Measure:
    """Declare the number of different values of a column, over all projects together."""
    table = register_tables[register]

    def rows(checkpoint: Checkpoint) -> Select[Any]:
        found = source_rows(
            table,
            numerator=literal(1),
            denominator=literal(1),
            where=over(table, checkpoint),
            checkpoint=checkpoint,
            counted=table.c[column],
            by_project=False,
        )
        zeros = zero_rows(register, checkpoint, by_project=False)
        return select(union_all(found, zeros).subquery())

    return Measure(code, label, description, Aggregate.DISTINCT, rows)


def within(column: ColumnElement[Any], checkpoint: Checkpoint) -> Condition:
    """Hold where a date lies in the year so far."""
    return column.between(checkpoint.starts_on, checkpoint.ends_on)


def in_period(column: ColumnElement[Any], checkpoint: Checkpoint) -> Condition:
    """Hold where a date lies in the period since the last checkpoint."""
    return column.between(checkpoint.period_starts_on, checkpoint.ends_on)


def happened(column: ColumnElement[Any], checkpoint: Checkpoint) -> Condition:
    """Hold where something is dated and had happened by then."""
    return and_(column.is_not(None), column <= checkpoint.ends_on)
