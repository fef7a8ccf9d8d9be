"""The site of a year as people use it: a leader reads, a clerk filters, an auditor clicks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, select

from perf_pipeline.domain.status import LIGHT_LABELS, STATUS_LABELS
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.monitoring.tracing import trace_figure
from perf_pipeline.reports.site.write import WrittenSite, write_site
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.schema import indicator_result
from tests.browser.conftest import Q3, SLOW, Open, follow, shown_rows
from tests.browser.looks import bottom, changed_whole, printed
from tests.own_words import own_words
from tests.year import QUARTERS

pytestmark = pytest.mark.long(50)

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def site(warehouse: Engine, tmp_path_factory: pytest.TempPathFactory) -> WrittenSite:
    """That year's site on disk."""
    written = write_site(warehouse, QUARTERS, tmp_path_factory.mktemp("out"))
    assert written is not None
    return written


def focused(page: Page) -> str:
    text: str = page.evaluate("document.activeElement.textContent")
    return text


def expect_focused(page: Page, text: str) -> None:
    """Wait until a text has the focus: a link gives it on once its part is shown."""
    page.wait_for_function("text => document.activeElement.textContent === text", arg=text)


def test_every_figure_on_the_page_is_the_warehouses(
    warehouse: Engine, site: WrittenSite, visit: Open
) -> None:
    page = visit(site.pages[0], "")
    cells = dict(
        page.locator("td.cell a").evaluate_all(
            "links => links.map(a => [a.hash.slice(1), a.textContent])"
        )
    )
    labels = {**LIGHT_LABELS, **STATUS_LABELS}
    found = [line for judged in read_status(warehouse) for line in _lines(judged)]
    assert len(found) == 3 * (4 + 65)
    for figure, word, actual in found:
        assert cells[figure] == f"{labels[word]}{actual or ''}"
    assert len(cells) == len(found)


def _lines(judged: dict) -> Iterator[tuple[str, object, str | None]]:  # type: ignore[type-arg]
    for line in judged["spending"]:
        share = line["actual_bp"]
        told = None if share is None else f"{share // 100}.{share % 100:02d}%"
        yield line["figure"], line["light"], told
    for line in judged["indicators"]:
        yield line["figure"], line["status"], line["actual_text"]


def test_from_the_department_down_to_a_source_row_and_back(
    warehouse: Engine, site: WrittenSite, visit: Open
) -> None:
    page = visit(site.pages[0], "")
    follow(page.get_by_role("link", name=SLOW, exact=True).first)
    expect(page.get_by_role("heading", level=2, name=SLOW)).to_be_focused()
    expect(page.locator("figure:visible .readout")).to_contain_text("实际")
    assert len(shown_rows(page, "indicator-table")) == 8

    row = page.locator("#indicator-table tr:visible", has_text="矛盾纠纷化解率")
    link = row.locator("td.cell a").nth(1)
    figure = (link.get_attribute("href") or "")[1:]
    follow(link)
    expect(page.get_by_role("heading", level=2, name="矛盾纠纷化解率")).to_be_focused()
    traced = trace_figure(warehouse, figure)
    places = {(row.file, str(row.row)): list(row.cells) for row in traced.rows}
    listed = page.locator("#evidence tbody tr")
    expect(listed).to_have_count(10)
    for each in listed.all():
        file, _, number, adds, _, *own = each.locator("th, td").all_inner_texts()
        assert own == places[file, number]  # the row's own cells
        assert adds == "0"  # what did not succeed comes first
    expect(page.locator("#evidence caption")).to_have_text(f"共{len(traced.rows)}行，列出10行")
    expect(page.locator("#evidence code.trace")).to_have_text(f"perf-pipeline trace {figure}")
    expect(page.locator("#evidence .reason")).to_have_text(traced.reason)
    with page.expect_download() as download:
        page.get_by_role("button", name="下载为CSV").click()
    saved = download.value.path().read_text("utf-8-sig").splitlines()
    assert download.value.suggested_filename == f"{figure}.csv"
    assert len(saved) == 1 + len(traced.rows)  # all of them, not those listed

    wanted = traced.rows[-1].key
    find = page.locator("#find").get_by_label("查找")
    find.fill(wanted)
    fitting = [row for row in traced.rows if any(wanted in cell for cell in row.cells)]
    expect(listed).to_have_count(len(fitting))
    expect(listed.first).to_contain_text(wanted)
    find.fill("")
    page.get_by_role("button", name="列出全部").click()
    expect(listed).to_have_count(len(traced.rows))
    short = [each.locator("td").nth(2).inner_text() == "0" for each in listed.all()]
    assert short == sorted(short, reverse=True)  # those that fall short come first

    follow(page.locator("#evidence .crumbs a", has_text=SLOW))
    expect(page.get_by_role("heading", level=2, name=SLOW)).to_be_visible()
    page.go_back()
    expect(page.locator("#evidence")).to_be_visible()


def test_a_projects_curve_tells_each_day_by_pointer_and_by_keyboard(
    warehouse: Engine, site: WrittenSite, visit: Open
) -> None:
    page = visit(site.pages[0], "#g2")
    said = page.locator("#g2 .readout")
    found = next(
        line for line in read_status(warehouse)[-1]["spending"] if line["project_name"] == SLOW
    )
    bp, paid = found["actual_bp"], f"{found['paid_fen'] / 100:,.2f}"
    share = f"{bp // 100}.{bp % 100:02d}%"
    expect(said).to_have_text(f"2024-10-31　计划 90.00%　实际 {share}　累计支付{paid}元")
    curve = page.get_by_role("slider", name="日期")
    curve.focus()
    page.keyboard.press("ArrowLeft")
    expect(said).to_contain_text("2024-10-30　计划 70.00%")
    page.keyboard.press("End")
    expect(said).to_contain_text(re.compile(r"2024-12-31　计划 100.00%　预计 [\d.]+%　[\d.]+% – "))
    assert curve.get_attribute("aria-valuetext") == said.inner_text()
    curve.hover(position={"x": 50, "y": 100})
    expect(said).to_contain_text("计划 0.00%")
    page.get_by_role("button", name="English").click()
    expect(said).to_contain_text("Paid")
    page.emulate_media(media="print")
    expect(page.locator("#g2 figure > svg")).to_be_visible()
    expect(curve).to_be_hidden()


def test_filters_search_and_sorting_find_what_is_asked_for(site: WrittenSite, visit: Open) -> None:
    page = visit(site.pages[0], "#indicators")
    said = page.locator("#indicators output")
    expect(said).to_have_text("显示65项，共65项")
    page.get_by_role("combobox", name="状态", exact=True).select_option("missed")
    missed = page.locator("#indicator-table tbody tr:visible")
    for row in missed.all():
        expect(row.locator("td.cell").nth(2)).to_contain_text("未达标")
    assert 0 < missed.count() < 65
    expect(said).to_have_text(f"显示{missed.count()}项，共65项")
    page.locator("#indicators").get_by_label("查找").fill("满意")
    assert all("满意" in row for row in shown_rows(page, "indicator-table"))
    page.locator("#indicators").get_by_label("查找").fill("没有这样的指标")
    expect(said).to_have_text("显示0项，共65项　没有符合条件的行。")
    page.get_by_role("button", name="清除筛选").click()
    expect(said).to_have_text("显示65项，共65项")

    newest = page.locator("#indicator-table thead th").nth(4)
    newest.get_by_role("button").click()
    expect(newest).to_have_attribute("aria-sort", "ascending")
    words = [row.split("\n") for row in shown_rows(page, "indicator-table")]
    assert "未达标" in " ".join(words[0])
    newest.get_by_role("button").click()
    expect(newest).to_have_attribute("aria-sort", "descending")
    assert (
        "未达标" not in page.locator("#indicator-table tbody tr td:nth-child(5)").first.inner_text()
    )


def test_the_interface_speaks_english_and_the_data_stay(
    warehouse: Engine, site: WrittenSite, visit: Open
) -> None:
    page = visit(site.pages[0], "#indicators")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    names = page.locator("#indicator-table tbody th").all_inner_texts()
    page.get_by_role("button", name="English").click()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert changed_whole(page, own_words(warehouse)) > 300
    assert page.locator("#indicator-table tbody th").all_inner_texts() == names
    expect(page.locator("#indicators output")).to_have_text("65 of 65 shown")
    for _ in range(3):  # what a page keeps is written by another process, on a busy machine later
        page.reload()
        if page.evaluate("document.documentElement.lang") == "en":
            break
    expect(page.get_by_role("button", name="中文")).to_be_visible()
    follow(page.locator("#indicator-table td.cell a").first)
    expect(page.locator("#evidence thead th").first).to_have_text("File")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("#evidence thead th").first).to_have_text("文件")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_first_screen_of_a_year_says_at_each_checkpoint_what_is_worst_promised_and_late(
    site: WrittenSite, visit: Open, width: int, height: int
) -> None:
    page = visit(site.pages[0], "")
    page.set_viewport_size({"width": width, "height": height})
    rows = page.locator(".at tbody tr")
    assert rows.count() == 3  # of those that are judged
    assert "雪亮工程二期尾款及维修保养项目：预算执行" in rows.nth(2).inner_text()
    assert bottom(page, ".at") <= height
    page.get_by_role("button", name="English").click()
    assert bottom(page, ".at") <= height
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_keyboard_alone_leads_to_a_source_row(site: WrittenSite, visit: Open) -> None:
    page = visit(site.pages[0], "")
    page.keyboard.press("Tab")
    expect_focused(page, "跳到内容")
    page.keyboard.press("Enter")
    expect_focused(page, "总览")
    page.keyboard.press("Shift+Tab")
    for _ in range(8):
        if focused(page) == "指标":
            break
        page.keyboard.press("Shift+Tab")
    assert focused(page) == "指标"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    page.keyboard.press("Enter")
    expect_focused(page, "指标热图")
    page.keyboard.press("Tab")
    page.keyboard.type("矛盾纠纷化解率")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('td.cell') !== null"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#evidence tbody tr").first).to_contain_text("人民调解案件台账")


def test_what_changed_since_the_last_version_names_its_source_row(
    site: WrittenSite, visit: Open
) -> None:
    page = visit(site.pages[0], "#changes")
    changes = page.locator("#changes")
    expect(changes.get_by_role("heading", level=3)).to_contain_text("2024-06")
    paid = changes.locator("tr", has_text="累计支付").first
    expect(paid).to_contain_text("678,000.00元")
    expect(paid).to_contain_text("723,000.00元")
    expect(paid).to_contain_text("+45,000.00元")
    expect(changes).to_contain_text("支付台账-补.csv")


def test_a_figure_of_the_quarters_page_leads_to_its_source_rows(
    warehouse: Engine, site: WrittenSite, visit: Open
) -> None:
    (report,) = write_quarter(warehouse, Q3, site.index.parent)
    page = visit(report.page, "")
    page.locator("details:has(#by-project) > summary").click()
    row = page.locator("table.indicators tr", has_text="矛盾纠纷化解率").first
    figure = row.locator(".figure-id a").inner_text()
    row.locator(".figure-id a").click()
    expect(page.get_by_role("heading", level=2, name="矛盾纠纷化解率")).to_be_visible()
    expect(page.locator("#evidence code.trace")).to_have_text(f"perf-pipeline trace {figure}")
    expect(page.locator("#evidence tbody tr")).to_have_count(10)


def test_it_prints_whole_on_a4_and_a_project_or_figure_by_itself(
    site: WrittenSite, visit: Open
) -> None:
    page = visit(site.pages[0], "")
    text, size = printed(page)
    assert size == (595, 842)
    for said in (SLOW, "信访维稳经费", "指标热图", "案件在期限内的流转", "模拟数据"):
        assert said in text
    assert "SHA-256" not in text  # files are looked up on the page, or printed with all else
    page.evaluate("document.documentElement.classList.add('in-full')")
    assert "SHA-256" in printed(page)[0]
    page.evaluate("document.documentElement.classList.remove('in-full')")
    for screen_only in ("清除筛选", "打印", "您在这里", "版本变化"):
        assert screen_only not in text
    alone, _ = printed(visit(site.pages[0], "#g2"))
    assert "矛盾纠纷化解率" in alone
    assert "结案率" not in alone
    row = page.locator("#indicator-table tr:visible", has_text="矛盾纠纷化解率").first
    follow(row.locator("a").last)
    evidence, _ = printed(page)
    assert "perf-pipeline trace" in evidence
    assert "指标热图" not in evidence


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_accessibility_check_finds_no_serious_fault(
    warehouse: Engine, site: WrittenSite, visit: Open, tmp_path: Path, language: str
) -> None:
    page = visit(site.index, "")
    if language == "en":
        page.get_by_role("button", name="English").click()
    faults = _faults(page)
    figure = _first_figure(warehouse)
    for place in ("", "#g2", "#indicators", "#flow", "#changes", "#files", f"#{figure}"):
        faults += _faults(visit(site.pages[0], place))
    (report,) = write_quarter(warehouse, Q3, tmp_path)
    faults += _faults(visit(report.page, ""))
    assert faults == []


def _faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url.rpartition('/')[2]} {each['id']}: {node['html']}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def _first_figure(warehouse: Engine) -> str:
    with warehouse.connect() as connection:
        missed = select(indicator_result.c.id).where(indicator_result.c.status == "missed")
        return f"I{connection.execute(missed.limit(1)).scalar_one()}"


def test_it_fits_in_a_mail_and_an_unchanged_year_touches_no_file(
    warehouse: Engine, site: WrittenSite
) -> None:
    assert site.pages[0].stat().st_size < 2 * MEGABYTE
    again = write_site(warehouse, QUARTERS, site.index.parent)
    assert again is not None
    assert again.written == ()
