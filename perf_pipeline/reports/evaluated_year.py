"""What the self-evaluation forms (绩效自评表) of a department say: its year end, and the scores.

Points are hundredths of a point, money is in fen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.scoring import VERDICT_LABELS, Verdict
from perf_pipeline.monitoring.self_evaluation import read_scores
from perf_pipeline.reports.model import QuarterReport, SpendingLine


@dataclass(frozen=True)
class Mark:
    """The points (分值) and the score (得分) of one indicator or of the budget's execution."""

    name: str
    raw_target: str | None
    actual_text: str | None
    points_centi: int
    score_centi: int
    verdict: Verdict
    arithmetic: str


@dataclass(frozen=True)
class ScoredProject:
    """A project's score with its marks; `marks` are by indicator key."""

    line: SpendingLine
    score_centi: int
    grade: str | None
    arithmetic: str
    execution: Mark
    marks: Mapping[str, Mark]

    @property
    def points_centi(self) -> int:
        """Add the points up: 100, unless the project has no indicators."""
        return self.execution.points_centi + sum(m.points_centi for m in self.marks.values())

    @property
    def done(self) -> str:
        """Tell what was reached, from the verdicts alone: 绩效指标8项：达标6项、无数据2项."""
        counted = Counter(mark.verdict for mark in self.marks.values())
        parts = "、".join(f"{VERDICT_LABELS[v]}{counted[v]}项" for v in Verdict if counted[v])
        said = f"绩效指标{len(self.marks)}项：{parts}" if self.marks else "没有绩效指标"
        rate = self.execution.actual_text
        return f"{said}；预算执行率{rate}。" if rate else f"{said}；预算执行率无数据。"


@dataclass(frozen=True)
class EvaluatedYear:
    """A department's self-evaluated year; `score_centi` is None where nothing can be weighed."""

    report: QuarterReport
    version: int
    score_centi: int | None
    grade: str | None
    arithmetic: str
    projects: tuple[ScoredProject, ...]
    marks: Mapping[str, Mark]  # of the department's own indicators, by key

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
    scores = {row["department_code"]: row for row in read_scores(engine, year_end)}
    return [_year(report, scores.get(report.department_code)) for report in reports]


def _year(report: QuarterReport, scores: dict[str, Any] | None) -> EvaluatedYear:
    said = {project["project_name"]: project for project in (scores or {}).get("projects", ())}
    own = {mark["indicator_key"] for mark in (scores or {}).get("results", ())}
    actual = {
        line.indicator_key: line.actual_text
        for line in report.indicators
        if line.project_name or line.indicator_key in own
    }
    scored = {
        mark["indicator_key"]: mark["actual_text"]
        for results in (*said.values(), scores or {})
        for mark in results.get("results", ())
        if mark["indicator_key"]
    }
    budgets = {line.project_name: line.budget_fen for line in report.spending}
    stale = scored != actual or {n: p["budget_fen"] for n, p in said.items()} != budgets
    if scores is None or stale:
        raise ConfigurationError(
            f"{report.department}的自评得分不是按最新评价算出的：请先运行 perf-pipeline score"
        )
    return EvaluatedYear(
        report=report,
        version=scores["version"],
        score_centi=scores["score_centi"],
        grade=scores["grade"],
        arithmetic=scores["arithmetic"],
        projects=tuple(_project(line, said[line.project_name]) for line in report.spending),
        marks={row["indicator_key"]: _mark(row) for row in scores["results"]},
    )


def _project(line: SpendingLine, scores: dict[str, Any]) -> ScoredProject:
    marks = {row["indicator_key"]: _mark(row) for row in scores["results"]}
    execution = marks.pop(None)
    return ScoredProject(
        line, scores["score_centi"], scores["grade"], scores["arithmetic"], execution, marks
    )


def _mark(row: dict[str, Any]) -> Mark:
    return Mark(
        row["name"],
        row["raw_target"],
        row["actual_text"],
        row["points_centi"],
        row["score_centi"],
        Verdict(row["verdict"]),
        row["arithmetic"],
    )
