"""Extraction: a target document (绩效目标文件) to all that it promises."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from perf_pipeline.documents.model import (
    DepartmentIndicator,
    Finding,
    Indicator,
    Paragraph,
    Project,
    Severity,
    Table,
    TargetDocument,
)
from perf_pipeline.documents.project_form import is_project_form, read_project_form
from perf_pipeline.documents.prose import read_prose
from perf_pipeline.documents.reading import read_file
from perf_pipeline.domain.errors import LayoutError, Place

_MAKER = re.compile(r"^(?P<department>[^\s，。；：:]{2,40}?)\s*编制$")
_TITLE = re.compile(r"(?P<year>20\d{2})\s*年.*绩效目标")
_NOTICE = ("演示", "虚构", "模拟数据", "重新编写")
_TITLE_LINES = 20


def extract_document(path: Path) -> TargetDocument:
    """Read a target document.

    Raises UnreadableFileError for a file that cannot be read, and LayoutError for one that names
    no fiscal year or holds no project form and no department indicator.
    """
    place = Place(path.name)
    file = read_file(path)
    paragraphs = [block for block in file.blocks if isinstance(block, Paragraph)]
    tables = [block for block in file.blocks if isinstance(block, Table)]
    opening = [paragraph.text for paragraph in paragraphs[:_TITLE_LINES]]
    titles = [match for text in opening if (match := _TITLE.search(text))]
    if not titles:
        raise LayoutError("没有找到标题中的年度，如“2024年部门整体绩效目标”", place)
    title = min(titles, key=lambda match: len(match.string))
    fiscal_year = int(title["year"])
    makers = [match for text in opening if (match := _MAKER.match(text.strip()))]
    findings: list[Finding] = []
    if not makers:
        message = "没有写明编制部门（如“某某局编制”）"
        findings.append(Finding(Severity.WARNING, "department_missing", message, "文件开头"))
    projects: list[Project] = []
    for table in tables:
        if is_project_form(table):
            project, found = read_project_form(table, fiscal_year)
            projects.append(project)
            findings += found
    indicators = read_prose(paragraphs, fiscal_year)
    if not projects and not indicators:
        raise LayoutError("既没有项目绩效目标表，也没有写明指标的文字", place)
    notices = [text for text in opening if any(word in text for word in _NOTICE)]
    return TargetDocument(
        path=str(path),
        sha256=file.sha256,
        department=makers[0]["department"] if makers else "",
        fiscal_year=fiscal_year,
        title=title.string.strip(),
        notice=" ".join(notices) or None,
        department_indicators=tuple(indicators),
        projects=tuple(projects),
        findings=tuple(findings),
    )


def to_json_dict(document: TargetDocument) -> dict[str, Any]:
    """Return a document as `extract --json` prints it; numbers are decimal strings."""
    return {
        "document": {
            "path": document.path,
            "sha256": document.sha256,
            "department": document.department,
            "fiscal_year": document.fiscal_year,
            "title": document.title,
            "notice": document.notice,
        },
        "department_indicators": [
            _department_indicator(indicator) for indicator in document.department_indicators
        ],
        "projects": [_project(project) for project in document.projects],
        "findings": [
            {
                "severity": str(finding.severity),
                "code": finding.code,
                "message": finding.message,
                "where": finding.where,
            }
            for finding in document.findings
        ],
    }


def _department_indicator(indicator: DepartmentIndicator) -> dict[str, Any]:
    return {
        "section": indicator.section,
        "name": indicator.name,
        "raw_value": indicator.raw_value,
        "target": indicator.target.to_dict(),
        "evidence": indicator.evidence,
        "where": f"第{indicator.paragraph}段",
    }


def _project(project: Project) -> dict[str, Any]:
    budget = project.budget
    return {
        "code": project.code,
        "name": project.name,
        "purpose": project.purpose,
        "objectives": list(project.objectives),
        "budget": None
        if budget is None
        else {
            "total_fen": budget.total_fen,
            "fiscal_fen": budget.fiscal_fen,
            "other_fen": budget.other_fen,
        },
        "spending_plan": [
            {"label": point.label, "month": point.month, "share": f"{point.share:.2f}"}
            for point in project.spending_plan
        ],
        "indicators": [_indicator(indicator, project) for indicator in project.indicators],
    }


def _indicator(indicator: Indicator, project: Project) -> dict[str, Any]:
    return {
        "level1": indicator.level1,
        "level2": indicator.level2,
        "level3": indicator.level3,
        "description": indicator.description,
        "raw_value": indicator.raw_value,
        "basis": indicator.basis,
        "target": indicator.target.to_dict(),
        "where": f"表{project.table}第{indicator.row}行",
    }
