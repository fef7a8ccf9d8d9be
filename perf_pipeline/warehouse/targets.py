"""Loading target documents (绩效目标文件), as a person corrected them where one did.

A correction workbook (更正表) is a file of its own: what it changes stands in the warehouse with
the workbook's sheet and row, everything else with the document's. The workbook is taken in first,
so that the corrected value closes the one that was read; the document then keeps the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection, Engine

from perf_pipeline.documents.extract import extract_document
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
from perf_pipeline.warehouse.dimensions import DepartmentNames, by_department, known_names
from perf_pipeline.warehouse.file_kinds import CORRECTION, DOCUMENT
from perf_pipeline.warehouse.inbox import TARGETS, InboxFile, Listed, inbox_files, listed_once
from perf_pipeline.warehouse.intake import take_in
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.opened import Incoming
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.plan_entries import planned_elsewhere
from perf_pipeline.warehouse.schema import source_file, spending_plan
from perf_pipeline.warehouse.staged_file import Asked, Contents, Reader, filled_by
from perf_pipeline.warehouse.standing import load_moved, look_at_folders
from perf_pipeline.warehouse.target_rows import (
    BUDGET,
    Rows,
    document_rows,
    not_taken,
    one_form_each,
)
from perf_pipeline.warehouse.team import ALONE, Team

EXTRACTION = "extraction 13"  # raise it when the same document reads differently
CORRECTIONS = "corrections 1"  # raise it when the same workbook reads differently
Of = tuple[int, str]  # a year and a department's code


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
    part = _Part(engine, registered, every)
    outcomes: list[FileOutcome] = []
    for corrected, some in groupby(folders, key=lambda folder: any(map(_corrects, folder))):
        if corrected:
            for folder in some:
                outcomes += _load_corrected(engine, folder, part)
        else:
            documents = (part.document(file, {}) for folder in some for file in folder)
            outcomes += take_in(engine, [documents])
    return outcomes


def _corrects(file: InboxFile) -> bool:
    return is_correction_workbook(file.path)


def _load_corrected(
    engine: Engine, files: Sequence[InboxFile], part: _Part
) -> Iterator[FileOutcome]:
    """Load a folder's correction workbooks one after the other, and then its documents."""
    documents = [file for file in files if not _corrects(file)]
    by_digest = {file.sha256(): file for file in documents}
    in_force: dict[InboxFile, _Workbook] = {}
    rules = f"{CORRECTIONS} {EXTRACTION} {sorted(by_digest)}"
    for file in filter(_corrects, files):
        read_with = f"{rules} {sorted(taken.file.relative for taken in in_force.values())}"
        reader = filled_by(part.correction_reader(file, by_digest, in_force))
        (outcome,) = take_in(engine, [[Incoming(file, CORRECTION, read_with, reader)]])
        if outcome.outcome in ("loaded", "unchanged"):
            workbook = _open(file)
            in_force[by_digest[workbook.sheet.sha256]] = workbook
        yield outcome
    yield from take_in(engine, [[part.document(file, in_force) for file in documents]])


def _open(file: InboxFile) -> _Workbook:
    place = Place(file.path.name, SHEET)
    for name, rows in read_sheets(file.path):
        if name == SHEET:
            return _Workbook(file, read_corrections(list(rows), place), file.sha256())
    raise LayoutError(f"更正表里没有工作表“{SHEET}”", Place(file.path.name))


class _Part:
    """What some departments' documents are read by, and what they ask of the warehouse."""

    def __init__(
        self, engine: Engine, registered: Mapping[str, str], files: Sequence[InboxFile]
    ) -> None:
        """Look which plans the departments gave by themselves."""
        self._registered, self._codes = registered, {file.department for file in files}
        self._own: dict[Of, str | None] = {}  # how a department called itself before its folder
        with engine.connect() as connection:
            self._planned_before = self._planned(connection)

    def document(self, file: InboxFile, in_force: Mapping[InboxFile, _Workbook]) -> Incoming:
        """Return a document to be taken in, with the folder's correction workbooks in force."""
        corrected = in_force.get(file)
        read_with = EXTRACTION if corrected is None else f"{EXTRACTION} {corrected.digest}"
        if own := self._registered.get(file.department):
            read_with = f"{read_with} {own}"
        if planned := self._planned_before.get(file.of):
            read_with = f"{read_with} {sorted(planned)}"
        reader = self._document_reader(file, corrected, in_force)
        return Incoming(file, DOCUMENT, read_with, filled_by(reader))

    def correction_reader(
        self,
        file: InboxFile,
        documents: Mapping[str, InboxFile],
        in_force: Mapping[InboxFile, _Workbook],
    ) -> Reader:
        """Read a workbook that corrects one of the documents, given by their SHA-256."""

        def read(path: Path) -> Callable[[Asked], Contents]:
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
            document = _extract(corrected)
            mended, refused = apply_corrections(document, sheet.corrections)
            quarantined = [
                QuarantinedRow(
                    SHEET, each.correction.row, CORRECTED, each.correction.after, each.reason
                )
                for each in refused
            ]

            def told(asked: Asked) -> Contents:
                self._refuse_anothers(corrected, document, asked)
                return Contents(
                    rows=self._rows(file, mended, asked, unlike=document),
                    quarantined=quarantined,
                    notice=document.notice,
                    department_name=document.department or None,
                )

            return told

        return read

    def _document_reader(
        self,
        file: InboxFile,
        corrected: _Workbook | None,
        in_force: Mapping[InboxFile, _Workbook],
    ) -> Reader:
        others = {workbook.file.relative for workbook in in_force.values()}

        def read(_path: Path) -> Callable[[Asked], Contents]:
            document = mended = _extract(file)
            if corrected is not None:
                mended, _ = apply_corrections(document, corrected.sheet.corrections)
            return partial(told, document, mended)

        def told(document: TargetDocument, mended: TargetDocument, asked: Asked) -> Contents:
            self._refuse_anothers(file, document, asked)
            withdrawn = asked.once(self._corrections).get(file.of, set()) - others
            return Contents(
                rows=self._rows(file, mended, asked, like=document),
                quarantined=list(not_taken(document, mended)),
                notice=document.notice,
                department_name=document.department or None,
                replaces=frozenset(withdrawn),
            )

        return read

    def _refuse_anothers(self, file: InboxFile, document: TargetDocument, asked: Asked) -> None:
        """Refuse another department's document; else how the department calls itself is known."""
        learned, code = asked.once(known_names), file.department
        own = self._own.setdefault(file.of, learned.get(code))
        owner = DepartmentNames(self._registered, learned).other_owner(
            document.department, code, own
        )
        if owner is not None:
            raise LayoutError(
                f"文件是“{document.department}”（{owner}）的，却放在{code}的文件夹里；"
                "各部门只能报送本部门的文件",
                Place(file.path.name),
            )
        if document.department:
            learned[code] = document.department

    def _rows(
        self,
        file: InboxFile,
        mended: TargetDocument,
        asked: Asked,
        *,
        like: TargetDocument | None = None,
        unlike: TargetDocument | None = None,
    ) -> Rows:
        """Return the rows of a corrected document that are, or are not, as they were read."""
        said = document_rows(one_form_each(mended)[0], file.fiscal_year)
        read_as = like or unlike or mended
        before = (
            said
            if read_as is mended
            else document_rows(one_form_each(read_as)[0], file.fiscal_year)
        )
        budgeted = asked.once(self._budgeted).get(file.of, set())
        planned = asked.once(self._planned).get(file.of, set())
        chosen: Rows = {}
        for table, rows in said.items():
            read = {row.key: row.values for row in before[table]}
            chosen[table] = [
                row
                for row in rows
                if (read.get(row.key) == row.values) == (unlike is None)
                and not (table is BUDGET and row.key in budgeted)
                and not (table is spending_plan and row.values["project_name"] in planned)
            ]
        return chosen

    def _planned(self, connection: Connection) -> dict[Of, set[str]]:
        return planned_elsewhere(connection, self._codes)

    def _budgeted(self, connection: Connection) -> dict[Of, set[str]]:
        """Return the projects whose budget a budget file gives: it is newer than the document."""
        of_file = (source_file.c.id == BUDGET.c.source_file_id, source_file.c.kind == "budget")
        return by_department(connection, self._codes, BUDGET.c.row_key, current(BUDGET), *of_file)

    def _corrections(self, connection: Connection) -> dict[Of, set[str]]:
        """Return the paths of all correction workbooks that the departments ever handed in."""
        is_one = source_file.c.kind == CORRECTION
        return by_department(connection, self._codes, source_file.c.path, is_one)


def _extract(file: InboxFile) -> TargetDocument:
    document = extract_document(file.path, assumed_year=file.fiscal_year)
    if document.fiscal_year != file.fiscal_year:
        raise LayoutError(
            f"文件是{document.fiscal_year}年度的，却放在{file.fiscal_year}年度的文件夹里",
            Place(file.path.name),
        )
    return document
