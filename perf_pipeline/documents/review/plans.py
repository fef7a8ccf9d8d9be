"""Spending plans (资金支出计划) that cannot be followed: gaps, falls, an end short of 100%."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise

from perf_pipeline.documents.model import Finding, FormKind, Project, Severity, TargetDocument
from perf_pipeline.documents.review import basis

Found = Iterator[Finding]


def _planned(document: TargetDocument) -> Iterator[Project]:
    return (project for project in document.projects if project.spending_plan)


def plan_missing(document: TargetDocument) -> Found:
    """Where the document plans spending at all, every project's form does."""
    if not any(_planned(document)):
        return  # the form in use does not ask for it
    for project in document.projects:
        if project.kind is FormKind.PROJECT and not project.spending_plan:
            yield Finding(
                Severity.WARNING,
                "plan_missing",
                "没有资金支出计划",
                project.where,
                basis.DOUBLE_WATCH,
                "按各检查点填写累计支出比例",
                project.name,
            )


def plan_falls(document: TargetDocument) -> Found:
    """Cumulative shares never fall."""
    for project in _planned(document):
        for before, after in pairwise(project.spending_plan):
            if after.share < before.share:
                yield Finding(
                    Severity.ERROR,
                    "plan_falls",
                    f"累计支出计划在{after.label}为{percent(after.share)}，"
                    f"低于{before.label}的{percent(before.share)}",
                    after.where,
                    "累计比例只增不减",
                    "改为累计比例；若填的是当期比例，请逐期累加",
                    project.name,
                )


def plan_incomplete(document: TargetDocument) -> Found:
    """A plan ends at the year's end, with all of the money."""
    for project in _planned(document):
        last = project.spending_plan[-1]
        if last.share != 1:
            yield Finding(
                Severity.ERROR,
                "plan_incomplete",
                f"支出计划在{last.label}为{percent(last.share)}，没有正好达到100%",
                last.where,
                basis.MATCHED,
                "年末累计比例改为100%；预计有结余的，相应调减预算",
                project.name,
            )


def plan_lacks_checkpoint(months: tuple[int, ...] | None) -> Callable[[TargetDocument], Found]:
    """Make the rule that every plan has the checkpoints of a calendar.

    Without a calendar the document's own plans are the measure: one that has fewer checkpoints
    than most of them lacks some; one that has others is another way to plan.
    """

    def rule(document: TargetDocument) -> Found:
        wanted = months or _own_months(document)
        for project in _planned(document):
            present = {point.month for point in project.spending_plan}
            lacking = [month for month in wanted if month not in present]
            if lacking and (months or len(present) < len(wanted)):
                labels = "、".join(f"{month}月底" for month in lacking)
                yield Finding(
                    Severity.WARNING,
                    "plan_checkpoint_missing",
                    f"支出计划缺少检查点：{labels}",
                    project.where,
                    basis.DOUBLE_WATCH,
                    f"补填{labels}的累计支出比例",
                    project.name,
                )

    return rule


def _own_months(document: TargetDocument) -> tuple[int, ...]:
    """Return the months that most plans of the document have, of equals the fuller ones."""
    plans = Counter(
        tuple(point.month for point in project.spending_plan) for project in _planned(document)
    )
    return max(plans, key=lambda months: (plans[months], len(months)), default=())


def percent(share: Decimal) -> str:
    """Write a share as a percentage: 0.2 is 20%."""
    return f"{(share * 100).normalize():f}%"
