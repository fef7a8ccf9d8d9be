"""What commands print in English: the Chinese that remains are names and quotations."""

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from lxml import html
from rich.console import Console
from sqlalchemy import Engine

from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.alerts.stored import open_alerts
from perf_pipeline.checking import check_inbox
from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.domain.scoring import ScoringRules
from perf_pipeline.file_states import read_files
from perf_pipeline.items.standings import read_items
from perf_pipeline.language.spoken import SpokenConsole, beside, speaking
from perf_pipeline.monitoring.recheck.recheck_year import recheck_year
from perf_pipeline.monitoring.recheck.results import read_results
from perf_pipeline.monitoring.restatement import diff_quarter
from perf_pipeline.monitoring.self_evaluation import evaluate_year
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.printing.acts import act_line
from perf_pipeline.printing.alerts import print_alerts
from perf_pipeline.printing.inbox import print_checked, print_files, print_open_points
from perf_pipeline.printing.items import print_item, print_items
from perf_pipeline.printing.status import print_status
from perf_pipeline.quality.open_points import open_points
from perf_pipeline.reports.page import render_page
from perf_pipeline.reports.publication import write_publication
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.rectification import write_rectification
from perf_pipeline.reports.restatement_page import write_restatements
from perf_pipeline.reports.site.load import load_years
from perf_pipeline.reports.site.page import render_year
from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.reports.write_year import write_year
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.seals.log import read_acts
from tests.kept import empty_warehouse
from tests.own_words import HAN, own_words, without
from tests.year import DATA, QUARTERS, judged_year

pytestmark = pytest.mark.long(25)

REPORTED = "reported_value"


def status(console: Console, engine: Engine) -> None:
    print_status(console, read_status(engine))
    with engine.connect() as connection:
        print_open_points(console, open_points(connection))


def files(console: Console, engine: Engine) -> None:
    print_files(console, read_files(engine, DATA))


def items(console: Console, engine: Engine) -> None:
    rules = load_configuration(DATA).items
    with engine.connect() as connection:
        found = read_items(connection, 2024, date(2025, 1, 20), rules)
    print_items(console, found)
    for each in found:
        print_item(console, each)


def alerts(console: Console, engine: Engine) -> None:
    print_alerts(console, open_alerts(engine), [])


def acts(console: Console, engine: Engine) -> None:
    with engine.connect() as connection:
        for each in read_acts(connection):
            console.print(act_line(each))


def check(console: Console, _engine: Engine) -> None:
    print_checked(console, check_inbox(Settings(inbox=DATA), compare=False))


def test_only_names_and_quotations_stay_chinese(tmp_path: Path) -> None:
    engine = empty_warehouse(f"sqlite:///{tmp_path}/warehouse.db")
    judged_year(engine)
    words = own_words(engine)
    for show in (status, files, items, alerts, acts, check):
        out = io.StringIO()
        with speaking("en"):
            show(SpokenConsole(file=out, width=2_000), engine)
        lines = out.getvalue().splitlines()
        assert len(lines) > 10, show.__name__
        assert [line for line in lines if HAN.search(without(words, line))] == [], show.__name__


def docx_lines(path: Path) -> Iterator[str]:
    document = docx.Document(str(path))
    yield from (each.text for each in document.paragraphs)
    for table in document.tables:
        yield from (cell.text for row in table.rows for cell in row.cells)
    for section in document.sections:
        for part in (section.header, section.footer):
            yield from (each.text for each in part.paragraphs)


def words_of(page: html.HtmlElement) -> dict[str, str]:
    """What a page's script knows of the language beside Chinese: its data, and first sentences."""
    data = page.get_element_by_id("data").text or ""
    known: dict[str, str] = json.loads(data)["words"]
    marked = (each for each in page.iter() if each.get("data-said"))
    return {each.text_content(): each.get("data-said", "") for each in marked} | known


def page_lines(path: Path) -> Iterator[str]:
    """Give what a page says once it is changed to the language beside Chinese."""
    tree = html.fromstring(path.read_bytes())
    words = words_of(tree)

    def said(text: str) -> str:
        return words.get(text) or " ".join(words.get(each, each) for each in text.split(" "))

    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style"):
            continue
        for name in ("aria-label", "title", "placeholder", "data-label"):
            if text := element.get(name):
                marked = name in element.get("data-ta", "")
                yield (element.get("data-said-in") or said(text)) if marked else text
        own = element.text or ""
        if element.get("data-t") is not None:
            own = element.get("data-said") or said(own)
        yield own
        yield from (each.tail or "" for each in element)


def book_lines(path: Path) -> Iterator[str]:
    """Give the cells of a workbook; of one in two languages, what stands below the Chinese."""
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    lines = cell.value.split("\n")
                    parts = [
                        ("\n".join(lines[:n]), "\n".join(lines[n:])) for n in range(1, len(lines))
                    ]
                    with speaking("en"):
                        said = [low for high, low in parts if beside(high) == f"{high}\n{low}"]
                    yield said[0] if said else cell.value


READ = {".docx": docx_lines, ".html": page_lines, ".xlsx": book_lines}


def write_everything(engine: Engine, out: Path) -> None:
    """Write every page and file of the year, as runs and commands do."""
    rules = load_configuration(DATA).items
    write_quarter(engine, QUARTERS[2], out / "quarters")
    write_quarter(engine, QUARTERS[3], out / "quarters")
    write_site(engine, QUARTERS, out / "site")
    evaluate_year(engine, QUARTERS[3], ScoringRules())
    write_year(engine, QUARTERS[3], out / "year")
    recheck_year(engine, DATA, QUARTERS[3], RecheckRules(), seed=1, size=2)
    with engine.connect() as connection:
        results = read_results(connection, QUARTERS[3])
        found = read_items(connection, 2024, date(2025, 1, 20), rules)
    write_publication(results, 2024, RecheckRules(), out / "publication")
    list(write_rectification(found, out / "items", date(2025, 1, 20)))
    write_restatements(diff_quarter(engine, QUARTERS[3]), out / "restated")


def test_files_and_pages_of_the_year_are_english(tmp_path: Path) -> None:
    engine = empty_warehouse(f"sqlite:///{tmp_path}/warehouse.db")
    judged_year(engine)
    with speaking("en"):
        write_everything(engine, tmp_path / "out")
    words = own_words(engine)
    said: dict[str, Path] = {}  # each line once, and where it stands first
    for path in sorted((tmp_path / "out").rglob("*")):
        for line in READ[path.suffix](path) if path.suffix in READ else ():
            said.setdefault(line, path)
    assert len(said) > 1_000
    left = {
        f"{path.parent.name}/{path.name}: {line}"
        for line, path in said.items()
        if HAN.search(line) and HAN.search(without(words, line))
    }
    assert left == set()


def test_a_page_begins_in_the_language_spoken_and_holds_both(tmp_path: Path) -> None:
    engine = empty_warehouse(f"sqlite:///{tmp_path}/warehouse.db")
    judged_year(engine)
    with engine.connect() as connection:
        (report,) = load_reports(connection, QUARTERS[2])
    with speaking("en"):
        page: Any = html.fromstring(render_page(report))
    assert page.get("data-language") == "en"
    assert "performance monitoring" in page.find(".//title").get("data-said")
    assert "20 items need attention" in page.xpath('//div[@class="worst"]//@data-said')[0]
    reasons = page.xpath('//*[@data-column="reason"]')
    words = words_of(page)
    told = [span for each in reasons for span in each.iterfind("span")]
    assert len(told) > 60
    assert all(span.get("data-t") is not None and span.text in words for span in told)
    firsts = [(each.text or "", each.get("data-said")) for each in page.iter("span")]
    learnt = [text for text, said in firsts if said and HAN.search(text) and words[text] == said]
    assert len(learnt) == len(set(learnt)) > 40  # each once
    with speaking("en"):
        (year,) = load_years(engine, QUARTERS)
        english = [render_page(report), render_year(year)]
    chinese = [render_page(report), render_year(year)]
    begun = [each.replace('data-language="zh"', 'data-language="en"', 1) for each in chinese]
    assert begun == english  # wherever it is made, it changes to the other language whole
