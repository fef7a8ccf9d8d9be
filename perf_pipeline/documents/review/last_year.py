"""Targets against last year: far too easy or too hard, or a change where the name says a level."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from perf_pipeline.documents.model import Finding, Indicator, Severity, TargetDocument
from perf_pipeline.documents.review import basis
from perf_pipeline.documents.review.forms import Said, indicators, of_each
from perf_pipeline.domain.share import is_percent
from perf_pipeline.domain.target import Operator, Target, TargetKind


class IndicatorName(NamedTuple):
    """What an indicator is called from year to year: a project's, or of a section."""

    project: str
    section: str
    name: str


Actuals = Mapping[IndicatorName, Fraction]  # 95% is 19/20

FAR_RATE = Fraction(1, 10)  # ten percentage points
FAR_COUNT = Fraction(3, 10)  # three tenths of what was reached


_CHANGE = re.compile("[较比](?:上年|去年|上一?年度)|同比|环比")
_NAMES_CHANGE = re.compile("增|减|升|降|幅|提高|变化|同比|环比|增速|涨")


@of_each(indicators, Severity.WARNING, basis.CONSISTENT)
def change_from_last_year(each: Indicator) -> Said:
    """签约率 | 较上年提高2个百分点: is 70% reported, or 2? A name that says 提高幅度 asks for 2."""
    changes = each.target.kind is TargetKind.NUMBER and _CHANGE.search(each.raw_value)
    if not changes or _NAMES_CHANGE.search(each.level3):
        return None
    said = (
        f"指标“{each.level3}”的指标值“{each.raw_value}”是与上年相比的变化，"
        "名称却是当年的水平，填报时不知该填哪一个"
    )
    return said, f"把名称改为“{each.level3}提高（降低）幅度”，或写出当年应达到的数值"


def far_from_last_year(actuals: Actuals) -> Callable[[TargetDocument], Iterator[Finding]]:
    """Make the rule that a target is not far from last year's actual value (上年实际完成值)."""

    def rule(document: TargetDocument) -> Iterator[Finding]:
        for project in document.projects:
            for each in project.indicators:
                key = IndicatorName(project.name, "", each.level3)
                yield from _judge(key, each.raw_value, each.target, each.where)
        for stated in document.department_indicators:
            key = IndicatorName("", stated.section, stated.name)
            yield from _judge(key, stated.raw_value, stated.target, stated.where)

    def _judge(key: IndicatorName, raw: str, target: Target, where: str) -> Iterator[Finding]:
        actual = actuals.get(key)
        if actual is None or target.kind is not TargetKind.NUMBER:
            return
        rate = is_percent(target.unit)
        aim = Fraction(target.number) / (100 if rate else 1)
        far = FAR_RATE if rate else abs(actual) * FAR_COUNT
        if abs(aim - actual) <= far:
            return
        at_most = target.operator in (Operator.LE, Operator.LT)
        easy = (aim > actual) if at_most else (aim < actual)
        yield Finding(
            Severity.WARNING,
            "target_too_easy" if easy else "target_too_hard",
            f"指标“{key.name}”的指标值“{raw}”与上年实际完成值{_write(actual, target)}相差过大，"
            f"{'偏低，不费力即可完成' if easy else '偏高，可能难以完成'}",
            where,
            basis.FEASIBLE,
            f"参照上年实际完成值{_write(actual, target)}重新测算，或说明变化的理由",
            key.project,
        )

    return rule


def _write(actual: Fraction, target: Target) -> str:
    value = actual * 100 if is_percent(target.unit) else actual
    rounded = Decimal(round(value * 100)) / 100
    return f"{rounded.normalize():f}{target.unit or ''}"
