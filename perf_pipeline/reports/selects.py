"""The selects behind a report: each reads one thing for all departments of a checkpoint at once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from sqlalchemy import ColumnElement, ScalarSelect, Select, Table, and_, case, func, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.known import (
    Departments,
    current,
    in_force,
    latest_snapshots,
    newest_files,
)
from perf_pipeline.warehouse.schema import (
    alert,
    department,
    project,
    quarantined_row,
    register_tables,
    snapshot,
    source_file,
    spending_plan,
)
from perf_pipeline.warehouse.schema import checkpoint as checkpoint_table
from perf_pipeline.warehouse.typed import Query

budget = register_tables["budget"]
payment = register_tables["payment"]


def judged_departments(checkpoint: Checkpoint, only: Departments) -> Query:
    """Select the departments judged at a checkpoint, with the newest judgement of each."""
    newest = latest_snapshots("monitoring", _number_of(checkpoint.name), only).subquery("newest")
    return (
        select(
            department.c.id.label("department_id"),
            department.c.code,
            func.coalesce(department.c.name, department.c.code).label("name"),
            snapshot.c.id.label("snapshot_id"),
            snapshot.c.version,
        )
        .join(snapshot, snapshot.c.department_id == department.c.id)
        .join(newest, newest.c.id == snapshot.c.id)
        .order_by(department.c.code)
    )


def judged_at(checkpoints: Iterable[Checkpoint]) -> Select[int, str]:
    """Select number and code of the departments judged at one of some checkpoints, by code."""
    named = checkpoint_table.c.name.in_([each.name for each in checkpoints])
    judged = (
        select(snapshot.c.department_id)
        .join(checkpoint_table, checkpoint_table.c.id == snapshot.c.checkpoint_id)
        .where(snapshot.c.kind == "monitoring", named)
    )
    return (
        select(department.c.id.label("department_id"), department.c.code)
        .where(department.c.id.in_(judged))
        .order_by(department.c.code)
    )


@lru_cache(maxsize=64)
def _number_of(checkpoint: str) -> ScalarSelect[int]:
    of_name = checkpoint_table.c.name == checkpoint
    return select(checkpoint_table.c.id).where(of_name).scalar_subquery()


def results_so_far(table: Table, checkpoint: Checkpoint, only: Departments) -> Query:
    """Select the newest results of the year's checkpoints up to this one."""
    newest = latest_snapshots("monitoring", departments=only).subquery("newest")
    ordinal = checkpoint_table.c.ordinal
    return (
        select(newest.c.department_id, ordinal.label("quarter_ordinal"), table)
        .join(newest, newest.c.id == table.c.snapshot_id)
        .join(checkpoint_table, checkpoint_table.c.id == newest.c.checkpoint_id)
        .where(_so_far(checkpoint))
        .order_by(ordinal, table.c.id)
    )


def checkpoints_so_far(checkpoint: Checkpoint) -> Query:
    """Select the year's checkpoints up to this one that anything was judged at."""
    return (
        select(checkpoint_table.c.ordinal, checkpoint_table.c.label)
        .where(_so_far(checkpoint))
        .order_by(checkpoint_table.c.ordinal)
    )


def projects(checkpoint: Checkpoint, only: Departments) -> Query:
    """Select the current projects, each with the document that it comes from."""
    document = (source_file.c.path, source_file.c.version.label("file_version"))
    return (
        select(project, *document, source_file.c.sha256)
        .join(source_file, source_file.c.id == project.c.source_file_id)
        .where(_current(project, checkpoint, only))
        .order_by(project.c.ordinal)
    )


def plans(checkpoint: Checkpoint, only: Departments) -> Query:
    """Select the current spending plans of the whole year."""
    plan = select(spending_plan).where(_current(spending_plan, checkpoint, only))
    return plan.order_by(spending_plan.c.due_on)


def budgets(checkpoint: Checkpoint, only: Departments) -> Query:
    """Select the current budgets."""
    return select(budget).where(_current(budget, checkpoint, only))


def payments_by_day(checkpoint: Checkpoint, only: Departments) -> Query:
    """Select what was paid up to the checkpoint, summed by project, day and source."""
    of = payment.c
    grouped = (of.department_id, of.project_name, of.paid_on, of.funding_source)
    return (
        select(*grouped, func.sum(payment.c.amount_fen).label("amount_fen"))
        .where(_current(payment, checkpoint, only), payment.c.paid_on <= checkpoint.ends_on)
        .group_by(*grouped)
        .order_by(payment.c.paid_on, payment.c.funding_source)
    )


def alerts(checkpoint: Checkpoint, only: Departments) -> Query:
    """Select the alerts of a checkpoint that are about its judgement, not about files."""
    return (
        select(alert)
        .join(checkpoint_table, checkpoint_table.c.id == alert.c.checkpoint_id)
        .where(
            checkpoint_table.c.name == checkpoint.name,
            alert.c.rule.in_(["spending", "indicator"]),
            within(alert.c.department_id, only),
        )
        .order_by(alert.c.id)
    )


def current_files(checkpoint: Checkpoint, only: Departments) -> Query:
    """Select the newest version of each file of the year, and whether the checkpoint rests on it.

    It does not (`is_of_it`) where all that the file tells happened later, and nothing of it was
    refused, put aside or is to be looked at.
    """
    told = source_file.c
    later = and_(
        told.earliest_on > checkpoint.ends_on,
        told.outcome == "loaded",
        told.rows_quarantined == 0,
        told.notices.is_(None),
    )
    return (
        select(source_file, case((later, 0), else_=1).label("is_of_it"))
        .where(
            source_file.c.id.in_(newest_files(checkpoint, departments=only)),
            source_file.c.fiscal_year == checkpoint.fiscal_year,
            source_file.c.outcome != "withdrawn",
            within(source_file.c.department_id, only),
        )
        .order_by(source_file.c.path)
    )


def quarantine(checkpoint: Checkpoint, only: Departments) -> Query:
    """Select the rows still put aside, counted by kind of file and reason, most first."""
    grouped = (source_file.c.department_id, source_file.c.kind, quarantined_row.c.reason)
    rows = func.count().label("rows")
    return (
        select(*grouped, rows)
        .join(source_file, source_file.c.id == quarantined_row.c.source_file_id)
        .where(
            source_file.c.fiscal_year == checkpoint.fiscal_year,
            current(quarantined_row, checkpoint),
            within(source_file.c.department_id, only),
        )
        .group_by(*grouped)
        .order_by(rows.desc(), source_file.c.kind, quarantined_row.c.reason)
    )


def _current(table: Table, checkpoint: Checkpoint, only: Departments) -> ColumnElement[bool]:
    return and_(in_force(table, checkpoint), within(table.c.department_id, only))


def _so_far(checkpoint: Checkpoint) -> ColumnElement[bool]:
    """Hold of the year's checkpoints up to this one."""
    of = checkpoint_table.c
    return and_(of.fiscal_year == checkpoint.fiscal_year, of.ordinal <= checkpoint.ordinal)
