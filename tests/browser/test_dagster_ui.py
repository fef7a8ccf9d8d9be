"""The Dagster UI as the data team uses it: the graph, lineage, a year's backfill, its checks."""

import re
from pathlib import Path

import dagster as dg
import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from perf_pipeline.warehouse.engine import open_warehouse, write_transaction
from perf_pipeline.warehouse.schema import register_tables
from tests.year import take_everything_in

pytestmark = pytest.mark.long(120)

GROUPS = ("targets", "actuals", "measures", "monitoring", "reports", "alerts")
MINUTES_10 = 600_000  # of a machine with much else to do
TARGET_TABLES = ("project", "indicator", "target", "target_area", "spending_plan")
QUARTERS_2024 = "[2024-03...2024-12]"


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


def column(page: Page, name: str) -> Locator:
    """Find the row of a column in an asset's table of columns."""
    return page.get_by_role("row").filter(has=page.get_by_text(name, exact=True)).first


def test_a_column_of_the_report_leads_back_to_the_register_s_column(
    page: Page, dagster_ui: str
) -> None:
    page.goto(f"{dagster_ui}/assets/report_line")
    column(page, "actual_text").get_by_role("link", name="spending_result").click()
    paid = column(page, "paid_fen")
    expect(paid).to_contain_text("累计支付")
    expect(paid).to_contain_text("amount_fen")
    paid.get_by_role("link", name="payment", exact=True).click()
    expect(page).to_have_url(re.compile("/assets/payment"))
    expect(column(page, "amount_fen")).to_contain_text("支付金额（元）")


def test_a_year_is_backfilled_from_the_page(
    page: Page, dagster_ui: str, workplace: dict[str, str]
) -> None:
    warehouse = open_warehouse(workplace["PERF_WAREHOUSE_URL"])
    take_everything_in(warehouse, Path(workplace["PERF_INBOX"]))
    with dg.DagsterInstance.from_config(workplace["DAGSTER_HOME"]) as instance:
        for table in ("source_file", *TARGET_TABLES, *register_tables):
            instance.report_runless_asset_event(dg.AssetMaterialization(table))
    page.goto(f"{dagster_ui}/locations/assets.definitions/jobs/judge_quarter")
    page.get_by_role("button", name=re.compile("Materialize all")).first.click()
    chosen = page.get_by_placeholder(re.compile("^ex: "))
    chosen.fill(QUARTERS_2024)
    chosen.press("Enter")
    launch = page.get_by_role("button", name="Launch backfill")
    expect(launch).to_be_enabled()
    launch.click()
    # leaving the page while the dialog is open would take the request back
    expect(launch).to_be_hidden()

    page.goto(f"{dagster_ui}/runs")
    expect(page.get_by_text("4 partitions")).to_be_visible()
    expect(page.get_by_text("Success", exact=True).first).to_be_visible(timeout=MINUTES_10)

    with warehouse.connect() as connection:
        judged = connection.execute(
            text(
                "SELECT checkpoint.name, light FROM spending_result JOIN snapshot"
                " ON snapshot.id = snapshot_id JOIN checkpoint ON checkpoint.id = checkpoint_id"
                " WHERE project_name = '综治重点工作经费' ORDER BY checkpoint.name"
            )
        )
        assert [tuple(row) for row in judged] == [
            ("2024-03", "yellow"),
            ("2024-06", "red"),
            ("2024-10", "green"),
            ("2024-12", "green"),
        ]
    page.goto(f"{dagster_ui}/assets/spending_result?view=checks&checkDetail=as_promised")
    expect(page.get_by_text("累计支出不应超过预算").first).to_be_visible()
    expect(page.get_by_text("社会治安保险").first).to_be_visible()
    page.get_by_text("intact", exact=True).first.click()
    expect(page.get_by_text("Succeeded").first).to_be_visible()


def test_a_red_check_leads_to_its_failing_rows(
    page: Page, dagster_ui: str, workplace: dict[str, str]
) -> None:
    with write_transaction(open_warehouse(workplace["PERF_WAREHOUSE_URL"])) as connection:
        broken = connection.execute(
            text("UPDATE payment SET paid_on = '2020-01-01' WHERE row_number < 5")
        )
    assert broken.rowcount == 2
    page.goto(f"{dagster_ui}/assets/payment?view=checks&checkDetail=intact")
    page.get_by_role("button", name=re.compile("Execute$")).click()
    expect(page.get_by_text("Failed", exact=True).first).to_be_visible(timeout=MINUTES_10)
    expect(page.get_by_text("2 行不符").first).to_be_visible()
    for told in ("记-01-0001", "记-01-0002", "支付台账.xlsx", "2020-01-01"):
        expect(page.get_by_role("cell").get_by_text(told).first).to_be_visible()
