"""Targets that contradict each other: department against project, form against form."""

from __future__ import annotations

from collections.abc import Iterator

from perf_pipeline.documents.model import (
    Indicator,
    Project,
    Severity,
    TargetDocument,
)
from perf_pipeline.documents.review import basis
from perf_pipeline.documents.review.forms import Told, of_document
from perf_pipeline.documents.review.naming import essence
from perf_pipeline.domain.bare_bound import bounded
from perf_pipeline.domain.share import is_percent
from perf_pipeline.domain.target import Operator, Target, TargetKind

SHORTEST = 2  # characters of what is measured: 参保
_FLOORS = (Operator.GE, Operator.GT)


@of_document(Severity.WARNING, basis.CONSISTENT)
def project_below_department(document: TargetDocument) -> Iterator[Told]:
    """治安保险参保率达到100% in the prose, and 参保完成率 ≥95% in the form of 社会治安保险.

    The same is measured, and the project is about the rest of the department's words. Only rates
    are compared: counts of a project are a part of the department's.
    """
    promised = [
        (each.target.number, essence(each.level3), each)
        for each in document.department_indicators
        if _is_floor(each.target, each.level3)
    ]
    for project in document.projects:
        for each in project.indicators if promised else ():
            measured = essence(each.level3)
            if len(measured) < SHORTEST or not _is_floor(each.target, each.level3):
                continue
            floor = each.target.number
            around = essence(project.name) + essence(each.description)
            for higher, whole, stated in promised:
                if floor >= higher or not whole.endswith(measured):
                    continue
                if whole.removesuffix(measured) not in around:
                    continue  # 参保率 of another insurance than the department's
                said = (
                    f"部门目标“{stated.level3}”为“{stated.raw_value}”（{stated.where}），"
                    f"项目指标“{each.level3}”只有“{each.raw_value}”"
                )
                yield (
                    each.where,
                    said,
                    "统一两处的指标值，使完成项目指标即完成部门目标",
                    project.name,
                )


@of_document(Severity.ERROR, basis.CONSISTENT)
def forms_contradict(document: TargetDocument) -> Iterator[Told]:
    """One project in two forms has one value for one indicator."""
    seen: dict[tuple[str, str], tuple[Project, Indicator]] = {}
    for project in document.projects:
        for each in project.indicators:
            if not project.name or not each.level3:
                continue
            before, first = seen.setdefault((project.name, each.level3), (project, each))
            if before is project or first.target == each.target:
                continue
            said = (
                f"同一项目的两张表中，指标“{each.level3}”分别为"
                f"“{first.raw_value}”（{first.where}）和“{each.raw_value}”"
            )
            yield each.where, said, "核对后统一两张表的指标值", project.name


@of_document(Severity.WARNING, basis.CONSISTENT)
def projects_contradict(document: TargetDocument) -> Iterator[Told]:
    """Two projects that promise the same thing, word for word, promise as much of it."""
    seen: dict[tuple[str, str], tuple[Project, Indicator]] = {}
    for project in document.projects:
        for each in project.indicators:
            if not _is_floor(each.target, each.level3) or not _is_specific(each):
                continue
            key = (each.level3, each.description)
            before, first = seen.setdefault(key, (project, each))
            if before.name == project.name or first.target.number == each.target.number:
                continue
            said = (
                f"指标“{each.level3}”（{each.description}）在项目“{before.name}”中为"
                f"“{first.raw_value}”，在本项目中为“{each.raw_value}”"
            )
            yield each.where, said, "核对后统一，或在名称中写明各自的对象", project.name


def _is_specific(each: Indicator) -> bool:
    """群众满意度 of two projects asks two publics; what is described apart is one thing."""
    described = each.description and each.description != each.level3
    return bool(described) and "满意" not in each.level3 and len(essence(each.level3)) >= 4


def _is_floor(target: Target, name: str) -> bool:
    """Tell whether a target is a rate that should be reached: ≥95%, 100%."""
    rate = target.kind is TargetKind.NUMBER and is_percent(target.unit)
    return rate and bounded(target, name, "").operator in _FLOORS
