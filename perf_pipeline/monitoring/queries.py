"""What the judgement reads: one row a project, one row an indicator, for all departments."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import (
    FromClause,
    Subquery,
    and_,
    null,
    select,
)

from perf_pipeline.domain.calendar import AsOf, Checkpoint
from perf_pipeline.measures.catalogue import fed_by, measure_that
from perf_pipeline.measures.coverage import (
    figure_of,
    indicator_measure,
    of_indicator,
    said_of_indicator,
)
from perf_pipeline.monitoring.plan_points import coming_point, planned_by
from perf_pipeline.monitoring.spending_facts import commitments, last_payments, late_payments
from perf_pipeline.registers.measure_declaration import Fills
from perf_pipeline.warehouse.budgets import budget_in_force
from perf_pipeline.warehouse.dimensions import DEPARTMENT_NAME
from perf_pipeline.warehouse.known import in_force, is_newest, newest_rows
from perf_pipeline.warehouse.same import of_project, same
from perf_pipeline.warehouse.schema import (
    INDICATOR_OF,
    SPENDING,
    department,
    indicator,
    measure_value,
    project,
    register_tables,
    snapshot,
    target,
)
from perf_pipeline.warehouse.typed import Expression, Query

COUNTS = ("numerator", "denominator")


def planned_projects(seen: AsOf) -> Query:
    """Select every current project with its budget in force and the planned points around a day."""
    budget, plan, coming = budget_in_force(seen), planned_by(seen), coming_point(seen)
    query = (
        select(
            project.c.department_id,
            department.c.code.label("department_code"),
            DEPARTMENT_NAME.label("department"),
            project.c.name.label("project_name"),
            budget.c.total_fen.label("budget_fen"),
            budget.c.initial_fen.label("initial_budget_fen"),
            *(budget.c[name] for name in ("fiscal_fen", "other_fen", "carry_over_fen")),
            *(budget.c[name] for name in ("line_of_work", "adjusted_on", "adjusted_by")),
            plan.c.label.label("planned_label"),
            plan.c.due_on.label("planned_due_on"),
            plan.c.share_bp.label("planned_bp"),
            coming.c.label.label("coming_label"),
            coming.c.share_bp.label("coming_bp"),
        )
        .select_from(project)
        .join(department, department.c.id == project.c.department_id)
        .where(in_force(project, seen))
    )
    for part in (budget, plan, coming):
        query = query.outerjoin(part, of_project(part, project))
    return query


@lru_cache(maxsize=8)
def projects_to_judge(checkpoint: Checkpoint, checkpoint_id: int) -> Query:
    """Select every current project with its budget, what was paid, and what was planned by now."""
    after = planned_by(
        checkpoint, checkpoint.next_ends_on or checkpoint.ends_on, name="planned_next"
    )
    newest = _newest_measures(checkpoint_id)
    paid, payments = measure_value.alias("paid"), measure_value.alias("payments_made")
    bound, late, last = (facts(checkpoint) for facts in (commitments, late_payments, last_payments))
    cause = latest_said("deviation_reason", "as_of", checkpoint, since=checkpoint.period_starts_on)
    query = (
        planned_projects(checkpoint)
        .add_columns(
            paid.c.numerator.label("paid_fen"),
            payments.c.numerator.label("payments"),
            (null() if checkpoint.last else after.c.share_bp).label("next_planned_bp"),
            bound.c.contracts_fen,
            bound.c.committed_fen,
            bound.c.by_payee_fen,
            late.c.late_paid_fen,
            last.c.last_paid_on,
            *_cause_columns(cause),
        )
        .outerjoin(cause, and_(of_project(cause, project), cause.c.indicator_name == SPENDING))
        .outerjoin(newest, same(newest, project, "department_id"))
    )
    for figure, fills in ((paid, Fills.PAID), (payments, Fills.PAYMENTS)):
        query = query.outerjoin(
            figure,
            and_(
                figure.c.snapshot_id == newest.c.id,
                figure.c.measure == measure_that(fills),
                figure.c.project_name == project.c.name,
            ),
        )
    for part in (after, bound, late, last):
        query = query.outerjoin(part, of_project(part, project))
    return query.order_by(project.c.department_id, project.c.ordinal, project.c.name)


@lru_cache(maxsize=8)
def indicators_to_judge(checkpoint: Checkpoint, checkpoint_id: int) -> Query:
    """Select every current indicator with its target, its figure and what was reported.

    What people say of all lines of work and what they say of one may both be of an indicator: the
    first of its rows has the newest, and what names its line where both are of one day.
    """
    plan = planned_by(checkpoint)
    year_end = date(checkpoint.fiscal_year, 12, 31)
    whole = planned_by(checkpoint, year_end, name="planned_for_the_year")
    newest = _newest_measures(checkpoint_id)
    figure = measure_value
    reported = latest_said("reported_value", "as_of", checkpoint)
    revised = latest_said("target_revision", "effective_on", checkpoint)
    before = checkpoint.period_starts_on - timedelta(days=1)
    earlier = latest_said("target_revision", "effective_on", checkpoint, until=before)
    phase = latest_said("phase_target", "due_on", checkpoint)
    cause = latest_said("deviation_reason", "as_of", checkpoint, since=checkpoint.period_starts_on)
    mapped = indicator_measure
    query = (
        select(
            indicator.c.department_id,
            indicator.c.row_key.label("indicator_key"),
            *(indicator.c[name] for name in ("project_name", "section", "level1", "level2")),
            *(indicator.c[name] for name in ("name", "ordinal")),
            target.c.raw_value.label("raw_target"),
            target.c.kind.label("target_kind"),
            target.c.operator,
            target.c.value_text,
            target.c.value_micro.label("target_micro"),
            target.c.upper_micro,
            target.c.unit,
            revised.c.raw_value.label("revised_raw"),
            revised.c.document_no.label("revised_by"),
            revised.c.effective_on.label("revised_on"),
            earlier.c.raw_value.label("earlier_raw"),
            phase.c.raw_value.label("phase_raw"),
            phase.c.due_on.label("phase_due_on"),
            fed_by(mapped.c.measure, reported.c.as_of.is_not(None)).label("measure"),
            mapped.c.behaviour.label("mapped_behaviour"),
            mapped.c.year_rule.label("mapped_year_rule"),
            mapped.c.direction.label("mapped_direction"),
            mapped.c.due_on,
            mapped.c.pace,
            plan.c.share_bp.label("planned_bp"),
            whole.c.share_bp.label("plan_end_bp"),
            *(figure.c[f"{part}{name}"] for part in ("", "year_") for name in COUNTS),
            reported.c.reported_text,
            *(reported.c[name].label(f"reported_{name}") for name in COUNTS),
            reported.c.as_of.label("reported_on"),
            *_cause_columns(cause),
        )
        .select_from(indicator)
        .join(target, of_indicator(target, checkpoint))
        .outerjoin(mapped, of_indicator(mapped, checkpoint))
        .outerjoin(newest, same(newest, indicator, "department_id"))
        .outerjoin(figure, figure_of(figure, newest))
    )
    newest_first: list[Expression] = []
    of_day = ("as_of", "effective_on", "effective_on", "due_on", "as_of")
    for part, on in zip((reported, revised, earlier, phase, cause), of_day, strict=True):
        query = query.outerjoin(part, said_of_indicator(part))
        newest_first += [part.c[on].desc(), part.c.section.is_(None)]
    for part in (plan, whole):
        query = query.outerjoin(part, same(part, indicator, "department_id", "project_name"))
    return query.where(in_force(indicator, checkpoint)).order_by(
        indicator.c.department_id, indicator.c.ordinal, indicator.c.row_key, *newest_first
    )


def _newest_measures(checkpoint_id: int) -> Subquery:
    """Select the newest measures of a checkpoint: of one department found by index, not listed."""
    of = select(snapshot.c.id, snapshot.c.department_id)
    return of.where(is_newest("measures", checkpoint_id)).subquery("newest_measures")


def _cause_columns(cause: FromClause) -> tuple[Expression, ...]:
    return (
        cause.c.category.label("cause"),
        cause.c.words.label("cause_words"),
        cause.c.measures.label("cause_measures"),
    )


def latest_said(name: str, on: str, checkpoint: Checkpoint, **between: date) -> Subquery:
    """Select the newest row of each subject in a register, by a day or the checkpoint's.

    `between` are `since` and `until`, see `newest_rows`.
    """
    return newest_rows(register_tables[name], INDICATOR_OF, on, checkpoint, **between)
