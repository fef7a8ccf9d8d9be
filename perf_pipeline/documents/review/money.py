"""Budgets that do not add up (预算勾稽), and spending plans (资金支出计划) with gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from perf_pipeline.documents.model import FormKind, Project, Severity, TargetDocument
from perf_pipeline.documents.review import basis
from perf_pipeline.documents.review.forms import Rule, Told, of_document
from perf_pipeline.domain.money import format_wan
from perf_pipeline.domain.spending_plan import percent_of

RUNNING_COSTS = ("基本支出", "人员", "公用", "运转", "工资")


def _parts_differ(document: TargetDocument, *, unfilled: bool) -> Iterator[Told]:
    """Tell budgets that are not the sum of their parts; `unfilled` where a part is left out."""
    for project in document.projects:
        budget = project.budget
        if budget is None or budget.fiscal_fen is None:
            continue
        parts = budget.fiscal_fen + (budget.other_fen or 0)
        left_out = budget.other_fen is None and parts < budget.total_fen
        if parts != budget.total_fen and left_out is unfilled:
            total, other = format_wan(budget.total_fen, parts), "未填"
            if budget.other_fen is not None:
                other = f"{format_wan(budget.other_fen)}万元"
            said = (
                f"预算数{total}万元，财政资金"
                f"{format_wan(budget.fiscal_fen, budget.total_fen)}万元，其他资金{other}，"
                f"合计相差{format_wan(abs(budget.total_fen - parts))}万元"
            )
            yield budget.where, said, "核对预算批复，改正三个数中有误的一个", project.name


@of_document(Severity.ERROR, basis.ARITHMETIC)
def budget_parts_differ(document: TargetDocument) -> Iterator[Told]:
    """The total is fiscal and other funds together."""
    return _parts_differ(document, unfilled=False)


@of_document(Severity.WARNING, basis.ARITHMETIC, "budget_parts_differ")
def budget_part_left_out(document: TargetDocument) -> Iterator[Told]:
    """Other funds that are left out are what remains."""
    return _parts_differ(document, unfilled=True)


@of_document(Severity.ERROR, basis.MATCHED)
def budget_not_positive(document: TargetDocument) -> Iterator[Told]:
    """A budget of nothing, or less, is a slip of the pen."""
    for project in document.projects:
        budget = project.budget
        if budget is None:
            continue
        lowest = min(budget.total_fen, budget.fiscal_fen or 0, budget.other_fen or 0)
        nothing = budget.total_fen == 0 and not budget.adjusted_fen  # none at first: added later
        if nothing or lowest < 0:
            said = f"预算数{format_wan(budget.total_fen)}万元，不大于零或含有负数"
            yield budget.where, said, "核对预算批复后填写", project.name


@of_document(Severity.WARNING, basis.MATCHED)
def task_differs_from_project(document: TargetDocument) -> Iterator[Told]:
    """A yearly task that bears a project's name has that project's budget."""
    budgets = {p.name: p.budget for p in document.projects if p.budget is not None}
    for task in document.tasks:
        budget = budgets.get(task.name)
        if budget is None or task.amount_fen is None or task.amount_fen == budget.total_fen:
            continue
        said = (
            f"年度主要任务“{task.name}”金额{format_wan(task.amount_fen, budget.total_fen)}万元，"
            f"同名项目预算数{format_wan(budget.total_fen, task.amount_fen)}万元"
        )
        yield task.where, said, "核对预算批复，使任务金额与项目预算一致", task.name


@of_document(Severity.WARNING, basis.ARITHMETIC)
def tasks_differ_from_projects(document: TargetDocument) -> Iterator[Told]:
    """The yearly tasks together cost what the projects cost, and running costs where named."""
    amounts = [task.amount_fen for task in document.tasks]
    budgets = [project.budget for project in document.projects]
    if not amounts or not budgets or None in amounts or None in budgets:
        return
    tasks = sum(amount for amount in amounts if amount is not None)
    projects = sum(budget.total_fen for budget in budgets if budget is not None)
    words = [word for task in document.tasks for word in (task.name, task.content)]
    with_running = any(cost in word for word in words for cost in RUNNING_COSTS)
    if tasks == projects or (with_running and tasks > projects):
        return
    said = (
        f"年度主要任务金额合计{format_wan(tasks, projects)}万元，"
        f"各项目预算合计{format_wan(projects, tasks)}万元，"
        f"相差{format_wan(abs(tasks - projects))}万元"
    )
    yield document.tasks[0].where, said, "核对任务与项目是否一一对应；含基本支出的任务请注明", ""


def _planned(document: TargetDocument) -> Iterator[Project]:
    return (project for project in document.projects if project.spending_plan)


@of_document(Severity.WARNING, basis.DOUBLE_WATCH)
def plan_missing(document: TargetDocument) -> Iterator[Told]:
    """Where the document plans spending at all, every project's form does."""
    if not any(_planned(document)):
        return  # the form in use does not ask for it
    for project in document.projects:
        if project.kind is FormKind.PROJECT and not project.spending_plan:
            said = "没有资金支出计划"
            yield project.where, said, "按各检查点填写累计支出比例", project.name


@of_document(Severity.ERROR, "累计比例只增不减")
def plan_falls(document: TargetDocument) -> Iterator[Told]:
    """Cumulative shares never fall."""
    for project in _planned(document):
        for before, after in pairwise(project.spending_plan):
            if after.share < before.share:
                said = (
                    f"累计支出计划在{after.label}为{percent_of(after.share)}，"
                    f"低于{before.label}的{percent_of(before.share)}"
                )
                yield after.where, said, "改为累计比例；若填的是当期比例，请逐期累加", project.name


@of_document(Severity.ERROR, basis.MATCHED)
def plan_incomplete(document: TargetDocument) -> Iterator[Told]:
    """A plan ends at the year's end, with all of the money."""
    for project in _planned(document):
        last = project.spending_plan[-1]
        if last.share != 1:
            said = f"支出计划在{last.label}为{percent_of(last.share)}，没有正好达到100%"
            yield last.where, said, "年末累计比例改为100%；预计有结余的，相应调减预算", project.name


def plan_lacks_checkpoint(months: tuple[int, ...] | None) -> Rule:
    """Make the rule that every plan has the checkpoints of a calendar.

    Without a calendar the document's own plans are the measure: one that has fewer checkpoints
    than most of them lacks some; one that has others is another way to plan.
    """

    @of_document(Severity.WARNING, basis.DOUBLE_WATCH, "plan_checkpoint_missing")
    def rule(document: TargetDocument) -> Iterator[Told]:
        wanted = months or _own_months(document)
        for project in _planned(document):
            present = {point.month for point in project.spending_plan}
            lacking = [month for month in wanted if month not in present]
            if lacking and (months or len(present) < len(wanted)):
                labels = "、".join(f"{month}月底" for month in lacking)
                said = f"支出计划缺少检查点：{labels}"
                yield project.where, said, f"补填{labels}的累计支出比例", project.name

    return rule


def _own_months(document: TargetDocument) -> tuple[int, ...]:
    """Return the months that most plans of the document have, of equals the fuller ones."""
    plans = Counter(
        tuple(point.month for point in project.spending_plan) for project in _planned(document)
    )
    return max(plans, key=lambda months: (plans[months], len(months)), default=())
