"""Which registers a department's judgement needs: those that its indicators' measures read."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Connection, select
from sqlalchemy.sql.util import find_tables

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.measures.catalogue import REPORTED, code_of, known_codes, measure
from perf_pipeline.measures.declared_rows import rows_of
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.file_kinds import DOCUMENTS
from perf_pipeline.warehouse.known import Departments, current
from perf_pipeline.warehouse.schema import project, register_tables

LEDGER = "payment"  # what spending is judged by


def expected_registers(
    connection: Connection, fiscal_year: int, only: Departments = None
) -> frozenset[tuple[int, str]]:
    """Return department_id and register of all that departments are to hand in for checkpoints.

    Every department with projects hands in its payments, and the registers that the map from
    indicators to measures leads to. `only` are departments by row number; None: all.
    """
    mapped = register_tables["indicator_measure"]
    with_projects = select(project.c.department_id).where(
        project.c.fiscal_year == fiscal_year,
        current(project),
        within(project.c.department_id, only),
    )
    measured = select(mapped.c.department_id, code_of(mapped.c.measure).label("measure")).where(
        mapped.c.fiscal_year == fiscal_year,
        current(mapped),
        within(mapped.c.department_id, only),
    )
    ledgers = {(each, LEDGER) for each in connection.execute(with_projects.distinct()).scalars()}
    return frozenset(ledgers) | {
        (row.department_id, register)
        for row in connection.execute(measured.distinct())
        for register in registers_behind(row.measure)
    }


@cache
def registers_behind(code: str) -> frozenset[str]:
    """Return the registers that a measure counts; none for a code that no measure has."""
    if code == REPORTED:
        return frozenset({"reported_value"})
    if code not in known_codes():
        return frozenset()
    declared = measure(code)
    tables = {declared.of_register}
    if declared.function:  # which may count others' rows: the same tables for each checkpoint
        selected = find_tables(rows_of(declared, Checkpoint(2000, 12, (12,))))
        tables = {table.name for table in selected} & set(register_tables)
    return frozenset(tables) - decided_registers()


@cache
def decided_registers() -> frozenset[str]:
    """Return the registers of what is decided for the year: budgets, plans, targets, the map."""
    return frozenset(each.name for each in load_registers() if each.decides)


@cache
def that_decide(what: str) -> frozenset[str]:
    """Return the kinds of files that decide on `money` or `targets`: documents decide on both."""
    return frozenset(DOCUMENTS) | {each.name for each in load_registers() if each.decides == what}
