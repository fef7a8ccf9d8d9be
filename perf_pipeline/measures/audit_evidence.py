"""Evidence of the audit: how a check's rows are selected, for all departments at once.

The columns are department_id, rule, subject_key, project_name, source_table, row_key, happened_on,
amount_fen, other, path, sheet, row_number. Rows of one rule and subject are one finding.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    FromClause,
    Subquery,
    Table,
    Text,
    cast,
    func,
    literal,
    null,
    select,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.warehouse.known import in_force
from perf_pipeline.warehouse.schema import register_tables, source_file
from perf_pipeline.warehouse.typed import Expression, Query

payment = register_tables["payment"]


def known(table: Table, dated: str, checkpoint: Checkpoint) -> Subquery:
    """Select a register's current rows of the year that had happened by the checkpoint."""
    return (
        select(table)
        .where(
            in_force(table, checkpoint),
            table.c[dated] <= checkpoint.ends_on,
        )
        .subquery(f"known_{table.name}")
    )


def paid(checkpoint: Checkpoint) -> Subquery:
    """Select the year's payments up to the checkpoint."""
    return known(payment, "paid_on", checkpoint)


def evidence(
    rule: str,
    rows: FromClause,
    *,
    subject: Expression,
    dated: str = "paid_on",
    amount: Expression | None = None,
    other: Expression | None = None,
    table: Table = payment,
) -> Query:
    """Select rows as evidence of a rule; `other` is what the finding's wording needs beside."""
    project = rows.c.project_name if "project_name" in rows.c else null()
    return select(
        rows.c.department_id,
        literal(rule).label("rule"),
        cast(subject, Text).label("subject_key"),
        cast(project, Text).label("project_name"),
        literal(table.name).label("source_table"),
        rows.c.row_key,
        rows.c[dated].label("happened_on"),
        cast(rows.c.amount_fen if amount is None else amount, BigInteger).label("amount_fen"),
        cast(null() if other is None else other, Text).label("other"),
        source_file.c.path,
        rows.c.sheet,
        rows.c.row_number,
    ).join_from(rows, source_file, source_file.c.id == rows.c.source_file_id)


def joined(*parts: Expression) -> Expression:
    """Write columns one after another, as a finding's subject."""
    text: Expression = func.coalesce(cast(parts[0], Text), "")
    for part in parts[1:]:
        text = text + "｜" + func.coalesce(cast(part, Text), "")
    return text
