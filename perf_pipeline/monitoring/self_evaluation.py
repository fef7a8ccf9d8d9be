"""Self-evaluation of a year, kept in the warehouse: scores by indicator, project, department."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, and_, select

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import NothingJudgedError
from perf_pipeline.domain.grouped import grouped
from perf_pipeline.domain.scoring import ScoringRules
from perf_pipeline.monitoring.results import read_results
from perf_pipeline.monitoring.scoring import score_year
from perf_pipeline.warehouse.derived import DepartmentScore, ProjectScore, ScoredLine
from perf_pipeline.warehouse.dimensions import DEPARTMENT_NAME
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import JudgedSnapshot, write_by_department
from perf_pipeline.warehouse.known import (
    checkpoint_id_of,
    current,
    latest_snapshots,
    newest_results,
)
from perf_pipeline.warehouse.result import JudgedRow
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
from perf_pipeline.warehouse.typed import Query

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
            connection.execute(_indicators(at, year_end)).mappings(),
            connection.execute(newest_results(spending_result, "monitoring", at)).mappings(),
            rules,
        )
        tables = {
            self_evaluation_result: scores.results,
            project_score: scores.projects,
            department_score: scores.departments,
        }
        return write_by_department(connection, KIND, year_end, [(year_end, tables)])


def _indicators(at: int, year_end: Checkpoint) -> Query:
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


@dataclass(frozen=True)
class ScoredYear:
    """A department's scores of a year, as kept: its own, its projects' and each indicator's."""

    code: str
    department: str
    version: int
    score: DepartmentScore
    projects: tuple[ProjectScore, ...]
    lines: tuple[ScoredLine, ...]

    def lines_of(self, project_name: str | None) -> tuple[ScoredLine, ...]:
        """Return the scores within a project, or those of the department's own indicators."""
        return tuple(each for each in self.lines if each.project_name == project_name)

    def to_dict(self) -> dict[str, object]:
        """Return plain values for JSON: the projects with their results, and its own results."""

        def results(project_name: str | None) -> list[dict[str, object]]:
            lines = [each.stored() for each in self.lines_of(project_name)]
            return [{k: v for k, v in each.items() if k != "project_name"} for each in lines]

        score = self.score.stored()
        return {
            **{"department_code": self.code, "department": self.department},
            **{"version": self.version, "project_count": score.pop("projects")},
            **score,
            "results": results(None),
            "projects": [
                {**each.stored(), "results": results(each.project_name)} for each in self.projects
            ],
        }


def read_scores(engine: Engine, year_end: Checkpoint) -> list[ScoredYear]:
    """Read the newest self-evaluation of a year, by department."""
    with engine.connect() as connection:
        at = checkpoint_id_of(connection, year_end.name)
        newest = latest_snapshots(KIND, -1 if at is None else at).subquery("newest")
        query = (
            select(snapshot.c.id, snapshot.c.version, department.c.code)
            .add_columns(DEPARTMENT_NAME.label("name"))
            .join(newest, newest.c.id == snapshot.c.id)
            .join(department, department.c.id == snapshot.c.department_id)
            .order_by(department.c.code)
        )
        snapshots = connection.execute(query).all()
        numbers = [row.id for row in snapshots]
        scores = read_results(connection, DepartmentScore, numbers)
        projects = grouped(read_results(connection, ProjectScore, numbers), _version)
        lines = grouped(read_results(connection, ScoredLine, numbers), _version)
    score_of = {score.snapshot_id: score for score in scores}
    return [
        ScoredYear(
            code=row.code,
            department=row.name,
            version=row.version,
            score=score_of[row.id],
            projects=tuple(projects[row.id]),
            lines=tuple(lines[row.id]),
        )
        for row in snapshots
        if row.id in score_of
    ]


def _version(row: JudgedRow) -> int:
    return row.snapshot_id
