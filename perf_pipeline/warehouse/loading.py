"""Loading target documents and registers: what the readers read, as rows of the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection, Engine, exists, select

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.model import DepartmentIndicator, Indicator, Project, TargetDocument
from perf_pipeline.domain.calendar import month_end
from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.domain.target import MICRO, Target, TargetKind
from perf_pipeline.registers.batches import KEY_MARK, RegisterBatches
from perf_pipeline.registers.declaration import Register, register
from perf_pipeline.registers.matching import register_for_file
from perf_pipeline.registers.reading import repeated_rows
from perf_pipeline.warehouse.history import SourcedRow
from perf_pipeline.warehouse.intake import (
    REGISTERS,
    TARGETS,
    Contents,
    FileOutcome,
    Filler,
    InboxFile,
    Quarantined,
    Reader,
    Staged,
    filled_by,
    inbox_files,
    take_in,
)
from perf_pipeline.warehouse.schema import (
    department,
    indicator,
    project,
    register_tables,
    source_file,
    spending_plan,
    target,
)

EXTRACTION = "extraction 1"  # raise it when the same document reads differently
READING = "reading 3"  # raise it when the same register reads differently
LARGEST = 2**63 - 1
UNREAD = "_unreadable"  # ends the code of a finding about a part that was not taken in


def load_targets(engine: Engine, inbox: Path) -> tuple[FileOutcome, ...]:
    """Load every target document of the inbox: projects, indicators, targets, plans, budgets."""
    return tuple(
        take_in(
            engine, file, "target_document", EXTRACTION, filled_by(_target_reader(engine, file))
        )
        for file in inbox_files(inbox, TARGETS)
    )


def load_register(engine: Engine, inbox: Path, name: str) -> tuple[FileOutcome, ...]:
    """Load every file of one register, of all departments and years."""
    declared = register(name)
    outcomes = []
    for file in inbox_files(inbox, REGISTERS):
        if register_for_file(file.path) != declared:
            continue
        projects = _projects(engine, file) if _names_projects(declared) else None
        rules = f"{READING} {declared.model_dump_json()} {sorted(projects or ())}"
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
            project.c.closed_by_id.is_(None),
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
        for batch in batches:
            sheets = [batch.sheet] * len(batch.keys)
            rows.add([sheets, batch.row_numbers, batch.keys, *batch.columns])
            staged.quarantine_rows(batch.quarantined)
            staged.read += batch.rows_read
            staged.skipped += batch.skipped
        staged.quarantine_rows(repeated_rows(path, declared, rows.take_out_repeats()))
        staged.notice = batches.notice

    return fill


def _target_reader(engine: Engine, file: InboxFile) -> Reader:
    def read(path: Path) -> Contents:
        document = extract_document(path)
        if document.fiscal_year != file.fiscal_year:
            raise LayoutError(
                f"文件是{document.fiscal_year}年度的，却放在{file.fiscal_year}年度的文件夹里",
                Place(path.name),
            )
        indicators, targets = _indicator_rows(document)
        with engine.connect() as connection:
            budgeted = _budgeted_elsewhere(connection, file)
        return Contents(
            rows={
                project: [_project_row(each, n) for n, each in enumerate(document.projects, 1)],
                indicator: indicators,
                target: targets,
                spending_plan: _plan_rows(document),
                register_tables["budget"]: [
                    row for row in _budget_rows(document) if row.key not in budgeted
                ],
            },
            quarantined=[
                Quarantined(finding.where, None, None, None, finding.message)
                for finding in document.findings
                if finding.code.endswith(UNREAD)
            ],
            notice=document.notice,
            department_name=document.department or None,
        )

    return read


def _budgeted_elsewhere(connection: Connection, file: InboxFile) -> frozenset[str]:
    """Return the projects whose budget a budget file gives: it is newer than the document."""
    budget = register_tables["budget"]
    of_budget_file = exists().where(
        source_file.c.id == budget.c.source_file_id, source_file.c.kind == "budget"
    )
    found = (
        select(budget.c.row_key)
        .join(department, department.c.id == budget.c.department_id)
        .where(
            department.c.code == file.department,
            budget.c.fiscal_year == file.fiscal_year,
            budget.c.closed_by_id.is_(None),
            of_budget_file,
        )
    )
    return frozenset(connection.execute(found).scalars())


def _sheet(table_number: int) -> str:
    return f"表{table_number}"


def _project_row(each: Project, ordinal: int) -> SourcedRow:
    values = {
        "name": each.name,
        "code": each.code,
        "purpose": each.purpose or None,
        "objectives": "\n".join(each.objectives) or None,
        "ordinal": ordinal,
    }
    return SourcedRow(each.name, _sheet(each.table), 1, values)


def _plan_rows(document: TargetDocument) -> list[SourcedRow]:
    return [
        SourcedRow(
            f"{each.name}{KEY_MARK}{point.label}",
            _sheet(each.table),
            point.row,
            {
                "project_name": each.name,
                "label": point.label,
                "due_on": month_end(document.fiscal_year, point.month),
                "share_bp": int(point.share * 10_000),
            },
        )
        for each in document.projects
        for point in each.spending_plan
    ]


def _budget_rows(document: TargetDocument) -> list[SourcedRow]:
    rows = []
    for each in document.projects:
        if each.budget is not None:
            values = {
                "project_name": each.name,
                "total_fen": each.budget.total_fen,
                "fiscal_fen": each.budget.fiscal_fen,
                "other_fen": each.budget.other_fen,
                "document_no": None,
            }
            rows.append(SourcedRow(each.name, _sheet(each.table), each.budget.row, values))
    return rows


def _indicator_rows(document: TargetDocument) -> tuple[list[SourcedRow], list[SourcedRow]]:
    """Return the rows of `indicator` and of `target`, which share their keys and places.

    The key is that of the map from indicators to measures: project, section, name; a second
    indicator of the same name gets #2.
    """
    seen: Counter[str] = Counter()
    indicators: list[SourcedRow] = []
    targets: list[SourcedRow] = []

    def add(
        parts: Sequence[str],
        sheet: str,
        row: int,
        values: dict[str, object],
        raw: str,
        aim: Target,
    ) -> None:
        key = KEY_MARK.join(parts)
        seen[key] += 1
        if seen[key] > 1:
            key = f"{key}#{seen[key]}"
        ordinal = len(indicators) + 1
        indicators.append(SourcedRow(key, sheet, row, {**values, "ordinal": ordinal}))
        targets.append(SourcedRow(key, sheet, row, _target_values(raw, aim)))

    for each in document.projects:
        for line in each.indicators:
            parts = (each.name, "", line.level3)
            add(
                parts,
                _sheet(each.table),
                line.row,
                _of_project(each, line),
                line.raw_value,
                line.target,
            )
    for found in document.department_indicators:
        parts = ("", found.section, found.name)
        add(parts, "正文", found.paragraph, _of_department(found), found.raw_value, found.target)
    return indicators, targets


def _of_project(each: Project, line: Indicator) -> dict[str, object]:
    return {
        "project_name": each.name,
        "section": None,
        "level1": line.level1,
        "level2": line.level2,
        "name": line.level3,
        "description": line.description or None,
        "basis": line.basis or None,
    }


def _of_department(found: DepartmentIndicator) -> dict[str, object]:
    return {
        "project_name": None,
        "section": found.section,
        "level1": None,
        "level2": None,
        "name": found.name,
        "description": found.evidence,
        "basis": None,
    }


def _target_values(raw: str, aim: Target) -> dict[str, object]:
    numeric = aim.kind in (TargetKind.NUMBER, TargetKind.RANGE)
    return {
        "raw_value": raw,
        "kind": str(aim.kind),
        "operator": None if aim.operator is None else str(aim.operator),
        "value_text": aim.value,
        "value_micro": _micro(aim.value) if numeric else None,
        "upper_micro": _micro(aim.upper) if numeric else None,
        "unit": aim.unit,
    }


def _micro(number: str | None) -> int | None:
    """Return a decimal string in millionths; None where it has none or does not fit."""
    if number is None:
        return None
    scaled = Decimal(number) * MICRO
    return int(scaled) if scaled == int(scaled) and abs(scaled) <= LARGEST else None
