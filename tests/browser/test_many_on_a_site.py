"""Sites that were made up: very many projects, several departments, names like script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from perf_pipeline.reports.page import render_page
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.site.write import write_site
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.schema import indicator_result, spending_result
from tests import made_years
from tests.browser.conftest import Open, follow, shown_rows
from tests.integration import reports_fixture
from tests.kept import empty_warehouse
from tests.year import QUARTERS, judge

pytestmark = pytest.mark.long(30)

SLOW = "综治重点工作经费"
HOSTILE = "</script><script>window.taken=1</script><img src=x onerror=window.taken=1>\"'{{7*7}}"


def test_three_hundred_projects_are_searched_and_only_what_is_opened_is_drawn(
    visit: Open, tmp_path: Path
) -> None:
    engine = empty_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")
    with write_transaction(engine) as connection:
        made = made_years.make_years(seed=6, count=300, departments=1)
        made_years.fill(connection, made)
    judge(engine, QUARTERS[0].name)
    written = write_site(engine, QUARTERS, tmp_path / "out")
    assert written is not None
    page = visit(written.pages[0], "")
    each, projects = len(made[0][299][1]), 300
    indicators = each * projects
    expect(page.locator("#project-table tbody tr")).to_have_count(projects)  # unpacked
    nodes = page.evaluate("document.querySelectorAll('*').length")
    assert nodes < 110 * projects + 30 * indicators  # similar cases are a list each
    assert written.pages[0].stat().st_size < 1_500_000
    page.get_by_label("查找").first.fill("项目299")
    assert len(shown_rows(page, "project-table")) == 1
    follow(page.locator("#project-table tbody tr:visible th a"))
    assert len(shown_rows(page, "indicator-table")) == each
    follow(page.locator("#indicator-table tbody tr:visible td.cell a").first)
    expect(page.locator("#evidence code.trace")).to_have_text(re.compile("perf-pipeline trace I"))
    assert page.locator("#evidence tbody tr").count() <= 10
    with engine.connect() as connection:
        [report] = load_reports(connection, QUARTERS[0])
    quarter = tmp_path / "quarter.html"
    quarter.write_text(render_page(report), "utf-8")
    assert quarter.stat().st_size < 3_000_000
    page = visit(quarter, "")
    expect(page.locator("#first")).to_be_visible()
    expect(page.locator("#waiting")).to_have_count(0)
    assert page.locator("section[aria-labelledby='spending'] tbody tr").count() >= projects
    page = visit(written.pages[0], "")
    page.add_init_script("delete globalThis.DecompressionStream")
    page.reload()  # in an older browser: it says what it needs, in both languages
    expect(page.locator("main")).to_have_text(re.compile("请用较新的浏览器打开"))
    page.locator("#language").click()
    expect(page.locator("main")).to_have_text(re.compile("please open it in a newer browser"))
    engine.dispose()


def test_the_index_leads_to_each_department_and_back(visit: Open, tmp_path: Path) -> None:
    engine = empty_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")
    for code, name in (("sifaju", "（司法局）"), ("zongzhiban", "（综治办）")):
        reports_fixture.fill(engine, code=code, extra=name)
    written = write_site(engine, QUARTERS, tmp_path / "out")
    assert written is not None
    page = visit(written.index, "")
    page.get_by_label("查找").fill("司法局")
    assert len(shown_rows(page, "department-table")) == 1
    page.get_by_role("link", name="（司法局）").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("（司法局）")
    cells = page.locator("#project-table td.cell a, #indicator-table td.cell a")
    expect(cells).to_have_count(2 * (4 + 41))
    page.get_by_role("link", name="全部部门").click()
    expect(page.locator("#department-table tbody tr")).to_have_count(2)
    engine.dispose()


def test_names_that_look_like_script_stay_text_everywhere(visit: Open, tmp_path: Path) -> None:
    engine = empty_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")
    reports_fixture.fill(engine, extra=HOSTILE)
    with engine.begin() as connection:
        reason = {"reason": HOSTILE}
        connection.execute(indicator_result.update().values(actual_text=HOSTILE, **reason))
        figure = connection.execute(select(spending_result.c.id).limit(1)).scalar_one()
    written = write_site(engine, QUARTERS, tmp_path / "out")
    assert written is not None
    for path in (*written.pages, written.index):
        page = visit(path, "")
        expect(page.get_by_role("heading").first).to_be_visible()
        assert page.evaluate("window.taken") is None
    page = visit(written.pages[0], "#g2")
    expect(page.get_by_role("heading", level=2).first).to_have_text(SLOW + HOSTILE)
    follow(page.locator("#indicator-table td.cell:visible a").first)
    expect(page.locator("#evidence .reason")).to_have_text(HOSTILE)
    visit(written.pages[0], f"#S{figure}")
    assert page.evaluate("window.taken") is None
    assert page.evaluate("document.images.length") == 0
    engine.dispose()
