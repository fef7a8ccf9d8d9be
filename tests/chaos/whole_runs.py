"""Kill `perf-pipeline run` through Dagster at points spread over all of it, and run it again.

    python -m tests.chaos.whole_runs [--databases sqlite postgresql] [--kills 50]

Every second kill takes the whole group of processes. What is there afterwards must be what an
undisturbed run leaves: the same rows, the same report files, each message once or told as unclear.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import yaml
from sqlalchemy import select
from sqlalchemy.engine import make_url

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
from tests.kept import copied, dropped, empty_warehouse
from tests.offices import Offices, contents
from tests.servers import Mailbox

RUN = ("perf-pipeline", "run", "--quarter", "2024-03")


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

    def _forget(self) -> None:
        self.offices.engine.dispose()

    def begin_anew(self) -> None:
        """Be as before any run."""
        for name in ("out", "dagster"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        self._forget()
        dropped(self.url)
        assert self.url.database is not None
        copied(self.before, Path(self.url.database).stem)
        self.mailbox.mails.clear()

    def run(self, die_at: int | None = None, *, group: bool = False) -> tuple[int, int]:
        """Run the command in a process of its own; return how it ended, and how many points."""
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
                sys.argv = list(RUN)
                with passing(Points(die_at, group=group)) as points:
                    from perf_pipeline.cli import main

                    try:
                        main()
                        status = 0
                    except SystemExit as end:
                        status = int(end.code or 0)
                os.write(write, str(len(points.passed)).encode())
            finally:
                os._exit(status)
        os.close(write)
        _, status = os.waitpid(child, 0)
        with os.fdopen(read) as said:
            passed = int(said.read() or 0)
        return os.waitstatus_to_exitcode(status), passed

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
    asking.add_argument("--seed", type=int, default=1)
    asked = asking.parse_args()
    faults = 0
    for database in asked.databases:
        with a_place(database) as (folder, url), post_office(folder) as post:
            made = Installation(url, folder, *post)
            ended, points = made.run()
            must = made.state()
            assert ended == 0, (made.folder / "run.log").read_text("utf-8")[-3000:]
            assert made.told_wrongly() == []
            print(f"{database}: an undisturbed run passes {points} points", flush=True)
            dice = Random(asked.seed)
            for nth in range(asked.kills):
                at = dice.randrange(nth * points // asked.kills, (nth + 1) * points // asked.kills)
                made.begin_anew()
                ended, _ = made.run(at + 1, group=bool(nth % 2))
                again, _ = made.run()
                wrong = [*differences(made.state(), must), *made.told_wrongly()]
                if ended != -signal.SIGKILL or again != 0:
                    wrong.append(f"ended with {ended}, then with {again}")
                faults += bool(wrong)
                for each in wrong:
                    print(f"  FAULT point {at + 1}: {each}"[:600], flush=True)
                print(f"{database}: {nth + 1} kills, {faults} with faults", flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
