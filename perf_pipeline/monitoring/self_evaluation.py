"""Self-evaluation of a year, kept in the warehouse: scores by indicator, project, department."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, and_, func, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import NothingJudgedError
from perf_pipeline.domain.scoring import ScoringRules
from perf_pipeline.monitoring.scoring import score_year
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.frames import read_frame, rows_of
from perf_pipeline.warehouse.history import JudgedSnapshot, write_by_department
from perf_pipeline.warehouse.known import checkpoint_id_of, current, latest_snapshots
from perf_pipeline.warehouse.schema import (
    department,
    department_score,
    indicator,
    indicator_result,
    project_score,
    self_evaluation_result,
    snapshot,
    spending_result,
)

KIND = "self_evaluation"


def evaluate_year(
    engine: Engine, year_end: Checkpoint, rules: ScoringRules
) -> tuple[JudgedSnapshot, ...]:
    """Score a year from the newest judgement of its last checkpoint, for all departments.

    A new version is written only where a score changed. Raises NothingJudgedError where the last
    checkpoint has not been judged.
    """
    with write_transaction(engine) as connection:
        at = checkpoint_id_of(connection, year_end.name)
        newest = latest_snapshots("monitoring", -1 if at is None else at)
        if at is None or connection.execute(newest).first() is None:
            raise NothingJudgedError(f"{year_end.name} 还没有评价，年终自评须先运行 run")
        scores = score_year(
            read_frame(connection, _indicators(at, year_end)),
            read_frame(connection, _spending(at)),
            rules,
        )
        tables = {
            self_evaluation_result: rows_of(scores.results),
            project_score: rows_of(scores.projects),
            department_score: rows_of(scores.departments),
        }
        return write_by_department(connection, KIND, year_end, tables)


def _indicators(at: int, year_end: Checkpoint) -> Select[Any]:
    """Select the year-end results of indicators, with the weight the document gives."""
    newest = latest_snapshots("monitoring", at).subquery("newest")
    return (
        select(indicator_result, newest.c.department_id, indicator.c.weight_text)
        .join(newest, newest.c.id == indicator_result.c.snapshot_id)
        .outerjoin(
            indicator,
            and_(
                indicator.c.department_id == newest.c.department_id,
                indicator.c.fiscal_year == year_end.fiscal_year,
                indicator.c.row_key == indicator_result.c.indicator_key,
                current(indicator, year_end),
            ),
        )
        .order_by(newest.c.department_id, indicator_result.c.ordinal)
    )


def _spending(at: int) -> Select[Any]:
    newest = latest_snapshots("monitoring", at).subquery("newest")
    return (
        select(spending_result, newest.c.department_id)
        .join(newest, newest.c.id == spending_result.c.snapshot_id)
        .order_by(newest.c.department_id, spending_result.c.id)
    )


def read_scores(engine: Engine, year_end: Checkpoint) -> list[dict[str, Any]]:
    """Read the newest self-evaluation of a year: a dict a department.

    Keys: department, version, the columns of `department_score`, projects (those of
    `project_score`, each with its results).
    """
    with engine.connect() as connection:
        at = checkpoint_id_of(connection, year_end.name)
        departments = _read(connection, department_score, at)
        results = _read(connection, self_evaluation_result, at)
        projects = _read(connection, project_score, at)
    by_project: dict[Any, list[dict[str, Any]]] = {}
    for row in results:
        place = (row.pop("department_code"), row["project_name"])
        for name in ("department", "version", "project_name"):
            row.pop(name, None)
        by_project.setdefault(place, []).append(row)
    by_department: dict[str, list[dict[str, Any]]] = {}
    for row in projects:
        code = row.pop("department_code")
        for name in ("department", "version"):
            row.pop(name)
        row["results"] = by_project.get((code, row["project_name"]), [])
        by_department.setdefault(code, []).append(row)
    for row in departments:
        row["results"] = by_project.get((row["department_code"], None), [])
        row["project_count"] = row.pop("projects")
        row["projects"] = by_department.get(row["department_code"], [])
    return departments


def _read(connection: Connection, table: Table, at: int | None) -> list[dict[str, Any]]:
    newest = latest_snapshots(KIND, -1 if at is None else at).subquery("newest")
    query = (
        select(
            department.c.code.label("department_code"),
            func.coalesce(department.c.name, department.c.code).label("department"),
            snapshot.c.version,
            *(column for column in table.c if column.name not in ("id", "snapshot_id")),
        )
        .join(newest, newest.c.id == table.c.snapshot_id)
        .join(snapshot, snapshot.c.id == newest.c.id)
        .join(department, department.c.id == newest.c.department_id)
        .order_by(department.c.code, table.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
