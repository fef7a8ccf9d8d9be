"""The Dagster UI as the data team uses it: the graph, a quarter from the page, its checks."""

import re

from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text

GROUPS = ("targets", "actuals", "measures", "monitoring", "reports", "alerts")
MINUTES_3 = 180_000


def test_the_lineage_shows_every_group(page: Page, dagster_ui: str) -> None:
    page.goto(f"{dagster_ui}/asset-groups")
    for group in GROUPS:
        expect(page.get_by_text(group, exact=True).first).to_be_visible()


def test_a_table_shows_its_columns_with_their_chinese_descriptions(
    page: Page, dagster_ui: str
) -> None:
    page.goto(f"{dagster_ui}/assets/payment")
    expect(page.get_by_text("支付台账").first).to_be_visible()
    expect(page.get_by_text("voucher_no").first).to_be_visible()


def test_a_quarter_is_materialized_from_the_page_and_its_checks_name_the_rows(
    page: Page, dagster_ui: str, workplace: dict[str, str]
) -> None:
    page.goto(f"{dagster_ui}/locations/assets.definitions/jobs/quarterly_monitoring")
    page.get_by_role("button", name=re.compile("Materialize all")).first.click()
    chosen = page.get_by_placeholder(re.compile("^ex: "))
    chosen.fill("2024-04")
    chosen.press("Enter")
    launch = page.get_by_role("button", name=re.compile(r"^Launch (1 run|backfill)$"))
    expect(launch).to_be_enabled()
    launch.click()
    # leaving the page while it still says "Launching…" would take the request back
    expect(page.get_by_text(re.compile("^Launch runs to"))).to_be_hidden(timeout=MINUTES_3)

    page.goto(f"{dagster_ui}/runs")
    expect(page.get_by_text("quarterly_monitoring").first).to_be_visible()
    expect(page.get_by_text("Success", exact=True).first).to_be_visible(timeout=MINUTES_3)

    page.goto(f"{dagster_ui}/assets/spending_result?view=checks")
    page.get_by_text("as_promised", exact=True).first.click()
    expect(page.get_by_text("累计支出不应低于计划超过限度").first).to_be_visible()
    expect(page.get_by_text("综治重点工作经费").first).to_be_visible()
    page.get_by_text("intact", exact=True).first.click()
    expect(page.get_by_text("Succeeded").first).to_be_visible()

    with create_engine(workplace["PERF_WAREHOUSE_URL"]).connect() as connection:
        judged = connection.execute(text("SELECT project_name, light FROM spending_result"))
        lights = {row.project_name: row.light for row in judged}
        assert lights["综治重点工作经费"] == "red"
