"""Names of indicators (三级指标) that say nothing, another year, or stand under another level."""

from __future__ import annotations

import re

from perf_pipeline.documents.model import Finding, Indicator, Severity, TargetDocument
from perf_pipeline.documents.review import basis, lexicon
from perf_pipeline.documents.review.forms import (
    Found,
    Said,
    indicator_forms,
    indicators,
    of_each,
)
from perf_pipeline.documents.review.levels import FirstLevel, SecondLevel, second_level
from perf_pipeline.documents.review.targets import names_execution
from perf_pipeline.domain.target import TargetKind

_NAMES_ITSELF = re.compile("^第?(?:[一二三]级)?指标[0-9一二三四五六七八九十]*$|^[.…]+$")
_LEVELS = {str(level) for level in (*FirstLevel, *SecondLevel)}
_LEVELS |= {level.removesuffix("指标") for level in _LEVELS if "满意" not in level}
_YEAR = re.compile(r"(?<!\d)(20\d\d)年(?!代)")
_ANOTHER_YEAR = re.compile(  # words with which another year is meant
    r"[比较于]|同期|基数|以来|起[，,]|第.届|文|号|[—\-~至到]|规划|启动|立项|竣工|建成"
)


def template_left(document: TargetDocument) -> Found:
    """≥**% and XX项目 are the template's words."""
    for project in indicator_forms(document):
        for each in project.indicators:
            for what, text in (("名称", each.level3), ("指标值", each.raw_value)):
                if lexicon.TEMPLATE.search(text):
                    yield Finding(
                        Severity.ERROR,
                        "template_left",
                        f"指标“{each.level3}”的{what}“{text}”还是模板里的写法",
                        each.where,
                        basis.COMPLETE,
                        f"填写本项目自己的{what}",
                        project.name,
                    )


@of_each(indicators, Severity.ERROR, basis.COMPLETE)
def level_as_name(each: Indicator) -> Said:
    """数量指标 and 指标1 are places for an indicator, not its name."""
    if each.level3 not in _LEVELS and not _NAMES_ITSELF.match(each.level3):
        return None
    said = f"三级指标写作“{each.level3}”，没有说明考核什么"
    return said, "写出具体的三级指标名称，如“培训次数”"


def year_outside(document: TargetDocument) -> Found:
    """A name that tells another year than the form's was copied from that year's form."""
    year = document.fiscal_year
    for project in indicator_forms(document) if year else ():
        for each in project.indicators:
            text = f"{each.level3}；{each.description if each.description != each.level3 else ''}"
            others = {found for found in _YEAR.findall(text) if int(found) != year}
            if others and not _ANOTHER_YEAR.search(text) and str(year) not in text:
                yield Finding(
                    Severity.WARNING,
                    "year_outside",
                    f"指标“{each.level3}”写的是{'、'.join(sorted(others))}年，而本表是{year}年度的",
                    each.where,
                    basis.YEARLY,
                    f"核对是否由往年的表格复制而来，改为{year}年",
                    project.name,
                )


@of_each(indicators, Severity.WARNING, basis.SECOND_LEVELS)
def misfiled(each: Indicator) -> Said:
    """工程质量完好率 is no cost, 设备在线率 no time, 活动次数 no time."""
    filed = second_level(each)
    sort = None if filed is None else _sort(each)
    if sort is None or filed in sort.levels or names_execution(each.level3):
        return None
    level = each.level2 or each.level1
    said = f"指标“{each.level3}”反映的是{sort.what}，却列在“{level}”"
    return said, f"改列“{sort.levels[0]}”"


def _sort(indicator: Indicator) -> lexicon.Sort | None:
    if indicator.target.kind is TargetKind.DATE:
        return lexicon.DATED
    return next((sort for sort in lexicon.SORTS if sort.words.search(indicator.level3)), None)
