"""Indicators filed under the wrong second level (指标归类)."""

from __future__ import annotations

from collections.abc import Iterator

from perf_pipeline.documents.model import Finding, Indicator, Severity, TargetDocument
from perf_pipeline.documents.review import basis, lexicon
from perf_pipeline.documents.review.forms import indicator_forms
from perf_pipeline.documents.review.levels import second_level
from perf_pipeline.documents.review.targets import names_execution
from perf_pipeline.domain.target import TargetKind


def misfiled(document: TargetDocument) -> Iterator[Finding]:
    """工程质量完好率 is no cost, 设备在线率 no time, 活动次数 no time."""
    for project in indicator_forms(document):
        for each in project.indicators:
            filed = second_level(each)
            sort = None if filed is None else _sort(each)
            if sort is None or filed in sort.levels or names_execution(each.level3):
                continue
            yield Finding(
                Severity.WARNING,
                "misfiled",
                f"指标“{each.level3}”反映的是{sort.what}，却列在“{each.level2 or each.level1}”",
                each.where,
                basis.SECOND_LEVELS,
                f"改列“{sort.levels[0]}”",
                project.name,
            )


def _sort(indicator: Indicator) -> lexicon.Sort | None:
    if indicator.target.kind is TargetKind.DATE:
        return lexicon.DATED
    return next((sort for sort in lexicon.SORTS if sort.words.search(indicator.level3)), None)
