"""The pages of a year: one self-contained file a department, and an index over departments."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup, escape

from perf_pipeline.domain.outlook import LIKELIHOOD_LABELS
from perf_pipeline.domain.status import DEVIATIONS, Light, Status
from perf_pipeline.monitoring.cause import cause_text
from perf_pipeline.reports.model import Project, QuarterReport, count_lights, count_statuses
from perf_pipeline.reports.page import LABELS, Chart, css_string, draw_curve, report_environment
from perf_pipeline.reports.site.evidence import Belongs, belongs, evidence
from perf_pipeline.reports.site.model import Spending, Stage, Standing, Year
from perf_pipeline.reports.site.words import ENGLISH
from perf_pipeline.reports.wording import summary

MOST_ALERTS = 12  # on the first page; the table of indicators has them all
MOST_CASES = 20
MOST_CHANGES, MOST_CAUSES = 100, 5
# the gravest first: what tables are sorted by
GRAVITY = {
    word: nth
    for nth, word in enumerate(
        (
            *(Light.RED, Light.YELLOW, Light.AHEAD, Light.UNKNOWN, Light.GREEN),
            *(Status.MISSED, Status.BEHIND, Status.NO_DATA, Status.NOT_DUE),
            *(Status.ON_TRACK, Status.MET, None),
        )
    )
}


@dataclass(frozen=True)
class Group:
    """A project, or a line of work of the department, under which indicators stand."""

    id: str  # its place in the page: g1
    name: str
    spending: Spending | None
    description: Project | None
    chart: Chart | None
    counts: Mapping[Status, int]
    before: str | None = None
    after: str | None = None


def render_year(year: Year, index: str = "") -> str:
    """Return the page of a department's year; `index` is where all departments are listed."""
    group_of = _places(year)
    groups = _groups(year, group_of)
    report = year.report
    told = evidence(year, group_of)
    return (
        _environment()
        .get_template("year.html.j2")
        .render(
            year=year,
            report=report,
            at=report.checkpoint,
            index=index if year.departments > 1 else "",
            groups=groups,
            group_at={each.name: each for each in groups if each.spending},
            indicator_groups=[group_of[belongs(each)] for each in year.indicators],
            summary=summary(report),
            english_summary=_summary(report),
            open_alerts=[alert for alert in report.alerts if alert.holds],
            most_alerts=MOST_ALERTS,
            stages=_stages(year),
            overdue=report.overdue[:MOST_CASES],
            more_overdue=max(len(report.overdue) - MOST_CASES, 0),
            most_changes=MOST_CHANGES,
            most_causes=MOST_CAUSES,
            data=told | {"words": ENGLISH, "labels": LABELS},
            notice_css=Markup(css_string(report.notice or "")),
            footer_css=Markup(css_string(f"{report.department}　{year.fiscal_year}")),
            **_script(),
        )
    )


def render_index(standings: Sequence[Standing], links: Mapping[str, str]) -> str:
    """Return the page that lists the departments of a year, each with the link to its page."""
    return (
        _environment()
        .get_template("year_index.html.j2")
        .render(
            standings=standings,
            fiscal_year=standings[0].checkpoint.fiscal_year,
            links={code: quote(link) for code, link in links.items()},
            notices=sorted({each.notice for each in standings if each.notice}),
            data={"figures": {}, "words": ENGLISH, "labels": LABELS},
            **_script(),
        )
    )


def _places(year: Year) -> dict[Belongs, str]:
    """Number the parts of the page: projects in the document's order, then lines of work."""
    named: list[Belongs] = [(each.project, None) for each in year.spending]
    named += [belongs(each) for each in year.indicators]
    return {each: f"g{nth}" for nth, each in enumerate(dict.fromkeys(named), start=1)}


def _groups(year: Year, group_of: Mapping[Belongs, str]) -> list[Group]:
    spending = {each.project: each for each in year.spending}
    lines: dict[Belongs, list[Any]] = {each: [] for each in group_of}
    for each in year.indicators:
        if each.now:
            lines[belongs(each)].append(each.now)
    ids = [None, *group_of.values(), None]
    described = {each.name: each for each in year.report.projects}
    return [
        Group(
            at,
            project or section or "未分项",
            (spent := spending.get(project or "")),
            described.get(project or ""),
            draw_curve(spent.now, year.report) if spent and spent.now else None,
            count_statuses(lines[project, section]),
            ids[nth - 1],
            ids[nth + 1],
        )
        for nth, ((project, section), at) in enumerate(group_of.items(), start=1)
    ]


def _stages(year: Year) -> dict[str, dict[str, list[Stage | None]]]:
    """Sort the flow by register and stage, a place for each checkpoint."""
    stages: dict[str, dict[str, list[Stage | None]]] = {}
    for each in year.flow:
        of_register = stages.setdefault(each.register, {})
        of_register.setdefault(each.label, [None] * len(year.checkpoints))[each.quarter] = each
    return stages


def _summary(report: QuarterReport) -> str:
    """Say in English what the Chinese summary says."""
    lights, statuses = count_lights(report.spending), count_statuses(report.indicators)
    said = [f"{count} {ENGLISH[LABELS[light]].lower()}" for light, count in lights.items() if count]
    told = [f"{count} {ENGLISH[LABELS[each]].lower()}" for each, count in statuses.items() if count]
    return (
        f"{len(report.spending)} projects: spending {', '.join(said) or 'not judged'}. "
        f"{len(report.indicators)} indicators: {', '.join(told) or 'none'}."
    )


def _translated(word: str, *values: object) -> Markup:
    """Mark a word of the interface for the language switch; KeyError where it has no English."""
    english = ENGLISH[word]
    if not values:
        return Markup("<span data-t>{}</span>").format(word)
    return Markup('<span data-t data-en="{}">{}</span>').format(
        english.format(*(ENGLISH.get(str(value), value) for value in values)), word.format(*values)
    )


def _attribute(word: str, name: str) -> Markup:
    """Write an attribute whose value the language switch changes."""
    assert word in ENGLISH, word
    return Markup('{}="{}" data-ta="{}"').format(Markup(name), word, Markup(name))


@cache
def _environment() -> Environment:
    environment = report_environment()
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    environment.filters |= {
        "t": _translated,
        "ta": _attribute,
        "label": lambda word: _translated(LABELS[str(word)]),
        "judgement": lambda word: _translated(LABELS[word] if word else "无"),
        "likelihood": lambda word: _translated(LIKELIHOOD_LABELS[word]),
        "gravity": lambda word: GRAVITY[word],
        "deviates": lambda word: word in DEVIATIONS,
        "cause": cause_text,
    }
    return environment


@cache
def _script() -> dict[str, Markup]:
    """Return the pages' script and the policy that lets only it run, and nothing be fetched."""
    script = (files("perf_pipeline.reports") / "templates" / "year.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
    allowed += "base-uri 'none'; form-action 'none'"
    return {"script": Markup(script), "policy": Markup(escape(allowed))}
