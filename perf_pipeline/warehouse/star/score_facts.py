"""Facts (事实) of self-evaluation (绩效自评): scores of projects, their parts, departments."""

from __future__ import annotations

from collections.abc import Iterator

from perf_pipeline.warehouse.derived import DepartmentScore, ProjectScore, ScoredLine
from perf_pipeline.warehouse.star.judged import OF_INDICATOR, OF_PROJECT, OF_SNAPSHOT, judged
from perf_pipeline.warehouse.star.view import View

KIND = "self_evaluation"


def _scores() -> Iterator[View]:
    of = ("fact_score", "项目自评得分", "一个项目在一个年度")
    yield from judged(*of, ProjectScore, KIND, OF_PROJECT, with_versions=True)
    of = ("fact_score_line", "自评各项得分", "一个项目的一个指标，或其预算执行率，在一个年度")
    yield from judged(*of, ScoredLine, KIND, OF_INDICATOR)
    of = ("fact_score_department", "部门自评得分", "一个部门在一个年度")
    yield from judged(*of, DepartmentScore, KIND, OF_SNAPSHOT)


SCORE_FACTS: tuple[View, ...] = tuple(_scores())
