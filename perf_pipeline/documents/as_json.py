"""A document as `extract --json` prints it: numbers are decimal strings, never floats."""

from __future__ import annotations

import re
from dataclasses import asdict
from decimal import Decimal
from enum import StrEnum

from perf_pipeline.documents.column_words import levels_and_name
from perf_pipeline.documents.guesses import guess
from perf_pipeline.documents.model import (
    AreaTarget,
    Filled,
    Indicator,
    Project,
    TargetDocument,
)
from perf_pipeline.documents.review.lexicon import standard_first
from perf_pipeline.domain.target import Target
from perf_pipeline.library.indicators import NO_LIBRARY, IndicatorLibrary

_ORDINAL = re.compile(
    r"^(?:三级)?指标[\d一二三四五六七八九十]+[:：.、]?|^[(（]?\d{1,2}[)）.、．](?!\d)"
)


def to_json_dict(
    document: TargetDocument, library: IndicatorLibrary = NO_LIBRARY
) -> dict[str, object]:
    """Return a document as `extract --json` prints it.

    `guessed` beside an indicator is what the `library` says of what its form leaves out.
    """
    return {
        "document": said(document, "path sha256 department fiscal_year title notice"),
        "rows": said(document.rows, "seen read not_understood"),
        "department_indicators": [
            {"section": each.section, "name": each.level3}
            | said(each, "raw_value target evidence where confidence level1 level2")
            | _of_each(each, "description weight", library)
            for each in document.department_indicators
        ],
        "projects": [_project(each, library) for each in document.projects],
        "tasks": [
            said(each, "name content amount_fen executed_fen done score where")
            for each in document.tasks
        ],
        "score": document.score,
        "findings": [said(f, "severity code message where project") for f in document.findings],
    }


def said(of: object, names: str) -> dict[str, object]:
    """Return fields of an object by name, in that order, as JSON holds them."""
    return {name: _plain(getattr(of, name)) for name in names.split()}


def _plain(value: object) -> object:
    if isinstance(value, Target):
        return value.to_dict()
    if isinstance(value, AreaTarget):
        return said(value, "area raw_value target")
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Filled):
        return asdict(value)
    return str(value) if isinstance(value, StrEnum) else value


def _of_each(each: Indicator, names: str, library: IndicatorLibrary) -> dict[str, object]:
    """Return what indicators of projects and departments have alike, the guesses last."""
    found = guess(each, library)
    return said(each, f"{names} filled areas") | {"guessed": asdict(found) if found else None}


def _project(project: Project, library: IndicatorLibrary) -> dict[str, object]:
    budget = project.budget
    money = "adjusted_fen executed_fen expected_fen fiscal_executed_fen other_executed_fen"
    return {
        "code": project.code or None,
        **said(project, "name purpose objectives"),
        "budget": said(budget, "total_fen fiscal_fen other_fen") if budget else None,
        "spending_plan": [
            said(point, "label month") | {"share": share_text(point.share), "where": point.where}
            for point in project.spending_plan
        ],
        "indicators": [_indicator(each, library) for each in project.indicators],
        "execution": said(budget, f"{money} weight score") if budget else None,
        "budget_where": budget.where if budget else None,
        **said(project, "kind score where"),
    }


def share_text(share: Decimal) -> str:
    """Write a share with two decimals, or as many as it was given with: 0.20, 0.333."""
    places = -int(share.normalize().as_tuple().exponent)
    return f"{share:.{max(places, 2)}f}"


def _indicator(each: Indicator, library: IndicatorLibrary) -> dict[str, object]:
    names = "level1 level2 level3 description raw_value basis target where confidence weight"
    return {
        **_of_each(each, names, library),
        "standard": {
            "level1": standard_first(each.level1),
            "name": _ORDINAL.sub("", levels_and_name(each.level3)[2]) or each.level3,
        },
    }
