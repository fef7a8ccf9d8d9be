"""What is known before a register's files are opened, by which they are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Engine, select

from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.header import Known
from perf_pipeline.registers.headings import COLUMN_MAP, HeadingNames, label_key
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.dimensions import by_department
from perf_pipeline.warehouse.file_kinds import BUDGET
from perf_pipeline.warehouse.inbox import InboxFile
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.schema import department, project, register_tables

Of = tuple[int, str]  # a year and a department's code


def known_of(engine: Engine, files: Sequence[InboxFile], declared: Register) -> dict[Of, Known]:
    """Return what is known of a register's files before they are opened, by year and department."""
    every = {file.of for file in files}
    with engine.connect() as connection:
        names_projects = any(column.known_project for column in declared.columns)
        codes = {code for _, code in every}
        of_years = among(project.c.fiscal_year, {year for year, _ in every})
        projects = (
            by_department(connection, codes, project.c.name, current(project), of_years)
            if names_projects
            else None
        )
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
    rows = (
        select(department.c.code, budget.c.fiscal_year, *told)
        .join(department, department.c.id == budget.c.department_id)
        .where(
            among(department.c.code, {code for _, code in every}),
            among(budget.c.fiscal_year, {year for year, _ in every}),
            current(budget),
        )
    )
    sources: dict[Of, dict[str, str]] = defaultdict(dict)
    for row in connection.execute(rows):
        if row.fiscal_fen == row.total_fen and not row.other_fen:
            sources[row.fiscal_year, row.code][row.project_name] = "财政资金"
        elif row.other_fen == row.total_fen and not row.fiscal_fen:
            sources[row.fiscal_year, row.code][row.project_name] = "其他资金"
    return sources
