"""The Word report of the made-up year, read back, and as PDF: every figure is the warehouse's."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from docx import Document
from docx.document import Document as OpenDocument
from docx.oxml.ns import qn
from docx.table import Table
from matplotlib.font_manager import findSystemFonts, get_font
from sqlalchemy import Engine, func, select, update

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.outlook import Likelihood, OutlookLimits
from perf_pipeline.domain.share import percent, points
from perf_pipeline.domain.status import DEVIATIONS
from perf_pipeline.measures.findings import first_of_each_rule
from perf_pipeline.monitoring.outlook.foretell import foretell_quarter
from perf_pipeline.reports.amounts import signed, wan
from perf_pipeline.reports.matters import answers, matters
from perf_pipeline.reports.model import QuarterReport
from perf_pipeline.reports.pdf import write_pdfs
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.signs import judgement_text, word_of
from perf_pipeline.reports.wording import subject_of
from perf_pipeline.reports.write import WrittenReport, write_quarter
from perf_pipeline.warehouse.schema import (
    audit_finding,
    case_limit,
    department,
    indicator_result,
    spending_line,
    spending_result,
)
from tests.integration.reports_fixture import fill
from tests.integration.reports_year import NOTICE, Q2
from tests.kept import empty_warehouse
from tests.year import QUARTERS, judged_year

HOSTILE = "<b>=1+1</b>\x0b\x1f{ PAGE }"


class MadeUpYear:
    """The shipped half-year in a warehouse, its report, and the Word file written from it."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        judged_year(engine, "2024-06")
        foretell_quarter(engine, QUARTERS[1], OutlookLimits())
        self.engine = engine
        self.written: WrittenReport = write_quarter(engine, QUARTERS[1], folder)[0]
        with engine.connect() as connection:
            self.report: QuarterReport = load_reports(connection, QUARTERS[1])[0]
        self.document: OpenDocument = Document(str(self.written.document))

    def rows(self, table: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(select(table).order_by(table.c.id)))

    def table(self, *heads: str) -> list[list[str]]:
        """The rows of the tables that begin with these heads, without heads and bands."""
        found: list[list[str]] = []
        for table in self.document.tables:
            first, *rest = cells(table)
            if tuple(first[: len(heads)]) == heads:
                found += [row for row in rest if len(row) == len(first)]
        return found


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeUpYear]:
    folder = tmp_path_factory.mktemp("word")
    engine = empty_warehouse(f"sqlite:///{folder / 'warehouse.db'}")
    yield MadeUpYear(engine, folder / "out")
    engine.dispose()


def cells(table: Table) -> list[list[str]]:
    """The text of each row's own cells: a band is one cell, not as many as there are columns."""
    return [
        ["".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in row._tr.tc_lst]
        for row in table.rows
    ]


def test_every_figure_of_spending_is_the_warehouses(year: MadeUpYear) -> None:
    told = year.table("项目", "预算数")
    stored = year.rows(spending_result)
    assert len(stored) == 4
    for row, line in zip(told, stored, strict=False):
        assert row == [
            line.project_name,
            wan(line.budget_fen),
            wan(line.paid_fen),
            line.planned_label,
            percent(line.planned_bp),
            percent(line.actual_bp),
            signed(points(line.deviation_bp)),
            judgement_text(word_of(year.report.spending[stored.index(line)])),
            f"S{line.id}",
        ]
    (total,) = [row for row in year.rows(spending_line) if row.level == "department"]
    assert told[-1][0] == f"合计（{total.projects}个项目）"
    assert told[-1][1:7] == [
        wan(total.budget_fen),
        wan(total.paid_fen),
        "—",
        percent(total.planned_bp),
        percent(total.actual_bp),
        signed(points(total.deviation_bp)),
    ]


def test_indicators_are_counted_by_project_and_for_all_lines_of_work(year: MadeUpYear) -> None:
    stored = year.rows(indicator_result)
    counted = year.table("项目或分项工作", "指标数")
    whole = counted[-1]
    assert whole[0] == "合计"
    words = ("met", "on_track", "behind", "missed", "not_due", "no_data")
    statuses = Counter(line.status for line in stored)
    assert list(map(int, whole[1:])) == [65, *(statuses[word] for word in words)]
    for column in range(1, 8):
        assert sum(int(row[column]) for row in counted[:-1]) == int(whole[column])


def test_it_says_first_what_is_worst_why_and_what_is_asked(year: MadeUpYear) -> None:
    found = matters(year.report)
    first = answers(year.report, found)
    assert first is not None
    said = [p.text for p in year.document.paragraphs[:7]]
    for label, sentence in (
        ("最突出：", first.worst),
        ("为什么：", first.why),
        ("要求：", first.asked),
    ):
        assert f"{label}{sentence}" in said
    shown = "".join(p.text for p in year.document.paragraphs)
    assert not any(file.sha256[:12] in shown for file in year.report.files)


def test_deviations_outlook_cases_and_findings_are_those_of_the_report(year: MadeUpYear) -> None:
    report = year.report
    told = year.table("事项", "判断")
    expected = matters(report)[:10]
    assert [row[0] for row in told] == [each.subject for each in expected]
    for row, each in zip(told, expected, strict=True):
        assert row[2].startswith(each.reason)
        assert each.line is not None
        hint = f"。系统提示：{each.line.hint}" if each.line.hint else ""
        assert row[3] == f"待说明{hint}"

    lost = year.table("事项", "全年目标")
    lines = [*report.spending, *report.indicators]
    assert [row[0] for row in lost] == [
        subject_of(line)
        for line in lines
        if line.outlook and line.outlook.likelihood is Likelihood.IMPOSSIBLE
    ]

    limits = Counter(row.state for row in year.rows(case_limit))
    counts = year.table("台账", "环节")
    assert sum(int(row[2]) for row in counts) == limits["overdue"]
    assert sum(int(row[3]) for row in counts) == limits["soon"]
    findings = year.table("线索", "项目")
    assert [(row[0], int(row[3])) for row in findings] == [
        (each.label, each.rows) for each in first_of_each_rule(report.audit, 1)
    ]
    assert {row[0] for row in findings} == {each.label for each in report.audit}  # some of each
    with year.engine.connect() as connection:
        evidence = connection.scalar(select(func.count()).select_from(audit_finding))
    assert sum(each.rows for each in report.audit) == evidence


def test_the_report_has_the_chapters_of_such_reports_and_says_that_its_data_are_made_up(
    year: MadeUpYear,
) -> None:
    heads = [p.text for p in year.document.paragraphs if p.style and p.style.name == "Heading 1"]
    assert [head[:2] for head in heads] == [f"{number}、" for number in "一二三四五六七八九"]
    notice = year.report.notice
    assert notice is not None
    assert any(notice in p.text for p in year.document.paragraphs[:4])
    header = year.document.sections[0].header.paragraphs[0].text
    assert notice[:20] in header


def test_as_pdf_no_glyph_is_missing_no_text_is_cut_and_every_picture_is_there(
    year: MadeUpYear,
) -> None:
    (pdf,) = write_pdfs([year.written.document])
    assert pdf == year.written.document.with_suffix(".pdf")
    shown: Counter[str] = Counter()
    pictures, outside, drawn = 0, [], set()
    with pdfplumber.open(pdf) as opened:
        bodies = [page.crop((0, 60, page.width, page.height - 50)) for page in opened.pages]
        text = squeezed("".join(body.extract_text() for body in bodies))
        footer = squeezed(opened.pages[-1].extract_text())
        for page in opened.pages:
            pictures += len(page.images)
            drawn |= {c["text"] for c in page.chars if "OpenSymbol" not in c["fontname"]}
            beyond = (c for c in page.chars if c["x0"] < 55 or c["x1"] > page.width - 55)
            # a mark that ends a line hangs in the margin, as Chinese is set
            outside += [c["text"] for c in beyond if c["text"] not in "，。、；："]
            for table in page.extract_tables():
                shown.update(squeezed(cell) for row in table for cell in row if cell)
        pages = len(opened.pages)
    assert outside == []
    glyphs = set().union(*(get_font(path).get_charmap() for path in findSystemFonts()))
    assert {
        char for char in "".join(drawn) if not char.isspace() and ord(char) not in glyphs
    } == set()
    astray = [line for line in year.report.spending if line.light in DEVIATIONS and line.plan]
    assert pictures == len(year.document.inline_shapes) == min(len(astray), 2) > 0
    assert pages <= 8
    written = Counter(
        squeezed(cell) for table in year.document.tables for row in cells(table) for cell in row
    )
    assert written - shown == Counter({})  # a head is shown again on each page
    for paragraph in year.document.paragraphs:
        assert squeezed(paragraph.text) in text
    assert f"第{pages}页共{pages}页" in footer
    assert write_pdfs([year.written.document]) == []  # it is newer than its Word file


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_without_libreoffice_it_is_said_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    document = tmp_path / "报告.docx"
    document.write_bytes(b"")
    with pytest.raises(ConfigurationError, match=r"PDF.*LibreOffice.*Word"):
        write_pdfs([document])


def test_names_that_look_like_markup_or_formulas_stay_text_and_break_no_file(
    engine: Engine, tmp_path: Path
) -> None:
    fill(engine, extra="<b>=1+1</b>{ PAGE }")
    with engine.begin() as connection:
        connection.execute(update(department).values(name=HOSTILE))
        connection.execute(
            update(indicator_result)
            .where(indicator_result.c.level2 == "质量指标")
            .values(name=HOSTILE, raw_target="=cmd|'/c calc'!A1", reason="@SUM(A1)\x07")
        )
    (written,) = write_quarter(engine, Q2, tmp_path)
    document = Document(str(written.document))
    assert document.paragraphs[0].text.startswith("<b>=1+1</b>")
    found = [row for table in document.tables for row in cells(table)]
    risky = [row for row in found if "<b>=1+1</b>" in row[0] and len(row) == 5]
    assert risky
    assert any(row[2].startswith("@SUM(A1)") for row in risky)
    assert any(NOTICE in p.text for p in document.paragraphs)
