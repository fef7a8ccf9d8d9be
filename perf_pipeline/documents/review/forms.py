"""The forms of a document that hold indicators: each project's, and the department's own."""

from __future__ import annotations

from collections.abc import Iterator

from perf_pipeline.documents.model import FormKind, Indicator, Project, TargetDocument


def indicator_forms(document: TargetDocument) -> Iterator[Project]:
    """Give the projects, and the department's form (部门整体支出绩效目标表) as one more.

    The department's form is told by its levels, which sentences do not have. One that stands in
    several tables is left out: what is missing in one may stand in another.
    """
    yield from document.projects
    lines = [each for each in document.department_indicators if each.level1]
    if len({each.where.sheet for each in lines}) != 1:
        return
    yield Project(
        code=None,
        name="",
        purpose="",
        objectives=(),
        budget=None,
        spending_plan=(),
        indicators=tuple(
            Indicator(
                level1=each.level1,
                level2=each.level2,
                level3=each.name,
                description=each.description,
                raw_value=each.raw_value,
                basis="",
                target=each.target,
                where=each.where,
                confidence=each.confidence,
                weight=each.weight,
                filled=each.filled,
            )
            for each in lines
        ),
        where=lines[0].where,
        kind=FormKind.DEPARTMENT,
    )
