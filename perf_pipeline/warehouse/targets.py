"""Loading target documents (绩效目标文件), as a person corrected them where one did.

A correction workbook (更正表) is a file of its own: what it changes stands in the warehouse with
the workbook's sheet and row, everything else with the document's. The workbook is taken in first,
so that the corrected value closes the one that was read; the document then keeps the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, exists, select

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.folder import LEFT_OUT
from perf_pipeline.documents.model import TargetDocument
from perf_pipeline.documents.review.corrections import (
    CORRECTED,
    SHEET,
    CorrectionSheet,
    apply_corrections,
    is_correction_workbook,
    read_corrections,
)
from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.registers.batch import QuarantinedRow
from perf_pipeline.registers.files import read_sheets
from perf_pipeline.warehouse.dimensions import DepartmentNames, known_names
from perf_pipeline.warehouse.inbox import TARGETS, InboxFile, Listed, inbox_files, listed_once
from perf_pipeline.warehouse.intake import last_versions, take_in
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.opened import Incoming
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.plan_entries import planned_elsewhere
from perf_pipeline.warehouse.schema import department, source_file, spending_plan
from perf_pipeline.warehouse.staged_file import Contents, Reader, filled_by
from perf_pipeline.warehouse.standing import load_moved, look_at_folders
from perf_pipeline.warehouse.target_rows import BUDGET, Rows, document_rows, one_form_each
from perf_pipeline.warehouse.team import ALONE, Team

EXTRACTION = "extraction 10"  # raise it when the same document reads differently
CORRECTIONS = "corrections 1"  # raise it when the same workbook reads differently
DOCUMENT, CORRECTION = "target_document", "target_correction"  # kinds of files


SECOND_FORM = "同一项目在文件里另有一张表，这一张没有入库；若是两个项目，请改成不同的名称"


@dataclass(frozen=True)
class _Workbook:
    """A correction workbook: for which document, with which content."""

    file: InboxFile
    sheet: CorrectionSheet
    digest: str


def load_targets(
    engine: Engine,
    inbox: Path | Listed,
    registered: Mapping[str, str] | None = None,
    team: Team = ALONE,
) -> tuple[FileOutcome, ...]:
    """Load every target document of the inbox: projects, indicators, targets, plans, budgets.

    A document that names another department than its folder's is refused. `registered` gives the
    names of departments by code (机构表); others are known by the documents they handed in before:
    where there are such, the documents are read here, one after the other, else by the `team`.
    """
    names, listed = dict(registered or {}), listed_once(inbox)
    documents = inbox_files(listed, TARGETS)
    if not all(file.department in names for file in documents):
        team = ALONE
    look_at_folders(engine, listed, names)
    return load_moved(engine, listed, documents, partial(_load_folders, names), team)


def _load_folders(
    registered: Mapping[str, str], engine: Engine, folders: Sequence[Sequence[InboxFile]]
) -> list[FileOutcome]:
    every = [file for folder in folders for file in folder]
    last = last_versions(engine, every)
    with engine.connect() as connection:
        planned = planned_elsewhere(connection, every)
        names = DepartmentNames(registered, known_names(connection))
    outcomes: list[FileOutcome] = []
    for folder in folders:
        done = list(_load_folder(engine, folder, names, planned.get(folder[0].of, set()), last))
        if any(each.outcome == "loaded" for each in done):
            with engine.connect() as connection:  # how it calls itself is known from now on
                learned = {**names.learned, **known_names(connection, folder[0].department)}
            names = replace(names, learned=learned)
        outcomes += done
    return outcomes


def _load_folder(
    engine: Engine,
    files: Sequence[InboxFile],
    names: DepartmentNames,
    planned: Collection[str],
    last: Mapping[str, Any],
) -> Iterator[FileOutcome]:
    documents = [file for file in files if not is_correction_workbook(file.path)]
    given = [file for file in files if is_correction_workbook(file.path)]
    by_digest = {file.sha256(): file for file in documents} if given else {}
    in_force: dict[InboxFile, _Workbook] = {}
    rules = f"{CORRECTIONS} {EXTRACTION} {sorted(by_digest)}"
    for file in given:
        read_with = f"{rules} {sorted(taken.file.relative for taken in in_force.values())}"
        reader = _correction_reader(engine, file, by_digest, in_force, names)
        (outcome,) = take_in(
            engine, [Incoming(file, CORRECTION, read_with, filled_by(reader))], last
        )
        if outcome.outcome in ("loaded", "unchanged"):
            workbook = _open(file)
            in_force[by_digest[workbook.sheet.sha256]] = workbook
        yield outcome
    others = frozenset(workbook.file.relative for workbook in in_force.values())
    for file in documents:
        corrected = in_force.get(file)
        read_with = EXTRACTION if corrected is None else f"{EXTRACTION} {corrected.digest}"
        if own := names.registered.get(file.department):
            read_with = f"{read_with} {own}"
        if planned:
            read_with = f"{read_with} {sorted(planned)}"
        reader = _document_reader(engine, file, corrected, others, names)
        incoming = Incoming(file, DOCUMENT, read_with, filled_by(reader))
        yield from take_in(engine, [incoming], last)


def _open(file: InboxFile) -> _Workbook:
    place = Place(file.path.name, SHEET)
    for name, rows in read_sheets(file.path):
        if name == SHEET:
            return _Workbook(file, read_corrections(list(rows), place), file.sha256())
    raise LayoutError(f"更正表里没有工作表“{SHEET}”", Place(file.path.name))


def _correction_reader(
    engine: Engine,
    file: InboxFile,
    documents: Mapping[str, InboxFile],
    in_force: Mapping[InboxFile, _Workbook],
    names: DepartmentNames,
) -> Reader:
    def read(path: Path) -> Contents:
        sheet = _open(file).sheet
        place = Place(path.name, SHEET)
        corrected = documents.get(sheet.sha256)
        if corrected is None:
            raise LayoutError(
                f"更正的是 SHA-256 为 {sheet.sha256[:12]}… 的文件，targets 文件夹里没有它；"
                "原文件若有改动，请用 review --workbook 重新生成更正表",
                place,
            )
        if corrected in in_force:
            already = in_force[corrected].file.path.name
            raise LayoutError(
                f"“{corrected.path.name}”已有更正表“{already}”，请把更正合并到一份里", place
            )
        document = _extract(corrected, names)
        mended, refused = apply_corrections(document, sheet.corrections)
        return Contents(
            rows=_rows(engine, file, mended, unlike=document),
            quarantined=[
                QuarantinedRow(
                    SHEET, each.correction.row, CORRECTED, each.correction.after, each.reason
                )
                for each in refused
            ],
            notice=document.notice,
            department_name=document.department or None,
        )

    return read


def _document_reader(
    engine: Engine,
    file: InboxFile,
    corrected: _Workbook | None,
    in_force: frozenset[str],
    names: DepartmentNames,
) -> Reader:
    def read(_path: Path) -> Contents:
        document = _extract(file, names)
        mended = document
        if corrected is not None:
            mended, _ = apply_corrections(document, corrected.sheet.corrections)
        _, left_out = one_form_each(mended)
        with engine.connect() as connection:
            withdrawn = _correction_paths(connection, file) - in_force
        return Contents(
            rows=_rows(engine, file, mended, like=document),
            quarantined=[
                QuarantinedRow(finding.where, None, None, None, finding.message)
                for finding in document.findings
                if finding.code.endswith(LEFT_OUT)
            ]
            + [
                QuarantinedRow(form.where.sheet, form.where.row, None, form.name, SECOND_FORM)
                for form in left_out
            ],
            notice=document.notice,
            department_name=document.department or None,
            replaces=withdrawn,
        )

    return read


def _extract(file: InboxFile, names: DepartmentNames) -> TargetDocument:
    document = extract_document(file.path, assumed_year=file.fiscal_year)
    if document.fiscal_year != file.fiscal_year:
        raise LayoutError(
            f"文件是{document.fiscal_year}年度的，却放在{file.fiscal_year}年度的文件夹里",
            Place(file.path.name),
        )
    owner = names.other_owner(document.department, file.department)
    if owner is not None:
        raise LayoutError(
            f"文件是“{document.department}”（{owner}）的，却放在{file.department}的文件夹里；"
            "各部门只能报送本部门的文件",
            Place(file.path.name),
        )
    return document


def _rows(
    engine: Engine,
    file: InboxFile,
    mended: TargetDocument,
    *,
    like: TargetDocument | None = None,
    unlike: TargetDocument | None = None,
) -> Rows:
    """Return the rows of a corrected document that are, or are not, as they were read."""
    before = document_rows(one_form_each(like or unlike or mended)[0], file.fiscal_year)
    with engine.connect() as connection:
        budgeted = _budgeted_elsewhere(connection, file)
        planned = planned_elsewhere(connection, [file]).get(file.of, set())
    chosen: Rows = {}
    for table, rows in document_rows(one_form_each(mended)[0], file.fiscal_year).items():
        read = {row.key: row.values for row in before[table]}
        chosen[table] = [
            row
            for row in rows
            if (read.get(row.key) == row.values) == (unlike is None)
            and not (table is BUDGET and row.key in budgeted)
            and not (table is spending_plan and row.values["project_name"] in planned)
        ]
    return chosen


def _budgeted_elsewhere(connection: Connection, file: InboxFile) -> frozenset[str]:
    """Return the projects whose budget a budget file gives: it is newer than the document."""
    of_budget_file = exists().where(
        source_file.c.id == BUDGET.c.source_file_id, source_file.c.kind == "budget"
    )
    found = (
        select(BUDGET.c.row_key)
        .join(department, department.c.id == BUDGET.c.department_id)
        .where(
            department.c.code == file.department,
            BUDGET.c.fiscal_year == file.fiscal_year,
            current(BUDGET),
            of_budget_file,
        )
    )
    return frozenset(connection.execute(found).scalars())


def _correction_paths(connection: Connection, file: InboxFile) -> frozenset[str]:
    """Return the paths of all correction workbooks that the department ever handed in."""
    found = (
        select(source_file.c.path)
        .join(department, department.c.id == source_file.c.department_id)
        .where(
            department.c.code == file.department,
            source_file.c.fiscal_year == file.fiscal_year,
            source_file.c.kind == CORRECTION,
        )
    )
    return frozenset(connection.execute(found).scalars())
