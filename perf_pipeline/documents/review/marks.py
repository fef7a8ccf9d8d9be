"""Weights (分值、权重) that do not add up, and what a self-evaluation form (自评表) says of itself:
actual values, targets and marks at odds.
"""

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
from perf_pipeline.documents.review.forms import Said, Told, indicator_forms, of_document, of_each
from perf_pipeline.documents.review.lexicon import FirstLevel, first_level
from perf_pipeline.documents.review.targets import names_execution
from perf_pipeline.domain.bare_bound import bounded
from perf_pipeline.domain.target import Operator, TargetKind
from perf_pipeline.domain.target_grammar import parse_target

FULL = Decimal(100)
WITHOUT_EXECUTION = Decimal(90)  # the execution rate's 10 are given at self-evaluation
_MARKS = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)\s*[%％分]?")
_GROUPS = (  # output, benefit, satisfaction, cost: 财预〔2020〕10号 and 财预〔2021〕101号
    (50, 30, 10, 0),
    (50, 40, 0, 0),
    (40, 20, 10, 20),
    (40, 30, 0, 20),
)
_ORDER = (FirstLevel.OUTPUT, FirstLevel.BENEFIT, FirstLevel.SATISFACTION, FirstLevel.COST)

FEWEST_FOR_ALL = 5  # indicators of which it means something that all end exactly on target
_UPWARD = (Operator.GE, Operator.GT)
_DOWNWARD = (Operator.LE, Operator.LT)


def _marks(written: str) -> Decimal | None:
    found = _MARKS.fullmatch(written.strip())
    return Decimal(found[1]) if found else None


def _score(written: str) -> Decimal | None:
    """Read marks that were given; 95% is a share of them."""
    return None if written.strip().endswith(("%", "％")) else _marks(written)


def _weighted(document: TargetDocument) -> Iterator[tuple[Project, list[Decimal | None]]]:
    for project in indicator_forms(document):
        weights = [_marks(each.weight) for each in project.indicators]
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


def _evaluated(document: TargetDocument) -> Iterator[tuple[str, Indicator]]:
    evaluations = (p for p in document.projects if p.kind is FormKind.SELF_EVALUATION)
    return ((project.name, each) for project in evaluations for each in project.indicators)


@of_each(_evaluated, Severity.ERROR, basis.SCORED)
def below_target_with_full_marks(each: Indicator) -> Said:
    """92% against ≥95% cannot have all of its marks."""
    weight, score = _marks(each.weight), _score(each.filled.score if each.filled else "")
    if not weight or score is None or score < weight or _short(each) is not True:
        return None
    said = (
        f"指标“{each.level3}”的目标是“{each.raw_value}”，实际“{_actual(each)}”没有达到，"
        f"却得满分{weight.normalize():f}分"
    )
    return said, "按完成比例计分，并写明原因和改进措施"


@of_each(_evaluated, Severity.ERROR, basis.SCORED)
def score_beyond_weight(each: Indicator) -> Said:
    """No indicator earns more than its marks."""
    weight, score = _marks(each.weight), _score(each.filled.score if each.filled else "")
    if weight is None or score is None or score <= weight:
        return None
    said = f"指标“{each.level3}”得{score.normalize():f}分，超过分值{weight.normalize():f}分"
    return said, "核对得分"


@of_document(Severity.ERROR, basis.ARITHMETIC)
def total_differs(document: TargetDocument) -> Iterator[Told]:
    """The total (总分) is the sum of the indicators' marks and the execution rate's."""
    for project in document.projects:
        total = _score(project.score)
        scores = [_score(each.filled.score) for each in project.indicators if each.filled]
        if project.kind is not FormKind.SELF_EVALUATION or total is None or not scores:
            continue
        execution = _score(project.budget.score) if project.budget else None
        known = [score for score in scores if score is not None]
        summed = sum(known, Decimal(0)) + (execution or Decimal(0))
        if len(known) == len(scores) and execution is not None and summed != total:
            said = f"总分写作{total.normalize():f}分，各项得分合计为{summed.normalize():f}分"
            yield project.where, said, "核对各项得分和总分", project.name


@of_document(Severity.WARNING, basis.SCORED)
def all_exactly_on_target(document: TargetDocument) -> Iterator[Told]:
    """Measured values scatter; a form whose every value repeats its target was copied."""
    for project in document.projects:
        if project.kind is not FormKind.SELF_EVALUATION:
            continue
        told = [each for each in project.indicators if _actual(each) and each.raw_value]
        bounds = [each for each in told if each.target.operator in (Operator.GE, Operator.LE)]
        if len(bounds) >= FEWEST_FOR_ALL and all(map(_repeats_target, bounds)):
            said = f"{len(bounds)}个有界限的指标，实际完成值都恰好等于目标值"
            yield project.where, said, "按台账、调查等原始记录填写实际完成值", project.name


def _actual(indicator: Indicator) -> str:
    return indicator.filled.actual.strip() if indicator.filled else ""


def _short(indicator: Indicator) -> bool | None:
    """Tell whether the actual value falls short of its target; None where they do not compare."""
    level = f"{indicator.level1}{indicator.level2}"
    target = bounded(indicator.target, indicator.level3, level)
    actual = parse_target(_actual(indicator))
    numeric = target.kind is TargetKind.NUMBER and actual.kind is TargetKind.NUMBER
    if not numeric or (actual.unit and target.unit and actual.unit != target.unit):
        return None
    if target.operator in _DOWNWARD:
        return actual.number > target.number
    return actual.number < target.number if target.operator in _UPWARD else None


def _repeats_target(indicator: Indicator) -> bool:
    target, actual = indicator.target, parse_target(_actual(indicator))
    return target.kind is actual.kind is TargetKind.NUMBER and target.number == actual.number
