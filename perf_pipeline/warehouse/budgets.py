"""The budget in force (现行预算) at a checkpoint: that of the year's beginning, or as adjusted.

A budget that was changed during the year (预算调整) keeps its old row: 年初预算数 is the register
`budget`, and each row of `budget_adjustment` says what it became from a day on (全年预算数).
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, or_, select

from perf_pipeline.domain.calendar import AsOf
from perf_pipeline.warehouse.known import current, in_force, newest_rows
from perf_pipeline.warehouse.same import of_project, same
from perf_pipeline.warehouse.schema import project, register_tables

budget = register_tables["budget"]
adjustment = register_tables["budget_adjustment"]


def adjustments_in_force(checkpoint: AsOf) -> Subquery:
    """Select each project's last adjustment on or before the checkpoint."""
    return newest_rows(adjustment, ["project_name"], "effective_on", checkpoint)


def never_adjusted(checkpoint: AsOf) -> ColumnElement[bool]:
    """Hold for a row of `budget` whose project has no adjustment in force."""
    return ~exists().where(
        same(adjustment, budget, "department_id", "fiscal_year", "project_name"),
        current(adjustment, checkpoint),
        adjustment.c.effective_on <= checkpoint.ends_on,
    )


def budget_in_force(checkpoint: AsOf) -> Subquery:
    """Select each project's budget in force, beside the one that the year began with.

    Columns: department_id, project_name, initial_fen, total_fen, fiscal_fen, other_fen,
    carry_over_fen, line_of_work, adjusted_on, adjusted_by.
    """
    changed = adjustments_in_force(checkpoint)
    is_changed = changed.c.id.is_not(None)

    def now(column: str) -> ColumnElement[object]:
        return case((is_changed, changed.c[column]), else_=budget.c[column]).label(column)

    return (
        select(
            project.c.department_id,
            project.c.name.label("project_name"),
            budget.c.total_fen.label("initial_fen"),
            now("total_fen"),
            now("fiscal_fen"),
            now("other_fen"),
            budget.c.carry_over_fen,
            budget.c.line_of_work,
            changed.c.effective_on.label("adjusted_on"),
            func.coalesce(changed.c.document_no, changed.c.reason).label("adjusted_by"),
        )
        .select_from(project)
        .outerjoin(
            budget,
            and_(of_project(budget, project), in_force(budget, checkpoint)),
        )
        .outerjoin(changed, of_project(changed, project))
        .where(
            in_force(project, checkpoint),
            or_(budget.c.id.is_not(None), is_changed),
        )
        .subquery("budget_in_force")
    )
