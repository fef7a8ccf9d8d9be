"""A target document as rows of the warehouse's tables: projects, indicators, targets, plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Table

from perf_pipeline.documents.column_words import is_area_of_targets
from perf_pipeline.documents.folder import LEFT_OUT
from perf_pipeline.documents.model import (
    FormKind,
    Indicator,
    Project,
    TargetDocument,
    Where,
)
from perf_pipeline.domain.calendar import month_end
from perf_pipeline.domain.spending_plan import plan_fault
from perf_pipeline.registers.batch import QuarantinedRow
from perf_pipeline.registers.identity import KEY_MARK
from perf_pipeline.warehouse.history import SourcedRow
from perf_pipeline.warehouse.schema import (
    indicator,
    project,
    register_tables,
    spending_plan,
    target,
    target_area,
)
from perf_pipeline.warehouse.target_values import target_values

BUDGET = register_tables["budget"]
SECOND_FORM = "同一项目在文件里另有一张表，这一张没有入库；若是两个项目，请改成不同的名称"
NAMELESS = "表里没有项目名称，这一张没有入库；请填写与预算批复一致的项目名称后重交"
BUDGET_MENDED = "核对预算批复，改正后重交，或另交“项目预算表”"
PLAN_MENDED = "改成逐次增加、年末为100%的累计比例后重交，或另交“资金支出计划表”"

Rows = dict[Table, list[SourcedRow]]


def one_form_each(document: TargetDocument) -> tuple[TargetDocument, tuple[Project, ...]]:
    """Return the document with one form a project, and the forms that are left out.

    Projects are told by name; one without a name is left out. A target form goes before a
    monitoring or self-evaluation form of the same project, of equals the first.
    """
    kept: dict[str, Project] = {}
    for each in sorted(document.projects, key=lambda form: form.kind is not FormKind.PROJECT):
        if each.name:
            kept.setdefault(each.name, each)
    chosen = tuple(each for each in document.projects if kept.get(each.name) is each)
    left_out = tuple(each for each in document.projects if kept.get(each.name) is not each)
    return replace(document, projects=chosen), left_out


def not_taken(document: TargetDocument, mended: TargetDocument) -> Iterator[QuarantinedRow]:
    """Give what of a document makes no rows, as it was read and as corrections mend it."""
    for finding in document.findings:
        if finding.code.endswith(LEFT_OUT):
            yield QuarantinedRow(finding.where, None, None, None, finding.message)
    chosen, left_out = one_form_each(mended)
    for form in left_out:
        reason = SECOND_FORM if form.name else NAMELESS
        yield QuarantinedRow(form.where.sheet, form.where.row, None, form.name or None, reason)
    for each in chosen.projects:
        if each.budget is not None and (fault := _fault_of_budget(each)):
            said = f"项目“{each.name}”的预算数没有采用：{fault}"
            place = (each.budget.where.sheet, each.budget.where.row, "预算数", each.name)
            yield QuarantinedRow(*place, said, hint=BUDGET_MENDED)
        if fault := _fault_of_plan(each):
            said = f"项目“{each.name}”的支出计划没有采用：{fault}"
            for point in each.spending_plan:
                place = (point.where.sheet, point.where.row, point.label, f"{point.share:.2%}")
                yield QuarantinedRow(*place, said, hint=PLAN_MENDED)


def _fault_of_budget(of: Project) -> str | None:
    """Return why a project's budget is none: by a part of it one of its figures is wrong."""
    budget = of.budget
    if budget and max(budget.fiscal_fen or 0, budget.other_fen or 0) > budget.total_fen:
        return "其中的财政资金或其他资金大于资金总额，不知哪一个写错了单位或数"
    return None


def _fault_of_plan(of: Project) -> str | None:
    """Return why a project's plan is none: judged by, it would say what nobody planned."""
    points = sorted(of.spending_plan, key=lambda point: point.month)
    return plan_fault([point.share for point in points]) if points else None


def document_rows(document: TargetDocument, fiscal_year: int) -> Rows:
    """Return all rows that a document with one form a project makes, for each table."""
    indicators, targets, areas = _indicator_rows(document)
    return {
        project: [_project_row(each, n) for n, each in enumerate(document.projects, 1)],
        indicator: indicators,
        target: targets,
        target_area: areas,
        spending_plan: _plan_rows(document, fiscal_year),
        BUDGET: _budget_rows(document),
    }


def _row(key: str, where: Where, values: dict[str, object]) -> SourcedRow:
    """Make a row; a column that is not given is empty."""
    return SourcedRow(key, where.sheet, where.row, values)


def _project_row(each: Project, ordinal: int) -> SourcedRow:
    values: dict[str, object] = {
        "name": each.name,
        "code": each.code,
        "purpose": each.purpose or None,
        "objectives": "\n".join(each.objectives) or None,
        "ordinal": ordinal,
    }
    return _row(each.name, each.where, values)


def _plan_rows(document: TargetDocument, fiscal_year: int) -> list[SourcedRow]:
    rows: dict[str, SourcedRow] = {}
    for each in document.projects:
        for point in () if _fault_of_plan(each) else each.spending_plan:
            key = f"{each.name}{KEY_MARK}{point.label}"
            values: dict[str, object] = {
                "project_name": each.name,
                "label": point.label,
                "due_on": month_end(fiscal_year, point.month),
                "share_bp": int(point.share * 10_000),
            }
            rows.setdefault(key, _row(key, point.where, values))
    return list(rows.values())


def _budget_rows(document: TargetDocument) -> list[SourcedRow]:
    rows = []
    for each in document.projects:
        if each.budget is not None and not _fault_of_budget(each):
            values: dict[str, object] = {
                "project_name": each.name,
                "total_fen": each.budget.total_fen,
                "fiscal_fen": each.budget.fiscal_fen,
                "other_fen": each.budget.other_fen,
            }
            rows.append(_row(each.name, each.budget.where, values))
    return rows


def _indicator_rows(
    document: TargetDocument,
) -> tuple[list[SourcedRow], list[SourcedRow], list[SourcedRow]]:
    """Return the rows of `indicator`, `target` and `target_area`; the first two share their keys.

    The key is that of the map from indicators to measures: project, section, name; a second
    indicator of the same name gets #2. An indicator that has targets of areas and none of its own
    is one indicator an area (修路长度（东街镇）), so that each is filed, judged and counted.
    """
    seen: Counter[str] = Counter()
    indicators: list[SourcedRow] = []
    targets: list[SourcedRow] = []
    areas: dict[str, SourcedRow] = {}

    def add(parts: Sequence[str], values: dict[str, object], each: Indicator) -> None:
        key, where = KEY_MARK.join(parts), each.where
        seen[key] += 1
        if seen[key] > 1:
            key = f"{key}#{seen[key]}"
        indicators.append(_row(key, where, {**values, "ordinal": len(indicators) + 1}))
        targets.append(_row(key, where, target_values(each.raw_value, each.target)))
        for area in each.areas:
            area_key = f"{key}{KEY_MARK}{area.area}"
            said = target_values(area.raw_value, area.target)
            values = {"indicator_key": key, "area": area.area, **said}
            areas.setdefault(area_key, _row(area_key, where, values))

    for each in document.projects:
        for line in each.indicators:
            for own, name in _one_an_area(line):
                values = _of_project(each, line) | _named(name, line.level3)
                add((each.name, "", name), values, own)
    for found in document.department_indicators:
        for stated, name in _one_an_area(found):
            values = _of_department(found) | _named(name, found.level3)
            add(("", found.section, name), values, stated)
    return indicators, targets, list(areas.values())


def _one_an_area(each: Indicator) -> Iterator[tuple[Indicator, str]]:
    """Give an indicator with its name; one of areas alone once an area, with the area's target.

    A target of another term (中期) or of a part of the year is none of this year's.
    """
    areas = [area for area in each.areas if is_area_of_targets(area.area)]
    if each.raw_value or not areas:
        yield each, each.level3
        return
    for area in areas:
        own = replace(each, raw_value=area.raw_value, target=area.target, areas=(area,))
        yield own, f"{each.level3}（{area.area}）"


def _named(name: str, whole: str) -> dict[str, object]:
    """Return what an area's indicator says otherwise; what each has of the weight, nobody says."""
    return {} if name == whole else {"name": name, "weight_text": None}


def _of_project(each: Project, line: Indicator) -> dict[str, object]:
    said = {"description": line.description, "basis": line.basis, "weight_text": line.weight}
    placed = {"project_name": each.name, "level1": line.level1, "level2": line.level2}
    return {**placed, "name": line.level3, **{name: value or None for name, value in said.items()}}


def _of_department(found: Indicator) -> dict[str, object]:
    levels = {"level1": found.level1 or None, "level2": found.level2 or None}
    said = {"description": found.evidence, "weight_text": found.weight or None}
    return {"section": found.section, **levels, "name": found.level3, **said}
