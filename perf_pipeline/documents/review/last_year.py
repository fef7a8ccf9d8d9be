"""Targets against last year: far too easy or too hard, or a change where the name says a level."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from perf_pipeline.documents.model import Indicator, Severity, TargetDocument
from perf_pipeline.documents.review import basis
from perf_pipeline.documents.review.forms import (
    Rule,
    Said,
    Told,
    all_indicators,
    indicators,
    of_each,
)
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


def far_from_last_year(actuals: Actuals) -> tuple[Rule, Rule]:
    """Make the rules that a target is not far from last year's actual value (上年实际完成值)."""
    easy, hard = (partial(_far, actuals, easy=each) for each in (True, False))
    return (
        Rule("target_too_easy", Severity.WARNING, basis.FEASIBLE, easy),
        Rule("target_too_hard", Severity.WARNING, basis.FEASIBLE, hard),
    )


def _far(actuals: Actuals, document: TargetDocument, *, easy: bool) -> Iterator[Told]:
    for project, each in all_indicators(document):
        target = each.target
        actual = actuals.get(IndicatorName(project, each.section, each.level3))
        if actual is None or target.kind is not TargetKind.NUMBER:
            continue
        rate = is_percent(target.unit)
        aim = Fraction(target.number) / (100 if rate else 1)
        far = FAR_RATE if rate else abs(actual) * FAR_COUNT
        at_most = target.operator in (Operator.LE, Operator.LT)
        if abs(aim - actual) > far and easy is ((aim > actual) if at_most else (aim < actual)):
            reached = f"上年实际完成值{_write(actual, target)}"
            judged = "偏低，不费力即可完成" if easy else "偏高，可能难以完成"
            said = f"指标“{each.level3}”的指标值“{each.raw_value}”与{reached}相差过大，{judged}"
            yield each.where, said, f"参照{reached}重新测算，或说明变化的理由", project


def _write(actual: Fraction, target: Target) -> str:
    value = actual * 100 if is_percent(target.unit) else actual
    rounded = Decimal(round(value * 100)) / 100
    return f"{rounded.normalize():f}{target.unit or ''}"
