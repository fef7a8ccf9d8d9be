"""What the judgement reads: one row a project, one row an indicator, for all departments."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    and_,
    exists,
    func,
    or_,
    select,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.warehouse.history import latest_snapshots
from perf_pipeline.warehouse.schema import (
    indicator,
    measure_value,
    project,
    register_tables,
    snapshot,
    spending_plan,
    target,
)

budget = register_tables["budget"]
indicator_measure = register_tables["indicator_measure"]
reported_value = register_tables["reported_value"]


def projects_to_judge(checkpoint: Checkpoint, checkpoint_id: int) -> Select[Any]:
    """Select every current project with its budget, what was paid, and what was planned by now."""
    plan = _plan_point(checkpoint)
    has_plan = exists().where(
        _same(spending_plan, project), spending_plan.c.project_name == project.c.name
    )
    paid = _measured(checkpoint_id, "paid_fen")
    payments = _measured(checkpoint_id, "payments")
    return (
        select(
            project.c.department_id,
            project.c.name.label("project_name"),
            budget.c.total_fen.label("budget_fen"),
            paid.c.numerator.label("paid_fen"),
            payments.c.numerator.label("payments"),
            plan.c.label.label("planned_label"),
            plan.c.share_bp.label("planned_point_bp"),
            has_plan.label("has_plan"),
        )
        .outerjoin(budget, and_(_same(budget, project), budget.c.project_name == project.c.name))
        .outerjoin(plan, and_(_place(plan, project), plan.c.project_name == project.c.name))
        .outerjoin(paid, and_(_place(paid, project), paid.c.project_name == project.c.name))
        .outerjoin(
            payments, and_(_place(payments, project), payments.c.project_name == project.c.name)
        )
        .where(_current(project, checkpoint))
        .order_by(project.c.department_id, project.c.ordinal)
    )


def indicators_to_judge(checkpoint: Checkpoint, checkpoint_id: int) -> Select[Any]:
    """Select every current indicator with its target, its figure and what was reported."""
    plan = _plan_point(checkpoint)
    figure = _figures(checkpoint_id)
    reported = _latest_reports(checkpoint)
    mapped = indicator_measure
    return (
        select(
            indicator.c.department_id,
            indicator.c.row_key.label("indicator_key"),
            indicator.c.project_name,
            indicator.c.section,
            indicator.c.level1,
            indicator.c.level2,
            indicator.c.name,
            indicator.c.ordinal,
            target.c.raw_value.label("raw_target"),
            target.c.kind.label("target_kind"),
            target.c.operator,
            target.c.value_text,
            target.c.value_micro.label("target_micro"),
            target.c.upper_micro,
            target.c.unit,
            mapped.c.measure,
            mapped.c.behaviour.label("mapped_behaviour"),
            mapped.c.due_on,
            mapped.c.pace,
            plan.c.share_bp.label("planned_bp"),
            figure.c.numerator,
            figure.c.denominator,
            reported.c.reported_text,
            reported.c.numerator.label("reported_numerator"),
            reported.c.denominator.label("reported_denominator"),
            reported.c.as_of.label("reported_on"),
        )
        .join(target, and_(_same(target, indicator), target.c.row_key == indicator.c.row_key))
        .outerjoin(mapped, and_(_same(mapped, indicator), mapped.c.row_key == indicator.c.row_key))
        .outerjoin(
            figure,
            and_(
                _place(figure, indicator),
                figure.c.measure == mapped.c.measure,
                or_(
                    figure.c.project_name.is_(None),
                    figure.c.project_name == indicator.c.project_name,
                ),
            ),
        )
        .outerjoin(
            reported,
            and_(
                _place(reported, indicator),
                func.coalesce(reported.c.project_name, "")
                == func.coalesce(indicator.c.project_name, ""),
                or_(reported.c.section.is_(None), reported.c.section == indicator.c.section),
                reported.c.indicator_name == indicator.c.name,
            ),
        )
        .outerjoin(
            plan, and_(_place(plan, indicator), plan.c.project_name == indicator.c.project_name)
        )
        .where(_current(indicator, checkpoint))
        .order_by(indicator.c.department_id, indicator.c.ordinal)
    )


def _current(table: FromClause, checkpoint: Checkpoint) -> ColumnElement[bool]:
    return and_(table.c.closed_by_id.is_(None), table.c.fiscal_year == checkpoint.fiscal_year)


def _place(part: Any, of: Table) -> ColumnElement[bool]:
    return part.c.department_id == of.c.department_id  # type: ignore[no-any-return]


def _same(part: Table, of: Table) -> ColumnElement[bool]:
    """Join current rows of the same department and year."""
    return and_(
        part.c.department_id == of.c.department_id,
        part.c.fiscal_year == of.c.fiscal_year,
        part.c.closed_by_id.is_(None),
    )


def _plan_point(checkpoint: Checkpoint) -> Any:
    """Select each project's last planned point on or before the checkpoint."""
    later = spending_plan.alias("later_point")
    superseded = exists().where(
        later.c.department_id == spending_plan.c.department_id,
        later.c.project_name == spending_plan.c.project_name,
        _current(later, checkpoint),
        later.c.due_on > spending_plan.c.due_on,
        later.c.due_on <= checkpoint.ends_on,
    )
    return (
        select(
            spending_plan.c.department_id,
            spending_plan.c.project_name,
            spending_plan.c.label,
            spending_plan.c.share_bp,
        )
        .where(
            _current(spending_plan, checkpoint),
            spending_plan.c.due_on <= checkpoint.ends_on,
            ~superseded,
        )
        .subquery("plan_point")
    )


def _figures(checkpoint_id: int) -> Any:
    newest = latest_snapshots("measures", checkpoint_id).subquery("newest_measures")
    return (
        select(
            snapshot.c.department_id,
            measure_value.c.measure,
            measure_value.c.project_name,
            measure_value.c.numerator,
            measure_value.c.denominator,
        )
        .join(snapshot, snapshot.c.id == measure_value.c.snapshot_id)
        .join(newest, newest.c.id == snapshot.c.id)
        .subquery("figure")
    )


def _measured(checkpoint_id: int, code: str) -> Any:
    figure = _figures(checkpoint_id)
    return select(figure).where(figure.c.measure == code).subquery(f"measured_{code}")


def _latest_reports(checkpoint: Checkpoint) -> Any:
    """Select the newest report of each indicator on or before the checkpoint."""
    later = reported_value.alias("later_report")
    superseded = exists().where(
        later.c.department_id == reported_value.c.department_id,
        func.coalesce(later.c.project_name, "") == func.coalesce(reported_value.c.project_name, ""),
        func.coalesce(later.c.section, "") == func.coalesce(reported_value.c.section, ""),
        later.c.indicator_name == reported_value.c.indicator_name,
        _current(later, checkpoint),
        later.c.as_of > reported_value.c.as_of,
        later.c.as_of <= checkpoint.ends_on,
    )
    return (
        select(reported_value)
        .where(
            _current(reported_value, checkpoint),
            reported_value.c.as_of <= checkpoint.ends_on,
            ~superseded,
        )
        .subquery("report")
    )
