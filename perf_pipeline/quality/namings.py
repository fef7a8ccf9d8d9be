"""What rows of files speak of, where it is none, or not one, of what the department has.

An answer names an item by its number, a report or a changed target an indicator by its name.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, and_, case, exists, func, null, or_, select, union_all

from perf_pipeline.domain.errors import Place
from perf_pipeline.quality.months import Said
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.answered_items import named_otherwise
from perf_pipeline.warehouse.known import Departments, current
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import (
    INDICATOR_OF,
    SPENDING,
    department,
    indicator,
    item,
    register_tables,
    snapshot,
    source_file,
)

indicator_measure = register_tables["indicator_measure"]


def answers_of_no_item(connection: Connection, only: Departments) -> Iterator[Said]:
    """Give a point for each row of 整改台账 whose number is not of the item that it speaks of.

    Items come with a judgement: a warehouse without one, as `check` makes it, cannot tell.
    """
    answer = register_tables["rectification"]
    answered = exists().where(
        item.c.id == answer.c.item_no, same(item, answer, "department_id", "fiscal_year")
    )
    judged = exists().where(same(snapshot, answer, "department_id"))
    query = (
        select(answer, source_file.c.path, department.c.code, answered.label("known"))
        .join(source_file, source_file.c.id == answer.c.source_file_id)
        .join(department, department.c.id == answer.c.department_id)
        .where(current(answer), judged, within(answer.c.department_id, only))
        .order_by(answer.c.fiscal_year, department.c.code, answer.c.id)
    )
    rows = connection.execute(query).all()
    otherwise = {row.id: (mine, other) for row, mine, other in named_otherwise(connection, rows)}
    for row in rows:
        said, action = "", "按预警消息或 perf-pipeline items 中的编号改正事项编号"
        if not row.known:
            said = f"所答复的事项{row.item_no}不是本部门本年的事项，没有作数"
        elif row.id in otherwise:
            mine, other = otherwise[row.id]
            own, words = f"{mine.place}：{mine.subject}", f"{row.place or ''}：{row.subject or ''}"
            said = f"事项{row.item_no}是“{own}”，这一行写的是“{words}”，仍按编号作数"
            if other is not None:
                said = f"事项{row.item_no}是“{own}”，这一行写的是事项{other.id}“{words}”，没有作数"
            action = "核对这一行答复的是哪个事项，改正事项编号或名称后重交"
        if said:
            place = Place(row.path, row.sheet, row.row_number)
            yield row.code, row.fiscal_year, str(place), said, action


def of_no_one_indicator(connection: Connection, only: Departments) -> Iterator[Said]:
    """Give a point for each name in a file that is none of its department's indicators, or several.

    The map to measures finds its indicators by their keys, with the section, others by their names.
    A reason may speak of a project's spending in an indicator's place. Where the document names no
    indicator at all, that is told for itself.
    """
    rows = union_all(
        *(
            select(
                *(table.c[name] for name in ("department_id", "fiscal_year", "source_file_id")),
                *(table.c[name] for name in (*INDICATOR_OF, "sheet", "row_number")),
                (table.c.row_key if table is indicator_measure else null()).label("indicator_key"),
            ).where(
                current(table),
                table.c.indicator_name != SPENDING,
                within(table.c.department_id, only),
            )
            for table in register_tables.values()
            if set(INDICATOR_OF) <= set(table.c.keys())
        )
    ).subquery("said")
    mine = and_(same(indicator, rows, "department_id", "fiscal_year"), current(indicator))
    same_name = indicator.c.name == rows.c.indicator_name
    same_project = func.coalesce(indicator.c.project_name, "") == func.coalesce(
        rows.c.project_name, ""
    )
    here = and_(
        mine,
        case(
            (rows.c.indicator_key.is_not(None), rows.c.indicator_key == indicator.c.row_key),
            else_=and_(
                same_name,
                same_project,
                or_(rows.c.section.is_(None), rows.c.section == indicator.c.section),
            ),
        ),
    )
    found = select(func.count()).where(here).scalar_subquery()
    others = select(func.min(indicator.c.project_name)).where(mine, same_name, ~same_project)
    elsewhere = others.scalar_subquery()
    query = (
        select(
            *(rows, found.label("found"), elsewhere.label("elsewhere")),
            *(source_file.c.path, department.c.code),
        )
        .join(source_file, source_file.c.id == rows.c.source_file_id)
        .join(department, department.c.id == rows.c.department_id)
        .where(exists().where(mine), found != 1)
        .order_by(rows.c.fiscal_year, department.c.code, source_file.c.path, rows.c.row_number)
    )
    told = set()
    for row in connection.execute(query):
        subject = (row.path, row.project_name, row.section, row.indicator_name)
        if subject not in told:
            told.add(subject)
            place = Place(row.path, row.sheet, row.row_number)
            said = f"绩效目标里没有指标“{row.indicator_name}”，没有作数"
            action = "按绩效目标文件改正指标名称、项目名称或分项工作"
            if row.found:
                said = f"绩效目标里有{row.found}个指标“{row.indicator_name}”，这一行对每一个都作数"
                action = "各有各的数的，每个一行，写明分项工作后重交"
            elif row.elsewhere:
                said = f"指标“{row.indicator_name}”是项目“{row.elsewhere}”的，没有作数"
                action = "填上项目名称后重交"
            yield row.code, row.fiscal_year, str(place), said, action
