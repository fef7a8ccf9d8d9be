"""Facts (事实) of self-evaluation (绩效自评): scores of projects, their parts, departments."""

from __future__ import annotations

from collections.abc import Iterator

from perf_pipeline.warehouse.derived import DepartmentScore, ProjectScore, ScoredLine
from perf_pipeline.warehouse.star.judged import (
    OF_INDICATOR,
    OF_PROJECT,
    OF_SNAPSHOT,
    judged,
    result_columns,
)
from perf_pipeline.warehouse.star.view import View

KIND = "self_evaluation"


def _scores() -> Iterator[View]:
    yield from judged(
        "fact_score",
        "项目自评得分",
        "一个项目在一个年度",
        ProjectScore.table,
        KIND,
        list(result_columns(ProjectScore)),
        OF_PROJECT,
        with_versions=True,
    )
    grain = "一个项目的一个指标，或其预算执行率，在一个年度"
    lines = list(result_columns(ScoredLine))
    yield from judged(
        "fact_score_line", "自评各项得分", grain, ScoredLine.table, KIND, lines, OF_INDICATOR
    )
    yield from judged(
        "fact_score_department",
        "部门自评得分",
        "一个部门在一个年度",
        DepartmentScore.table,
        KIND,
        list(result_columns(DepartmentScore)),
        OF_SNAPSHOT,
    )


SCORE_FACTS: tuple[View, ...] = tuple(_scores())
