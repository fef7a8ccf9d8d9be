"""What deploy/ holds is valid, and its services start together on a real PostgreSQL and work."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from dagster import DagsterRunStatus
from dagster_graphql import DagsterGraphQLClient, DagsterGraphQLClientError
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.commands import call
from tests.services import ROOT, UNITS, Service, command_here, command_of, free_port
from tests.year import money_alone

pytestmark = pytest.mark.long(100)

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES = ("code", "daemon", "webserver", "viewer", "pages")
PORTS = ("CODE_SERVER", "UI", "VIEWER", "PAGES")
# of the warehouse and of Dagster's own database, as the examples write them
DRIVERS = ("postgresql+psycopg", "postgresql+psycopg2")


@pytest.fixture(scope="module")
def installed_units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units as they would be installed, with this checkout for /opt/perf-pipeline."""
    folder = tmp_path_factory.mktemp("units")
    shutil.copytree(UNITS, folder, dirs_exist_ok=True)
    programs = str(Path(sys.executable).parent)
    for path in folder.rglob("*"):
        if path.is_file():
            written = path.read_text("utf-8").replace("/opt/perf-pipeline/.venv/bin", programs)
            path.write_text(written.replace("/opt/perf-pipeline", str(ROOT)), "utf-8")
    return folder


def systemd_analyze(units: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_unit_is_one_that_systemd_starts(installed_units: Path) -> None:
    units = [path for path in installed_units.glob("perf-pipeline*.*") if path.is_file()]
    assert len(units) == 8
    told = systemd_analyze(installed_units, "verify", "--man=no", *map(str, units))
    about_ours = [line for line in told.stderr.splitlines() if "perf-pipeline" in line]
    assert (told.returncode, about_ours) == (0, [])


@pytest.mark.parametrize("name", [*SERVICES, "backup"])
def test_every_service_may_do_little(installed_units: Path, name: str) -> None:
    """systemd's own measure of exposure, from 0 (none) to 100."""
    unit = f"perf-pipeline-{name}.service"
    told = systemd_analyze(
        installed_units, "security", "--offline=yes", "--threshold=25", "--no-pager", unit
    )
    assert told.returncode == 0, told.stdout[-500:] + told.stderr


def test_the_target_brings_up_every_service_and_the_nightly_backup() -> None:
    wanted = re.findall(r"perf-pipeline-\S+", (UNITS / "perf-pipeline.target").read_text("utf-8"))
    expected = {f"perf-pipeline-{name}.service" for name in SERVICES}
    assert set(wanted) == expected | {"perf-pipeline-backup.timer"}


def test_every_variable_that_a_unit_uses_has_its_example() -> None:
    examples = (DEPLOY / "perf.env.example").read_text("utf-8")
    for path in UNITS.glob("*.service"):
        for name in re.findall(r"\$\{(\w+)\}", path.read_text("utf-8")):
            assert re.search(rf"^{name}=.", examples, re.MULTILINE), (path.name, name)


def test_every_file_that_the_manual_installs_is_there() -> None:
    written = (ROOT / "docs" / "operations.md").read_text("utf-8")
    named = re.findall(r"deploy/[\w./*-]*\w\*?", written)
    assert len(named) >= 8
    assert [
        name for name in named if not list(ROOT.glob(name)) and name != "deploy/channels.env"
    ] == []


def test_the_databases_are_addressed_by_the_drivers_that_work() -> None:
    """Dagster's webserver closes each of psycopg 3's connections by setting its time limit."""
    for path in ("perf.env.example", "secrets.env.example", "compose.yaml"):
        written = (DEPLOY / path).read_text("utf-8")
        assert set(re.findall(r"postgresql[+\w]*(?=://)", written)) <= set(DRIVERS), path
    dagsters = COMPOSE["services"]["webserver"]["environment"]["DAGSTER_POSTGRESQL_URL"]
    assert dagsters.startswith(DRIVERS[1])


def test_only_what_needs_the_warehouse_is_told_its_password() -> None:
    told = {path.stem for path in UNITS.glob("*.service") if "secrets.env" in path.read_text()}
    assert told == {f"perf-pipeline-{name}" for name in ("code", "pages", "backup")}
    services = COMPOSE["services"]
    told = {name for name in SERVICES if "PERF_WAREHOUSE_URL" in services[name]["environment"]}
    assert told == {"code", "pages"}


def test_the_compose_file_is_one_by_the_compose_specification() -> None:
    told = subprocess.run(
        [
            Path(sys.executable).with_name("check-jsonschema"),
            "--builtin-schema",
            "vendor.compose-spec",
            DEPLOY / "compose.yaml",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout


def without_addresses(words: list[str]) -> list[str]:
    told = [Path(words[0]).name, *words[1:]]
    return [
        "…" if before in ("-h", "-p", "--host", "--port") else word
        for before, word in zip(["", *told], told, strict=False)
    ]


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_runs_what_the_unit_runs(name: str) -> None:
    inside = COMPOSE["services"][name]["command"]
    unit = command_of(f"perf-pipeline-{name}.service")
    assert without_addresses(inside) == without_addresses(unit)


def test_containers_run_as_nobody_who_may_do_anything() -> None:
    for name in SERVICES:
        service = COMPOSE["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    written = (DEPLOY / "Containerfile").read_text("utf-8")
    assert written.index("USER perf-pipeline") < written.index("CMD [")
    assert "-c constraints.txt" in written
    assert re.findall(r"^ARG BASE=(\S+)\nFROM \$\{BASE\}$", written, re.M) == ["python:3.12-slim"]
    assert COMPOSE["services"]["database"]["image"] == "postgres:17"


def test_a_container_finds_its_inbox_by_the_settings_of_where_it_works() -> None:
    """What the image itself set would hold against the .env that `init` writes."""
    written = (DEPLOY / "Containerfile").read_text("utf-8")
    assert "PERF_" not in written
    assert written.rindex("WORKDIR /var/lib/perf-pipeline") > written.index("USER perf-pipeline")
    for name in SERVICES:
        service = COMPOSE["services"][name]
        assert service["working_dir"] == "/opt/perf-pipeline"  # where its command's files lie
        assert service["environment"]["PERF_INBOX"] == "/var/lib/perf-pipeline/inbox"


def test_the_image_is_built_of_what_it_copies_as_a_checkout_is_installed(tmp_path: Path) -> None:
    """No container program is needed: the instructions are few, and each is tried here."""
    written = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    steps = [line.split(" ", 1) for line in written.splitlines() if re.match("[A-Z]", line)]
    assert {each for each, _ in steps} <= {
        "FROM",
        "ARG",
        "RUN",
        "WORKDIR",
        "COPY",
        "ENV",
        "USER",
        "CMD",
    }
    assert [told for each, told in steps if each == "COPY"] == [". ."]
    (inside,) = re.findall(r"pip install .*(-c \S+ -e \S+)", written)
    assert inside in re.findall(r"pip install .*(-c \S+ -e \S+)", (ROOT / "Makefile").read_text())
    for each, told in steps:
        if each == "RUN":
            subprocess.run(["sh", "-n", "-c", told], check=True)

    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    names = [name.removeprefix("**/") for name in ignored]
    context = tmp_path / "context"
    shutil.copytree(ROOT, context, ignore=shutil.ignore_patterns(*names), symlinks=True)
    assert not (context / "tests").exists()
    metadata = (
        "from setuptools.build_meta import prepare_metadata_for_build_editable as prepare\n"
        "print(prepare('.'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", metadata], cwd=context, capture_output=True, text=True, check=True
    )
    made = context / done.stdout.splitlines()[-1]
    assert "perf-pipeline = perf_pipeline" in (made / "entry_points.txt").read_text("utf-8")


def test_every_file_that_compose_mounts_is_there() -> None:
    mounted = [
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
    ]
    files = [name for name in mounted if name.startswith("./")]
    assert files
    assert all((DEPLOY / name).is_file() for name in files)


@pytest.fixture(scope="module")
def environment(
    postgresql_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """An installation's environment: two new databases, folders and ports of its own."""
    folder = tmp_path_factory.mktemp("service")
    home = folder / "dagster"
    home.mkdir()
    shutil.copy(DEPLOY / "dagster" / "dagster-postgresql.yaml", home / "dagster.yaml")
    server = make_url(postgresql_uri)
    admin = create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    names = [f"{kind}_{os.getpid()}" for kind in ("warehouse", "dagster")]
    with admin.connect() as connection:
        for name in names:
            connection.execute(text(f"CREATE DATABASE {name}"))
    warehouse, dagster = (
        server.set(drivername=driver, database=name).render_as_string(hide_password=False)
        for driver, name in zip(DRIVERS, names, strict=True)
    )
    yield {
        **os.environ,
        "PERF_INBOX": str(money_alone(folder / "inbox")),
        "PERF_OUTPUT": str(folder / "out"),
        "PERF_WAREHOUSE_URL": warehouse,
        "PERF_LOG_FORMAT": "json",
        "DAGSTER_HOME": str(home),
        "DAGSTER_POSTGRESQL_URL": dagster,
        "PERF_CODE_SERVER_HOST": "127.0.0.1",
        **{
            f"PERF_{name}_PORT": str(free_port())
            for name in ("CODE_SERVER", "UI", "VIEWER", "PAGES")
        },
    }
    with admin.connect() as connection:
        for name in names:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="module")
def services(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Service]]:
    """The services of the units, started in their order and ready."""
    logs = tmp_path_factory.mktemp("logs")
    started: dict[str, Service] = {}
    try:
        for name in SERVICES:
            command = command_here(f"perf-pipeline-{name}.service", environment)
            started[name] = Service(command, environment, logs / f"{name}.log")
            if name == "code":
                wait_for_code(started[name], environment)
        for name, port in (("webserver", "PERF_UI_PORT"), ("viewer", "PERF_VIEWER_PORT")):
            started[name].answers(f"http://127.0.0.1:{environment[port]}/server_info")
        yield started
    finally:
        for service in started.values():
            service.stop()


def wait_for_code(service: Service, environment: dict[str, str]) -> None:
    """Wait as compose.yaml does, by its health check."""
    check = COMPOSE["services"]["code"]["healthcheck"]["test"][1:-1]
    program = Path(sys.executable).with_name(check[0])
    for _ in range(120):
        assert service.process.poll() is None, service.said()[-4000:]
        asked = [program, *check[1:], environment["PERF_CODE_SERVER_PORT"]]
        if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
            return
        time.sleep(1)
    raise AssertionError(service.said()[-4000:])


def client(environment: dict[str, str], port: str) -> DagsterGraphQLClient:
    return DagsterGraphQLClient("127.0.0.1", int(environment[port]))


def ask(port: str, query: str) -> Any:
    """Ask a webserver, as its pages do."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        json.dumps({"query": query}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["data"]


def test_viewers_look_at_everything_and_start_nothing(
    services: dict[str, Service], environment: dict[str, str]
) -> None:
    repositories = "{ repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }"
    for port in ("PERF_UI_PORT", "PERF_VIEWER_PORT"):
        nodes = ask(environment[port], repositories)["repositoriesOrError"]["nodes"]
        assert [each["name"] for each in nodes] == ["__repository__"]
    with pytest.raises(DagsterGraphQLClientError, match=r"Unauthorized|permission"):
        client(environment, "PERF_VIEWER_PORT").submit_job_execution("ingest")


def test_a_job_started_from_the_page_goes_through_queue_and_code_server_into_postgresql(
    services: dict[str, Service], environment: dict[str, str]
) -> None:
    page = client(environment, "PERF_UI_PORT")
    run_id = page.submit_job_execution("ingest")
    for _ in range(1200):  # of a machine with much else to do
        status = page.get_run_status(run_id)
        if status in (DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE):
            break
        time.sleep(0.5)
    assert status == DagsterRunStatus.SUCCESS, services["code"].said()[-4000:]
    with create_engine(environment["DAGSTER_POSTGRESQL_URL"]).connect() as connection:
        kept = connection.execute(text("SELECT run_id, status FROM runs")).all()
        told = connection.execute(
            text("SELECT count(*) FROM event_logs WHERE asset_key = '[\"payment\"]'")
        ).scalar_one()
    assert [tuple(row) for row in kept] == [(run_id, "SUCCESS")]
    assert told > 0
    assert list(Path(environment["DAGSTER_HOME"]).rglob("*.db")) == []
    with create_engine(environment["PERF_WAREHOUSE_URL"]).connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM payment")).scalar_one() > 0
    shown = json.dumps(ask(environment["PERF_UI_PORT"], "{ instance { info } }"))
    assert str(make_url(environment["DAGSTER_POSTGRESQL_URL"]).database) not in shown
    health = call(environment, "health", "--json")
    told = json.loads(health.stdout)
    assert (health.returncode, told["healthy"]) == (0, True), told
    assert len(told["checks"]) == 7
    metrics = call(environment, "metrics")
    assert 'perf_last_run_failed{job="ingest"} 0.0' in metrics.stdout, metrics.stderr
    assert 'perf_build_info{database="postgresql"' in metrics.stdout
    pages = f"http://127.0.0.1:{environment['PERF_PAGES_PORT']}"
    assert b"ok" in services["pages"].answers(f"{pages}/healthz")
    assert b"perf_build_info" in services["pages"].answers(f"{pages}/metrics")
    for line in services["daemon"].said().splitlines():
        json.loads(line)


def test_services_stop_when_told(services: dict[str, Service]) -> None:
    for name in reversed(SERVICES):
        # a code server at times waits for a child that the same signal has ended: systemd kills it
        ends = (0, -15, -9) if name == "code" else (0, -15)
        assert services[name].stop() in ends, (name, services[name].said()[-2000:])
