"""Is everything there (完整性审核): names, codes, budgets, levels, enough indicators, plans."""

from __future__ import annotations

from collections.abc import Callable

from perf_pipeline.documents.guesses import guess
from perf_pipeline.documents.model import (
    DepartmentIndicator,
    Finding,
    FormKind,
    Indicator,
    Project,
    Severity,
    TargetDocument,
)
from perf_pipeline.documents.review import basis
from perf_pipeline.documents.review.forms import (
    Found,
    Said,
    filled_forms,
    indicator_forms,
    of_each,
    projects,
)
from perf_pipeline.documents.review.lexicon import FirstLevel, first_level
from perf_pipeline.library.indicators import IndicatorLibrary

FEWEST_INDICATORS = 4  # a quantity, a quality, a time, and a benefit


def _missing(
    project: Project,
    code: str,
    message: str,
    proposal: str,
    *,
    severity: Severity = Severity.WARNING,
    rule: str = basis.COMPLETE,
) -> Finding:
    return Finding(severity, code, message, project.where, rule, proposal, project.name)


@of_each(projects, Severity.ERROR, basis.COMPLETE, "project_name_missing")
def project_without_name(project: Project) -> Said:
    """A form must say which project (项目名称) it is about."""
    return None if project.name else ("没有项目名称", "填写与预算批复一致的项目名称")


@of_each(projects, Severity.WARNING, basis.COMPLETE, "project_code_missing")
def project_without_code(project: Project) -> Said:
    """A project needs its code (项目编码), where its form has a cell for one."""
    if project.kind is not FormKind.PROJECT or project.code != "":
        return None
    return "没有填写项目编码，或只画了横线", "填写预算管理系统中的项目编码"


def code_of_two_projects(document: TargetDocument) -> Found:
    """A code belongs to one project; forms of the same project share theirs."""
    first: dict[str, str] = {}
    for project in document.projects:
        if project.code and first.setdefault(project.code, project.name) != project.name:
            yield _missing(
                project,
                "project_code_repeated",
                f"项目编码“{project.code}”与项目“{first[project.code]}”相同",
                "核对预算管理系统中的项目编码",
            )


@of_each(projects, Severity.WARNING, basis.MATCHED, "budget_missing")
def project_without_budget(project: Project) -> Said:
    """A project needs an amount (预算数): a missing one is unknown, not zero."""
    proposal = "填写预算数及其中的财政资金、其他资金；尚未批复的写明“待批复”"
    return ("没有写明预算数", proposal) if project.budget is None else None


@of_each(projects, Severity.WARNING, basis.COMPLETE, "objective_missing")
def project_without_objective(project: Project) -> Said:
    """Indicators refine an objective (绩效目标), which must be there."""
    if not project.indicators or project.objectives:
        return None
    return "没有写明总体绩效目标", "用一两句话写明资金要达到的产出和效果"


def project_without_indicators(document: TargetDocument) -> Found:
    """A project's form without a single indicator cannot be monitored.

    Where rows of the document were not understood, that is told, and nobody is blamed for it.
    """
    for project in document.projects:
        if not project.indicators and not document.rows.not_understood:
            yield _missing(
                project,
                "indicators_missing",
                "没有绩效指标",
                "按产出、效益、满意度分别设置绩效指标",
                severity=Severity.ERROR,
            )


@of_each(filled_forms, Severity.INFO, basis.MEASURABLE, "indicators_few")
def form_with_few_indicators(form: Project) -> Said:
    """Fewer than four indicators cannot cover quantity, quality, time and benefit."""
    count = len(form.indicators)
    said = f"只有{count}个绩效指标，不足以反映产出的数量、质量、时效和效益"
    return (said, "补充能反映核心产出和效果的指标") if count < FEWEST_INDICATORS else None


def form_without_output_or_benefit(document: TargetDocument) -> Found:
    """Every project has output (产出) and benefit (效益) indicators."""
    for project in indicator_forms(document):
        present = {first_level(each) for each in project.indicators}
        for level in (FirstLevel.OUTPUT, FirstLevel.BENEFIT):
            if project.indicators and not present & {level, None}:
                yield _missing(
                    project,
                    "level_missing",
                    f"没有{level}",
                    f"补充{level}",
                    rule=basis.FIRST_LEVELS,
                )


@of_each(filled_forms, Severity.WARNING, basis.SATISFACTION, "satisfaction_missing")
def form_without_satisfaction(form: Project) -> Said:
    """Whoever is served should be asked (满意度指标), unless nobody is."""
    if {first_level(each) for each in form.indicators} & {FirstLevel.SATISFACTION, None}:
        return None
    proposal = "补充服务对象满意度指标；确无服务对象的予以说明，其权重并入效益指标"
    return "没有满意度指标", proposal


def left_out(library: IndicatorLibrary) -> Callable[[TargetDocument], Found]:
    """Make the rule that tells what the library (指标库) says of what a form leaves out."""

    def rule(document: TargetDocument) -> Found:
        all_of: list[tuple[str, Indicator | DepartmentIndicator]] = [
            *((p.name, each) for p in document.projects for each in p.indicators),
            *(("", each) for each in document.department_indicators),
        ]
        for project, each in all_of:
            if (found := guess(each, library)) is None:
                continue
            name = each.level3 if isinstance(each, Indicator) else each.name
            said = "、".join(f"{label}“{words}”" for label, words in found.said.items())
            yield Finding(
                Severity.INFO,
                "left_out_guessed",
                f"指标“{name}”没有写{'、'.join(found.said)}",
                each.where,
                basis.COMPLETE,
                f"按指标库推测为{said}（{found.source}），请确认后补写",
                project,
            )

    return rule


def indicator_without_name_or_value(document: TargetDocument) -> Found:
    """An indicator has a name (三级指标) and a value (指标值)."""
    for project in indicator_forms(document):
        for each in project.indicators:
            if each.level3 and (each.raw_value or each.areas):
                continue
            what = "指标值" if each.level3 else "三级指标名称"
            of = f"指标“{each.level3}”" if each.level3 else f"指标值为“{each.raw_value}”的一行"
            yield Finding(
                Severity.ERROR,
                "target_missing" if each.level3 else "indicator_name_missing",
                f"{of}没有填写{what}",
                each.where,
                basis.COMPLETE,
                f"补填{what}",
                project.name,
            )
