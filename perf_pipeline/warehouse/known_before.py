"""What is known before a register's files are opened, by which they are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, Table, select

from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.header import Known
from perf_pipeline.registers.headings import COLUMN_MAP, HeadingNames, label_key
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.inbox import InboxFile
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.schema import department, project, register_tables

BUDGET = "budget"  # 项目预算表
Of = tuple[int, str]  # a year and a department's code


def known_of(engine: Engine, files: Sequence[InboxFile], declared: Register) -> dict[Of, Known]:
    """Return what is known of a register's files before they are opened, by year and department."""
    every = {file.of for file in files}
    with engine.connect() as connection:
        projects = _projects(connection, every) if _names_projects(declared) else None
        columns = {} if declared.name == COLUMN_MAP else _columns(connection, every, declared)
        sources = _sources(connection, every) if declared.amount is not None else {}
    return {
        of: Known(
            None if projects is None else frozenset(projects.get(of, ())),
            columns.get(of[1], {}),
            sources.get(of, {}),
        )
        for of in every
    }


def read_by(declared: Register) -> tuple[str, ...]:
    """Return the registers by which one is read: they are loaded before it, or it is read again."""
    first = () if declared.name == COLUMN_MAP else (COLUMN_MAP,)
    return first if declared.amount is None else (*first, BUDGET)


def _names_projects(declared: Register) -> bool:
    return any(column.known_project for column in declared.columns)


def _of(table: Table, every: Collection[Of], *columns: ColumnElement[Any]) -> Select[Any]:
    """Select columns of a table's rows in force, of years and departments, with both."""
    return (
        select(department.c.code, table.c.fiscal_year, *columns)
        .join(department, department.c.id == table.c.department_id)
        .where(
            among(department.c.code, {code for _, code in every}),
            among(table.c.fiscal_year, {year for year, _ in every}),
            current(table),
        )
    )


def _projects(connection: Connection, every: Collection[Of]) -> dict[Of, set[str]]:
    """Return the names of departments' projects, as their target documents give them."""
    found: dict[Of, set[str]] = defaultdict(set)
    for row in connection.execute(_of(project, every, project.c.name)):
        found[row.fiscal_year, row.code].add(row.name)
    return found


def _columns(
    connection: Connection, every: Collection[Of], declared: Register
) -> dict[str, dict[str, str]]:
    """Return what departments' 列对照表 of all years say of headings, the newest last."""
    said = register_tables[COLUMN_MAP]
    rows = (
        select(department.c.code, said.c.heading, said.c.column_label)
        .join(department, department.c.id == said.c.department_id)
        .where(
            among(department.c.code, {code for _, code in every}),
            said.c.register_label == declared.label,
            current(said),
        )
        .order_by(said.c.fiscal_year, said.c.id)
    )
    names = HeadingNames(declared, {})
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in connection.execute(rows):
        # an answer that names no column is no answer: the file goes on asking
        if not row.column_label or names.of(row.column_label):
            found[row.code][label_key(row.heading)] = names.of(row.column_label) or ""
    return found


def _sources(connection: Connection, every: Collection[Of]) -> dict[Of, dict[str, str]]:
    """Return the source of funds of each of the departments' projects that has only one."""
    budget = register_tables[BUDGET]
    told = (budget.c.project_name, budget.c.fiscal_fen, budget.c.other_fen, budget.c.total_fen)
    sources: dict[Of, dict[str, str]] = defaultdict(dict)
    for row in connection.execute(_of(budget, every, *told)):
        if row.fiscal_fen == row.total_fen and not row.other_fen:
            sources[row.fiscal_year, row.code][row.project_name] = "财政资金"
        elif row.other_fen == row.total_fen and not row.fiscal_fen:
            sources[row.fiscal_year, row.code][row.project_name] = "其他资金"
    return sources
