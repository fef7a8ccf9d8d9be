"""Loading registers: what the reader read, as rows of the registers' tables."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from sqlalchemy import Engine, select

from perf_pipeline.registers.declaration import Register, register
from perf_pipeline.registers.handed_back import MARK_LABEL, marks_in
from perf_pipeline.registers.matching import register_for_file
from perf_pipeline.registers.reading import read_register
from perf_pipeline.registers.wording import hint
from perf_pipeline.warehouse.history import SourcedRow
from perf_pipeline.warehouse.intake import (
    REGISTERS,
    Contents,
    FileOutcome,
    InboxFile,
    Quarantined,
    Reader,
    inbox_files,
    take_in,
)
from perf_pipeline.warehouse.schema import department, project, register_tables

READING = "reading 3"  # raise it when the same register reads differently


def load_register(engine: Engine, inbox: Path, name: str) -> tuple[FileOutcome, ...]:
    """Load every file of one register, of all departments and years."""
    declared = register(name)
    outcomes = []
    for file in inbox_files(inbox, REGISTERS):
        if register_for_file(file.path) != declared:
            continue
        projects = _projects(engine, file) if _names_projects(declared) else None
        rules = f"{READING} {declared.model_dump_json()} {sorted(projects or ())}"
        reader = _register_reader(declared, file, projects)
        outcomes.append(take_in(engine, file, name, rules, reader))
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
            project.c.closed_by_id.is_(None),
        )
    )
    with engine.connect() as connection:
        return frozenset(connection.execute(names).scalars())


def _register_reader(
    declared: Register, file: InboxFile, projects: frozenset[str] | None
) -> Reader:
    def read(path: Path) -> Contents:
        reading = read_register(
            path, declared, fiscal_year=file.fiscal_year, known_projects=projects
        )
        rows = [SourcedRow(row.key, row.sheet, row.row_number, row.values) for row in reading.rows]
        return Contents(
            rows={register_tables[declared.name]: rows},
            quarantined=[
                Quarantined(
                    **asdict(row),
                    hint=hint(declared, row.column_label, row.value, row.reason),
                )
                for row in reading.quarantined
            ],
            skipped=reading.skipped,
            mended=marks_in(path, declared, reading)
            if MARK_LABEL in reading.ignored_columns
            else (),
            notice=reading.notice,
        )

    return read
