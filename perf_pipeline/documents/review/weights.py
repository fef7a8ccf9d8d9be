"""Weights (分值、权重) that do not add up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from perf_pipeline.documents.model import (
    FormKind,
    Indicator,
    Project,
    Severity,
    TargetDocument,
)
from perf_pipeline.documents.review import basis
from perf_pipeline.documents.review.forms import Told, indicator_forms, of_document
from perf_pipeline.documents.review.lexicon import FirstLevel, first_level
from perf_pipeline.documents.review.targets import names_execution

FULL = Decimal(100)
WITHOUT_EXECUTION = Decimal(90)  # the execution rate's 10 are given at self-evaluation
_WEIGHT = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)\s*(?:[%％分])?")
_GROUPS = (  # output, benefit, satisfaction, cost: 财预〔2020〕10号 and 财预〔2021〕101号
    (50, 30, 10, 0),
    (50, 40, 0, 0),
    (40, 20, 10, 20),
    (40, 30, 0, 20),
)
_ORDER = (FirstLevel.OUTPUT, FirstLevel.BENEFIT, FirstLevel.SATISFACTION, FirstLevel.COST)


def _weight(indicator: Indicator) -> Decimal | None:
    found = _WEIGHT.fullmatch(indicator.weight.strip())
    return Decimal(found[1]) if found else None


def _weighted(document: TargetDocument) -> Iterator[tuple[Project, list[Decimal | None]]]:
    for project in indicator_forms(document):
        weights = [_weight(each) for each in project.indicators]
        if any(weight is not None for weight in weights):
            yield project, weights


@of_document(Severity.WARNING, basis.WEIGHTS)
def weight_missing(document: TargetDocument) -> Iterator[Told]:
    """Where weights are given, every indicator has one."""
    for project, weights in _weighted(document):
        for each, weight in zip(project.indicators, weights, strict=True):
            if weight is None:
                written = f"“{each.weight}”读不出" if each.weight.strip() else "没有填写"
                said = f"指标“{each.level3}”的分值{written}"
                yield each.where, said, "补填分值", project.name


@of_document(Severity.ERROR, basis.WEIGHTS)
def weights_do_not_sum(document: TargetDocument) -> Iterator[Told]:
    """Weights sum to 100, or to 90 where the execution rate's 10 stand elsewhere."""
    for project, weights in _weighted(document):
        total = _sum(weights)
        if None not in weights and total not in (FULL, WITHOUT_EXECUTION, Decimal(1)):
            said = f"分值合计{total:f}，应为100（预算执行率的10分另计时为90）"
            yield project.where, said, "调整各指标分值，使合计为100分", project.name


@of_document(Severity.INFO, basis.GROUP_WEIGHTS)
def group_weights_differ(document: TargetDocument) -> Iterator[Told]:
    """Groups weigh as the rules say unless the project says otherwise; judged on 90 points."""
    for project, weights in _weighted(document):
        groups: Counter[FirstLevel | None] = Counter()
        for each, weight in zip(project.indicators, weights, strict=True):
            if weight is not None and not names_execution(each.level3):
                groups[first_level(each)] += weight  # type: ignore[assignment]
        shape = tuple(groups[level] for level in _ORDER)
        of_project = project.kind is not FormKind.DEPARTMENT  # whose weights are its own
        if not of_project or None in groups or sum(shape) != WITHOUT_EXECUTION:
            continue
        if shape not in _GROUPS:
            said = "、".join(
                f"{level}{Decimal(groups[level]):f}" for level in _ORDER if groups[level]
            )
            said = f"各类指标的分值（{said}）与一般规定不同"
            yield project.where, said, "按规定分配各类指标的分值；确需不同的予以说明", project.name


def _sum(weights: list[Decimal | None]) -> Decimal:
    return sum((weight for weight in weights if weight is not None), Decimal(0)).normalize()
