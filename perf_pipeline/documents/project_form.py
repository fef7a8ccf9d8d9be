"""The project form (项目绩效目标表): rows to a project, its plan, budget and indicators."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from perf_pipeline.documents.model import (
    Budget,
    Finding,
    Indicator,
    PlanPoint,
    Project,
    Severity,
    Table,
)
from perf_pipeline.domain.money import parse_amount_fen
from perf_pipeline.domain.target import TargetKind
from perf_pipeline.domain.target_grammar import parse_target

Row = tuple[str, ...]
Finder = Callable[..., None]

NO_CODE = re.compile(r"[-—–_/无\s]*")
MONTH = re.compile(r"(?:\d{4}年)?(\d{1,2})月(?:底|末|\d{1,2}日)?")
SHARE = re.compile(r"(\d+(?:\.\d+)?)%?")
HEADERS = {
    "一级指标": "level1",
    "二级指标": "level2",
    "三级指标": "level3",
    "绩效指标描述": "description",
    "指标描述": "description",
    "指标值": "raw_value",
    "指标值/描述": "raw_value",
    "年度指标值": "raw_value",
    "指标值确定依据": "basis",
}


def is_project_form(table: Table) -> bool:
    """Tell whether a table is a project's form: it names a project and has third-level ones."""
    words = {squeeze(cell) for row in table.rows for cell in row}
    return "项目名称" in words and "三级指标" in words


def squeeze(text: str) -> str:
    """Write a label without blanks and line breaks, with half-width signs."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def flatten(text: str) -> str:
    """Write a cell's text on one line."""
    return re.sub(r"\s*\n\s*", "", text).strip()


def read_project_form(table: Table, fiscal_year: int) -> tuple[Project, list[Finding]]:
    """Read a project's form; what is missing or cannot be read is a finding."""
    findings: list[Finding] = []
    head = _rows_before_indicators(table)
    name = flatten(_beside(head, "项目名称") or "")
    where = f"表{table.number}"

    def find(severity: Severity, code: str, message: str, at: str = where) -> None:
        findings.append(Finding(severity, code, f"{name}：{message}", at))

    if not name:
        find(Severity.ERROR, "project_name_missing", "没有项目名称")
    code = squeeze(_beside(head, "项目编码") or "")
    if NO_CODE.fullmatch(code):
        find(Severity.WARNING, "project_code_missing", "没有填写项目编码")
        code = ""
    budget = _budget(head, find)
    plan = _plan(head, find)
    indicators = tuple(_indicators(table, fiscal_year))
    if not indicators:
        find(Severity.ERROR, "indicators_missing", "没有绩效指标")
    for indicator in indicators:
        if indicator.target.kind in (TargetKind.TEXT, TargetKind.DIRECTION):
            find(
                Severity.WARNING,
                "target_unmeasurable",
                f"指标“{indicator.level3}”的指标值“{indicator.raw_value}”无法衡量",
                f"{where}第{indicator.row}行",
            )
    project = Project(
        code or None,
        name,
        _purpose(head),
        _objectives(head),
        budget,
        plan,
        indicators,
        table.number,
    )
    return project, findings


def _rows_before_indicators(table: Table) -> list[Row]:
    head = []
    for row in table.rows:
        if row and squeeze(row[0]) == "一级指标":
            break
        head.append(row)
    return head


def _beside(rows: list[Row], label: str) -> str | None:
    """Return the cell to the right of the one with that label."""
    for row in rows:
        for cell, following in pairwise(row):
            if squeeze(cell).rstrip(":") == label:
                return following
    return None


def _row_of(rows: list[Row], label: str) -> int:
    """Return the number of the row that holds the label, counted from 1."""
    return next(n for n, row in enumerate(rows, 1) if label in [squeeze(cell) for cell in row])


def _budget(head: list[Row], find: Finder) -> Budget | None:
    amounts: dict[str, int] = {}
    row = 0
    for part, labels in (
        ("total", ("预算数", "预算规模", "项目资金", "年度资金总额")),
        ("fiscal", ("其中:财政资金", "财政资金", "财政拨款")),
        ("other", ("其他资金",)),
    ):
        for label in labels:
            written = _beside(head, label)
            if not written or not squeeze(written):
                continue
            try:
                amounts[part] = parse_amount_fen(written, "万元")
                row = row or _row_of(head, label)
            except ValueError as error:
                find(Severity.ERROR, "amount_unreadable", f"{label}：{error}")
            break
    if "total" not in amounts:
        find(Severity.WARNING, "budget_missing", "文件没有写明预算数")
        return None
    return Budget(amounts["total"], amounts.get("fiscal"), amounts.get("other"), row)


def _plan(head: list[Row], find: Finder) -> tuple[PlanPoint, ...]:
    for number, (row, shares) in enumerate(pairwise(head), start=1):
        if not row or not squeeze(row[0]).startswith("资金支出计划"):
            continue
        points = []
        for label, written in zip(row[1:], shares[1:], strict=False):
            month, share = MONTH.fullmatch(squeeze(label)), _share(written)
            if month is None or not 1 <= int(month[1]) <= 12:
                find(Severity.ERROR, "checkpoint_unreadable", f"支出计划的时间“{label}”不在年度内")
            elif share is None:
                find(Severity.ERROR, "share_unreadable", f"{label}的支出比例“{written}”读不出")
            else:
                points.append(PlanPoint(squeeze(label), int(month[1]), share, number + 1))
        _check_plan(points, find)
        return tuple(points)
    find(Severity.WARNING, "plan_missing", "没有资金支出计划")
    return ()


def _share(written: str) -> Decimal | None:
    found = SHARE.fullmatch(squeeze(written))
    try:
        return Decimal(found[1]).scaleb(-2) if found else None
    except InvalidOperation:
        return None


def _check_plan(points: list[PlanPoint], find: Finder) -> None:
    for before, after in pairwise(points):
        if after.share < before.share:
            find(Severity.ERROR, "plan_falls", f"支出计划在{after.label}低于{before.label}")
    if points and points[-1].share != 1:
        find(Severity.ERROR, "plan_incomplete", f"支出计划在{points[-1].label}没有达到100%")


def _purpose(head: list[Row]) -> str:
    for label in ("资金用途", "主要用途"):
        if written := _beside(head, label):
            return flatten(written)
    for row, below in pairwise(head):
        joint = squeeze(row[0]) if row else ""
        if joint.endswith("资金用途") and len(below) > 1 and not squeeze(below[0]):
            return flatten(below[1])
    return ""


def _objectives(head: list[Row]) -> tuple[str, ...]:
    found: list[str] = []
    inside = False
    for row in head:
        first = squeeze(row[0]) if row else ""
        inside = first in ("绩效目标", "年度绩效目标", "年度目标") or (inside and not first)
        if not inside:
            continue
        texts = [flatten(cell) for cell in row[1:]]
        found += [text for text in texts if text and not re.fullmatch(r"目标\d+:?", squeeze(text))]
    return tuple(found)


def _indicators(table: Table, fiscal_year: int) -> Iterator[Indicator]:
    columns: list[str | None] = []
    level1 = level2 = ""
    for number, row in enumerate(table.rows, start=1):
        if row and squeeze(row[0]) == "一级指标":
            columns = [HEADERS.get(squeeze(cell)) for cell in row]
            continue
        if not columns:
            continue
        cells = {name: cell for name, cell in zip(columns, row, strict=False) if name}
        level1 = squeeze(cells.get("level1", "")) or level1
        level2 = squeeze(cells.get("level2", "")) or level2
        level3, raw = flatten(cells.get("level3", "")), flatten(cells.get("raw_value", ""))
        if not level3 and not raw:
            continue
        yield Indicator(
            level1,
            level2,
            squeeze(level3),
            flatten(cells.get("description", "")),
            raw,
            flatten(cells.get("basis", "")),
            parse_target(raw, fiscal_year=fiscal_year),
            number,
        )
