"""What commands print in English: the Chinese that remains are names and quotations."""

import io
import re
from datetime import date
from pathlib import Path

from lxml import html
from rich.console import Console
from sqlalchemy import Engine, select

from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.alerts.stored import open_alerts
from perf_pipeline.checking import check_inbox
from perf_pipeline.file_states import read_files
from perf_pipeline.items.standings import read_items
from perf_pipeline.language.spoken import SpokenConsole, speaking
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.printing.alerts import print_alerts
from perf_pipeline.printing.inbox import print_checked, print_files, print_open_points
from perf_pipeline.printing.items import print_item, print_items
from perf_pipeline.printing.status import print_status
from perf_pipeline.quality.open_points import open_points
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.reports.page import render_page
from perf_pipeline.reports.query import load_reports
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.schema import (
    department,
    indicator,
    project,
    register_tables,
    source_file,
    target,
)
from tests.kept import empty_warehouse
from tests.year import DATA, QUARTERS, judged_year

HAN = re.compile("[\u3400-\u9fff]")
QUOTED = re.compile("“[^“”]*”")
QUANTITY = re.compile(r"[\d,.]+[\u3400-\u9fff]{1,2}(?![\u3400-\u9fff])")  # in a document's unit
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


def check(console: Console, _engine: Engine) -> None:
    print_checked(console, check_inbox(Settings(inbox=DATA), compare=False))


def own_words(engine: Engine) -> list[str]:
    """Return the names and words of documents and files, the longest first."""
    words = {declared.label for declared in load_registers()}
    tables = (department, project, indicator, target, register_tables[REPORTED])
    with engine.connect() as connection:
        for table in tables:
            for row in connection.execute(select(table)):
                words.update(value for value in row if isinstance(value, str))
        for path in connection.execute(select(source_file.c.path)).scalars():
            words |= {path, path.split("/", 2)[-1]}
    return sorted(filter(HAN.search, words), key=len, reverse=True)


def without(words: list[str], line: str) -> str:
    for word in words:
        line = line.replace(word, "")
    return QUANTITY.sub("", QUOTED.sub("", line))


def test_only_names_and_quotations_stay_chinese(tmp_path: Path) -> None:
    engine = empty_warehouse(f"sqlite:///{tmp_path}/warehouse.db")
    judged_year(engine)
    words = own_words(engine)
    for show in (status, files, items, alerts, check):
        out = io.StringIO()
        with speaking("en"):
            show(SpokenConsole(file=out, width=2_000), engine)
        lines = out.getvalue().splitlines()
        assert len(lines) > 10, show.__name__
        assert [line for line in lines if HAN.search(without(words, line))] == [], show.__name__

    with engine.connect() as connection:
        (report,) = load_reports(connection, QUARTERS[2])
    with speaking("en"):
        page = html.fromstring(render_page(report))
    assert page.get("data-language") == "en"
    assert "Budget performance monitoring" in page.find(".//title").get("data-said")
    assert "20 items need attention" in page.xpath('//div[@class="worst"]//@data-said')[0]
    reasons = page.xpath('//*[@data-column="reason"]')
    told = [each.xpath("span/@data-said") for each in reasons]
    assert len(told) > 60
    assert all(told)
    chinese = html.fromstring(render_page(report))
    assert chinese.get("data-language") == "zh"
    assert chinese.xpath("//body")[0].text_content() == page.xpath("//body")[0].text_content()
