"""Evidence of the audit: how a check's rows are selected, for all departments at once.

The columns are department_id, rule, subject_key, project_name, source_table, row_key, happened_on,
amount_fen, other, path, sheet, row_number. Rows of one rule and subject are one finding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    CTE,
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
from perf_pipeline.domain.limits import AuditLimits
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.domain.personal import Personal, masked
from perf_pipeline.warehouse.known import in_force
from perf_pipeline.warehouse.schema import register_tables, source_file
from perf_pipeline.warehouse.typed import Expression, Query, StoredRow

payment = register_tables["payment"]
Select = Callable[[Checkpoint, AuditLimits], Query]
Detail = Callable[[StoredRow], str]


@dataclass(frozen=True)
class AuditRule:
    """A check of the audit: `detail` says of one row of evidence what is odd about it.

    `payee` is which part of the subject names who was paid, `fen` which is an amount; both counted
    from its end.
    """

    code: str
    label: str
    description: str
    select: Select
    detail: Detail
    payee: int | None = None
    fen: int | None = None

    def rows(self, checkpoint: Checkpoint, limits: AuditLimits) -> Query:
        """Select the evidence, named as this rule's."""
        return self.select(checkpoint, limits).add_columns(literal(self.code).label("rule"))

    def told_subject(self, subject: str) -> str:
        """Write a subject so that it names no person, and money in yuan; offices and firms stay."""
        parts = subject.split("｜")
        if self.payee is not None:
            parts[self.payee] = masked(parts[self.payee], Personal.NAME)
        if self.fen is not None:
            parts[self.fen] = f"{format_yuan(int(parts[self.fen]))}元"
        return "｜".join(parts)


def audit_rule(
    label: str,
    description: str,
    detail: Detail,
    *,
    payee: int | None = None,
    fen: int | None = None,
) -> Callable[[Select], AuditRule]:
    """Make a select of evidence a rule, whose code is the function's name."""
    return lambda select: AuditRule(select.__name__, label, description, select, detail, payee, fen)


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


def once(query: Query) -> CTE:
    """Have the database reckon what a select tells once, however often it is asked of."""
    return query.cte().prefix_with("MATERIALIZED")


def groups(rows: FromClause, names: Sequence[str], *told: Expression) -> Query:
    """Select what rows that are equal in the named columns tell together.

    A window would have all rows sorted with all their columns, of which few are evidence.
    """
    by = [rows.c[name] for name in names]
    return select(*by, *told).group_by(*by)


def evidence(
    rows: FromClause,
    *,
    subject: Expression,
    dated: str = "paid_on",
    amount: Expression | None = None,
    other: Expression | None = None,
    table: Table = payment,
) -> Query:
    """Select rows as evidence; `other` is what the finding's wording needs beside."""
    project = rows.c.project_name if "project_name" in rows.c else null()
    return select(
        rows.c.department_id,
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
