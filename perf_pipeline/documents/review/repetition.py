"""Indicators that say the same (重复指标): their words without what does not tell things apart."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from perf_pipeline.documents.model import Finding, Indicator, Severity, TargetDocument
from perf_pipeline.documents.review import basis
from perf_pipeline.documents.review.forms import indicator_forms

SHORTEST = 4  # characters of an essence that can stand for a whole indicator
MOST_ADDED = 2.5  # times as long as the shorter: beyond, characters recur by chance
MOST_PER_PROJECT = 300  # pairs grow with the square
KEEP_ONE = "保留其中一个；若确有区别，在名称中写明对象"
_IDLE = re.compile(
    r"[^\w]|[_的]|20\d\d年度?|情况|指标|程度|数量|占比|比率|比例|百分比|目标|预期|年度|全年|开展|组织|实施|进行"
    r"|完成(?=率)|[率度]$"
)
_DIGITS = re.compile(r"\d+")
_SAME = (
    (re.compile(r"及时|按时|准时|如期"), "按期"),
    (re.compile(r"案件|事件"), "事项"),
    (re.compile(r"居民|村民|百姓"), "群众"),
    (re.compile(r"结案"), "办结"),
)


@lru_cache(maxsize=8192)
def essence(name: str) -> str:
    """Reduce a name to what it is about: 信访案件及时受理率 and 信访事项按期受理情况 are one."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", name))
    for words, same in _SAME:
        plain = words.sub(same, plain)
    return _IDLE.sub("", _IDLE.sub("", plain))  # twice: what ends a name may show only then


def contains(longer: str, shorter: str) -> bool:
    """Tell whether all characters of one essence are in the other, in whatever order.

    Numbers tell things apart: 1号线 is not within 11号线.
    """
    if not set(shorter) <= set(longer) or _DIGITS.findall(longer) != _DIGITS.findall(shorter):
        return False
    return not Counter(shorter) - Counter(longer)


def repeated(document: TargetDocument) -> Iterator[Finding]:
    """The same name twice, and nothing beside it that tells the two apart."""
    for name, first, second in _pairs(document):
        if _same_name(first, second):
            yield Finding(
                Severity.ERROR,
                "repeated",
                f"指标“{second.level3}”重复，指标值为“{first.raw_value}”和“{second.raw_value}”",
                f"{first.where}、{second.where}",
                basis.FEW_AND_CORE,
                KEEP_ONE,
                name,
            )


def nearly_repeated(document: TargetDocument) -> Iterator[Finding]:
    """The same value, and one name says what the other says.

    信访事项按期受理情况 ≥90% and 按期受理率 ≥90% are one.
    """
    for name, first, second in _pairs(document):
        same_value = first.target == second.target
        if same_value and _near(first, second) and not _same_name(first, second):
            yield Finding(
                Severity.WARNING,
                "nearly_repeated",
                f"指标“{first.level3}”与“{second.level3}”疑似重复，指标值都是“{second.raw_value}”",
                f"{first.where}、{second.where}",
                basis.FEW_AND_CORE,
                KEEP_ONE,
                name,
            )


def _pairs(document: TargetDocument) -> Iterator[tuple[str, Indicator, Indicator]]:
    for project in indicator_forms(document):
        named = [each for each in project.indicators if essence(each.level3)]
        for first, second in combinations(named[:MOST_PER_PROJECT], 2):
            yield project.name, first, second


def _same_name(first: Indicator, second: Indicator) -> bool:
    undescribed = first.description in (second.description, first.level3)
    return first.level3 == second.level3 and undescribed


def _near(first: Indicator, second: Indicator) -> bool:
    a, b = essence(first.level3), essence(second.level3)
    if "满意" in a and "满意" in b and a != b:
        return False  # 学生满意度 and 学生家长满意度 ask two publics
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    alike = len(shorter) >= SHORTEST and len(longer) <= MOST_ADDED * len(shorter)
    return alike and contains(longer, shorter)
