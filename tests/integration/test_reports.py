"""Reports written from a warehouse: what they say, what they refuse, and what they leave alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import Engine, func, select, update

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.status import Light, Status
from perf_pipeline.reports.monitoring_form import monitoring_form
from perf_pipeline.reports.page import render_page
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.schema import (
    department,
    indicator_result,
    register_tables,
    report,
    report_line,
    snapshot,
    spending_result,
)
from tests.integration.reports_fixture import fill
from tests.integration.reports_year import CODE, NOTICE, Q1, Q2, Q3

EVIL = '<script>alert("1")</script>&\'"'


def cells(path: Path) -> dict[str, Any]:
    sheet = load_workbook(path, data_only=True).active
    assert isinstance(sheet, Worksheet)
    return {c.coordinate: c.value for row in sheet.iter_rows() for c in row if c.value is not None}


def row_of(sheet: Worksheet, level3: str) -> int:
    (row,) = [cell.row for cell in sheet["D"] if cell.value == level3]
    return int(row)


def form_of(folder: Path, project: str) -> Path:
    return folder / CODE / "2024-06" / f"项目支出绩效目标执行监控表-{project}.xlsx"


@pytest.mark.on_sqlite
def test_the_report_says_what_the_warehouse_holds(engine: Engine) -> None:
    fill(engine)
    with engine.connect() as connection:
        (found,) = load_reports(connection, Q2)
        stored = {
            row.project_name: row
            for row in connection.execute(
                select(spending_result).order_by(spending_result.c.id.desc()).limit(4)
            )
        }
    assert found.notice == NOTICE
    assert found.history_labels == ("3月底", "6月底")
    assert len(found.indicators) == 41
    assert found.quarantined == 5
    for line in found.spending:
        row = stored[line.project_name]
        assert line.figure == f"S{row.id}"
        assert (line.paid_fen, line.actual_bp) == (row.paid_fen, row.actual_bp)
        assert line.paid[-1].cumulative_fen == row.paid_fen
        assert [point.label for point in line.plan] == ["3月底", "6月底", "10月底", "12月底"]
        assert not line.ledger_moved_on
    first = found.spending[0]
    assert first.history == (Light.GREEN, Light.AHEAD)
    assert found.spending[3].paid_by_source.fiscal_fen == 38_150_000
    assert found.indicators[2].history == (Status.MET, Status.MISSED)


@pytest.mark.on_sqlite
def test_an_alert_that_the_newest_judgement_no_longer_bears_out_says_so(engine: Engine) -> None:
    fill(engine)
    with engine.connect() as connection:
        (found,) = load_reports(connection, Q2)
    assert [line.holds for line in found.alerts] == [True] * 7 + [False]
    assert found.alerts[-1].level_now is Light.AHEAD
    assert "发出后已变化，现为：超前" in render_page(found)


def test_an_earlier_quarter_knows_nothing_of_later_payments(engine: Engine) -> None:
    fill(engine)
    with engine.connect() as connection:
        (found,) = load_reports(connection, Q1)
    assert found.history_labels == ("3月底",)
    assert all(point.paid_on <= Q1.ends_on for line in found.spending for point in line.paid)


def test_a_quarter_without_a_judgement_has_no_report(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    with engine.connect() as connection:
        assert load_reports(connection, Q3) == ()
    assert write_quarter(engine, Q3, tmp_path / "out") == []


@pytest.mark.on_sqlite
def test_page_and_form_show_the_warehouse_figures(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    (written,) = write_quarter(engine, Q2, tmp_path)
    page = written.page.read_text("utf-8")
    assert written.page.name == "2024-06-绩效运行监控.html"
    assert page.count(NOTICE) >= 2
    for said in ("52.91%", "−17.09", "120.00", "94.17%", "已变化的预警：1条", "隔离"):
        assert said in page
    with engine.connect() as connection:
        (found,) = load_reports(connection, Q2)
    figures = [s.figure for s in found.spending] + [i.figure for i in found.indicators]
    for figure in figures:
        assert f'id="{figure}"' in page

    form = cells(form_of(tmp_path, "综治重点工作经费"))
    values = list(form.values())
    assert "（ 2024 年度）" in values
    assert f"数据说明：{NOTICE}" in values
    assert values.count(120) == 2  # the total and the fiscal part
    assert 63.495678 in values  # every fen is kept, two decimals are shown
    assert 0.5291 in values
    for word in ("1—6月执行数", "1—6月执行率", "全年预计执行数", "原因说明", "完全不可能", "备注"):
        assert word in values
    for line in found.indicators_of("综治重点工作经费"):
        assert line.name in values
        assert line.raw_target in values
        assert line.actual_text in values
        assert any(line.figure in str(value) for value in values)


@pytest.mark.on_sqlite
def test_columns_that_the_clerk_fills_are_empty(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    write_quarter(engine, Q2, tmp_path)
    sheet = load_workbook(form_of(tmp_path, "信访维稳经费")).active
    assert isinstance(sheet, Worksheet)
    row = row_of(sheet, "结案率")
    assert [sheet.cell(row, column).value for column in range(5, 18)] == [
        "≥80%",
        "93.10%",
        *[None] * 11,
    ]


@pytest.mark.on_sqlite
def test_a_missing_budget_is_said_and_is_no_zero(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    write_quarter(engine, Q2, tmp_path)
    form = cells(form_of(tmp_path, "社会治安保险"))
    assert "未提供" in form.values()
    assert 31.5 in form.values()


@pytest.mark.on_sqlite
def test_the_form_prints_on_one_page_wide(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    write_quarter(engine, Q2, tmp_path)
    sheet = load_workbook(form_of(tmp_path, "社会治安保险")).active
    assert isinstance(sheet, Worksheet)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.page_setup.fitToWidth in (1, None)  # None: the format's own 1
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_area
    assert sheet.oddHeader is not None
    assert NOTICE in str(sheet.oddHeader.center.text)


def test_unchanged_content_makes_no_version_and_touches_no_file(
    engine: Engine, tmp_path: Path
) -> None:
    fill(engine)
    (first,) = write_quarter(engine, Q2, tmp_path)
    files = (first.page, first.document, *first.forms)
    before = {path: path.stat().st_mtime_ns for path in files}
    (second,) = write_quarter(engine, Q2, tmp_path)
    assert (first.is_new, first.version, len(first.written)) == (True, 1, 6)
    assert (second.is_new, second.version, second.written) == (False, 1, ())
    assert before == {path: path.stat().st_mtime_ns for path in files}
    (elsewhere,) = write_quarter(engine, Q2, tmp_path / "again")
    assert elsewhere.page.read_bytes() == first.page.read_bytes()
    assert elsewhere.document.read_bytes() == first.document.read_bytes()
    for one, other in zip(first.forms, elsewhere.forms, strict=True):
        assert one.read_bytes() == other.read_bytes()
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(report)) == 1
        assert connection.scalar(select(func.count()).select_from(report_line)) == 45


def test_a_changed_figure_makes_a_new_version(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    write_quarter(engine, Q2, tmp_path)
    with engine.begin() as connection:
        connection.execute(
            update(indicator_result)
            .where(indicator_result.c.name == "结案率", indicator_result.c.status == "met")
            .values(actual_text="79.99%", status="missed")
        )
    (second,) = write_quarter(engine, Q2, tmp_path)
    assert (second.is_new, second.version) == (True, 2)
    assert "79.99%" in second.page.read_text("utf-8")
    with engine.connect() as connection:
        versions = connection.scalars(
            select(snapshot.c.version).where(snapshot.c.kind == "report").order_by("version")
        )
        assert list(versions) == [1, 2]


def test_a_ledger_that_moved_on_is_not_mixed_with_what_was_judged(engine: Engine) -> None:
    fill(engine)
    payment = register_tables["payment"]
    with engine.begin() as connection:
        connection.execute(update(payment).where(payment.c.row_key == "4-0").values(amount_fen=1))
        (found,) = load_reports(connection, Q2)
    line = found.spending[3]
    assert line.ledger_moved_on
    assert line.paid_by_source.fiscal_fen is None
    assert 'class="aside"><span data-t>支付台账在本版评价之后有变动' in render_page(found)


@pytest.mark.on_sqlite
def test_a_word_report_that_somebody_wrote_on_in_is_never_lost(
    engine: Engine, tmp_path: Path
) -> None:
    fill(engine)
    (written,) = write_quarter(engine, Q2, tmp_path)
    document = Document(str(written.document))
    document.add_paragraph("补充说明")
    document.save(str(written.document))
    edited = written.document.read_bytes()
    write_quarter(engine, Q2, tmp_path)
    assert written.document.read_bytes() == edited


@pytest.mark.on_sqlite
def test_a_form_that_a_clerk_filled_in_is_never_lost(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    write_quarter(engine, Q2, tmp_path)
    path = form_of(tmp_path, "信访维稳经费")
    book = load_workbook(path)
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.cell(row_of(sheet, "结案率"), 17).value = "拟于十月召开调度会"
    book.save(path)
    filled = path.read_bytes()
    write_quarter(engine, Q2, tmp_path)
    assert path.read_bytes() == filled

    with engine.begin() as connection:
        connection.execute(
            update(indicator_result)
            .where(indicator_result.c.name == "结案率")
            .values(actual_text="79.99%")
        )
    write_quarter(engine, Q2, tmp_path)
    assert path.read_bytes() != filled
    kept = path.with_name("项目支出绩效目标执行监控表-信访维稳经费（已填写1）.xlsx")
    assert kept.read_bytes() == filled


@pytest.mark.on_sqlite
def test_names_that_look_like_markup_or_formulas_stay_text(engine: Engine, tmp_path: Path) -> None:
    fill(engine, extra=EVIL)
    with engine.begin() as connection:
        connection.execute(
            update(indicator_result)
            .where(indicator_result.c.level2 == "质量指标")
            .values(name="=cmd|'/c calc'!A1", raw_target="+1+1", actual_text="@SUM(A1)")
        )
        connection.execute(
            update(indicator_result)
            .where(indicator_result.c.level2 == "数量指标")
            .values(name="#N/A")
        )
    (written,) = write_quarter(engine, Q2, tmp_path)
    page = written.page.read_text("utf-8")
    assert page.count("<script>") == 1  # the page's own
    assert EVIL not in page
    assert "&lt;script&gt;" in page
    for path in written.forms:
        assert path.parent == tmp_path / CODE / "2024-06"
        sheet = load_workbook(path, data_only=True).active
        assert isinstance(sheet, Worksheet)
        texts = [c for row in sheet.iter_rows() for c in row if isinstance(c.value, str)]
        assert {c.data_type for c in texts} == {"s"}
        risky = [c for c in texts if str(c.value)[0] in "=+-@"]
        assert risky
        assert all(c.quotePrefix for c in risky)


@pytest.mark.parametrize("code", ["../elsewhere", "..", "a/b", "C:evil", ".git"])
@pytest.mark.on_sqlite
def test_a_department_code_that_leaves_the_folder_is_refused(
    engine: Engine, tmp_path: Path, code: str
) -> None:
    fill(engine)
    with engine.begin() as connection:
        connection.execute(update(department).values(code=code))
    with pytest.raises(ConfigurationError, match="不能用作文件夹名"):
        write_quarter(engine, Q2, tmp_path / "out")
    assert not list(tmp_path.rglob("*.html"))


@pytest.mark.on_sqlite
def test_a_link_out_of_the_output_folder_is_refused(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / CODE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="输出文件夹之外"):
        write_quarter(engine, Q2, tmp_path / "out")
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.on_sqlite
def test_a_form_of_an_unknown_project_is_refused(engine: Engine) -> None:
    fill(engine)
    with engine.connect() as connection:
        (found,) = load_reports(connection, Q2)
    with pytest.raises(KeyError):
        monitoring_form(found, "没有这个项目")
