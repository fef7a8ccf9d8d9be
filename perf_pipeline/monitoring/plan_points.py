"""The points of spending plans (资金支出计划) around a day: the last passed, the next to come."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Subquery, func, select

from perf_pipeline.domain.calendar import AsOf
from perf_pipeline.warehouse.known import in_force, newest_rows
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import spending_plan


def planned_by(at: AsOf, until: date | None = None, *, name: str = "planned") -> Subquery:
    """Select each project's last planned point on or before a day, in whatever month it is.

    A plan that begins later plans nothing yet: 0, without a label. No plan at all is no row.
    """
    of = (spending_plan.c.department_id, spending_plan.c.project_name)
    every = select(*of).where(in_force(spending_plan, at)).group_by(*of).subquery()
    point = newest_rows(spending_plan, ["project_name"], "due_on", at, until=until)
    return (
        select(
            every.c.department_id,
            every.c.project_name,
            point.c.label,
            point.c.due_on,
            func.coalesce(point.c.share_bp, 0).label("share_bp"),
        )
        .outerjoin(point, same(point, every, "department_id", "project_name"))
        .subquery(name)
    )


def coming_point(at: AsOf) -> Subquery:
    """Select the next planned point of each project whose plan has none on the day itself.

    Where a plan has a point on the day, or none any more, there is no row.
    """
    plan = spending_plan
    of = [plan.c.department_id, plan.c.project_name]
    nth = func.row_number().over(partition_by=of, order_by=[plan.c.due_on, plan.c.id])
    ranked = (
        select(plan, nth.label("nth"))
        .where(in_force(plan, at), plan.c.due_on >= at.ends_on)
        .subquery("points_to_come")
    )
    return (
        select(ranked)
        .where(ranked.c.nth == 1, ranked.c.due_on > at.ends_on)
        .subquery("coming_point")
    )
