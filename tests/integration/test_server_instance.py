"""A server: webserver, daemon and code server are processes of their own, PostgreSQL keeps all."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from assets.home import POSTGRESQL_URL, configuration, dagster_home
from perf_pipeline.domain.errors import ConfigurationError
from tests.year import DATA, ROOT

pytestmark = pytest.mark.long

SERVER = ROOT / "deploy/dagster"
LAUNCH = """
mutation ($job: String!) {
  launchRun(executionParams: {
    selector: {repositoryName: "__repository__", repositoryLocationName: "assets.definitions",
               jobName: $job}
    runConfigData: {}
  }) { __typename ... on LaunchRunSuccess { run { id } } ... on PythonError { message } }
}"""
STATUS = "query ($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"


@dataclass(frozen=True)
class Service:
    """A running service: where it answers, and what it keeps where."""

    address: str
    home: Path
    runs_url: str
    warehouse_url: str

    def ask(self, query: str, **variables: Any) -> Any:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"{self.address}/graphql", body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def until(what: Any, log: Path, seconds: int = 240) -> Any:
    """Ask again and again until there is an answer."""
    for _ in range(seconds * 4):
        try:
            if found := what():
                return found
        except OSError:
            pass
        time.sleep(0.25)
    raise AssertionError(log.read_text("utf-8", "replace")[-4000:])


@pytest.fixture
def service(tmp_path: Path, postgresql_url: str) -> Iterator[Service]:
    for pattern in ("calendar.yaml", "2024/*/targets/*", "2024/*/registers/[支项]*"):
        for path in DATA.glob(pattern):
            copy = tmp_path / "inbox" / path.relative_to(DATA)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    home = tmp_path / "dagster"
    home.mkdir()
    shutil.copy(SERVER / "dagster-postgresql.yaml", home / "dagster.yaml")
    code_port, port = free_port(), free_port()
    runs_url = make_url(postgresql_url).set(drivername="postgresql+psycopg2")
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(home),
        POSTGRESQL_URL: runs_url.render_as_string(hide_password=False),
        "PERF_CODE_SERVER_HOST": "127.0.0.1",
        "PERF_CODE_SERVER_PORT": str(code_port),
        "PERF_WAREHOUSE_URL": f"sqlite:///{tmp_path / 'warehouse.db'}",
        "PERF_INBOX": str(tmp_path / "inbox"),
        "PERF_OUTPUT": str(tmp_path / "out"),
    }
    local = ["-h", "127.0.0.1", "-p"]
    asks = ["-w", str(SERVER / "workspace.yaml")]
    commands = [
        ["dagster", "code-server", "start", "-m", "assets.definitions", *local, str(code_port)],
        ["dagster-webserver", *asks, *local, str(port)],
        ["dagster-daemon", "run", *asks],
    ]
    log = tmp_path / "service.log"
    with log.open("wb") as output:
        processes = [
            subprocess.Popen(
                [Path(sys.executable).with_name(program), *arguments],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            for program, *arguments in commands
        ]
    made = Service(
        f"http://127.0.0.1:{port}", home, postgresql_url, environment["PERF_WAREHOUSE_URL"]
    )
    located = """{ workspaceOrError { ... on Workspace { locationEntries { locationOrLoadError {
      ... on RepositoryLocation { repositories { jobs { name } } }
      ... on PythonError { message } } } } } }"""
    try:
        until(lambda: '"quarterly_monitoring"' in json.dumps(made.ask(located)), log, 60)
        yield made
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGTERM)
        for process in processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def test_a_run_goes_through_webserver_daemon_and_code_server_and_is_kept_in_postgresql(
    service: Service, tmp_path: Path
) -> None:
    launched = service.ask(LAUNCH, job="ingest")["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess", launched
    run = launched["run"]["id"]

    def ended() -> str | None:
        status = service.ask(STATUS, id=run)["runOrError"]["status"]
        return str(status) if status in ("SUCCESS", "FAILURE", "CANCELED") else None

    assert until(ended, tmp_path / "service.log") == "SUCCESS"
    with create_engine(service.runs_url).connect() as connection:
        kept = connection.execute(text("SELECT run_id, status FROM runs")).all()
        told = connection.execute(
            text("SELECT count(*) FROM event_logs WHERE asset_key = '[\"payment\"]'")
        ).scalar_one()
    assert [tuple(row) for row in kept] == [(run, "SUCCESS")]
    assert told > 0
    assert list(service.home.rglob("*.db")) == []
    with create_engine(service.warehouse_url).connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM payment")).scalar_one() > 0
    shown = json.dumps(service.ask("{ instance { info } }"))
    assert str(make_url(service.runs_url).database) not in shown


def test_an_address_that_dagster_would_lose_its_connection_by_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    monkeypatch.setenv(POSTGRESQL_URL, "postgresql://dagster:secret@localhost/dagster")
    with pytest.raises(ConfigurationError, match="psycopg2") as refused:
        dagster_home()
    assert "secret" not in str(refused.value)


def test_what_a_server_s_folder_is_given_is_what_the_shipped_file_says() -> None:
    shipped = (SERVER / "dagster-postgresql.yaml").read_text("utf-8")
    assert shipped == configuration(server=True)
