"""The page of a quarter as people use it: on a screen, on a phone, in English, on paper."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path
from unicodedata import normalize

import pdfplumber
import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine

from perf_pipeline.items.state import State
from perf_pipeline.overview import read_overview
from perf_pipeline.reports.write import write_quarter
from tests.browser.conftest import Q3, SLOW, Open
from tests.browser.looks import bottom, changed_whole, printed
from tests.own_words import own_words
from tests.year import QUARTERS

pytestmark = pytest.mark.long(20)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_first_screen_of_a_quarter_answers_what_why_and_who_by_when(
    warehouse: Engine, visit: Open, tmp_path: Path, width: int, height: int
) -> None:
    (written,) = write_quarter(warehouse, Q3, tmp_path)
    page = visit(written.page, "")
    page.set_viewport_size({"width": width, "height": height})
    worst, why, asked, promised = page.locator(".answers dd").all_inner_texts()
    assert worst.startswith("雪亮工程二期尾款及维修保养项目：预算执行")
    assert "比计划少支付" in worst
    assert "说明" in why
    assert re.search(r"请高新区政法委在20\d\d-\d\d-\d\d前对\d+项", asked)
    assert promised == "还没有承诺；没有超过期限的事项。"
    assert bottom(page, ".answers") <= height
    assert page.evaluate("document.documentElement.scrollWidth") == width
    notice = page.locator("header .notice")
    line = notice.bounding_box()
    assert line is not None
    assert line["height"] < 45
    notice.locator("summary").click()
    expect(notice).to_contain_text("非真实数据")


def test_items_stand_by_their_weight_with_advice_and_are_as_many_as_the_run_says(
    warehouse: Engine, visit: Open, tmp_path: Path
) -> None:
    (written,) = write_quarter(warehouse, Q3, tmp_path)
    page = visit(written.page, "")
    shown = page.locator("#items ~ ol > li, #items ~ .more > ol > li")
    overview = read_overview(warehouse, QUARTERS, datetime.now(UTC))
    live = [each.number for each in overview.items if each.state is not State.CLOSED]
    assert (
        shown.locator(".since").evaluate_all(
            "cells => cells.map(cell => Number(cell.textContent.match(/\\d+/)[0]))"
        )
        == live
    )
    assert page.locator("#items .count").inner_text() == str(len(live))
    assert page.locator("#items ~ ol .advice").count() == 6
    page.locator("#items ~ ol a[href^='#I']").first.click()
    expect(page.locator("tr:target")).to_be_visible()  # its fold is opened


def test_the_page_of_a_quarter_speaks_english_too(
    warehouse: Engine, visit: Open, tmp_path: Path
) -> None:
    (report,) = write_quarter(warehouse, Q3, tmp_path)
    page = visit(report.page, "")
    page.get_by_role("button", name="English").click()
    assert changed_whole(page, own_words(warehouse)) > 150
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Needs attention")
    expect(page.locator("caption", has_text=SLOW)).to_contain_text(SLOW)


def test_a_quarter_prints_on_six_pages_and_whole_where_it_is_asked_for(
    warehouse: Engine, visit: Open, tmp_path: Path
) -> None:
    (written,) = write_quarter(warehouse, Q3, tmp_path)
    page = visit(written.page, "")
    with pdfplumber.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as pdf:
        text = normalize("NFKC", "".join(each.extract_text() for each in pdf.pages))
        assert len(pdf.pages) <= 6
    assert text.count("编号") == int(page.locator("#items .count").inner_text())
    assert "设备在线率" in text
    assert "SHA-256" not in text
    page.evaluate("window.print = () => {}")
    page.get_by_role("button", name="打印全部").click()
    whole, _ = printed(page)
    assert "SHA-256" in whole
    assert "内部审计线索" in whole
