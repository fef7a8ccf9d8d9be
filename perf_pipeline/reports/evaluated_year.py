"""What the self-evaluation forms (绩效自评表) of a department say: its year end, and the scores.

Points are hundredths of a point, money is in fen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.scoring import Verdict
from perf_pipeline.monitoring.self_evaluation import ScoredYear, read_scores
from perf_pipeline.reports.model import QuarterReport, SpendingLine
from perf_pipeline.warehouse.derived import DepartmentScore, ProjectScore, ScoredLine


@dataclass(frozen=True)
class ScoredProject:
    """A project's score with its marks; `marks` are by indicator key."""

    line: SpendingLine
    score: ProjectScore
    execution: ScoredLine
    marks: Mapping[str, ScoredLine]

    @property
    def points_centi(self) -> int:
        """Add the points up: 100, unless the project has no indicators."""
        return self.execution.points_centi + sum(m.points_centi for m in self.marks.values())

    @property
    def done(self) -> str:
        """Tell what was reached, from the verdicts alone: 绩效指标8项：达标6项、无数据2项."""
        counted = Counter(mark.verdict for mark in self.marks.values())
        parts = "、".join(f"{v.label}{counted[v]}项" for v in Verdict if counted[v])
        said = f"绩效指标{len(self.marks)}项：{parts}" if self.marks else "没有绩效指标"
        rate = self.execution.actual_text
        return f"{said}；预算执行率{rate}。" if rate else f"{said}；预算执行率无数据。"


@dataclass(frozen=True)
class EvaluatedYear:
    """A department's self-evaluated year."""

    report: QuarterReport
    version: int
    score: DepartmentScore
    projects: tuple[ScoredProject, ...]
    marks: Mapping[str, ScoredLine]  # of the department's own indicators, by key

    def project(self, name: str) -> ScoredProject:
        """Return a project's score; raises KeyError where it was not scored."""
        found = next((each for each in self.projects if each.line.project_name == name), None)
        if found is None:
            raise KeyError(name)
        return found


def load_years(
    engine: Engine, year_end: Checkpoint, reports: Sequence[QuarterReport]
) -> list[EvaluatedYear]:
    """Return the self-evaluated year of each department, from its year-end report and scores.

    Raises ConfigurationError where scores are lacking or older than the judgement.
    """
    scores = {each.code: each for each in read_scores(engine, year_end)}
    return [_year(report, scores.get(report.department_code)) for report in reports]


def _year(report: QuarterReport, scores: ScoredYear | None) -> EvaluatedYear:
    if scores is None or _is_stale(report, scores):
        raise ConfigurationError(
            f"{report.department}的自评得分不是按最新评价算出的：请先运行 perf-pipeline score"
        )
    by_name = {each.project_name: each for each in scores.projects}
    return EvaluatedYear(
        report=report,
        version=scores.version,
        score=scores.score,
        projects=tuple(
            _project(line, by_name[line.project_name], scores) for line in report.spending
        ),
        marks=_by_key(scores.lines_of(None)),
    )


def _is_stale(report: QuarterReport, scores: ScoredYear) -> bool:
    """Tell whether the scores rest on another judgement than the report's."""
    own = _by_key(scores.lines_of(None))
    actual = {
        line.indicator_key: line.actual_text
        for line in report.indicators
        if line.project_name or line.indicator_key in own
    }
    scored = {key: line.actual_text for key, line in _by_key(scores.lines).items()}
    budgets = {line.project_name: line.budget_fen for line in report.spending}
    return scored != actual or {x.project_name: x.budget_fen for x in scores.projects} != budgets


def _by_key(lines: Iterable[ScoredLine]) -> dict[str, ScoredLine]:
    return {each.indicator_key: each for each in lines if each.indicator_key}


def _project(line: SpendingLine, score: ProjectScore, scores: ScoredYear) -> ScoredProject:
    lines = scores.lines_of(line.project_name)
    execution = next(each for each in lines if each.indicator_key is None)
    return ScoredProject(line, score, execution, _by_key(lines))
