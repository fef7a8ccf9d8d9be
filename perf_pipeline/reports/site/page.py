"""The pages of a year: one self-contained file a department, and an index over departments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from perf_pipeline.monitoring.outlook.record import RecordLine
from perf_pipeline.reports.blocks import Block, project_block, section_block
from perf_pipeline.reports.charts import curve_figures
from perf_pipeline.reports.page import (
    bounded,
    css_string,
    rendered,
)
from perf_pipeline.reports.page_rows import LABELS
from perf_pipeline.reports.page_words import page_with, page_words
from perf_pipeline.reports.site.evidence import (
    Belongs,
    belongs,
    packed_evidence,
)
from perf_pipeline.reports.site.model import Spending, Stage, Standing, Year
from perf_pipeline.reports.wording import summary

CURVES = ("uplot/LICENSE", "uplot/uPlot.iife.min.js", "curve.js")
MOST_CASES = 20
MOST_ITEMS = 10  # of the ledger on the first page; `perf-pipeline items` has them all
MOST_NAMED = 2  # promised or late items named at a checkpoint; the others are counted
MOST_CHANGES, MOST_CAUSES = 100, 5


@dataclass(frozen=True)
class Group:
    """A project, or a line of work of the department, under which indicators stand."""

    id: str  # its place in the page: g1
    block: Block
    spending: Spending | None
    before: str | None = None
    after: str | None = None


def render_year(year: Year, index: str = "") -> str:
    """Return the page of a department's year; `index` is where several departments are listed."""
    with page_with(page_words()):
        group_of = _places(year)
        groups = _groups(year, group_of)
        report, at = year.report, year.report.checkpoint
        curves = {each.id: curve_figures(line, at) for each in groups if (line := each.block.line)}
        return bounded(
            rendered(
                "year.html.j2",
                *("unpack.js", "language.js", "year.js", *CURVES),
                year=year,
                report=report,
                at=at,
                index=index,
                groups=groups,
                group_at={each.block.name: each for each in groups if each.spending},
                indicator_groups=[group_of[belongs(each)] for each in year.indicators],
                summary=summary(report),
                most_items=MOST_ITEMS,
                most_named=MOST_NAMED,
                stages=_stages(year),
                overdue=report.overdue[:MOST_CASES],
                more_overdue=max(len(report.overdue) - MOST_CASES, 0),
                most_changes=MOST_CHANGES,
                most_causes=MOST_CAUSES,
                data={"labels": LABELS, "curves": curves},
                evidence=packed_evidence(year, group_of),
                notice_css=Markup(css_string(report.notice_line or "")),
                footer_css=Markup(css_string(f"{report.department}　{year.fiscal_year}")),
            )
        )


def render_index(
    standings: Sequence[Standing],
    links: Mapping[str, str],
    record: Sequence[RecordLine],
) -> str:
    """Return the page that lists the departments of a year, each with the link to its page.

    `record` is how good the installation's forecasts were.
    """
    with page_with(page_words()):
        return rendered(
            "year_index.html.j2",
            *("language.js", "year.js"),
            standings=standings,
            record=record,
            fiscal_year=standings[0].checkpoint.fiscal_year,
            links={code: quote(link) for code, link in links.items()},
            notices=sorted({each.notice for each in standings if each.notice}),
            data={"labels": LABELS},
        )


def _places(year: Year) -> dict[Belongs, str]:
    """Number the parts of the page: projects in the document's order, then lines of work."""
    named: list[Belongs] = [(each.project_name, None) for each in year.spending]
    named += [belongs(each) for each in year.indicators]
    return {each: f"g{nth}" for nth, each in enumerate(dict.fromkeys(named), start=1)}


def _groups(year: Year, group_of: Mapping[Belongs, str]) -> list[Group]:
    spending = {each.project_name: each for each in year.spending}
    ids = [None, *group_of.values(), None]
    return [
        Group(
            at,
            project_block(year.report, name)
            if name is not None
            else section_block(year.report, section or ""),
            spending.get(name or ""),
            ids[nth - 1],
            ids[nth + 1],
        )
        for nth, ((name, section), at) in enumerate(group_of.items(), start=1)
    ]


def _stages(year: Year) -> dict[str, dict[str, list[Stage | None]]]:
    """Sort the flow by register and stage, a place for each checkpoint."""
    stages: dict[str, dict[str, list[Stage | None]]] = {}
    for each in year.flow:
        of_register = stages.setdefault(each.register, {})
        of_register.setdefault(each.label, [None] * len(year.checkpoints))[each.quarter] = each
    return stages
