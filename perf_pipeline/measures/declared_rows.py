"""From a measure's declaration to the select of its rows, or to why it cannot be computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from importlib import import_module
from inspect import signature

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.measures.cases import runs_for, told_last
from perf_pipeline.measures.conditions import Rows, holds, misfit
from perf_pipeline.measures.deadlines import decided_on, in_time
from perf_pipeline.measures.measure import Adds, Selects, files_without, source_rows, zero_rows
from perf_pipeline.registers.declaration import ColumnType, Register
from perf_pipeline.registers.declaration import register as declaration_of
from perf_pipeline.registers.measure_declaration import Kind, MeasureDeclaration, Over
from perf_pipeline.warehouse.known import known_as_of
from perf_pipeline.warehouse.same import another
from perf_pipeline.warehouse.schema import project, register_tables
from perf_pipeline.warehouse.typed import Query

NUMBERS = (ColumnType.COUNT, ColumnType.MONEY)


def unusable(declared: MeasureDeclaration, register: Register) -> str | None:
    """Say why a measure cannot be computed from its register, with file and line; else None."""
    faults = list(_faults(declared, register))
    if not faults:
        return None
    return f"{declared.place} 度量“{declared.label}”（{declared.code}）：{'；'.join(faults)}"


def _faults(declared: MeasureDeclaration, register: Register) -> Iterator[str]:
    names = frozenset(column.name for column in register.columns)
    missing = sorted(declared.columns(names) - names)
    limits = {limit.name for limit in register.limits}
    no_limits = sorted(declared.limits - limits)
    if missing:
        yield f"台账“{register.label}”没有列 {'、'.join(missing)}"
    if no_limits:
        yield f"台账“{register.label}”没有期限 {'、'.join(no_limits)}"
    if missing or no_limits:
        return
    for condition in (*declared.where, *declared.hit):
        wrong = misfit(condition, register)
        if wrong:
            yield wrong
    yield from _of_another_type(declared, register)
    if declared.function:
        try:
            signature(_function(declared.function)).bind("checkpoint", "rows")
        except (ImportError, AttributeError, TypeError) as error:
            yield f"函数 {declared.function} 不能用（{error}）"


def _of_another_type(declared: MeasureDeclaration, register: Register) -> Iterator[str]:
    dates = [declared.date, declared.newest.column if declared.newest else None]
    if declared.standing:
        dates += [declared.standing.since, declared.standing.until]
    for name in filter(None, dates):
        if register.column(name).type is not ColumnType.DATE:
            yield f"列 {name} 不是日期"
    summed = [declared.numerator, declared.denominator]
    summed += [declared.column] if declared.kind is Kind.TOTAL else []
    for name in filter(None, summed):
        if register.column(name).type not in NUMBERS:
            yield f"列 {name} 不是数"


def rows_of(
    measure: MeasureDeclaration, checkpoint: Checkpoint, rows: Selects = source_rows
) -> Query:
    """Select one row for each source row that counts, as known at the checkpoint's `known_at`.

    Columns: department_id, project_name, source_table, source_id, numerator, denominator, counted.
    The measure must not be `unusable`. `rows` may select sums of the same rows (`OnePass`).
    """
    if measure.function:
        return _function(measure.function)(checkpoint, rows)
    return _rows(measure, declaration_of(measure.of_register), checkpoint, rows)


def judged_rows(measure: MeasureDeclaration, checkpoint: Checkpoint) -> Query:
    """Select the rows that a judgement counts: of the period, at the year's end of the year."""
    whole = replace(checkpoint, months=(checkpoint.month,))
    return rows_of(measure, whole if measure.judges_year(checkpoint) else checkpoint)


def _function(named: str) -> Callable[[Checkpoint, Selects], Query]:
    module, _, name = named.partition(":")
    found: Callable[[Checkpoint, Selects], Query] = getattr(import_module(module), name)
    return found


def _rows(
    declared: MeasureDeclaration, register: Register, checkpoint: Checkpoint, select_rows: Selects
) -> Query:
    table = register_tables[register.name]
    rows = Rows(register, table, checkpoint.ends_on)
    counted = table.c[declared.column or ""] if declared.kind is Kind.DISTINCT else None
    apart = declared.kind is not Kind.DISTINCT and not declared.of_department
    by_project = apart and "project_name" in table.c
    names = [column.name for column in register.needed(declared)]
    lacking = files_without(*names, register=register.name, seen=checkpoint) if names else None
    where = [
        *(holds(each, rows) for each in declared.where),
        _in_period(declared, rows, checkpoint),
        told_last(table, register, checkpoint),
    ]
    found = select_rows(
        Adds(
            table,
            *_adds(declared, rows),
            where,
            checkpoint,
            counted=counted,
            by_project=by_project,
            any_year=register.came_in is not None,
            lacking=lacking,
        )
    )
    if declared.is_rate:
        return found
    zeros = zero_rows(register.name, checkpoint, by_project=by_project)
    if lacking is not None:
        zeros = zeros.where(project.c.department_id.not_in(lacking))
    return select(union_all(found, zeros).subquery())


def _adds(
    declared: MeasureDeclaration, rows: Rows
) -> tuple[ColumnElement[object], ColumnElement[object]]:
    """Return what a row adds to numerator and denominator."""
    columns = rows.table.c
    match declared.kind:
        case Kind.RATE:
            hit = and_(true(), *(holds(each, rows) for each in declared.hit))
            return case((hit, 1), else_=0), literal(1)
        case Kind.SHARE_IN_TIME:
            timely = in_time(rows.table, rows.declared.limit(declared.decided or ""))
            return case((timely, 1), else_=0), literal(1)
        case Kind.QUOTIENT:
            over = columns[declared.denominator or ""] * declared.denominator_times
            return columns[declared.numerator or ""], over
        case Kind.TOTAL if declared.column:
            return columns[declared.column], literal(1)
        case _:
            return literal(1), literal(1)


def _in_period(
    declared: MeasureDeclaration, rows: Rows, checkpoint: Checkpoint
) -> ColumnElement[bool]:
    """Hold for rows that belong to what the checkpoint looks at."""
    of_period = declared.judged is Over.PERIOD
    begins = checkpoint.period_starts_on if of_period else checkpoint.starts_on
    columns = rows.table.c
    if declared.decided:
        limit = rows.declared.limit(declared.decided)
        decided = decided_on(rows.table, limit).between(begins, checkpoint.ends_on)
        return and_(runs_for(rows, limit), decided)
    if declared.standing:
        since, until = columns[declared.standing.since], columns[declared.standing.until]
        return and_(
            since.is_not(None),
            since <= checkpoint.ends_on,
            or_(until.is_(None), until > checkpoint.ends_on),
        )
    if declared.newest:
        name = declared.newest.column
        newest = _newest(declared.newest.of_each, name, rows, begins, checkpoint)
        return and_(columns[name].between(begins, checkpoint.ends_on), columns[name] == newest)
    return columns[declared.date or ""].between(begins, checkpoint.ends_on)


def _newest(
    of_each: tuple[str, ...], name: str, rows: Rows, begins: date, checkpoint: Checkpoint
) -> ColumnElement[object]:
    """Select the newest date of each, of those that lie in what the checkpoint looks at."""
    table = rows.table
    assert isinstance(table, Table)
    later = another(table, "newest")
    same = (later.c[each].is_not_distinct_from(table.c[each]) for each in of_each)
    return (
        select(func.max(later.c[name]))
        .where(
            later.c.department_id == table.c.department_id,
            *same,
            later.c.fiscal_year == table.c.fiscal_year,
            known_as_of(later, checkpoint.known_at, checkpoint.departments),
            later.c[name].between(begins, checkpoint.ends_on),
        )
        .scalar_subquery()
    )
