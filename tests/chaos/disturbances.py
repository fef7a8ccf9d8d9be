"""Disturb each step of a run by something other than its death, and begin the step again.

    python -m tests.chaos.disturbances [--databases sqlite postgresql] [--runs spring ...]
        [--steps write_quarter ...]

A disk is really full and a folder really read-only (a small tmpfs of one's own, for which one must
be root); PostgreSQL is stopped, slow, crashed, or has no connection left. A step either is done all
the same, or ends with an error that the command line has words for; done again, all must be as
where nothing happened.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event, Thread, Timer
from time import sleep

import psycopg
from sqlalchemy.engine import make_url

from perf_pipeline.domain.errors import PerfPipelineError
from perf_pipeline.warehouse.complaints import complaint
from perf_pipeline.warehouse.engine import connect
from tests.chaos.kills import RUNS, Chaos, Ended, Lived, a_place, post_office
from tests.chaos.points import Points, passing
from tests.chaos.record import keep, lines
from tests.offices import Offices

Disturbance = Callable[..., Ended]  # of offices and a step
ROOM = 96 * 1024  # bytes that a step has before its disk is full
STOPPED, SLICE = 1.0, 0.02  # seconds


def does(offices: Offices, step: Lived) -> Ended:
    """Do the step; say how it ended."""
    try:
        offices.whole_run(step.at)[step.number]()
    except Exception as error:
        said = str(error) if isinstance(error, PerfPipelineError) else complaint(error)
        return Ended(f"refused: {said}") if said else Ended("broke off", [repr(error)[:300]])
    finally:
        offices.engine.dispose()
    return Ended("done all the same")


@dataclass
class Disk:
    """A small disk of one's own, on which warehouse, inbox and reports lie for one step."""

    at: Path

    @contextmanager
    def holding(self, offices: Offices) -> Iterator[Offices]:
        """Lend the offices the disk, and take back what is on it."""
        self.at.mkdir()
        self._mount("-t", "tmpfs", "-o", "size=64m", "tmpfs")
        database = Path(str(offices.engine.url.database))
        lent = self.at / database.name
        shutil.move(database, lent)
        url = offices.engine.url.set(database=str(lent)).render_as_string(hide_password=False)
        try:
            yield offices.copy_to(connect(url), self.at / "offices")
            self.be("rw,size=64m")
            shutil.rmtree(offices.folder)
            shutil.copytree(self.at / "offices", offices.folder)
            for each in self.at.glob(f"{database.name}*"):
                shutil.move(each, database.with_name(each.name))
        finally:
            subprocess.run(["umount", self.at], check=True)
            self.at.rmdir()

    def be(self, how: str) -> None:
        """Mount it again otherwise."""
        self._mount("-o", f"remount,{how}")

    def _mount(self, *how: str) -> None:
        subprocess.run(["mount", *how, str(self.at)], check=True)

    def full(self, offices: Offices, step: Lived) -> Ended:
        """Let the disk have no more room than a step's first writes need."""
        with self.holding(offices) as lent:
            self.be(f"size={shutil.disk_usage(self.at).used + ROOM}")
            return does(lent, step)

    def read_only(self, offices: Offices, step: Lived) -> Ended:
        """Let nothing on the disk be written."""
        with self.holding(offices) as lent:
            self.be("ro")
            return does(lent, step)


@dataclass
class Server:
    """The PostgreSQL server of the trial, and what can befall it."""

    folder: Path
    url: str

    def remember(self) -> None:
        """Let what is committed outlive a crash, as it does where nobody says otherwise."""
        with psycopg.connect(self._plain(), autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET synchronous_commit = on")
            admin.execute("SELECT pg_reload_conf()")

    def _signal(self, number: int) -> None:
        first = (self.folder / "postmaster.pid").read_text().split()[0]
        others = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for each in (first, *others):
            with suppress(ProcessLookupError):
                os.kill(int(each), number)

    def stopped(self, offices: Offices, step: Lived) -> Ended:
        """Stop the whole server for a second in the middle of the step."""

        def stop() -> None:
            self._signal(signal.SIGSTOP)
            Timer(STOPPED, self._signal, [signal.SIGCONT]).start()

        return self._in_the_middle(offices, step, stop)

    def crashed(self, offices: Offices, step: Lived) -> Ended:
        """Kill a process of the server in the middle of the step: all begin anew, and recover."""

        def crash() -> None:
            with psycopg.connect(self._plain(), autocommit=True) as other:
                query = "SELECT pid FROM pg_stat_activity WHERE datname = %s LIMIT 1"
                found = other.execute(query, [offices.engine.url.database]).fetchone()
            assert found is not None
            os.kill(found[0], signal.SIGKILL)

        ended = self._in_the_middle(offices, step, crash)
        for _ in range(500):
            with suppress(psycopg.OperationalError), psycopg.connect(self._plain()):
                return ended
            sleep(SLICE)
        return Ended(ended.point, [*ended.wrong, "the server did not come back"])

    def slow(self, offices: Offices, step: Lived) -> Ended:
        """Let the server work a fifth of the time."""
        over = Event()

        def brake() -> None:
            while not over.wait(SLICE / 4):
                self._signal(signal.SIGSTOP)
                sleep(SLICE)
                self._signal(signal.SIGCONT)

        thread = Thread(target=brake)
        thread.start()
        try:
            return does(offices, step)
        finally:
            over.set()
            thread.join()

    def crowded(self, offices: Offices, step: Lived) -> Ended:
        """Leave no connection for the step."""
        with ExitStack() as stack:
            with suppress(psycopg.OperationalError):
                while True:
                    stack.enter_context(psycopg.connect(self._plain()))
            return does(offices, step)

    def _plain(self) -> str:
        url = make_url(self.url).set(drivername="postgresql", database="postgres")
        return url.render_as_string(hide_password=False)

    def _in_the_middle(self, offices: Offices, step: Lived, act: Callable[[], None]) -> Ended:
        middle = (len(step.points) + 1) // 2
        with passing(Points(middle, ends=act)) as points:
            ended = does(offices, step)
        if len(points.passed) < middle:
            return Ended(
                ended.point, [*ended.wrong, "was not disturbed: the middle was not reached"]
            )
        return ended


def main() -> int:
    """Disturb all steps of the runs that are asked for; end with 1 where one was not as it must."""
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    asking.add_argument("--runs", nargs="+", default=list(RUNS), choices=list(RUNS))
    asking.add_argument("--steps", nargs="+", help="these alone, by their functions' names")
    asked = asking.parse_args()
    faults = 0
    for database in asked.databases:
        with a_place(database) as (folder, url), post_office(folder) as post:
            disk, server = Disk(folder / "disk"), Server(folder / "server", url)
            kinds: dict[str, Disturbance] = {"disk full": disk.full, "read-only": disk.read_only}
            if database == "postgresql":
                server.remember()
                kinds = {
                    "PostgreSQL stopped": server.stopped,
                    "PostgreSQL crashed": server.crashed,
                    "PostgreSQL slow": server.slow,
                    "no connection left": server.crowded,
                }
            chaos = Chaos(url, folder, *post, keep)
            for name in asked.runs:
                for step in chaos.lived(name):
                    if asked.steps and step.where.step not in asked.steps:
                        continue
                    for fault, do in kinds.items():
                        where = replace(step.where, fault=fault)
                        chaos.try_step(step, where, partial(do, step=step))
            print("\n".join(lines(chaos.tried.kills)), flush=True)
            faults += len(chaos.tried.faults)
            chaos.offices.engine.dispose()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
