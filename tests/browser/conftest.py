"""Fixtures: a headless Chromium, a year to look at, the Dagster UI on a warehouse of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from sqlalchemy import Engine

from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.monitoring.outlook.foretell import foretell_quarter
from perf_pipeline.warehouse.loading import load_register
from tests.kept import empty_warehouse, stand
from tests.year import DATA, DEPARTMENT, QUARTERS, ROOT, judge, money_alone, take_everything_in

Open = Callable[[Path, str], Page]
Q1, Q2, Q3, _ = QUARTERS
SLOW = "综治重点工作经费"
LATE = "记-06-9001"

expect.set_options(timeout=60_000)  # a machine with much else to do is slow, not wrong
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium; `make test` installs it.

    It ends with its file: while it lives, an event loop runs in this thread, where the runs that
    other tests make want one of their own.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium is not installed: run scripts/install-test-programs.sh"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The shipped year up to October; June was judged again when a payment had come late."""
    folder = tmp_path_factory.mktemp("year")

    def make(engine: Engine) -> None:
        inbox = copytree(DATA, folder / "inbox")
        take_everything_in(engine, inbox)
        judge(engine, Q1.name, Q2.name)
        late = inbox / "2024" / DEPARTMENT / "registers" / "支付台账-补.csv"
        columns = "凭证号,支付日期,项目名称,支付金额（元）,资金来源"
        late.write_text(f"{columns}\n{LATE},2024-06-20,{SLOW},45000,财政资金\n", "utf-8")
        load_register(engine, inbox, "payment")
        judge(engine, Q2.name, Q3.name)
        for checkpoint in (Q1, Q2, Q3):
            foretell_quarter(engine, checkpoint, OutlookLimits())

    engine = empty_warehouse(f"sqlite:///{folder / 'warehouse.db'}")
    stand(engine, "june-again", make)
    yield engine
    engine.dispose()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page as wide as a desk's screen."""
    opened = browser.new_page(viewport={"width": 1600, "height": 1000})
    opened.set_default_timeout(60_000)
    yield opened
    opened.close()


@pytest.fixture
def visit(page: Page) -> Iterator[Open]:
    """Open a file at a place in it; nothing may be fetched and nothing may go wrong."""
    fetched: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.set_default_timeout(60_000)

    def opened(path: Path, place: str = "") -> Page:
        page.goto(f"{path.as_uri()}{place}")
        if place:
            expect_place(page, place)
        return page

    yield opened
    assert [url for url in fetched if not url.startswith("file:")] == []
    assert wrong == []


def expect_place(page: Page, place: str) -> None:
    """Wait until a year's page shows a place in it: its hash tells the script, which may unpack."""
    page.wait_for_function("place => document.body.dataset.place === place", arg=place[1:])


def follow(link: Locator) -> None:
    """Click a link to a place in a year's page and wait until that place is shown."""
    place = link.get_attribute("href")
    assert place is not None
    assert place.startswith("#")
    link.click()
    expect_place(link.page, place)


def shown_rows(page: Page, table: str) -> list[str]:
    rows: list[str] = page.locator(f"#{table} tbody tr:visible").all_inner_texts()
    return rows


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment of its own, with a small inbox: a document, a ledger and budgets."""
    folder = tmp_path_factory.mktemp("ui")
    return {
        **os.environ,
        "PERF_INBOX": str(money_alone(folder / "inbox")),
        "PERF_WAREHOUSE_URL": f"sqlite:///{folder / 'warehouse.db'}",
        "PERF_OUTPUT": str(folder / "out"),
        "DAGSTER_HOME": str(folder / "dagster"),
    }


@pytest.fixture(scope="session")
def dagster_ui(
    workplace: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a running `perf-pipeline ui`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("perf-pipeline")
    log = tmp_path_factory.mktemp("log") / "ui.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [program, "ui", "--port", str(port)],
            cwd=ROOT,
            env=workplace,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server, log)
        yield address
    finally:
        os.killpg(server.pid, signal.SIGINT)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        assert server.poll() is None, log.read_text("utf-8", "replace")[-4000:]
        try:
            with urllib.request.urlopen(f"{address}/server_info", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(log.read_text("utf-8", "replace")[-4000:])
