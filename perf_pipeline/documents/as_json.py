"""A document as `extract --json` prints it: numbers are decimal strings, never floats."""

from __future__ import annotations

import re
from dataclasses import asdict
from decimal import Decimal

from perf_pipeline.documents.guesses import guess
from perf_pipeline.documents.model import (
    AreaTarget,
    Budget,
    DepartmentIndicator,
    Finding,
    Indicator,
    Project,
    TargetDocument,
)
from perf_pipeline.library.indicators import NO_LIBRARY, IndicatorLibrary

_STANDARD1 = (
    ("满意", "满意度指标"),
    ("成本", "成本指标"),
    ("产出", "产出指标"),
    ("效", "效益指标"),
)
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
        "document": {
            "path": document.path,
            "sha256": document.sha256,
            "department": document.department,
            "fiscal_year": document.fiscal_year,
            "title": document.title,
            "notice": document.notice,
        },
        "rows": {
            "seen": document.rows.seen,
            "read": document.rows.read,
            "not_understood": document.rows.not_understood,
        },
        "department_indicators": [
            _of_department(each, library) for each in document.department_indicators
        ],
        "projects": [_project(each, library) for each in document.projects],
        "tasks": [
            {
                "name": t.name,
                "content": t.content,
                "amount_fen": t.amount_fen,
                "executed_fen": t.executed_fen,
                "done": t.done,
                "score": t.score,
                "where": t.where,
            }
            for t in document.tasks
        ],
        "score": document.score,
        "findings": [_finding(each) for each in document.findings],
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "severity": str(finding.severity),
        "code": finding.code,
        "message": finding.message,
        "where": finding.where,
        "project": finding.project,
    }


def _guessed(
    each: Indicator | DepartmentIndicator, library: IndicatorLibrary
) -> dict[str, str] | None:
    found = guess(each, library)
    return asdict(found) if found else None


def _of_department(each: DepartmentIndicator, library: IndicatorLibrary) -> dict[str, object]:
    return {
        "section": each.section,
        "name": each.name,
        "raw_value": each.raw_value,
        "target": each.target.to_dict(),
        "evidence": each.evidence,
        "where": each.where,
        "confidence": str(each.confidence),
        "level1": each.level1,
        "level2": each.level2,
        "description": each.description,
        "weight": each.weight,
        "filled": asdict(each.filled) if each.filled else None,
        "areas": [_area(area) for area in each.areas],
        "guessed": _guessed(each, library),
    }


def _area(each: AreaTarget) -> dict[str, object]:
    return {"area": each.area, "raw_value": each.raw_value, "target": each.target.to_dict()}


def _project(project: Project, library: IndicatorLibrary) -> dict[str, object]:
    return {
        "code": project.code or None,
        "name": project.name,
        "purpose": project.purpose,
        "objectives": list(project.objectives),
        "budget": _budget(project.budget) if project.budget else None,
        "spending_plan": [
            {
                "label": point.label,
                "month": point.month,
                "share": share_text(point.share),
                "where": point.where,
            }
            for point in project.spending_plan
        ],
        "indicators": [_indicator(each, library) for each in project.indicators],
        "execution": _execution(project.budget) if project.budget else None,
        "budget_where": project.budget.where if project.budget else None,
        "kind": str(project.kind),
        "score": project.score,
        "where": project.where,
    }


def _budget(budget: Budget) -> dict[str, object]:
    return {
        "total_fen": budget.total_fen,
        "fiscal_fen": budget.fiscal_fen,
        "other_fen": budget.other_fen,
    }


def _execution(budget: Budget) -> dict[str, object]:
    """What monitoring and self-evaluation forms say of the year's money (预算执行)."""
    return {
        "adjusted_fen": budget.adjusted_fen,
        "executed_fen": budget.executed_fen,
        "expected_fen": budget.expected_fen,
        "fiscal_executed_fen": budget.fiscal_executed_fen,
        "other_executed_fen": budget.other_executed_fen,
        "weight": budget.weight,
        "score": budget.score,
    }


def share_text(share: Decimal) -> str:
    """Write a share with two decimals, or as many as it was given with: 0.20, 0.333."""
    places = -int(share.normalize().as_tuple().exponent)
    return f"{share:.{max(places, 2)}f}"


def _indicator(each: Indicator, library: IndicatorLibrary) -> dict[str, object]:
    return {
        "level1": each.level1,
        "level2": each.level2,
        "level3": each.level3,
        "description": each.description,
        "raw_value": each.raw_value,
        "basis": each.basis,
        "target": each.target.to_dict(),
        "where": each.where,
        "confidence": str(each.confidence),
        "weight": each.weight,
        "filled": asdict(each.filled) if each.filled else None,
        "areas": [_area(area) for area in each.areas],
        "guessed": _guessed(each, library),
        "standard": {
            "level1": next((s for word, s in _STANDARD1 if word in each.level1), None),
            "name": _ORDINAL.sub("", each.level3) or each.level3,
        },
    }
