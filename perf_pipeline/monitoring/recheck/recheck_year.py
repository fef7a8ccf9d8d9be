"""Re-checking a year: every form that was handed in, every project that handed in none, kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, Table, select

from perf_pipeline.documents.folder import read_documents
from perf_pipeline.documents.model import FormKind, TargetDocument
from perf_pipeline.documents.review.forms import indicator_forms
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import NothingJudgedError
from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.domain.scoring import grade
from perf_pipeline.monitoring.recheck.judge import recheck, without_form
from perf_pipeline.monitoring.recheck.model import HandedIn, OwnProject, Rechecked
from perf_pipeline.monitoring.recheck.own import own_projects
from perf_pipeline.monitoring.recheck.pairing import spelled
from perf_pipeline.monitoring.recheck.sample import Key, draw, risk
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import JudgedSnapshot, write_by_department
from perf_pipeline.warehouse.inbox import EVALUATIONS, InboxFile, inbox_files
from perf_pipeline.warehouse.known import checkpoint_id_of
from perf_pipeline.warehouse.known_people import tell
from perf_pipeline.warehouse.rechecks import recheck_fault, recheck_form, recheck_line
from perf_pipeline.warehouse.schema import department

KIND = "recheck"


@dataclass(frozen=True)
class Refused:
    """A file among the self-evaluations that could not be re-checked, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class RecheckedYear:
    """A year's re-check: what was kept of each department, and the files that were refused."""

    kept: tuple[JudgedSnapshot, ...]
    refused: tuple[Refused, ...]


def recheck_year(
    engine: Engine,
    inbox: Path,
    year_end: Checkpoint,
    rules: RecheckRules,
    *,
    seed: int,
    size: int | None = None,
) -> RecheckedYear:
    """Re-check the self-evaluation forms below `<year>/<department>/evaluations/` of an inbox.

    The sample is drawn by risk and seed. A new version is kept only where something changed.
    Raises NothingJudgedError where the year has no self-evaluation of ours yet.
    """
    with engine.connect() as connection:
        at = checkpoint_id_of(connection, year_end.name)
        own = own_projects(connection, year_end, at) if at is not None else {}
        codes = {row.code: row.id for row in connection.execute(select(department))}
    if not own:
        raise NothingJudgedError(f"{year_end.fiscal_year}年还没有自评得分，请先运行 score")
    refused: list[Refused] = []
    forms: dict[Key, Rechecked] = {}
    for file in inbox_files(inbox, EVALUATIONS):
        if file.fiscal_year != year_end.fiscal_year:
            continue
        known = own.get(codes.get(file.department, -1))
        if known is None:
            refused.append(Refused(file.relative, f"没有部门“{file.department}”本年的评价"))
            continue
        for found in _of_file(file, known, rules, refused):
            key = (file.department, found.project_name or "")
            if key in forms:
                first = forms[key].path
                refused.append(Refused(file.relative, f"“{key[1]}”已有自评表 {first}，只算一份"))
            else:
                forms[key] = found
    for code, whose in codes.items():
        for name, project in own.get(whose, {}).items():
            if name is not None:
                forms.setdefault((code, name), without_form(project))
    drawn = draw(forms, seed, size or rules.sample)
    tables: dict[Table, list[dict[str, object]]] = {
        recheck_form: [],
        recheck_line: [],
        recheck_fault: [],
    }
    for key in sorted(forms):
        for table, rows in _rows(forms[key], codes[key[0]], key in drawn).items():
            tables[table] += rows
    with write_transaction(engine) as connection:
        for table, names in _QUOTED.items():
            tell(connection, tables[table], names)
        kept = write_by_department(connection, KIND, year_end, [(year_end, tables)])
    return RecheckedYear(kept, tuple(refused))


def _of_file(
    file: InboxFile,
    known: Mapping[str | None, OwnProject],
    rules: RecheckRules,
    refused: list[Refused],
) -> Iterator[Rechecked]:
    if file.fault is not None:  # then it is not opened
        refused.append(Refused(file.relative, file.fault))
        return
    (entry,) = read_documents([file.path])
    document = entry.document
    if document is None:
        refused.append(Refused(file.relative, entry.reason))
        return
    if document.fiscal_year not in (None, file.fiscal_year):
        refused.append(Refused(file.relative, f"是{document.fiscal_year}年度的自评表"))
        return
    handed = list(_handed_in(file, document))
    if not handed:
        refused.append(Refused(file.relative, "没有读出自评表"))
    by_name = {spelled(name or ""): project for name, project in known.items()}
    for each in handed:
        own = by_name.get(spelled(each.project_name or ""))
        if own is None:
            reason = f"绩效目标文件里没有项目“{each.project_name or '部门整体'}”"
            refused.append(Refused(file.relative, reason))
            continue
        found = recheck(each, document, own, rules)
        yield Rechecked(**{**vars(found), "project_name": own.name})


def _handed_in(file: InboxFile, document: TargetDocument) -> Iterator[HandedIn]:
    for form in indicator_forms(document):
        if form.kind is FormKind.SELF_EVALUATION or (
            form.kind is FormKind.DEPARTMENT and any(each.filled for each in form.indicators)
        ):
            yield HandedIn(file.relative, document.sha256, form)


def _rows(found: Rechecked, whose: int, sampled: bool) -> dict[Table, list[dict[str, object]]]:
    of = {"department_id": whose, "project_name": found.project_name}
    form: dict[str, object] = {
        **of,
        **found.stored(),
        # a department's own indicators have a part of its points only
        "grade": grade(found.score_centi)
        if found.score_centi is not None and found.project_name is not None
        else None,
        "risk": risk(found),
        "sampled": sampled,
    }
    lines: list[dict[str, object]] = [of | line.stored() for line in found.lines]
    faults: list[dict[str, object]] = [
        {
            **of,
            "rule": each.rule,
            "label": each.label,
            "indicator_name": each.indicator,
            "detail": each.detail,
            "part": str(each.quality),
            "place": each.where,
        }
        for each in found.faults
    ]
    return {recheck_form: [form], recheck_line: lines, recheck_fault: faults}


_QUOTED: Mapping[Table, Sequence[str]] = {
    recheck_line: ("self_actual", "actual", "remark"),
    recheck_fault: ("detail",),
}
