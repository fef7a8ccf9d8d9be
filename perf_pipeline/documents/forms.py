"""Forms (项目绩效目标表 and its kin): the lines of one form to what it promises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from perf_pipeline.documents import funds, head
from perf_pipeline.documents.column_words import Part, part_of
from perf_pipeline.documents.columns import Header
from perf_pipeline.documents.form_parts import FormLines, FormPart, indicator_parts
from perf_pipeline.documents.indicator_rows import IndicatorRow
from perf_pipeline.documents.labels import squeeze, unit_of
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import (
    Budget,
    Cell,
    Finding,
    FormKind,
    Indicator,
    Project,
    Severity,
    Task,
    Where,
)
from perf_pipeline.documents.plan import read_plan, read_tasks
from perf_pipeline.documents.segments import Segment

_DEPARTMENT_TITLE = re.compile(r"整体支出|部门整体|单位整体|整体绩效|部门[(（]单位[)）]")
_OF_TITLE = re.compile(
    r"(?:附[件表][\d一二三四五六七八九十]*[-\d]*[:.、]?|表[-\d]+[:.、]?|\d{1,2}[.、]|[一二三四五六七八九十]{1,3}[.、]"
    r"|[(（][\d一二三四五六七八九十]{1,3}[)）])?"
    r"(?:\d{4}年度?)?(?P<name>.{2,40}?)(?:[(（]?\d{4}年度?[)）]?)?(?:预算)?(?:项目)?(?:支出)?(?:预算)?(?:项目)?"
    r"绩效(?:目标)?(?:申报|批复)?表(?:[(（]\d{4}年度?[)）])?"
)
_NO_NAME = re.compile(
    r"(?:\d{4}年?度?|项目|预算|支出|部门|财政|专项|资金|区级?|市级?|省级?|本级|附件\d*|表\d*)*"
)
_GOALS_TITLE = re.compile(r"绩效目标(?!执行|监控|自评|完成)")
_FORMLIKE = re.compile(r"[一二三]级指标|绩效指标|指标值")


@dataclass
class FormContents:
    """What one form (or a list of projects) promises."""

    projects: list[Project] = field(default_factory=list)
    department_indicators: list[Indicator] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    department: str = ""
    score: str = ""
    rows_read: int = 0
    rows_unread: int = 0


def read_form(segment: Segment, fiscal_year: int | None) -> FormContents | None:
    """Read a form; None where the lines are no form of targets."""
    lines = indicator_parts(segment, fiscal_year)
    contents = FormContents(rows_read=lines.rows_read, rows_unread=len(lines.not_understood))

    def report(severity: Severity, code: str, message: str, where: Where) -> None:
        contents.findings.append(Finding(severity, code, message, where))

    for finding in not_understood(lines.not_understood):
        contents.findings.append(finding)
    named = any(head.names_project(line) for line in lines.rest)
    if not lines.parts and not _is_form_without_indicators(segment, lines, named, report):
        return contents if contents.findings else None
    rows = _rows(lines.parts, report)
    header = lines.parts[0].reader.header if lines.parts else None
    kind = _kind(segment, lines.rest, header, named)
    contents.department = head.department(lines.rest)
    if kind is FormKind.DEPARTMENT:
        contents.tasks += read_tasks(lines.rest, segment.unit, report)
        contents.department_indicators += [_of_department(row.indicator) for row in rows]
        contents.score = lines.score
        found = contents.tasks or contents.department_indicators or contents.rows_unread
        return contents if found else None
    if header is not None and Part.PROJECT in header.columns:
        unit = unit_of(header.amount) or segment.unit or funds.USUAL_UNIT
        contents.projects += _listed(rows, kind, unit, report)
        contents.department = next((m for row in rows if (m := row.maker) and not m.isdigit()), "")
    else:
        project = _project(segment, lines.rest, rows, kind, report)
        contents.projects.append(replace(project, score=lines.score))
    name = contents.projects[0].name if len(contents.projects) == 1 else ""
    told = f"{name}：" if name else ""
    contents.findings = [
        replace(each, message=told + each.message, project=name) for each in contents.findings
    ]
    return contents


def _is_form_without_indicators(
    segment: Segment, lines: FormLines, named: bool, report: funds.Report
) -> bool:
    """Tell a form in which nobody wrote indicators from a list or a table of something else."""
    if not named:
        formlike = any(_FORMLIKE.search(squeeze(line.text)) for line in segment.lines)
        if formlike and not lines.unread:
            message = "像是绩效表格，但没有找到指标的表头（一级指标、二级指标、三级指标、指标值）"
            report(Severity.WARNING, "table_unread", message, segment.lines[0].where)
        return False
    name = head.name_and_code(lines.rest)[0]
    return part_of(name) is None and bool(
        head.objectives(lines.rest) or read_plan(lines.rest, lambda *_: None)
    )


def _rows(parts: list[FormPart], report: funds.Report) -> list[IndicatorRow]:
    """Return the year's indicators; what else stands there is told."""
    year = [part for part in parts if not part.long_term] or parts
    for part in parts:
        midterm = part.reader.midterm + (0 if part in year else len(part.rows))
        if midterm and part.rows:
            message = f"表中另有{midterm}个中期（实施期）指标，未作为年度指标读入"
            report(Severity.INFO, "midterm_indicators", message, part.rows[0].indicator.where)
        if part.reader.header.guessed and part.rows:
            message = "表头没有写清哪一栏是三级指标、哪一栏是指标值，按栏里的内容读取，请核对"
            report(Severity.WARNING, "header_guessed", message, part.rows[0].indicator.where)
    found = [row for part in year for row in part.rows]
    if several := [row.indicator for row in found if row.indicator.areas]:
        names = "、".join(dict.fromkeys(own.area for each in several for own in each.areas))
        message = f"{len(several)}个指标按“{names}”分别列了目标，已分别读入，没有合并成一个值"
        report(Severity.INFO, "several_targets", message, several[0].where)
    both = [(row.first_value, row.indicator) for row in found if row.first_value]
    if changed := [(first, each) for first, each in both if first != each.raw_value]:
        said = "；".join(f"{e.level3}由“{first}”到“{e.raw_value}”" for first, e in changed[:3])
        more = "等" if len(changed) > 3 else ""
        message = f"{len(changed)}个指标的指标值年中有调整，已按调整后的读入：{said}{more}"
        report(Severity.INFO, "target_revised", message, changed[0][1].where)
    return found


def _kind(segment: Segment, rest: Sequence[Line], header: Header | None, named: bool) -> FormKind:
    title = squeeze(segment.title)
    parts: set[Part] = {*header.columns, *header.done} if header is not None else set()
    if not named and Part.PROJECT not in parts:
        labels = {words for line in rest for words in line.labels}
        department = any(head.DEPARTMENT.fullmatch(w) and "名称" in w for w in labels)
        if "年度主要任务" in labels or _DEPARTMENT_TITLE.search(title) or department:
            return FormKind.DEPARTMENT
    if Part.LIKELIHOOD in parts or Part.OUTLOOK in parts or "监控" in title:
        return FormKind.MONITORING
    reported = Part.ACTUAL in parts and not _GOALS_TITLE.search(title)  # not last year's beside it
    if Part.SCORE in parts or "自评" in title or reported:
        return FormKind.SELF_EVALUATION
    return FormKind.PROJECT


def _project(
    segment: Segment,
    rest: Sequence[Line],
    rows: Sequence[IndicatorRow],
    kind: FormKind,
    report: funds.Report,
) -> Project:
    name, code = head.name_and_code(rest)
    where = segment.lines[0].where
    if not name and (titled := _name_in_title(segment)):
        name = titled
        report(Severity.INFO, "project_name_guessed", "表中没有项目名称，取自表格标题", where)
    return Project(
        code=code,
        name=name,
        purpose=head.purpose(rest),
        objectives=head.objectives(rest),
        budget=funds.read_budget([*rest, *_as_lines(segment)], segment.unit, report),
        spending_plan=read_plan(rest, report),
        indicators=tuple(row.indicator for row in rows),
        where=where,
        kind=kind,
    )


def _as_lines(segment: Segment) -> Iterator[Line]:
    """Give what stands between a form's title and its table, where some write the money."""
    above = segment.captions
    begin = above.index(segment.title) if segment.title in above else len(above)
    for text in above[begin:]:
        yield Line((Cell(text, 0),), segment.lines[0].where)


def _name_in_title(segment: Segment) -> str:
    for text in reversed(segment.captions):
        said = re.search(r"项目名称[:：]\s*(\S+)", text)
        if said:
            return said[1]
    found = _OF_TITLE.fullmatch(squeeze(segment.title))
    return found["name"] if found and not _NO_NAME.fullmatch(found["name"]) else ""


def _listed(
    rows: Sequence[IndicatorRow], kind: FormKind, unit: str, report: funds.Report
) -> Iterator[Project]:
    """Give the projects of a list in which each row of indicators names its project."""
    of_project: dict[str, list[IndicatorRow]] = {}
    for row in rows:
        of_project.setdefault(row.project, []).append(row)
    for name, own in of_project.items():
        where = own[0].indicator.where
        fen = funds.amount_fen(own[0].amount, unit, where, f"{name}预算数", report)
        yield Project(
            name,
            tuple(row.indicator for row in own),
            where,
            kind,
            objectives=tuple(dict.fromkeys(row.objective for row in own if row.objective)),
            budget=None if fen is None else Budget(fen, None, None, where),
        )


def _of_department(each: Indicator) -> Indicator:
    """Say of an indicator of the department's form what its row stands for in a sentence."""
    said = (each.level3, each.description, each.raw_value)
    evidence = " ".join(filter(None, said))
    return replace(each, section=each.level2 or each.level1, evidence=evidence)


def not_understood(lines: Sequence[Line]) -> Iterator[Finding]:
    """Give a finding for each run of rows that look like indicators and were not understood."""
    numbered = enumerate(lines)
    for _, run in groupby(numbered, key=lambda each: (each[1].where.row or 0) - each[0]):
        rows = [line for _, line in run]
        first, last = rows[0].where, rows[-1].where
        said = "、".join(f"“{line.text[:30]}”" for line in rows[:2]) + (
            "等" if len(rows) > 2 else ""
        )
        message = (
            f"{_place(first, last)}像指标，没有读懂：{said}；请对照原表，或按“三级指标、指标值”重排"
        )
        yield Finding(Severity.WARNING, "row_unread", message, first)


def _place(first: Where, last: Where) -> str:
    if first.row is None or first.row == last.row:
        return "这一行" if first.row is None else f"第{first.row}行"
    return f"第{first.row}–{last.row}行"
