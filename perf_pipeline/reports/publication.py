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
from perf_pipeline.reports.amounts import exact_wan, wan
from perf_pipeline.reports.files import ReportFolder
from perf_pipeline.reports.form_blocks import points
from perf_pipeline.reports.notices import made_up
from perf_pipeline.reports.page import page_script, report_environment
from perf_pipeline.reports.page_words import page_languages, page_words
from perf_pipeline.reports.recheck_workbook import recheck_workbook
from perf_pipeline.reports.sheet import AMOUNT, CENTERED, LABEL, TEXT, FormSheet, Look, Value
from perf_pipeline.reports.workbook import write_workbook

MARKS = Look(format="0.00")
PROJECT_HEADS: tuple[str, ...] = (
    *("部门", "项目", "本年预算（万元）", "自评得分", "复核得分", "等级", "自评质量"),
)
Cells = list[tuple[tuple[int, int], Value, Look]]


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
    title = f"{fiscal_year}年绩效自评复核结果"
    everybody = ReportFolder(out, str(fiscal_year))
    for name, content in (
        (f"{title}.xlsx", results_workbook(results, fiscal_year)),
        (f"{title}.html", results_page(results, fiscal_year).encode()),
        (f"{fiscal_year}年结果应用建议.xlsx", proposals_workbook(results, fiscal_year, rules)),
        (f"{fiscal_year}年结果应用建议.html", proposals_page(results, fiscal_year, rules).encode()),
    ):
        everybody.write(name, content)
        paths.append(everybody.path / name)
    return paths


def results_workbook(results: Sequence[DepartmentResult], fiscal_year: int) -> bytes:
    """Return what is published: the results by department and by project."""
    title = f"{fiscal_year}年绩效自评复核结果"
    return write_workbook(title, [_departments(results), _projects(results, None)])


def proposals_workbook(
    results: Sequence[DepartmentResult], fiscal_year: int, rules: RecheckRules
) -> bytes:
    """Return what the results propose for next year's budget, project by project."""
    return write_workbook(f"{fiscal_year}年绩效结果应用建议", [_projects(results, rules)])


def results_page(results: Sequence[DepartmentResult], fiscal_year: int) -> str:
    """Return what is published as one page that needs no network."""
    return _page("recheck.html.j2", results, fiscal_year)


def proposals_page(
    results: Sequence[DepartmentResult], fiscal_year: int, rules: RecheckRules
) -> str:
    """Return what the results propose for next year's budget as one page: not to be published."""
    proposed = [
        (each, [(project, *proposal(project, rules)) for project in each.projects])
        for each in results
    ]
    return _page("proposals.html.j2", results, fiscal_year, proposed=proposed)


def _page(
    template: str, results: Sequence[DepartmentResult], fiscal_year: int, **more: object
) -> str:
    return (
        report_environment()
        .get_template(template)
        .render(
            fiscal_year=fiscal_year,
            departments=results,
            notice=_made_up(results),
            marks=lambda centi: "—" if centi is None else write_points(centi),
            wan=lambda fen: "—" if fen is None else wan(fen),
            languages=page_languages(),
            data={"words": page_words()},
            **more,
            **page_script("language.js"),
        )
    )


def _made_up(results: Sequence[DepartmentResult]) -> str | None:
    return made_up(notice for each in results for notice in each.notices)


def _departments(results: Sequence[DepartmentResult]) -> FormSheet:
    form = FormSheet("按部门", (5, 26, 9, 9, 11, 8, 11, 60), frozen=(2, 1))
    heads = ("序号", "部门", "项目数", "交表数", "复核得分", "等级", "自评质量", "主要问题")
    row = _heads(form, heads)
    for nth, each in enumerate(results, 1):
        faults = "；".join(f"{label}{count}处" for label, count in each.faults.items())
        cells: Cells = [
            ((1, 1), Decimal(nth), CENTERED),
            ((2, 2), each.name, TEXT),
            ((3, 3), Decimal(len(each.projects)), CENTERED),
            ((4, 4), Decimal(each.handed_in), CENTERED),
            ((5, 5), None if each.score_centi is None else points(each.score_centi), MARKS),
            ((6, 6), each.grade or "—", CENTERED),
            ((7, 7), points(each.quality_centi), MARKS),
            ((8, 8), faults or "没有发现问题", TEXT),
        ]
        row = form.line(row, cells, least=22)
    form.header = _made_up(results)
    form.finish(row - 1, (1, 1))
    return form


def _projects(results: Sequence[DepartmentResult], rules: RecheckRules | None) -> FormSheet:
    """Lay the projects out, with the proposals where there are rules for them."""
    widths: tuple[float, ...] = (24, 26, 12, 9, 9, 8, 10)
    heads = PROJECT_HEADS
    if rules is not None:
        widths, heads = (*widths, 34, 40), (*heads, "下年预算建议（仅供研究）", "依据")
    form = FormSheet("按项目" if rules is None else "结果应用建议", widths, frozen=(2, 1))
    row = _heads(form, heads)
    for department in results:
        for each in department.projects:
            known = each.form
            cells: Cells = [
                ((1, 1), department.name, TEXT),
                ((2, 2), each.name, TEXT),
                ((3, 3), None if known.budget_fen is None else exact_wan(known.budget_fen), AMOUNT),
                ((4, 4), _points(known.self_score_centi), MARKS),
                ((5, 5), _points(known.score_centi), MARKS),
                ((6, 6), known.grade or "—", CENTERED),
                ((7, 7), points(known.quality_centi), MARKS),
            ]
            if rules is not None:
                said, ground = proposal(each, rules)
                cells += [((8, 8), said, TEXT), ((9, 9), ground, TEXT)]
            row = form.line(row, cells, least=22)
    form.header = _made_up(results)
    form.finish(row - 1, (1, 1))
    return form


def _heads(form: FormSheet, heads: Sequence[str]) -> int:
    return form.line(1, [((n, n), head, LABEL) for n, head in enumerate(heads, 1)], least=26)


def _points(centi: int | None) -> Decimal | None:
    return None if centi is None else points(centi)
