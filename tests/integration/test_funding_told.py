"""What is told of money by its source is the same on forms, in sums, on the page and in Word."""

from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from lxml import html
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from perf_pipeline.domain.status import Together
from perf_pipeline.reports.form_declaration import MonitoringForm, form_declaration
from perf_pipeline.reports.model import QuarterReport
from perf_pipeline.reports.monitoring_form import monitoring_form
from perf_pipeline.reports.page import render_page
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.word_report import word_report
from tests.integration.test_judgement import (
    FAR_BEHIND,
    ON_PLAN,
    Q2,
    UNPAID,
    hand_in,
    inbox,
    take_in,
)
from tests.year import DEPARTMENT

__all__ = ["inbox"]
pytestmark = pytest.mark.long(10)


@pytest.fixture
def report(engine: Engine, inbox: Path) -> QuarterReport:
    """A department whose budgets are written in several ways."""
    (inbox / "2024" / DEPARTMENT / "registers" / "项目预算表.xlsx").unlink()
    hand_in(
        inbox,
        "项目预算表",
        (
            "项目名称",
            "预算数（元）",
            "财政资金（元）",
            "其他资金（元）",
            "上年结转（元）",
            "分项工作",
        ),
        (FAR_BEHIND, "1500000", "1200000", "300000", "200000", "综治维稳"),  # held in fiscal money
        (ON_PLAN, "800000", "500000", "200000", "100000", "综治维稳"),  # on top of it
        ("社会治安保险", "520000", "520000", "", "", ""),
        (UNPAID, "1260000", "1000000", "", "", ""),
    )
    take_in(engine, inbox, "2024-06")
    with engine.connect() as connection:
        [found] = load_reports(connection, Q2)
    return found


@pytest.mark.on_sqlite
def test_the_sources_of_each_budget_make_the_whole_on_forms_and_in_sums(
    report: QuarterReport,
) -> None:
    declared = form_declaration(MonitoringForm, "national")
    for line in report.spending:
        summed = {
            each.name: each.budget_fen
            for each in report.sums_of(Together.PROJECT_SOURCE)
            if each.project_name == line.project_name
        }
        assert sum(fen or 0 for fen in summed.values()) == line.budget_fen
        drawn = monitoring_form(report, line.project_name, declared)
        sheet = CalamineWorkbook.from_filelike(BytesIO(drawn)).get_sheet_by_index(0).to_python()
        on_form = {
            str(cell).rpartition("：")[2]: [each for each in row if isinstance(each, float)]
            for row in sheet
            for cell in row
            if "一般公共预算拨款" in str(cell) or str(cell) == "其他资金"
        }
        fiscal, other = on_form["本年一般公共预算拨款"], on_form["其他资金"]
        assert Decimal(str(fiscal[0])) * 10**6 == summed["财政资金"]
        assert Decimal(str(other[0])) * 10**6 == summed.get("其他资金", 0)
    by_source = {each.name: each.budget_fen for each in report.sums_of(Together.SOURCE)}
    assert by_source == {"财政资金": 332_000_000, "其他资金": 76_000_000}


@pytest.mark.on_sqlite
def test_sums_of_sources_and_lines_of_work_are_alike_on_the_page_and_in_word(
    report: QuarterReport,
) -> None:
    shown = {}
    for row in html.fromstring(render_page(report)).xpath("//tr[.//*[@data-column='level']]"):
        values = {each.get("data-column"): each.text_content().strip() for each in row.iter("td")}
        level, name = (row.xpath(f"string(.//*[@data-column='{of}'])") for of in ("level", "name"))
        if level in ("资金来源", "分项工作"):
            shown[f"{level}：{name}"] = list(values.values())
    document = Document(BytesIO(word_report(report)))
    [told] = (table for table in document.tables if table.rows[0].cells[0].text == "汇总")
    in_word = {
        cells[0]: [*cells[3:8], cells[8].lstrip("●▲■◆○"), *cells[1:3]]
        for cells in ([cell.text for cell in row.cells] for row in told.rows[1:])
    }
    assert in_word == shown
    assert len(in_word) == 4
