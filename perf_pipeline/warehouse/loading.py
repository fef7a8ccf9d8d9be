"""Loading registers: what the reader read, as rows of the registers' tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import Engine, select

from perf_pipeline.registers.batch import QuarantinedRow
from perf_pipeline.registers.batches import RegisterBatches
from perf_pipeline.registers.declaration import Register, register
from perf_pipeline.registers.handed_back import MARK_LABEL, TOLD, marks_in
from perf_pipeline.registers.identity import settle
from perf_pipeline.registers.matching import register_for_file
from perf_pipeline.registers.reading import (
    keyed,
    read_register,
    repeated_rows,
    tell_of_lines,
)
from perf_pipeline.registers.wording import hint
from perf_pipeline.warehouse.inbox import REGISTERS, InboxFile, inbox_files
from perf_pipeline.warehouse.intake import FileOutcome, take_in
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.plan_entries import (
    PLAN_REGISTER,
    PlanEntry,
    plan_entries,
    stage_plans,
)
from perf_pipeline.warehouse.schema import department, project, register_tables
from perf_pipeline.warehouse.staged_file import Filler, Quarantined, Staged

READING = "reading 8"  # raise it when the same register reads differently
UNREAD = {"measures", "left_out"}  # what of a declaration no cell is read by


def load_register(engine: Engine, inbox: Path, name: str) -> tuple[FileOutcome, ...]:
    """Load every file of one register, of all departments and years."""
    declared = register(name)
    outcomes = []
    for file in inbox_files(inbox, REGISTERS):
        if register_for_file(file.path) != declared:
            continue
        projects = _projects(engine, file) if _names_projects(declared) else None
        rules = f"{READING} {declared.model_dump_json(exclude=UNREAD)} {sorted(projects or ())}"
        fill = _register_filler(declared, file, projects)
        outcomes.append(take_in(engine, file, name, rules, fill))
    return tuple(outcomes)


def _names_projects(declared: Register) -> bool:
    return any(column.known_project for column in declared.columns)


def _projects(engine: Engine, file: InboxFile) -> frozenset[str]:
    """Return the names of the department's projects, as its target documents give them."""
    names = (
        select(project.c.name)
        .join(department, department.c.id == project.c.department_id)
        .where(
            department.c.code == file.department,
            project.c.fiscal_year == file.fiscal_year,
            current(project),
        )
    )
    with engine.connect() as connection:
        return frozenset(connection.execute(names).scalars())


def _register_filler(
    declared: Register, file: InboxFile, projects: frozenset[str] | None
) -> Filler:
    def fill(path: Path, staged: Staged) -> None:
        batches = RegisterBatches(path, declared, file.fiscal_year, projects)
        rows = staged.table(register_tables[declared.name])
        entries: list[PlanEntry] = []
        for batch in batches:
            if declared.name == PLAN_REGISTER:
                entries += plan_entries(batch, declared)
            sheets = [batch.sheet] * len(batch.keys)
            rows.add([sheets, batch.row_numbers, batch.keys, *batch.columns])
            staged.quarantine_rows(_hinted(declared, batch.quarantined))
            staged.read += batch.rows_read
            staged.skipped += batch.skipped
        shared = [
            keyed(declared, row[0], row[1], row[2], row[3], tuple(row[4:]))
            for row in rows.shared_keys()
        ]
        settled = settle(shared)
        rows.settle(settled)
        staged.quarantine_rows(_hinted(declared, repeated_rows(batches, settled.repeats)))
        tell_of_lines(batches, settled.vouchers_of_lines)
        stage_plans(staged, entries)
        staged.notice = batches.notice
        staged.unit = batches.told.unit
        staged.notices = [str(notice) for notice in batches.told.notices]
        staged.ignored_columns = [each for each in batches.ignored_columns if each not in TOLD]
        if MARK_LABEL in batches.ignored_columns:
            # a workbook of mended rows: as small as the quarantine was
            reading = read_register(
                path, declared, fiscal_year=file.fiscal_year, known_projects=projects
            )
            staged.mended = marks_in(path, declared, reading)

    return fill


def _hinted(declared: Register, rows: Sequence[QuarantinedRow]) -> list[Quarantined]:
    """Say of each quarantined row what to do about it."""
    return [
        Quarantined(**asdict(row), hint=hint(declared, row.column_label, row.value, row.reason))
        for row in rows
    ]
