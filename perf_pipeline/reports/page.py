"""The page of a quarter: one HTML file that needs no network, for the screen and for paper."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup, escape

from perf_pipeline.domain.calendar import chinese_date
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.domain.outlook import Likelihood
from perf_pipeline.domain.status import DEVIATIONS
from perf_pipeline.language.spoken import beside_chinese
from perf_pipeline.monitoring.cause import CHANGE_LABELS, cause_text
from perf_pipeline.reports import amounts, page_rows
from perf_pipeline.reports.blocks import project_block, section_block
from perf_pipeline.reports.files import year_page
from perf_pipeline.reports.matters import answers, matters
from perf_pipeline.reports.model import (
    IndicatorLine,
    QuarterReport,
    SpendingLine,
    count_lights,
    count_statuses,
)
from perf_pipeline.reports.page_rows import LABELS
from perf_pipeline.reports.page_words import (
    page_languages,
    page_with,
    page_words,
    said,
    said_beside,
    spoken,
    spoken_attribute,
    translated,
    translated_attribute,
)
from perf_pipeline.reports.reliability import reliability_picture
from perf_pipeline.reports.wording import summary
from perf_pipeline.warehouse.engine import as_utc
from perf_pipeline.warehouse.judgements import SpendingSum
from perf_pipeline.warehouse.result import Show

ACTIONS = {"closed": "关账", "reopened": "重新开账"}
SHA_SHOWN = 12
PACKING = 6  # of gzip: its finest takes three times as long and saves 3 % of the bytes
LARGEST_BODY = 1_500_000  # characters; a larger one is packed, so that no page passes 3 MB
WAITING = '<p class="lead" id="waiting" hidden'
MOST_MATTERS = 6  # before a fold: what a leader looks at


def render_page(report: QuarterReport) -> str:
    """Return the HTML of a report."""
    with page_with(page_words()):
        projects = [project_block(report, line.project_name) for line in report.spending]
        sections = [section_block(report, name) for name in report.sections]
        fiscal_year = report.checkpoint.fiscal_year
        found = matters(report)
        page = rendered(
            "quarter.html.j2",
            *("unpack.js", "language.js"),
            report=report,
            at=report.checkpoint,
            contents=_contents(report),
            matters=found,
            most=MOST_MATTERS,
            answers=answers(report, found),
            past=[alert for alert in report.alerts if not alert.holds],
            summary=summary(report),
            lights=count_lights(report.spending),
            statuses=count_statuses(report.indicators),
            projects=projects,
            sections=sections,
            sources=f"../{fiscal_year}/{quote(year_page(fiscal_year))}",
            notice_css=Markup(css_string(report.notice_line or "")),
            footer_css=Markup(css_string(f"{report.department}　{report.checkpoint.name}")),
        )
    return bounded(page)


def _contents(report: QuarterReport) -> list[tuple[str, str]]:
    """List the parts of the page that a report has, in their order."""
    parts = (
        ("items", "需要关注的事项", True),
        ("overview", "总览", True),
        ("spending", "预算执行", True),
        ("by-project", "项目绩效指标", bool(report.spending)),
        ("by-section", "分项工作绩效指标", bool(report.sections)),
        ("limits", "办理期限", bool(report.case_limits)),
        ("safeguards", "保障措施", bool(report.safeguards)),
        ("audit", "内部审计线索", bool(report.audit)),
        ("sources", "数据来源", True),
    )
    return [(place, word) for place, word, is_there in parts if is_there]


@cache
def _environment() -> Environment:
    """Return the environment of the templates: everything escaped, nothing undefined."""
    environment = Environment(
        loader=PackageLoader("perf_pipeline.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "wan": amounts.wan,
        "chinese_date": chinese_date,
        "label": lambda word: LABELS[str(word)],
        "judgement": lambda word: LABELS[word] if word else "无",
        "sha": lambda digest: digest[:SHA_SHOWN],
        "icon": page_rows.icon,
        "mark": page_rows.mark,
        "strip": page_rows.strip,
        "heads": page_rows.heads,
        "cells": page_rows.cells,
        "matter": page_rows.matter,
        "indicator_row": page_rows.indicator_row,
        "sorted_cell": page_rows.sorted_cell,
        "judged_cell": page_rows.judged_cell,
        "facts": page_rows.facts,
        "indicator_name": page_rows.indicator_name,
        "why": page_rows.why,
        "heads_of": lambda row: [translated(of.label) for of in row.shown(Show.HEAD).values()],
        "said": said,
        "said_beside": said_beside,
        "spoken": spoken,
        "spoken_attribute": spoken_attribute,
        "t": translated,
        "ta": translated_attribute,
        "likelihood": lambda word: Likelihood(word).label,
        "deviates": lambda word: word in DEVIATIONS,
        "kind": lambda kind: CHANGE_LABELS[kind],
        "action": lambda action: ACTIONS[action],
        "cause": cause_text,
        "moment": _moment,
        "reliability_picture": reliability_picture,
        "whole_percent": lambda bp: round(bp / 100),
    }
    environment.globals |= {
        "spending_class": SpendingLine,
        "indicator_class": IndicatorLine,
        "sum_class": SpendingSum,
    }
    return environment


def _moment(stored: datetime) -> str:
    """Write a moment in the time of the place where the departments are."""
    return as_utc(stored).astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")


@cache
def page_script(*names: str) -> dict[str, Markup]:
    """Return a page's script and the policy that lets only it run, and nothing be fetched.

    A licence among the names stands in the script as a comment: whoever has the page has it.
    """
    folder = files("perf_pipeline.reports") / "templates"
    texts = {name: (folder / name).read_text("utf-8") for name in names}
    script = "\n".join(
        f"/*!\n{text}*/" if "LICENSE" in name else text for name, text in texts.items()
    )
    script = f"(async () => {{\n{script}\n}})();"  # one part may wait for what it unpacks
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
    allowed += "base-uri 'none'; form-action 'none'"
    return {"script": Markup(script), "policy": Markup(escape(allowed))}


def rendered(template: str, *scripts: str, **values: Any) -> str:
    """Render a template with its languages, its words and its scripts; `data` is for these."""
    words, more = _words_as_json(beside_chinese()), values.pop("data", {})
    data = Markup(f"{words[:-1]},{_as_json(more)[1:]}" if more else words)
    page = _environment().get_template(template)
    return page.render(languages=page_languages(), data=data, **values, **page_script(*scripts))


@lru_cache(maxsize=1)
def _words_as_json(other: str) -> str:
    return _as_json({"words": page_words()})


def _as_json(values: Mapping[str, object]) -> str:
    """Write values as an object that may stand in a script of a page."""
    return htmlsafe_json_dumps(values, ensure_ascii=False, separators=(",", ":"))


def packed(text: str) -> str:
    """Return a text as the page's script unpacks it; the same one gives the same."""
    return base64.b64encode(gzip.compress(text.encode(), PACKING, mtime=0)).decode()


def bounded(page: str) -> str:
    """Return a page of which all below the waiting line is packed, where that is much."""
    start, end = page.index(WAITING), page.rindex("</main>")
    waiting, body = page[start:end].split("\n", 1)
    if len(body) <= LARGEST_BODY:
        return page
    shown = waiting.replace(" hidden", "")
    whole = f'</main>\n<script type="text/plain" id="body">{packed(body)}</script>'
    return f"{page[:start]}{shown}\n{whole}{page[end + len('</main>') :]}"


def css_string(text: str) -> str:
    """Write text as a CSS string in which every character is a code: nothing can end it early."""
    return '"' + "".join(f"\\{ord(char):06x}" for char in text) + '"'
