"""Dimensions (维度): departments, checkpoints, projects, indicators, lights, statuses.

Projects and indicators have one row each, however often their document was handed in: the newest
version, with whether it is still in force, so that every fact of the past finds its dimension.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    String,
    Subquery,
    Table,
    and_,
    case,
    extract,
    func,
    select,
    values,
)
from sqlalchemy import column as named_column

from perf_pipeline.domain.status import DEVIATIONS, Light, Status
from perf_pipeline.domain.words import Word
from perf_pipeline.warehouse.dimensions import DEPARTMENT_NAME
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import checkpoint, department, indicator, project, target
from perf_pipeline.warehouse.star.view import (
    View,
    ViewColumn,
    all_shown,
    decimal,
    shown,
    thing_key,
    view,
)
from perf_pipeline.warehouse.typed import Expression

PROJECT_KEY = "项目键：部门代码/年度/项目名称，各版本不变"
INDICATOR_KEY = "指标键：部门代码/年度/指标主键，各版本不变"


def newest_first(table: Table) -> Subquery:
    """Number the rows of each thing that documents describe: 1 is in force, or else the last."""
    of_thing = (table.c.department_id, table.c.fiscal_year, table.c.row_key)
    in_force_first = case((current(table), 0), else_=1)
    newness = func.row_number().over(
        partition_by=of_thing, order_by=[in_force_first, table.c.id.desc()]
    )
    return select(table, newness.label("newness")).subquery(f"versions_of_{table.name}")


def _comments(table: Table, source: FromClause, *names: str) -> list[ViewColumn]:
    """Show columns of a subquery with the comments of the table behind it."""
    return [shown(source.c[name], name, table.c[name].comment) for name in names]


def _departments() -> View:
    columns = [
        shown(department.c.id, "department_id", "部门行号，各事实表以此相连"),
        shown(department.c.code, "department_code"),
        shown(DEPARTMENT_NAME, "department_name", "部门名称；绩效目标文件没有写的，为部门代码"),
    ]
    return view(
        "dim_department", "部门", "一个预算部门", columns, department, key=("department_id",)
    )


def _checkpoints() -> View:
    columns = [
        shown(checkpoint.c.id, "checkpoint_id", "检查点行号，各事实表以此相连"),
        shown(checkpoint.c.name, "quarter"),
        *all_shown(checkpoint, "fiscal_year", "ordinal", "label", "period_starts_on", "ends_on"),
        shown(extract("month", checkpoint.c.ends_on) == 12, "is_year_end", "是否年底的检查点"),
    ]
    return view(
        "dim_checkpoint",
        "检查点",
        "一个检查点（季度）",
        columns,
        checkpoint,
        key=("checkpoint_id",),
    )


def _projects() -> View:
    newest = newest_first(project)
    source = newest.join(department, department.c.id == newest.c.department_id)
    columns = [
        shown(
            thing_key(department.c.code, newest.c.fiscal_year, newest.c.name),
            "project_key",
            PROJECT_KEY,
        ),
        *_comments(project, newest, "department_id", "fiscal_year"),
        shown(newest.c.name, "project_name", project.c.name.comment),
        shown(newest.c.code, "project_code", project.c.code.comment),
        *_comments(project, newest, "purpose", "objectives", "ordinal"),
        shown(current(newest), "is_in_force", "现行文件中是否还有这个项目"),
    ]
    return view(
        "dim_project",
        "项目",
        "一个部门一个年度的一个项目",
        columns,
        source,
        newest.c.newness == 1,
        key=("project_key",),
        refers={"department_id": "dim_department"},
    )


def _indicators() -> View:
    newest, aim = newest_first(indicator), newest_first(target)
    source = newest.join(department, department.c.id == newest.c.department_id).outerjoin(
        aim, and_(same(aim, newest, "department_id", "fiscal_year", "row_key"), aim.c.newness == 1)
    )

    def key(name: Expression) -> ColumnElement[str]:
        return thing_key(department.c.code, newest.c.fiscal_year, name)

    columns = [
        shown(key(newest.c.row_key), "indicator_key", INDICATOR_KEY),
        shown(key(newest.c.project_name), "project_key", f"{PROJECT_KEY}；部门指标为空"),
        *_comments(indicator, newest, "department_id", "fiscal_year", "project_name", "section"),
        *_comments(indicator, newest, "level1", "level2"),
        shown(newest.c.name, "indicator_name", indicator.c.name.comment),
        *_comments(indicator, newest, "description", "basis", "weight_text", "ordinal"),
        *_comments(target, aim, "raw_value", "kind", "operator"),
        shown(decimal(aim.c.value_micro, 6), "target_value", "数值目标；百分数为百分之几"),
        shown(decimal(aim.c.upper_micro, 6), "target_upper", "区间目标的上限"),
        *_comments(target, aim, "unit"),
        shown(current(newest), "is_in_force", "现行文件中是否还有这个指标"),
    ]
    return view(
        "dim_indicator",
        "绩效指标",
        "一个部门一个年度的一个指标，连同现行目标值",
        columns,
        source,
        newest.c.newness == 1,
        key=("indicator_key",),
        refers={"project_key": "dim_project", "department_id": "dim_department"},
    )


def _words(name: str, label: str, word: str, words: type[Word]) -> View:
    """Declare the dimension of the words of a judgement, with their Chinese labels."""
    rows = [
        (str(each), each.label, number, each in DEVIATIONS)
        for number, each in enumerate(words, start=1)
    ]
    said = (
        values(
            named_column(word, String),
            named_column(f"{word}_label", String),
            named_column("ordinal", Integer),
            named_column("is_deviation", Boolean),
            name=f"words_of_{word}",
        )
        .data(rows)
        .cte()
    )
    comments = (f"{label}代码", f"{label}名称", "排列顺序", "是否须说明偏差原因")
    told = [shown(each, comment=of) for each, of in zip(said.c, comments, strict=True)]
    return view(name, label, f"一种{label}", told, said, key=(word,))


DIMENSIONS: tuple[View, ...] = (
    _departments(),
    _checkpoints(),
    _projects(),
    _indicators(),
    _words("dim_light", "预算执行的灯", "light", Light),
    _words("dim_status", "指标状态", "status", Status),
)
