"""Conditions of measures and time limits, as declared, in the database's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, FromClause, and_, not_, or_

from perf_pipeline.measures.deadlines import in_time
from perf_pipeline.registers.declaration import ColumnType, Register
from perf_pipeline.registers.measure_declaration import Condition, Reach, Value

# what a declared value must be to be compared with a column
_COMPARED = {ColumnType.YES_NO: bool, ColumnType.DATE: date, ColumnType.COUNT: int}
_COMPARED |= {ColumnType.MONEY: int, ColumnType.TEXT: str, ColumnType.CHOICE: str}


@dataclass(frozen=True)
class Rows:
    """The rows of a register that a condition is asked of, and the day on which it is asked."""

    declared: Register
    table: FromClause
    as_of: date


def holds(condition: Condition, rows: Rows) -> ColumnElement[bool]:
    """Return what a declared condition asks of rows."""
    if condition.limit is not None:
        return _reached(condition, rows)
    column = rows.table.c[condition.column or ""]
    if condition.is_ is not None:
        return column == condition.is_
    if condition.in_ is not None:
        return column.in_(condition.in_)
    if condition.not_in is not None:
        return or_(column.is_(None), column.not_in(condition.not_in))
    if condition.filled is not None:
        return column.is_not(None) if condition.filled else column.is_(None)
    if condition.at_least is not None:
        return column >= _bound(condition.at_least, rows)
    if condition.at_most is not None:
        return column <= _bound(condition.at_most, rows)
    by_then = and_(column.is_not(None), column <= rows.as_of)
    return by_then if condition.happened else not_(by_then)


def _bound(value: Value, rows: Rows) -> ColumnElement[object] | Value:
    return rows.table.c[value] if isinstance(value, str) and value in rows.table.c else value


def _reached(condition: Condition, rows: Rows) -> ColumnElement[bool]:
    limit = rows.declared.limit(condition.limit or "")
    done = rows.table.c[limit.done_by]
    by_then = and_(done.is_not(None), done <= rows.as_of)
    timely = condition.reached is Reach.IN_TIME
    return and_(by_then, in_time(rows.table, limit)) if timely else by_then


def misfit(condition: Condition, declared: Register) -> str | None:
    """Say why a condition cannot be asked of a register; None where it can."""
    if condition.column is None:
        return None
    column = declared.column(condition.column)
    if condition.happened is not None and column.type is not ColumnType.DATE:
        return f"列 {column.name} 不是日期"
    for value in condition.values:
        if type(value) is not _COMPARED[column.type]:
            return f"列 {column.name} 不能与 {value} 比较"
        if column.choices and value not in column.choices:
            return f"列 {column.name} 没有选项“{value}”"
    return None
