"""A service as it runs in an office: code server, daemon and webserver, on a clock of its own.

The processes are Dagster's own. Their clock is libfaketime's: all of them see the same moment,
which a test moves as it likes; nothing else about them is changed.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import dagster as dg
import requests
import yaml

from assets.home import dagster_home
from perf_pipeline.domain.clock import LOCAL
from tests.year import ROOT

LIBRARY = files("libfaketime") / "vendor/libfaketime/src/libfaketime.so.1"
LOCATION = {"repositoryLocationName": "perf", "repositoryName": "__repository__"}
WORK = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
AT_WORK = dg.RunsFilter(statuses=WORK)
UNDER_WAY = dg.RunsFilter(statuses=[*WORK, dg.DagsterRunStatus.QUEUED])
PROGRAMS = Path(sys.executable).parent
CODE_SERVER = [ROOT / "tests/warm_code_server.py", "api", "grpc", "-m", "assets.definitions"]
SENSOR = """query State($sensor: SensorSelector!) {
  sensorOrError(sensorSelector: $sensor) { ... on Sensor { id } } }"""
START = """mutation Start($sensor: SensorSelector!) {
  startSensor(sensorSelector: $sensor) { __typename } }"""
STOP = """mutation Stop($id: String!) { stopSensor(id: $id) { __typename } }"""
BACKFILL = """mutation Fill($given: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $given) { __typename } }"""
POLL, STEP = 0.5, timedelta(seconds=2)  # in real time, and on the service's clock
PATIENCE = 900  # seconds of real time, of a machine with much else to do


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Clock:
    """A clock that processes share: a file that says how far it is from the real one."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def set(self, moment: datetime) -> None:
        self.ahead = moment - datetime.now(LOCAL)
        new = self.file.with_suffix(".new")
        new.write_text(f"{self.ahead.total_seconds():+.0f}", "utf-8")
        new.replace(self.file)  # nobody ever reads half of it

    def now(self) -> datetime:
        return datetime.now(LOCAL) + self.ahead

    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }


@dataclass
class Service:
    """The three processes of an installation in a folder, each started, killed and started."""

    folder: Path
    clock: Clock
    environment: Mapping[str, str]
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        home = dagster_home()  # as DAGSTER_HOME says
        self.ports = {"code": free_port(), "web": free_port()}
        server = {"host": "127.0.0.1", "port": self.ports["code"], "location_name": "perf"}
        self.workspace = home / "workspace.yaml"
        self.workspace.write_text(yaml.safe_dump({"load_from": [{"grpc_server": server}]}))
        self.instance = dg.DagsterInstance.from_config(str(home))

    def start(self, name: str) -> None:
        code, web = str(self.ports["code"]), str(self.ports["web"])
        workspace = ["-w", str(self.workspace)]
        command = {
            "code": [sys.executable, *CODE_SERVER, "-h", "127.0.0.1", "-p", code, "-d", ROOT],
            "daemon": [sys.executable, ROOT / "tests/impatient_daemon.py", "run", *workspace],
            "web": [PROGRAMS / "dagster-webserver", "-h", "127.0.0.1", "-p", web, *workspace],
        }[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [str(part) for part in command],
                cwd=ROOT,
                env={**os.environ, **self.environment, **self.clock.environment()},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """Kill a process and whatever it has started, as a machine that loses its power does."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for name in list(self.processes):
            self.kill(name)

    def wait_for(self, what: str, happened: Callable[[], bool]) -> None:
        """Wait until something has happened; while nothing runs, the clock goes a little faster."""
        deadline = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < deadline, f"{what} did not happen by {self.clock.now()}"
            for name, process in self.processes.items():
                assert process.poll() is None, f"{name} ended by itself, see {name}.log"
            time.sleep(POLL)
            if self.instance.get_runs_count(AT_WORK) == 0:  # who works is not to be hurried
                self.clock.set(self.clock.now() + STEP)

    def start_all(self) -> None:
        """Start the code server and, once it answers, the others."""
        self.start("code")
        self.wait_for("the code server answers", lambda: self.answers("code"))
        self.start("daemon")
        self.start("web")
        self.wait_for("the webserver answers", lambda: self.answers("web"))

    def move_to(self, moment: datetime) -> None:
        """Move the clock once all runs have ended: none of them is to think that it took days."""
        self.wait_for("the end of all runs", lambda: self.instance.get_runs_count(UNDER_WAY) == 0)
        self.clock.set(moment)

    def pass_time(self, span: timedelta, *, times: int) -> None:
        """Let time pass several times, with a moment for the daemon to look after each."""
        for _ in range(times):
            self.clock.set(self.clock.now() + span)
            time.sleep(2)

    def looked(self, schedule: str, since: datetime) -> bool:
        """Tell whether the daemon has evaluated a schedule's tick of a moment or later."""
        return any(
            tick.status.value in ("SKIPPED", "SUCCESS")
            for state in self.instance.all_instigator_state()
            if state.instigator_name == schedule
            for tick in self.instance.get_ticks(
                state.instigator_origin_id, state.selector_id, after=since.timestamp(), limit=5
            )
        )

    def answers(self, name: str) -> bool:
        try:
            if name == "code":
                with socket.create_connection(("127.0.0.1", self.ports["code"]), timeout=1):
                    return True
            address = f"http://127.0.0.1:{self.ports['web']}/server_info"
            return requests.get(address, timeout=5).ok
        except OSError:
            return False

    def ask(self, query: str, **variables: Any) -> Any:
        """Ask the webserver, as its pages do."""
        answer = requests.post(
            f"http://127.0.0.1:{self.ports['web']}/graphql",
            json={"query": query, "variables": variables},
            timeout=60,
        ).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def start_sensor(self, name: str) -> None:
        """Turn a sensor on, as its switch on the page does."""
        answer = self.ask(START, sensor={**LOCATION, "sensorName": name})
        assert answer["startSensor"]["__typename"] == "Sensor", answer

    def stop_sensor(self, name: str) -> None:
        """Turn a sensor off, as its switch on the page does, between two of its looks.

        Dagster writes what a look found together with what it read before, that the sensor is on:
        one that is turned off meanwhile is on again.
        """
        deadline = time.monotonic() + PATIENCE
        while not self.rests(name):  # at the clock's own pace, which a slow look keeps up with
            assert time.monotonic() < deadline, f"{name} looks all the time"
            time.sleep(POLL)
        found = self.ask(SENSOR, sensor={**LOCATION, "sensorName": name})
        answer = self.ask(STOP, id=found["sensorOrError"]["id"])
        assert answer["stopSensor"]["__typename"] == "StopSensorMutationResult", answer

    def rests(self, name: str) -> bool:
        """Tell whether a sensor's last look is over, and its next one not due yet for a while."""
        for state in self.instance.all_instigator_state():
            if state.instigator_name == name:
                data: Any = state.instigator_data
                began, ended = data.last_tick_start_timestamp, data.last_tick_success_timestamp
                since = self.clock.now().timestamp() - began
                return ended is not None and since < data.min_interval / 2
        return False

    def backfill(self, job: str, partitions: list[str]) -> None:
        """Ask for a job's runs for partitions, as the page of backfills does."""
        given = {
            "selector": {
                "partitionSetName": f"{job}_partition_set",
                "repositorySelector": LOCATION,
            },
            "partitionNames": partitions,
        }
        answer = self.ask(BACKFILL, given=given)["launchPartitionBackfill"]
        assert answer["__typename"] == "LaunchBackfillSuccess", answer

    def steps_begun(self, job: str, partition: str) -> list[str]:
        """The steps of a job's runs for a partition that have begun."""
        return [
            str(record.step_key)
            for run in self.runs(job, partition=partition)
            for record in self.instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_START)
        ]

    def runs(self, job: str, *statuses: dg.DagsterRunStatus, **tags: str) -> list[dg.DagsterRun]:
        """The runs of a job, oldest first."""
        wanted = {f"dagster/{name}": value for name, value in tags.items()}
        found = dg.RunsFilter(job_name=job, statuses=statuses or None, tags=wanted)
        return list(reversed(self.instance.get_runs(found)))
