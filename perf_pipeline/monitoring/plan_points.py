"""The points of spending plans (资金支出计划) around a day: the last passed, the next to come."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Subquery, case, func, select

from perf_pipeline.domain.calendar import AsOf
from perf_pipeline.warehouse.known import in_force
from perf_pipeline.warehouse.schema import spending_plan


def planned_by(at: AsOf, until: date | None = None, *, name: str = "planned") -> Subquery:
    """Select each project's last planned point on or before a day, in whatever month it is.

    A plan that begins later plans nothing yet: 0, without a label. No plan at all is no row.
    """
    plan = spending_plan
    of = [plan.c.department_id, plan.c.project_name]
    passed = plan.c.due_on <= (until or at.ends_on)
    newest_passed = [passed.desc(), plan.c.due_on.desc(), plan.c.id.desc()]
    ranked = (
        select(
            *of,
            *(case((passed, plan.c[each])).label(each) for each in ("label", "due_on")),
            case((passed, plan.c.share_bp), else_=0).label("share_bp"),
            func.row_number().over(partition_by=of, order_by=newest_passed).label("newness"),
        )
        .where(in_force(plan, at))
        .subquery()
    )
    return select(ranked).where(ranked.c.newness == 1).subquery(name)


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
