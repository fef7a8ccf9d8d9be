"""The standard first and second levels of indicators (一级指标、二级指标), however written."""

from __future__ import annotations

from enum import StrEnum

from perf_pipeline.documents.model import Indicator


class FirstLevel(StrEnum):
    """The first levels (一级指标); cost is one of its own since 财预〔2021〕101号."""

    COST = "成本指标"
    OUTPUT = "产出指标"
    BENEFIT = "效益指标"
    SATISFACTION = "满意度指标"


class SecondLevel(StrEnum):
    """The second levels (二级指标) as forms name them."""

    QUANTITY = "数量指标"
    QUALITY = "质量指标"
    TIMELINESS = "时效指标"
    COST = "成本指标"
    ECONOMIC = "经济效益指标"
    SOCIAL = "社会效益指标"
    ECOLOGICAL = "生态效益指标"
    LASTING = "可持续影响指标"
    SATISFACTION = "满意度指标"


BENEFITS = frozenset(
    {SecondLevel.ECONOMIC, SecondLevel.SOCIAL, SecondLevel.ECOLOGICAL, SecondLevel.LASTING}
)

_FIRST = (
    ("满意", FirstLevel.SATISFACTION),
    ("成本", FirstLevel.COST),
    ("产出", FirstLevel.OUTPUT),
    ("效益", FirstLevel.BENEFIT),
    ("效果", FirstLevel.BENEFIT),
)
_SECOND = (
    ("满意", SecondLevel.SATISFACTION),
    ("成本", SecondLevel.COST),  # before 社会 and 生态: 社会成本指标 is a cost
    ("数量", SecondLevel.QUANTITY),
    ("质量", SecondLevel.QUALITY),
    ("时效", SecondLevel.TIMELINESS),
    ("可持续", SecondLevel.LASTING),
    ("经济", SecondLevel.ECONOMIC),
    ("社会", SecondLevel.SOCIAL),
    ("生态", SecondLevel.ECOLOGICAL),
    ("环境", SecondLevel.ECOLOGICAL),
)


def first_level(indicator: Indicator) -> FirstLevel | None:
    """Return an indicator's first level; satisfaction filed under 效益指标 is satisfaction."""
    if second_level(indicator) is SecondLevel.SATISFACTION:
        return FirstLevel.SATISFACTION
    return next((level for word, level in _FIRST if word in indicator.level1), None)


def second_level(indicator: Indicator) -> SecondLevel | None:
    """Return an indicator's second level; None where the form has none or another one."""
    found = next((level for word, level in _SECOND if word in indicator.level2), None)
    if found is None and not indicator.level2 and "满意" in indicator.level1:
        return SecondLevel.SATISFACTION
    if found is None and "成本" in indicator.level1:
        return SecondLevel.COST
    return found
