"""The reports over HTTP: read only, reports only, and what a request may see, on a real port."""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.serving import ServingRules
from perf_pipeline.serving.access import Access
from perf_pipeline.serving.answering import Answering
from perf_pipeline.serving.application import server
from perf_pipeline.serving.drawing import Draw
from perf_pipeline.warehouse.dimensions import department_id
from perf_pipeline.warehouse.engine import connect_read_only, write_transaction
from tests.kept import empty_warehouse
from tests.servers import free_port
from tests.year import ROOT

HEADER = "X-Perf-Departments"
PAGE = "2024-06-绩效运行监控.html"


class Answer:
    """What the server said to one request."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self.text = answer.read().decode("utf-8", "replace")


class Site:
    """A running server, asked exactly as a test spells it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.putrequest(method, quoted(path), skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value.encode())
        if body:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        answer = Answer(connection.getresponse())
        connection.close()
        return answer


def quoted(path: str) -> str:
    """Escape what is not ASCII, and leave everything else as it is spelled."""
    return "".join(
        each if each.isascii() else "".join(f"%{byte:02X}" for byte in each.encode())
        for each in path
    )


@contextmanager
def running(
    folder: Path,
    url: str,
    access: Access,
    answers: Answering | None = None,
    draw: Draw | None = None,
) -> Iterator[Site]:
    port = free_port()
    served = server(folder, url, access, port, answers, draw)
    thread = threading.Thread(target=served.run)
    thread.start()
    try:
        while not served.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield Site(port)
    finally:
        served.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with two departments, and things in it that are nobody's to see."""
    place = tmp_path_factory.mktemp("served")
    reports = place / "reports"
    for code in ("甲局", "yi"):
        quarter = reports / code / "2024-06"
        quarter.mkdir(parents=True)
        (quarter / PAGE).write_text(f"<!DOCTYPE html><title>{code}</title>", "utf-8")
        (quarter / "监控表.xlsx").write_bytes(b"PK")
        for hidden in (".written.json", ".x.tmp", "~$监控表.xlsx", "notes.txt"):
            (quarter / hidden).write_text("hidden words", "utf-8")
    (reports / "甲局" / "2024").mkdir()
    told = {"checkpoint": "2024-06", "lights": {"red": 1, "green": 0}, "statuses": {"missed": 3}}
    (reports / "甲局" / "2024" / ".made.json").write_text(json.dumps({"site": {"told": told}}))
    (reports / "全部部门.zip").write_bytes(b"PK")
    (reports / ".git").mkdir()
    (reports / ".git" / "config.html").write_text("hidden words", "utf-8")
    (place / "secret.html").write_text("secret words", "utf-8")
    (reports / "yi" / "out.html").symlink_to(place / "secret.html")
    (reports / "yi" / "outside").symlink_to(place)
    (reports / "yi" / "other").symlink_to(reports / "甲局")
    engine = empty_warehouse(f"sqlite:///{place / 'warehouse.db'}")
    with write_transaction(engine) as connection:
        department_id(connection, "yi", "<b>乙局</b>")
    engine.dispose()
    return place


def url_of(place: Path) -> str:
    return f"sqlite:///{place / 'warehouse.db'}"


@pytest.fixture(scope="module")
def site(place: Path) -> Iterator[Site]:
    """A server on this machine alone."""
    access = Access("127.0.0.1", behind_proxy=False, rules=ServingRules())
    with running(place / "reports", url_of(place), access) as site:
        yield site


@pytest.fixture(scope="module")
def guarded(place: Path) -> Iterator[Site]:
    """A server whose proxy says which departments a request may see."""
    access = Access("127.0.0.1", behind_proxy=True, rules=ServingRules(departments_header=HEADER))
    with running(place / "reports", url_of(place), access) as site:
        yield site


def test_the_first_page_lists_departments_and_quarters_and_says_who_may_see_what(
    site: Site,
) -> None:
    assert site.ask("/").headers["Location"] == "reports/"
    page = site.ask("/reports/")
    assert page.status == 200
    assert "谁能看到什么" in page.text
    assert "能在这台机器上操作的人，都能看到全部部门的报告" in page.text
    assert f'href="{quoted("甲局/2024-06/")}"' in page.text
    assert "&lt;b&gt;乙局&lt;/b&gt;" in page.text  # its name, and no element of the page
    assert "hidden" not in page.text
    assert "2024-06：支出预警1，指标未达标3" in page.text
    folder = site.ask("/reports/甲局/2024-06/")
    assert "Excel 表格" in folder.text
    assert not [name for name in (".written", ".tmp", "~$", "notes") if name in folder.text]
    assert site.ask("/reports/甲局/2024-06").headers["Location"] == "2024-06/"


def test_a_report_comes_as_it_lies_on_disk_and_is_not_sent_twice(site: Site, place: Path) -> None:
    path = f"/reports/甲局/2024-06/{PAGE}"
    page = site.ask(path)
    assert page.text == (place / "reports/甲局/2024-06" / PAGE).read_text("utf-8")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    again = site.ask(path, If_None_Match=page.headers["ETag"])
    assert (again.status, again.text) == (304, "")
    form = site.ask("/reports/甲局/2024-06/监控表.xlsx", "HEAD")
    assert (form.status, form.text) == (200, "")
    assert form.headers["Content-Type"].endswith("spreadsheetml.sheet")


@pytest.mark.parametrize(
    "path",
    [
        "/reports/../secret.html",
        "/reports/%2e%2e/secret.html",
        "/reports/..%2fsecret.html",
        "/reports/..%5csecret.html",
        "/reports/yi/..//../../secret.html",
        "/reports//etc/passwd",
        "/reports/%00.html",
        "/reports/" + "a" * 400 + ".html",
        "/reports/" + "a/" * 3_000 + "b.html",
        "/reports/yi/out.html",
        "/reports/yi/outside/secret.html",
        "/reports/yi/outside/",
        f"/reports/yi/other/2024-06/{PAGE}",
        "/reports/yi/2024-06/.written.json",
        "/reports/yi/2024-06/.x.tmp",
        "/reports/yi/2024-06/~$监控表.xlsx",
        "/reports/yi/2024-06/notes.txt",
        "/reports/.git/config.html",
        "/reports/.git/",
        "/secret.html",
        "/warehouse.db",
        "/%ff%fe",
    ],
)
def test_nothing_but_reports_can_be_reached(site: Site, path: str) -> None:
    answer = site.ask(path)
    assert answer.status == 404, answer.text
    assert "words" not in answer.text


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"]
)
@pytest.mark.parametrize("path", ["/", "/reports/", f"/reports/yi/2024-06/{PAGE}", "/healthz"])
def test_nothing_but_reading_is_allowed(site: Site, method: str, path: str) -> None:
    answer = site.ask(path, method)
    assert answer.status == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize("path", ["/reports/", f"/reports/yi/2024-06/{PAGE}", "/healthz", "/none"])
def test_every_answer_carries_the_headers_of_security(site: Site, path: str) -> None:
    headers = site.ask(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert ("script-src" in policy) == (path != "/reports/")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "private, no-cache"
    assert "Server" not in headers


def test_a_name_that_another_site_made_point_here_is_refused(site: Site) -> None:
    answer = site.ask("/reports/", Host="evil.example")
    assert answer.status == 400
    assert "甲局" not in answer.text


def test_a_request_sees_the_departments_that_the_proxy_names(guarded: Site) -> None:
    mine = {HEADER: "yi"}
    index = guarded.ask("/reports/", **mine)
    assert "您能看到的部门：yi" in index.text
    assert "2024-06" in index.text
    assert "甲局" not in index.text
    assert "全部部门.zip" not in index.text
    assert guarded.ask(f"/reports/yi/2024-06/{PAGE}", **mine).status == 200
    for other in (
        f"/reports/甲局/2024-06/{PAGE}",
        f"/reports/yi/../甲局/2024-06/{PAGE}",
        f"/reports/yi/%2e%2e/甲局/2024-06/{PAGE}",
        "/reports/甲局/",
        "/reports/甲局",
        "/reports/全部部门.zip",
        f"/reports/yi/other/2024-06/{PAGE}",
    ):
        assert guarded.ask(other, **mine).status == 404, other


@pytest.mark.parametrize("told", ["yi, 甲局", "yi,%E7%94%B2%E5%B1%80", "*"])
def test_codes_are_read_as_utf_8_or_escaped_and_a_star_is_everything(
    guarded: Site, told: str
) -> None:
    assert guarded.ask(f"/reports/甲局/2024-06/{PAGE}", **{HEADER: told}).status == 200
    everything = guarded.ask("/reports/全部部门.zip", **{HEADER: told})
    assert everything.status == (200 if told == "*" else 404)


def test_a_request_without_the_proxy_s_word_or_with_two_sees_nothing(
    guarded: Site, place: Path
) -> None:
    for path in ("/reports/", f"/reports/yi/2024-06/{PAGE}"):
        assert guarded.ask(path).status == 403
        twice = guarded.ask(path, **{HEADER: "yi", HEADER.lower(): "*"})
        assert twice.status == 403
    assert "没有" in guarded.ask("/reports/", **{HEADER: ""}).text
    assert guarded.ask(f"/reports/yi/2024-06/{PAGE}", **{HEADER: ""}).status == 404
    elsewhere = ServingRules(departments_header=HEADER, proxies=("10.0.0.9",))
    with running(
        place / "reports", url_of(place), Access("127.0.0.1", behind_proxy=True, rules=elsewhere)
    ) as site:
        told = site.ask("/reports/", **{HEADER: "*", "X-Forwarded-For": "10.0.0.9"})
        assert told.status == 403


def test_the_index_says_what_it_shows_even_where_nothing_is_there_yet(tmp_path: Path) -> None:
    access = Access("127.0.0.1", behind_proxy=False, rules=ServingRules())
    with running(tmp_path / "reports", f"sqlite:///{tmp_path}/none.db", access) as site:
        assert "还没有可以看的报告" in site.ask("/reports/").text
        health = site.ask("/healthz")
        assert (health.status, json.loads(health.text)["status"] == "ok") == (503, False)
        assert site.ask("/metrics").status == 503
    assert list(tmp_path.iterdir()) == []  # neither folder nor database was made


def test_metrics_are_for_those_who_may_see_all_departments(site: Site, guarded: Site) -> None:
    assert 'perf_build_info{database="sqlite"' in site.ask("/metrics").text
    assert "perf_build_info" in guarded.ask("/metrics", **{HEADER: "*"}).text
    assert guarded.ask("/metrics", **{HEADER: "yi"}).status == 404
    assert guarded.ask("/metrics").status == 403


def test_health_is_that_the_warehouse_answers(site: Site) -> None:
    health = site.ask("/healthz")
    assert (health.status, json.loads(health.text)) == (200, {"status": "ok"})


def test_the_server_s_connection_cannot_write(engine: Engine, warehouse_url: str) -> None:
    reading = connect_read_only(warehouse_url)
    with reading.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM department")) == 0
        with pytest.raises(DBAPIError, match=r"read-?only"):
            connection.execute(text("INSERT INTO department (code) VALUES ('x')"))
    reading.dispose()


@pytest.mark.parametrize(
    ("host", "behind_proxy", "allowed"),
    [
        ("127.0.0.1", False, True),
        ("localhost", False, True),
        ("::1", False, True),
        ("127.0.0.2", False, True),
        ("0.0.0.0", False, False),
        ("::", False, False),
        ("10.1.2.3", False, False),
        ("localhost.example", False, False),
        ("", False, False),
        ("0.0.0.0", True, True),
    ],
)
def test_other_machines_are_let_in_only_when_told(
    host: str, behind_proxy: bool, allowed: bool
) -> None:
    def make() -> Access:
        return Access(host, behind_proxy=behind_proxy, rules=ServingRules())

    if allowed:
        assert make().statement
    else:
        with pytest.raises(ConfigurationError, match="--behind-proxy"):
            make()


def call(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    program = Path(sys.executable).with_name("perf-pipeline")
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([program, *arguments], cwd=ROOT, env=environment, **pipes)


def test_the_command_says_who_may_see_what_and_serves_until_it_is_stopped(place: Path) -> None:
    environment = {
        **os.environ,
        "PERF_OUTPUT": str(place),
        "PERF_WAREHOUSE_URL": url_of(place),
        "PYTHONUNBUFFERED": "1",
    }
    refused = call("serve", "--host", "0.0.0.0", **environment)
    _, said = refused.communicate(timeout=60)
    assert refused.returncode == 2
    assert "--behind-proxy" in said
    assert "Traceback" not in said
    port = free_port()
    environment["PERF_SERVE__DEPARTMENTS_HEADER"] = HEADER
    process = call("serve", "--port", str(port), "--behind-proxy", **environment)
    assert process.stdout is not None
    try:
        assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
        assert HEADER in process.stdout.readline()
        answer = None
        while answer is None:
            assert process.poll() is None
            try:
                answer = Site(port).ask("/reports/", **{HEADER: "yi"})
            except ConnectionRefusedError:
                time.sleep(0.05)
        assert "您能看到的部门：yi" in answer.text
    finally:
        process.terminate()
        process.communicate(timeout=30)
