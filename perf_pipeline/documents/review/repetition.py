"""Indicators of one project that say the same (重复指标)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from perf_pipeline.documents.model import Finding, Indicator, Severity, TargetDocument
from perf_pipeline.documents.review import basis
from perf_pipeline.documents.review.wording import contains, essence

SHORTEST = 4  # characters of an essence that can stand for a whole indicator
MOST_ADDED = 2.5  # times as long as the shorter: beyond, characters recur by chance
MOST_PER_PROJECT = 300  # pairs grow with the square


def repeated(document: TargetDocument) -> Iterator[Finding]:
    """The same indicator twice: same name; or same value, and one name says what the other says.

    信访事项按期受理情况 ≥90% and 按期受理率 ≥90% are one.
    """
    for project in document.projects:
        essences = {id(each): essence(each.level3) for each in project.indicators}
        for first, second in combinations(project.indicators[:MOST_PER_PROJECT], 2):
            a, b = essences[id(first)], essences[id(second)]
            same = _same_name(first, second)
            if not same and not (first.target == second.target and _near(a, b)):
                continue
            yield Finding(
                Severity.ERROR if same else Severity.WARNING,
                "repeated" if same else "nearly_repeated",
                f"指标“{first.level3}”与“{second.level3}”"
                + (
                    f"重名（指标值“{first.raw_value}”“{second.raw_value}”）"
                    if same
                    else f"说的是同一件事，指标值都是“{second.raw_value}”"
                ),
                f"{first.where}、{second.where}",
                basis.FEW_AND_CORE,
                "保留其中一个；若确有区别，在名称中写明对象",
                project.name,
            )


def _same_name(first: Indicator, second: Indicator) -> bool:
    """Two lines of one name, told apart by nothing."""
    return (
        bool(essence(first.level3))
        and first.level3 == second.level3
        and (first.description == second.description or first.description == first.level3)
    )


def _near(a: str, b: str) -> bool:
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    alike = len(shorter) >= SHORTEST and len(longer) <= MOST_ADDED * len(shorter)
    return alike and contains(longer, shorter)
