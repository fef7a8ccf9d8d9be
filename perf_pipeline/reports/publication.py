"""What a re-check comes to: sheets to work on, a package to publish (公开), proposals (结果应用).

The proposals for next year's budget are for the finance office and stand in a workbook of their
own, never in what is published.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.domain.scoring import write_points
from perf_pipeline.monitoring.recheck.results import DepartmentResult, proposal
from perf_pipeline.reports.amounts import wan
from perf_pipeline.reports.files import ReportFolder
from perf_pipeline.reports.form_blocks import amount, known_points, points
from perf_pipeline.reports.notices import made_up
from perf_pipeline.reports.page import rendered
from perf_pipeline.reports.recheck_workbook import recheck_workbook
from perf_pipeline.reports.sheet import (
    AMOUNT,
    CENTERED,
    MARKS,
    FormSheet,
    Listed,
    Value,
    list_sheet,
)
from perf_pipeline.reports.workbook import write_workbook

DEPARTMENTS = (
    *(Listed("序号", 5, CENTERED), Listed("部门", 26), Listed("项目数", 9, CENTERED)),
    *(Listed("交表数", 9, CENTERED), Listed("复核得分", 11, MARKS), Listed("等级", 8, CENTERED)),
    *(Listed("自评质量", 11, MARKS), Listed("主要问题", 60)),
)
PROJECTS = (
    *(Listed("部门", 24), Listed("项目", 26), Listed("本年预算（万元）", 12, AMOUNT)),
    *(Listed("自评得分", 9, MARKS), Listed("复核得分", 9, MARKS), Listed("等级", 8, CENTERED)),
    Listed("自评质量", 10, MARKS),
)
PROPOSED = (Listed("下年预算建议（仅供研究）", 34), Listed("依据", 40))


def write_publication(
    results: Sequence[DepartmentResult], fiscal_year: int, rules: RecheckRules, out: Path
) -> list[Path]:
    """Write each department's re-check workbook, and the results of all as workbook and page.

    Files go to `out/<department>/<year>/` and `out/<year>/`; returns their paths.
    """
    paths = []
    for each in results:
        folder = ReportFolder(out, each.code, str(fiscal_year))
        name = "绩效自评复核表.xlsx"
        folder.write_for_filling(name, recheck_workbook(each, fiscal_year))
        paths.append(folder.path / name)
    published = f"{fiscal_year}年绩效自评复核结果"
    of_results = [_departments(results), _projects(results, None)]
    everybody = ReportFolder(out, str(fiscal_year))
    for name, content in (
        (f"{published}.xlsx", write_workbook(published, of_results)),
        (f"{published}.html", _page("recheck.html.j2", results, fiscal_year, rules)),
        (
            f"{fiscal_year}年结果应用建议.xlsx",
            write_workbook(f"{fiscal_year}年绩效结果应用建议", [_projects(results, rules)]),
        ),
        (
            f"{fiscal_year}年结果应用建议.html",
            _page("proposals.html.j2", results, fiscal_year, rules),
        ),
    ):
        everybody.write(name, content)
        paths.append(everybody.path / name)
    return paths


def _page(
    template: str, results: Sequence[DepartmentResult], fiscal_year: int, rules: RecheckRules
) -> bytes:
    """Render a page that needs no network, of the results or of what they propose."""
    page = rendered(
        template,
        "language.js",
        fiscal_year=fiscal_year,
        departments=results,
        proposal=lambda project: proposal(project, rules),
        notice=_made_up(results),
        marks=lambda centi: "—" if centi is None else write_points(centi),
        wan=lambda fen: "—" if fen is None else wan(fen),
    )
    return page.encode()


def _made_up(results: Sequence[DepartmentResult]) -> str | None:
    return made_up(notice for each in results for notice in each.notices)


def _departments(results: Sequence[DepartmentResult]) -> FormSheet:
    rows: list[Sequence[Value]] = []
    for nth, each in enumerate(results, 1):
        faults = "；".join(f"{label}：{count}处" for label, count in each.faults.items())
        counts = (Decimal(len(each.projects)), Decimal(each.handed_in))
        marks = (known_points(each.score_centi), each.grade or "—", points(each.quality_centi))
        rows.append((Decimal(nth), each.name, *counts, *marks, faults or "没有发现问题"))
    return list_sheet("按部门", DEPARTMENTS, rows, header=_made_up(results))


def _projects(results: Sequence[DepartmentResult], rules: RecheckRules | None) -> FormSheet:
    """Lay the projects out, with the proposals where there are rules for them."""
    rows: list[Sequence[Value]] = []
    for department in results:
        for each in department.projects:
            known = each.form
            marks = map(known_points, (known.self_score_centi, known.score_centi))
            judged = (*marks, known.grade or "—", points(known.quality_centi))
            proposed = proposal(each, rules) if rules else ()
            rows.append(
                (department.name, each.name, amount(known.budget_fen)[0], *judged, *proposed)
            )
    name, columns = ("结果应用建议", PROJECTS + PROPOSED) if rules else ("按项目", PROJECTS)
    return list_sheet(name, columns, rows, header=_made_up(results))
