"""The page of a department with 300 projects, beside a plain table of the same rows.

Usage: python -m tests.benchmarks.bench_site [PROJECTS]

Ratios of medians of the same session, alternating, against a page that holds the same figures in
one plain HTML table with nothing to click: made by Jinja2, opened by Chromium, and searched by
the shortest script that hides rows.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from jinja2 import Environment
from playwright.sync_api import Browser, Page, sync_playwright

from perf_pipeline.reports.charts import spending_chart
from perf_pipeline.reports.site.load import load_years
from perf_pipeline.reports.site.model import Year
from perf_pipeline.reports.site.page import render_year
from perf_pipeline.warehouse.engine import open_warehouse, write_transaction
from tests import made_years
from tests.year import QUARTERS, judge

RUNS = 5
PLAIN = """<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><title>-</title><table>
{% for each in year.subjects %}<tr><th>{{ each.name or "" }}{{ each.project or "" }}</th>
{% for judged in each.quarters %}<td>{{ judged.judgement }}</td><td>{{ judged.actual or "" }}</td>
<td>{{ judged.planned }}</td><td>{{ judged.reason }}</td>
{% for row in judged.sources.rows %}<td>{{ row.file }}</td><td>{{ row.sheet or "" }}</td>
<td>{{ row.row or "" }}</td><td>{{ row.key }}</td><td>{{ row.numerator }}</td>{% endfor %}
{% endfor %}</tr>{% endfor %}</table></html>"""
HIDE = """word => { for (const row of document.querySelectorAll("tr"))
  row.hidden = !row.textContent.includes(word); document.body.offsetHeight }"""
SEARCH = """word => { const form = document.querySelector('form[data-for="indicator-table"]');
  form.elements.q.value = word; form.dispatchEvent(new Event("input"));
  document.body.offsetHeight }"""


def medians(*works: Callable[[], object]) -> list[float]:
    """Return the median seconds of each work, in turns."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(RUNS):
        for work, times in zip(works, taken, strict=True):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
    return [statistics.median(times) for times in taken]


def tell(what: str, ours: float, plain: float) -> None:
    """Print a time and its ratio."""
    print(f"{what:22}{ours:8.3f} s{plain:8.3f} s plain{ours / plain:8.2f} times")


def made_year(folder: Path, projects: int) -> tuple[Year, float]:
    """Make and judge a department's half-year; return it and how long reading it took."""
    engine = open_warehouse(f"sqlite:///{folder / 'warehouse.db'}")
    with write_transaction(engine) as connection:
        made_years.fill(connection, made_years.make_years(6, projects, 1))
    judge(engine, "2024-03", "2024-06")
    (read,) = medians(lambda: list(load_years(engine, QUARTERS)))
    (year,) = load_years(engine, QUARTERS)
    engine.dispose()
    return year, read


def opened(browser: Browser, path: Path, place: str = "") -> Page:
    """Open a page and wait until it is laid out."""
    page = browser.new_page()
    page.goto(path.as_uri() + place)
    page.evaluate("document.body.offsetHeight")
    return page


def main(projects: int) -> None:
    """Measure and print."""
    template = Environment(autoescape=True).from_string(PLAIN)
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        year, read = made_year(folder, projects)
        sources = sum(len(figure.sources.rows) for figure in year.figures)
        print(f"{projects} projects, {len(year.indicators)} indicators, {sources} source rows")
        print(f"read from the warehouse in {read:.2f} s")
        tell("made", *medians(lambda: render_year(year), lambda: template.render(year=year)))
        at, lines = year.report.checkpoint, year.report.spending
        (curves,) = medians(lambda: [spending_chart(line, at) for line in lines])
        print(f"of which {curves:.2f} s for {projects} curves")
        ours, plain = folder / "ours.html", folder / "plain.html"
        ours.write_text(render_year(year), "utf-8")
        plain.write_text(template.render(year=year), "utf-8")
        sizes = [path.stat().st_size for path in (ours, plain)]
        print(f"{'size':22}{sizes[0]:>10,}{sizes[1]:>10,} plain{sizes[0] / sizes[1]:8.2f} times")

        program = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        visits = (lambda: opened(browser, ours).close(), lambda: opened(browser, plain).close())
        tell("opened", *medians(*visits))
        one, other = opened(browser, ours, "#indicators"), opened(browser, plain)
        searches = (lambda: one.evaluate(SEARCH, "项目29"), lambda: other.evaluate(HIDE, "项目29"))
        tell("searched", *medians(*searches))
        browser.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
