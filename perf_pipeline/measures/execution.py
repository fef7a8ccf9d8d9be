"""What was paid, and rows of the budget execution rate (预算执行率): over the budgets in force."""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, cast, func, literal, select, union_all

from perf_pipeline.domain.calendar import AsOf, Checkpoint
from perf_pipeline.measures.measure import Adds, Selects, handed_in, source_rows, within
from perf_pipeline.warehouse.budgets import adjustments_in_force, never_adjusted
from perf_pipeline.warehouse.known import in_force
from perf_pipeline.warehouse.schema import register_tables
from perf_pipeline.warehouse.typed import Query

payment = register_tables["payment"]


def in_fen(amounts: ColumnElement[object]) -> ColumnElement[object]:
    """Sum up fen as a whole number: PostgreSQL's own sum of them is a decimal."""
    return cast(func.sum(amounts), BigInteger)


def paid_by(seen: AsOf, *columns: ColumnElement[object]) -> Query:
    """Select what was paid in the year so far (paid_fen), by project and more columns."""
    of = (payment.c.department_id, payment.c.project_name, *columns)
    so_far = payment.c.paid_on.between(seen.starts_on, seen.ends_on)
    paid = select(*of, in_fen(payment.c.amount_fen).label("paid_fen"))
    return paid.where(in_force(payment, seen), so_far).group_by(*of)


def execution_rows(checkpoint: Checkpoint, rows: Selects = source_rows) -> Query:
    """Select what was paid in the year so far, and each project's budget at the checkpoint."""
    budget, adjusted = register_tables["budget"], register_tables["budget_adjustment"]
    adjustments = select(adjustments_in_force(checkpoint).c.id)
    both = union_all(
        rows(
            Adds(
                payment,
                payment.c.amount_fen,
                literal(0),
                [within(payment.c.paid_on, checkpoint)],
                checkpoint,
            )
        ),
        *(
            source_rows(
                Adds(
                    table,
                    literal(0),
                    table.c.total_fen,
                    [table.c.total_fen > 0, handed_in("payment", table, checkpoint), counts],
                    checkpoint,
                )
            )
            for table, counts in (
                (budget, never_adjusted(checkpoint)),
                (adjusted, adjusted.c.id.in_(adjustments)),
            )
        ),
    ).subquery()
    return select(both)
