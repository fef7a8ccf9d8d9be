"""Facts (事实) of self-evaluation (绩效自评): scores of projects, their parts, departments."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Table

from perf_pipeline.warehouse.schema import (
    department_score,
    project_score,
    self_evaluation_result,
)
from perf_pipeline.warehouse.star.dimensions import INDICATOR_KEY
from perf_pipeline.warehouse.star.judged import (
    OF_INDICATOR,
    OF_PROJECT,
    OF_SNAPSHOT,
    judged,
    key_of,
    project_key,
)
from perf_pipeline.warehouse.star.view import View, ViewColumn, all_shown, decimal, shown


def _points(table: Table, *names: str) -> Iterator[ViewColumn]:
    for name in names:
        column = table.c[name]
        comment = str(column.comment).replace("百分之一分", "分")
        shorter = name.removesuffix("_centi")
        told = "full_points" if shorter == "points" else f"{shorter}_points"
        yield shown(decimal(column, 2), told, comment)


def _scores() -> Iterator[View]:
    results, projects, departments = self_evaluation_result, project_score, department_score
    kind = "self_evaluation"
    of_project = [
        project_key(projects),
        *all_shown(projects, "project_name", "budget_fen"),
        *_points(projects, "score_centi", "missing_centi"),
        *all_shown(projects, "grade", "arithmetic"),
    ]
    yield from judged(
        "fact_score",
        "项目自评得分",
        "一个项目在一个年度",
        projects,
        kind,
        of_project,
        OF_PROJECT,
        with_versions=True,
    )
    lines = [
        project_key(results),
        shown(key_of(results.c.indicator_key), "indicator_key", f"{INDICATOR_KEY}；预算执行率为空"),
        *all_shown(results, "project_name", "ordinal", "part", "level1"),
        shown(results.c.name, "indicator_name"),
        *all_shown(results, "raw_target", "actual_text"),
        *_points(results, "points_centi", "score_centi"),
        *all_shown(results, "verdict", "arithmetic"),
    ]
    grain = "一个项目的一个指标，或其预算执行率，在一个年度"
    yield from judged("fact_score_line", "自评各项得分", grain, results, kind, lines, OF_INDICATOR)
    whole = [
        *all_shown(departments, "budget_fen"),
        *_points(departments, "score_centi", "missing_centi"),
        *all_shown(departments, "projects", "projects_left_out", "grade", "arithmetic"),
    ]
    yield from judged(
        "fact_score_department",
        "部门自评得分",
        "一个部门在一个年度",
        departments,
        kind,
        whole,
        OF_SNAPSHOT,
    )


SCORE_FACTS: tuple[View, ...] = tuple(_scores())
