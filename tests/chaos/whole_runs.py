"""Kill `perf-pipeline run` through Dagster at points spread over all of it, and run it again.

    python -m tests.chaos.whole_runs [--databases sqlite postgresql] [--kills 50] [--in-a-row 2]

Every second kill takes the whole group of processes. A run that is begun again after a kill may be
killed too: so many in a row, before one is left to end. What is there afterwards must be what an
undisturbed run leaves: the same rows, the same report files, each message once or told as unclear.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import yaml
from dagster import DagsterEvent
from sqlalchemy import select
from sqlalchemy.engine import make_url

from assets.home import dagster_home
from perf_pipeline.cli import main as command
from perf_pipeline.quality import validate
from perf_pipeline.warehouse.engine import connect
from perf_pipeline.warehouse.schema import alert_message
from perf_pipeline.warehouse.seals.verify import verify
from tests.chaos.kills import (
    ON_ITS_WAY,
    TO,
    State,
    a_place,
    differences,
    key_of,
    post_office,
)
from tests.chaos.points import Points, passing
from tests.chaos.record import Kill, keep, kept, lines
from tests.kept import copied, dropped, empty_warehouse
from tests.offices import Offices, contents
from tests.servers import Mailbox

PASSED_ON = ("kills", "in-a-row", "seed")
RUN = ("perf-pipeline", "run", "--quarter", "2024-03")


@dataclass(frozen=True)
class Ended:
    """How a run ended: its exit code, and where it died."""

    code: int
    step: str = ""
    kind: str = ""


def run_here(points: Points) -> int:
    """Run the command in this process; return its exit code."""
    sys.argv = list(RUN)
    with passing(points):
        try:
            command()
        except SystemExit as end:
            return int(end.code or 0)
    return 0


def _die_or_end(write: int, die_at: int | None, *, group: bool) -> int:
    """Run the command; tell of its end, or of the place where it dies."""
    step = ["before the first step"]
    begun = DagsterEvent.step_start_event

    def begin(context: Any) -> DagsterEvent:
        step[0] = context.step.key
        return begun(context)

    def die(kind: str) -> None:
        os.write(write, json.dumps({"step": step[0], "kind": kind}).encode())

    with patch.object(DagsterEvent, "step_start_event", begin):
        return run_here(Points(die_at, group=group, last_words=die))


@contextmanager
def remembered_checks() -> Iterator[None]:
    """Let Great Expectations look once at what it has not seen: it is two thirds of a run."""
    known: dict[tuple[str, str], Any] = {}
    look = validate._run

    def run(context: Any, suite: Any, name: str, batch: Any, given: Any) -> Any:
        key = name, given["dataframe"].to_json()
        if key not in known:
            known[key] = look(context, suite, name, batch, given)
        return known[key]

    with patch.object(validate, "_run", run):
        yield


class Installation:
    """An inbox, an output folder and a warehouse, that can be as they were before any run."""

    def __init__(self, url: str, folder: Path, mailbox: Mailbox, channel: dict[str, Any]) -> None:
        """Hand in what the offices' year begins with."""
        self.folder, self.mailbox = folder / "installation", mailbox
        self.offices = Offices(empty_warehouse(url), self.folder)
        self.offices.begin()
        told = {"name": "财政局", "channel": "信", "to": list(TO)}
        channel = channel | {"ca_file": str(channel["ca_file"])}
        written = {"channels": {"信": channel}, "recipients": [told]}
        alerts = self.offices.inbox / "alerts.yaml"
        alerts.write_text(yaml.safe_dump(written, allow_unicode=True), "utf-8")
        self.url = make_url(url)
        self._forget()
        self.before = make_url(copied(self.url, f"before_{uuid4().hex}"))
        os.environ |= {
            "PERF_INBOX": str(self.offices.inbox),
            "PERF_OUTPUT": str(self.folder / "out"),
            "PERF_WAREHOUSE_URL": url,
            "PERF_RECOMPUTE": "0",
            "DAGSTER_HOME": str(self.folder / "dagster"),
        }
        dagster_home()  # Dagster's own tables stand when a service begins
        shutil.copytree(self.folder / "dagster", self.folder / "dagster-before")

    def _forget(self) -> None:
        self.offices.engine.dispose()

    def begin_anew(self) -> None:
        """Be as before any run."""
        for name in ("out", "dagster"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        shutil.copytree(self.folder / "dagster-before", self.folder / "dagster")
        self._forget()
        dropped(self.url)
        assert self.url.database is not None
        copied(self.before, Path(self.url.database).stem)
        self.mailbox.mails.clear()

    def run(self, die_at: int | None = None, *, group: bool = False) -> Ended:
        """Run the command in a process of its own."""
        self._forget()
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.close(read)
                os.setsid()
                quiet = os.open(self.folder / "run.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
                os.dup2(quiet, 1)
                os.dup2(quiet, 2)
                status = _die_or_end(write, die_at, group=group)
            finally:
                os._exit(status)
        os.close(write)
        with os.fdopen(read) as said:
            told = json.loads(said.read() or "{}")
        _, status = os.waitpid(child, 0)
        return Ended(os.waitstatus_to_exitcode(status), **told)

    def killed_in_a_row(self, places: Sequence[int], must: State) -> Iterator[Kill]:
        """Be as before any run, and be killed at places, one run after the other; then end.

        A run that has less left to do than lies before its place ends by itself: then it counts
        as no kill, and is not given.
        """
        self.begin_anew()
        kills = []
        for nth, place in enumerate(places):
            ended = self.run(place + 1, group=bool(place % 2))
            if ended.code == -signal.SIGKILL:
                how = "SIGKILL of the group" if place % 2 else "SIGKILL"
                again = "the run" if place is places[-1] else "the run, killed again"
                made = Kill("", "Dagster", "spring", ended.step, ended.kind, how, again)
                kills.append(made)
            elif ended.code != 0:
                yield Kill("", "Dagster", "spring", ended.step).with_outcome(
                    [f"run {nth + 1} ended with {ended.code}"]
                )
        last = self.run()
        wrong = [*differences(self.state(), must), *self.told_wrongly()]
        if last.code != 0:
            wrong.append(f"ended with {last.code}")
        yield from (each.with_outcome(wrong) for each in kills)

    def state(self) -> State:
        """What is there, but for moments and row numbers."""
        engine = connect(self.url.render_as_string(hide_password=False))
        rows = contents(engine, besides=ON_ITS_WAY)
        engine.dispose()
        reports = (self.folder / "out/reports").rglob("*")
        return State(rows, {str(each): b"" for each in reports if each.is_file()})

    def told_wrongly(self) -> list[str]:
        """Say which messages are lost or came twice."""
        arrived = Counter(map(key_of, self.mailbox.mails))
        engine = connect(self.url.render_as_string(hide_password=False))
        with engine.connect() as connection:
            query = select(alert_message.c.message_key, alert_message.c.state)
            states = {row.message_key: row.state for row in connection.execute(query)}
        wrong = [f"verify: {each}" for each in verify(engine).differences]
        engine.dispose()
        right = {"sent": (1,), "sending": (0, 1), "unclear": (0, 1)}
        wrong += [
            f"message {key} is {state} and came {arrived[key]} times"
            for key, state in states.items()
            if arrived[key] not in right.get(state, ())
        ]
        return wrong + [f"{key} came and is none" for key in arrived.keys() - states.keys()]


def main() -> int:
    """Kill as often as asked; print what came of it, and end with 1 where something was wrong."""
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    asking.add_argument("--kills", type=int, default=50, help="on each database")
    asking.add_argument("--in-a-row", type=int, default=2, help="kills before a run may end")
    asking.add_argument("--seed", type=int, default=1)
    asked = asking.parse_args()
    if len(asked.databases) > 1:  # what a process keeps of its first warehouse is no part of this
        asks = [f"--{name}={vars(asked)[name.replace('-', '_')]}" for name in PASSED_ON]
        each = [sys.executable, "-m", "tests.chaos.whole_runs", *asks, "--databases"]
        return max(subprocess.run([*each, name]).returncode for name in asked.databases)
    faults = 0
    for database in asked.databases:
        with a_place(database) as (folder, url), post_office(folder) as post, remembered_checks():
            made = Installation(url, folder, *post)
            points = Points()
            with redirect_stdout(None):  # what a run loads and compiles, its forks have
                assert run_here(points) == 0
            must, passed = made.state(), len(points.passed)
            assert made.told_wrongly() == []
            print(f"{database}: an undisturbed run passes {passed} points", flush=True)
            dice, kills = Random(asked.seed), asked.kills
            places = [
                dice.randrange(nth * passed // kills, (nth + 1) * passed // kills)
                for nth in range(kills)
            ]
            dice.shuffle(places)
            while places:
                some = [places.pop() for _ in range(min(asked.in_a_row, len(places)))]
                for kill in made.killed_in_a_row(some, must):
                    faults += not kill.right
                    keep(replace(kill, database=database))
    print("\n".join(lines(each for each in kept() if each.level == "Dagster")))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
