"""Names of indicators (三级指标) that say nothing, another year, stand under another level, or say
the same as another (重复指标): their words without what does not tell things apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from perf_pipeline.documents.model import Indicator, Severity, TargetDocument
from perf_pipeline.documents.review import basis, lexicon
from perf_pipeline.documents.review.forms import (
    Said,
    Told,
    indicator_forms,
    indicators,
    of_document,
    of_each,
)
from perf_pipeline.documents.review.lexicon import FirstLevel, SecondLevel, second_level
from perf_pipeline.documents.review.targets import names_execution
from perf_pipeline.domain.target import TargetKind

_NAMES_ITSELF = re.compile("^第?(?:[一二三]级)?指标[0-9一二三四五六七八九十]*$|^[.…]+$")
_LEVELS = {str(level) for level in (*FirstLevel, *SecondLevel)}
_LEVELS |= {level.removesuffix("指标") for level in _LEVELS if "满意" not in level}
_COST_TO_OTHERS = re.compile("社会|生态|环境")  # 施工扰民投诉 is a 社会成本指标
_YEAR = re.compile(r"(?<!\d)(20\d\d)年(?!代)")
_ANOTHER_YEAR = re.compile(  # words with which another year is meant
    r"[比较于]|同期|基数|以来|起[，,]|第.届|文|号|[—\-~至到]|规划|启动|立项|竣工|建成"
)


@of_document(Severity.ERROR, basis.COMPLETE)
def template_left(document: TargetDocument) -> Iterator[Told]:
    """≥**% and XX项目 are the template's words."""
    for project in indicator_forms(document):
        for each in project.indicators:
            for what, text in (("名称", each.level3), ("指标值", each.raw_value)):
                if lexicon.TEMPLATE.search(text):
                    said = f"指标“{each.level3}”的{what}“{text}”还是模板里的写法"
                    yield each.where, said, f"填写本项目自己的{what}", project.name


@of_each(indicators, Severity.ERROR, basis.COMPLETE)
def level_as_name(each: Indicator) -> Said:
    """数量指标 and 指标1 are places for an indicator, not its name."""
    if each.level3 not in _LEVELS and not _NAMES_ITSELF.match(each.level3):
        return None
    said = f"三级指标写作“{each.level3}”，没有说明考核什么"
    return said, "写出具体的三级指标名称，如“培训次数”"


@of_document(Severity.WARNING, basis.YEARLY)
def year_outside(document: TargetDocument) -> Iterator[Told]:
    """A name that tells another year than the form's was copied from that year's form."""
    year = document.fiscal_year
    for project in indicator_forms(document) if year else ():
        for each in project.indicators:
            text = f"{each.level3}；{each.description if each.description != each.level3 else ''}"
            others = {found for found in _YEAR.findall(text) if int(found) != year}
            if others and not _ANOTHER_YEAR.search(text) and str(year) not in text:
                said = (
                    f"指标“{each.level3}”写的是{'、'.join(sorted(others))}年，而本表是{year}年度的"
                )
                yield each.where, said, f"核对是否由往年的表格复制而来，改为{year}年", project.name


@of_each(indicators, Severity.WARNING, basis.SECOND_LEVELS)
def misfiled(each: Indicator) -> Said:
    """工程质量完好率 is no cost, 设备在线率 no time, 活动次数 no time."""
    filed = second_level(each)
    by_words = (sort for sort in lexicon.SORTS if sort.words.search(each.level3))
    dated = each.target.kind is TargetKind.DATE
    sort = lexicon.DATED if dated else next(by_words, None)
    if filed is None or sort is None or filed in sort.levels or names_execution(each.level3):
        return None
    if filed is SecondLevel.COST and _COST_TO_OTHERS.search(each.level2):
        return None
    level = each.level2 or each.level1
    said = f"指标“{each.level3}”反映的是{sort.what}，却列在“{level}”"
    return said, f"改列“{sort.levels[0]}”"


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


@of_document(Severity.ERROR, basis.FEW_AND_CORE)
def repeated(document: TargetDocument) -> Iterator[Told]:
    """The same name twice, and nothing beside it that tells the two apart."""
    for name, first, second in _pairs(document):
        if _same_name(first, second):
            said = f"指标“{second.level3}”重复，指标值为“{first.raw_value}”和“{second.raw_value}”"
            yield f"{first.where}、{second.where}", said, KEEP_ONE, name


@of_document(Severity.WARNING, basis.FEW_AND_CORE)
def nearly_repeated(document: TargetDocument) -> Iterator[Told]:
    """The same value, and one name says what the other says.

    信访事项按期受理情况 ≥90% and 按期受理率 ≥90% are one.
    """
    for name, first, second in _pairs(document):
        same_value = first.target == second.target
        if same_value and _near(first, second) and not _same_name(first, second):
            said = (
                f"指标“{first.level3}”与“{second.level3}”疑似重复，指标值都是“{second.raw_value}”"
            )
            yield f"{first.where}、{second.where}", said, KEEP_ONE, name


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
