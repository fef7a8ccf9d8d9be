"""Is everything there (完整性审核): names, codes, budgets, levels, enough indicators, plans."""

from __future__ import annotations

from collections.abc import Iterator

from perf_pipeline.documents.guesses import guess
from perf_pipeline.documents.model import (
    FormKind,
    Indicator,
    Project,
    Severity,
    TargetDocument,
)
from perf_pipeline.documents.review import basis
from perf_pipeline.documents.review.forms import (
    Rule,
    Said,
    Told,
    all_indicators,
    filled_forms,
    indicator_forms,
    indicators,
    of_document,
    of_each,
    projects,
)
from perf_pipeline.documents.review.lexicon import FirstLevel, first_level
from perf_pipeline.library.indicators import IndicatorLibrary

FEWEST_INDICATORS = 4  # a quantity, a quality, a time, and a benefit


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


@of_document(Severity.WARNING, basis.COMPLETE, "project_code_repeated")
def code_of_two_projects(document: TargetDocument) -> Iterator[Told]:
    """A code belongs to one project; forms of the same project share theirs."""
    first: dict[str, str] = {}
    for project in document.projects:
        if project.code and first.setdefault(project.code, project.name) != project.name:
            said = f"项目编码“{project.code}”与项目“{first[project.code]}”相同"
            yield project.where, said, "核对预算管理系统中的项目编码", project.name


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


@of_document(Severity.ERROR, basis.COMPLETE, "indicators_missing")
def project_without_indicators(document: TargetDocument) -> Iterator[Told]:
    """A project's form without a single indicator cannot be monitored.

    Where rows of the document were not understood, that is told, and nobody is blamed for it.
    """
    for project in document.projects:
        if not project.indicators and not document.rows.not_understood:
            proposal = "按产出、效益、满意度分别设置绩效指标"
            yield project.where, "没有绩效指标", proposal, project.name


@of_each(filled_forms, Severity.INFO, basis.MEASURABLE, "indicators_few")
def form_with_few_indicators(form: Project) -> Said:
    """Fewer than four indicators cannot cover quantity, quality, time and benefit."""
    count = len(form.indicators)
    said = f"只有{count}个绩效指标，不足以反映产出的数量、质量、时效和效益"
    return (said, "补充能反映核心产出和效果的指标") if count < FEWEST_INDICATORS else None


@of_document(Severity.WARNING, basis.FIRST_LEVELS, "level_missing")
def form_without_output_or_benefit(document: TargetDocument) -> Iterator[Told]:
    """Every project has output (产出) and benefit (效益) indicators."""
    for project in indicator_forms(document):
        present = {first_level(each) for each in project.indicators}
        for level in (FirstLevel.OUTPUT, FirstLevel.BENEFIT):
            if project.indicators and not present & {level, None}:
                yield project.where, f"没有{level}", f"补充{level}", project.name


@of_each(filled_forms, Severity.WARNING, basis.SATISFACTION, "satisfaction_missing")
def form_without_satisfaction(form: Project) -> Said:
    """Whoever is served should be asked (满意度指标), unless nobody is."""
    if {first_level(each) for each in form.indicators} & {FirstLevel.SATISFACTION, None}:
        return None
    proposal = "补充服务对象满意度指标；确无服务对象的予以说明，其权重并入效益指标"
    return "没有满意度指标", proposal


def left_out(library: IndicatorLibrary) -> Rule:
    """Make the rule that tells what the library (指标库) says of what a form leaves out."""

    @of_document(Severity.INFO, basis.COMPLETE, "left_out_guessed")
    def rule(document: TargetDocument) -> Iterator[Told]:
        for project, each in all_indicators(document):
            if (found := guess(each, library)) is None:
                continue
            said = "、".join(f"{label}“{words}”" for label, words in found.said.items())
            lacking = f"指标“{each.level3}”没有写{'、'.join(found.said)}"
            proposal = f"按指标库推测为{said}（{found.source}），请确认后补写"
            yield each.where, lacking, proposal, project

    return rule


@of_each(indicators, Severity.ERROR, basis.COMPLETE, "indicator_name_missing")
def indicator_without_name(each: Indicator) -> Said:
    """An indicator has a name (三级指标)."""
    if each.level3:
        return None
    return f"指标值为“{each.raw_value}”的一行没有填写三级指标名称", "补填三级指标名称"


@of_each(indicators, Severity.ERROR, basis.COMPLETE, "target_missing")
def indicator_without_value(each: Indicator) -> Said:
    """An indicator has a value (指标值), or one for each area."""
    if not each.level3 or each.raw_value or each.areas:
        return None
    return f"指标“{each.level3}”没有填写指标值", "补填指标值"
