"""Declaring a fact of a judgement: its newest version at each checkpoint, or every version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from sqlalchemy import ColumnElement, FromClause, Table, Text, case, cast, literal_column

from perf_pipeline.domain.unit import Unit
from perf_pipeline.warehouse.known import latest_snapshots
from perf_pipeline.warehouse.result import Result
from perf_pipeline.warehouse.schema import checkpoint, department, snapshot
from perf_pipeline.warehouse.star.dimensions import INDICATOR_KEY, PROJECT_KEY
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

OF_SNAPSHOT = {"department_id": "dim_department", "checkpoint_id": "dim_checkpoint"}
OF_PROJECT = OF_SNAPSHOT | {"project_key": "dim_project"}
OF_INDICATOR = OF_PROJECT | {"indicator_key": "dim_indicator"}


def key_of(name: Expression) -> ColumnElement[str]:
    """Return the key of a project or indicator within a snapshot's department and year."""
    return thing_key(department.c.code, checkpoint.c.fiscal_year, name)


def project_key(table: Table, comment: str = PROJECT_KEY) -> ViewColumn:
    """Show the key of a row's project."""
    return shown(key_of(table.c.project_name), "project_key", comment)


# how the comment of a view says the unit of what people read
_SAID = {Unit.SHARE: "1 为全部", Unit.POINTS: "百分点", Unit.MARKS: "分"}


def _result_columns(of: type[Result], keys: str) -> Iterator[ViewColumn]:
    """Show every column of a result, as its declaration says: amounts also in yuan.

    Before the project's name stands its key, with `keys` as comment; an indicator's key is told
    within its department and year.
    """
    for name, told in of.columns.items():
        column = of.table.c[name]
        if name == "project_name":
            yield project_key(of.table, keys)
        if name == "indicator_key":
            yield shown(key_of(column), name, INDICATOR_KEY + "；没有指标的行为空")
        elif told.unit is Unit.FEN:
            yield from all_shown(of.table, name)
        elif told.unit is Unit.OF_ROW:
            yield shown(column)
            yield shown(_of_row(of.table, column), f"{name}_value", f"{told.label}：{OF_ROW}")
        elif told.view and told.unit is not Unit.NONE:
            said = "，".join(filter(None, (told.label, _SAID.get(told.unit), told.meaning)))
            yield shown(decimal(column, told.unit.value.places), told.view, said)
        else:
            yield shown(column, told.view)


OF_ROW = "金额为元，比率 1 为全部，其他为个数"


def _of_row(table: Table, column: Expression) -> ColumnElement[Decimal]:
    return case(
        (table.c.measured_in == "fen", decimal(column, 2)),
        (table.c.measured_in == "bp", decimal(column, 4)),
        else_=column,
    )


def judged(
    name: str,
    label: str,
    grain: str,
    of: type[Result],
    kind: str,
    refers: dict[str, str],
    *,
    keys: str = PROJECT_KEY,
    before: Iterable[ViewColumn] = (),
    after: Iterable[ViewColumn] = (),
    with_versions: bool = False,
) -> Iterator[View]:
    """Declare the newest rows of a kind of judgement and, where asked for, every version's.

    `before` and `after` are what stands before and after the result's own columns; `keys` is the
    comment of the project's key.
    """
    table, columns = of.table, [*before, *_result_columns(of, keys), *after]
    newest = latest_snapshots(kind).subquery(f"newest_{kind}")
    rows: FromClause = (
        table.join(snapshot, snapshot.c.id == table.c.snapshot_id)
        .join(department, department.c.id == snapshot.c.department_id)
        .join(checkpoint, checkpoint.c.id == snapshot.c.checkpoint_id)
    )
    key = f"{name.removeprefix('fact_')}_id"
    shared = [
        shown(table.c.id, key, "行号"),
        *all_shown(snapshot, "department_id", "checkpoint_id", "version"),
    ]
    found = rows.join(newest, newest.c.id == snapshot.c.id)
    yield view(name, label, grain, [*shared, *columns], found, key=(key,), refers=refers)
    if with_versions:
        history = [
            shown(newest.c.id.is_not(None), "is_newest", "是否最新一版"),
            shown(snapshot.c.created_at, "written_at", "写入时间（UTC）"),
        ]
        yield view(
            f"{name}_all_versions",
            f"{label}，全部版本",
            f"{grain}的一个版本",
            [*shared, *history, *columns],
            rows.outerjoin(newest, newest.c.id == snapshot.c.id),
            snapshot.c.kind == kind,
            key=(key,),
            refers=refers,
        )


def figure(prefix: str, table: Table) -> ViewColumn:
    """Show the number that `trace` takes (追溯号)."""
    number = literal_column(f"'{prefix}'", Text) + cast(table.c.id, Text)
    return shown(number, "figure", "追溯号，可用 trace 命令查来源行")
