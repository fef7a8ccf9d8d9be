"""Two target documents that speak of one thing and differ (初稿 beside the approved one): told.

The later word stands, as in registers. What a document says of a project otherwise than another one
did is told with both, and how many indicators only one of them has: those of both count.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from perf_pipeline.domain.money import format_yuan
from perf_pipeline.domain.share import percent
from perf_pipeline.registers.identity import KEY_MARK
from perf_pipeline.warehouse.conflicts import MOST_TOLD, pairs
from perf_pipeline.warehouse.file_kinds import DOCUMENTS
from perf_pipeline.warehouse.inbox import InboxFile
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.same import another
from perf_pipeline.warehouse.schema import (
    department,
    indicator,
    register_tables,
    source_file,
    spending_plan,
    target,
)
from perf_pipeline.warehouse.staging import Staging

BUDGET = register_tables["budget"]
_AIM = ("kind", "operator", "value_text", "upper_micro", "unit")
# of each table, what it says in words, the column that is written, and those that must be equal
_SAID: dict[str, tuple[str, str, tuple[str, ...], Callable[[Any], str]]] = {
    target.name: ("指标值", "raw_value", _AIM, str),
    indicator.name: ("分值", "weight_text", ("weight_text",), str),
    BUDGET.name: ("预算数", "total_fen", ("total_fen",), lambda fen: f"{format_yuan(fen)}元"),
    spending_plan.name: ("计划累计支出", "share_bp", ("share_bp",), percent),
}
_OTHERWISE = "“{}”的{}：文件“{}”写的是“{}”，本文件写的是“{}”，现以本文件为准"
_MORE = "还有{}处与别的绩效目标文件不同，现以本文件为准"
_THEIRS = "文件“{}”里也有项目“{}”，它的{}个指标（“{}”等）本文件没有，照样计入；旧稿请移走"
_MINE = "文件“{}”里也有项目“{}”，本文件的{}个指标（“{}”等）它没有，照样计入；旧稿请移走"


def said_otherwise(
    staged: Staging, file_id: int, file: InboxFile, own_paths: Collection[str]
) -> Iterator[str]:
    """Say what of a table other documents had said otherwise; ask once the file is merged."""
    if staged.target.name not in _SAID:
        return
    what, column, compared, write = _SAID[staged.target.name]
    table, mine = staged.target, staged.table
    others = (
        table.c.closed_by_id == file_id,
        source_file.c.kind.in_(DOCUMENTS),
        source_file.c.path.not_in(own_paths),
        or_(*(table.c[name].is_distinct_from(mine.c[name]) for name in compared)),
        table.c[column].is_not(None),
        mine.c[column].is_not(None),
    )
    query = pairs(mine, table, *others)
    query = query.add_columns(table.c[column].label("theirs"), mine.c[column].label("ours"))
    found = staged.connection.execute(query).all()
    for row in found[:MOST_TOLD]:
        values = write(row.theirs), write(row.ours)
        yield _OTHERWISE.format(_named(row.row_key), what, _file(row.path), *values)
    if len(found) > MOST_TOLD:
        yield _MORE.format(len(found) - MOST_TOLD)
    if table is indicator:
        yield from _only_in_one(staged, file_id, file, own_paths)


def _only_in_one(
    staged: Staging, file_id: int, file: InboxFile, own_paths: Collection[str]
) -> Iterator[str]:
    """Say which indicators of a project only this document has, or only another one."""
    mine, theirs = staged.table, another(indicator, "theirs")
    whose = select(department.c.id).where(department.c.code == file.department)
    had: ColumnElement[bool] = and_(
        theirs.c.department_id.in_(whose),
        theirs.c.fiscal_year == file.fiscal_year,
        or_(current(theirs), theirs.c.closed_by_id == file_id),
        source_file.c.kind.in_(DOCUMENTS),
        source_file.c.path.not_in(own_paths),
    )
    of_both = select(mine.c.project_name).where(mine.c.project_name.is_not(None))
    here = exists().where(mine.c.row_key == theirs.c.row_key)
    query = (
        select(source_file.c.path, theirs.c.project_name, theirs.c.row_key, here.label("here"))
        .join(source_file, source_file.c.id == theirs.c.source_file_id)
        .where(had, theirs.c.project_name.in_(of_both))
        .order_by(source_file.c.path, theirs.c.project_name, theirs.c.id)
    )
    found = staged.connection.execute(query).all()
    rows = select(mine.c.project_name, mine.c.row_key, mine.c.name).order_by(mine.c.nth)
    ours = staged.connection.execute(rows).all() if found else []
    for (path, project), some in groupby(found, key=lambda row: (row.path, row.project_name)):
        keys = {row.row_key: row.here for row in some}
        only = [key for key, is_here in keys.items() if not is_here]
        if only:
            yield _THEIRS.format(_file(path), project, len(only), only[0].rpartition(KEY_MARK)[2])
        lacking = [
            each for each in ours if each.project_name == project and each.row_key not in keys
        ]
        if lacking:
            yield _MINE.format(_file(path), project, len(lacking), lacking[0].name)


def _named(key: str) -> str:
    return "／".join(filter(None, key.split(KEY_MARK)))


def _file(path: str) -> str:
    return path.rpartition("/")[2]
