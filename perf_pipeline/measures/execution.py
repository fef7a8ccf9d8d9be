"""Rows of the budget execution rate (预算执行率): payments over the budgets in force."""

from __future__ import annotations

from sqlalchemy import and_, literal, select, union_all

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.measures.measure import handed_in, source_rows, within
from perf_pipeline.warehouse.budgets import adjustments_in_force, never_adjusted
from perf_pipeline.warehouse.schema import register_tables
from perf_pipeline.warehouse.typed import Query


def execution_rows(checkpoint: Checkpoint) -> Query:
    """Select what was paid in the year so far, and each project's budget at the checkpoint."""
    payment, budget = register_tables["payment"], register_tables["budget"]
    adjusted = register_tables["budget_adjustment"]
    in_force = select(adjustments_in_force(checkpoint).c.id)
    both = union_all(
        source_rows(
            payment,
            numerator=payment.c.amount_fen,
            denominator=literal(0),
            where=within(payment.c.paid_on, checkpoint),
            checkpoint=checkpoint,
        ),
        *(
            source_rows(
                table,
                numerator=literal(0),
                denominator=table.c.total_fen,
                where=and_(table.c.total_fen > 0, handed_in("payment", table, checkpoint), counts),
                checkpoint=checkpoint,
            )
            for table, counts in (
                (budget, never_adjusted(checkpoint)),
                (adjusted, adjusted.c.id.in_(in_force)),
            )
        ),
    ).subquery()
    return select(both)
