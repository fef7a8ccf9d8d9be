"""Kill a run at every point, run again, and see that nothing is lost, doubled or false.

    python -m tests.chaos.kills [--databases sqlite postgresql] [--every 1] [--runs spring ...]

Each point is tried on a copy of the state before the step in which it lies. What must come of it is
what came of the step, or of the whole run, where nothing was killed: the same rows, the same report
files, each message once. Mail goes to a real server. All that is judged is made up.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest.mock import patch
from uuid import uuid4

from aiosmtpd.smtp import Envelope
from sqlalchemy import select

from perf_pipeline.warehouse.engine import connect
from perf_pipeline.warehouse.schema import alert_message
from perf_pipeline.warehouse.seals.verify import verify
from tests.chaos.points import Points, dies_at, passing
from tests.chaos.record import Kill, keep, lines
from tests.conftest import memory, postgresql_database, postgresql_server
from tests.kept import copied, dropped, empty_warehouse
from tests.offices import CARE, STREETS, Offices, contents, files, named
from tests.servers import PASSWORD, USER, Mailbox, smtp_server

TO = ("bureau@finance.example",)
ON_ITS_WAY = ("state", "attempts", "error", "left_to")  # a message's way is looked at by itself


def spring(offices: Offices) -> str:
    """The year begins; its first checkpoint is judged."""
    offices.begin()
    offices.day = date(2024, 4, 8)
    return "2024-03"


def corrected(offices: Offices) -> str:
    """The next day: a ledger corrected, one renamed, one withdrawn, targets revised."""
    offices.day = date(2024, 4, 9)
    offices.pay(STREETS, ("2024-02-01", 20), ("2024-03-05", 1))
    ledger = offices.pay(CARE, ("2024-02-01", 5))
    ledger.rename(ledger.with_name("支付台账（改名）.csv"))
    (ledger.parent / "信访事项台账.csv").unlink()
    offices.set_targets(CARE, rounds=20)
    offices.report(CARE, ("2024-03-31", 6))
    return "2024-03"


def year_end(offices: Offices) -> str:
    """The last checkpoint, with scores."""
    offices.day = date(2025, 1, 8)
    offices.pay(STREETS, ("2024-02-01", 20), ("2024-11-05", 79))
    offices.report(CARE, ("2024-03-31", 6), ("2024-12-31", 22))
    return "2024-12"


def closed(offices: Offices) -> str:
    """A month later: the self-evaluations came back, are compared and published."""
    offices.day = date(2025, 2, 10)
    offices.hand_in_evaluations()
    return "2024-12"


RUNS: dict[str, Callable[[Offices], str]] = {
    "spring": spring,
    "corrected": corrected,
    "year_end": year_end,
    "closed": closed,
}


@dataclass
class Tried:
    """What was tried, and what came of it otherwise than it must."""

    kills: list[Kill] = field(default_factory=list)
    unclear: int = 0  # messages of which nobody knows whether they arrived, and which say so

    @property
    def faults(self) -> list[str]:
        """What was not as it must be."""
        return [f"{each.step}: {each.outcome}" for each in self.kills if not each.right]


@dataclass(frozen=True)
class State:
    """What a step or a run leaves: rows, and report files."""

    rows: Mapping[str, list[str]]
    reports: Mapping[str, bytes]


@dataclass(frozen=True)
class Lived:
    """A step that was lived through undisturbed."""

    where: Kill
    at: str
    number: int
    start: Offices  # a copy of what was before
    points: Sequence[str]
    must: State


class Ended(NamedTuple):
    """At what a disturbed step ended, and what was wrong with how it did."""

    point: str
    wrong: Sequence[str] = ()


def _killed(step: Lived, point: int) -> Callable[[Offices], Ended]:
    def killed(offices: Offices) -> Ended:
        reached = dies_at(point, lambda: offices.whole_run(step.at)[step.number]())
        wrong = () if reached else (f"point {point} was not reached",)
        return Ended(step.points[point - 1], wrong)

    return killed


class Chaos:
    """The offices' year, tried on one database."""

    def __init__(
        self,
        url: str,
        folder: Path,
        mailbox: Mailbox,
        channel: dict[str, Any],
        told: Callable[[Kill], None] = lambda _kill: None,
    ) -> None:
        """Begin with an empty warehouse at `url`; each kill is `told` as it was made."""
        self.mailbox, self.folder, self.tried, self.told = mailbox, folder, Tried(), told
        self.offices = Offices(empty_warehouse(url), folder / "undisturbed", channel, TO)
        self.begun, self._copies = f"chaos_{uuid4().hex}", 0

    def lived(self, name: str) -> Iterator[Lived]:
        """Live through a run undisturbed, and give each of its steps when it is done."""
        with self.offices.moved_clocks():
            at = RUNS[name](self.offices)
            for number, step in enumerate(self.offices.whole_run(at)):
                start = self._copy(self.offices)
                with passing(Points()) as points:
                    step()
                must = self.state(self.offices)
                where = Kill(self.offices.engine.dialect.name, "library", name, named(step))
                yield Lived(where, at, number, start, points.passed, must)

    def try_run(self, name: str, *, every: int = 1, whole: int = 10) -> None:
        """Kill every so many-th point of each of a run's steps.

        After every `whole`-th kill all of the run is begun again, else the step alone.
        """
        passed, again = 0, []
        for step in self.lived(name):
            for point, _ in enumerate(step.points, start=1):
                passed += 1
                if passed % every == 0:
                    self.try_step(step, step.where, _killed(step, point))
                if passed % (every * whole) == 0:
                    again.append((step, replace(step.where, again="the run"), point))
        must = self.state(self.offices)
        with self.offices.moved_clocks():
            for step, where, point in again:
                self.try_step(replace(step, must=must), where, _killed(step, point))

    def try_step(self, step: Lived, where: Kill, disturbed: Callable[[Offices], Ended]) -> None:
        """Let a step be disturbed, begin it again, and look at what there is."""
        offices, whole = self._copy(step.start), where.again == "the run"
        before = self._messages(offices)
        offices.engine.dispose()
        sent = len(self.mailbox.mails)
        ended = disturbed(offices)
        run = offices.whole_run(step.at)
        for each in run if whole else [run[step.number]]:
            each()
        if whole or step.number == len(run) - 1:
            offices.later()
        faults = [
            *ended.wrong,
            *differences(self.state(offices), step.must),
            *self._told_wrongly(offices, before, self.mailbox.mails[sent:]),
        ]
        if whole:
            faults += (f"verify: {each}" for each in verify(offices.engine).differences)
        self.tried.kills.append(replace(where, point=ended.point).with_outcome(faults))
        self.told(self.tried.kills[-1])
        offices.engine.dispose()
        dropped(offices.engine.url)
        shutil.rmtree(offices.folder)

    def _told_wrongly(
        self, offices: Offices, before: Mapping[str, str], mails: Sequence[Envelope]
    ) -> Iterator[str]:
        """Yield what of the new messages is lost or doubled: each is sent once, or says unclear."""
        arrived = Counter(map(key_of, mails))
        for key, state in self._messages(offices).items():
            if key in before:
                continue
            self.tried.unclear += state == "unclear"
            right = {"sent": (1,), "unclear": (0, 1)}.get(state, ())
            if arrived.pop(key, 0) not in right:
                yield f"message {key} is {state}, and arrived as {dict(arrived)}"
        if arrived:
            yield f"messages arrived that are none: {dict(arrived)}"

    def _messages(self, offices: Offices) -> dict[str, str]:
        query = select(alert_message.c.message_key, alert_message.c.state)
        with offices.engine.connect() as connection:
            return {row.message_key: row.state for row in connection.execute(query)}

    def state(self, offices: Offices) -> State:
        """Give what there is."""
        rows = contents(offices.engine, besides=ON_ITS_WAY)
        reports = dict(files(offices.reports))
        if offices.engine.dialect.name == "postgresql":  # what is killed leaves gaps in numbers
            reports = dict.fromkeys(reports, b"")
        return State(rows, reports)

    def _copy(self, offices: Offices) -> Offices:
        self._copies += 1
        offices.engine.dispose()
        name = f"{self.begun}_{self._copies}"
        return offices.copy_to(connect(copied(offices.engine.url, name)), self.folder / name)


def differences(found: State, must: State) -> Iterator[str]:
    """Yield what is lost, false, or not as it must be."""
    for table, rows in must.rows.items():
        if found.rows[table] != rows:
            lost = [row for row in rows if row not in found.rows[table]]
            false = [row for row in found.rows[table] if row not in rows]
            count = f"{table} has {len(found.rows[table])} rows for {len(rows)}"
            yield f"{count}: lost {lost[:2]}, false {false[:2]}"
    for name in sorted(found.reports.keys() | must.reports.keys()):
        if found.reports.get(name) != must.reports.get(name):
            yield f"file {name} differs"


def key_of(mail: Envelope) -> str:
    """Return the key of the message that a mail brings."""
    read = message_from_bytes(mail.content or b"", policy=default)  # type: ignore[arg-type]
    return str(read["Message-ID"]).strip("<>").partition("@")[0]


@contextmanager
def post_office(folder: Path) -> Iterator[tuple[Mailbox, dict[str, Any]]]:
    """Run a mail server; give what it took, and how the channel to it is written."""
    mailbox = Mailbox()
    with (
        smtp_server(mailbox, folder) as (port, authority),
        patch.dict(os.environ, SMTP_PASSWORD=PASSWORD),
    ):
        channel = {"kind": "mail", "host": "localhost", "port": port, "ca_file": authority}
        who = {"sender": "monitor@finance.example", "user": USER, "password_env": "SMTP_PASSWORD"}
        yield mailbox, channel | who


@contextmanager
def a_place(database: str) -> Iterator[tuple[Path, str]]:
    """Give a folder, and the URL of an empty database of a kind in it; both end afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="perf-chaos-", dir=memory())))
        url = f"sqlite:///{folder / 'warehouse.db'}"
        if database == "postgresql":
            uri = stack.enter_context(postgresql_server(folder / "server"))
            url = stack.enter_context(postgresql_database(uri))
        yield folder, url


def main() -> int:
    """Try what is asked for; record each kill, and end with 1 where one was not as it must."""
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    asking.add_argument("--runs", nargs="+", default=list(RUNS), choices=list(RUNS))
    asking.add_argument("--every", type=int, default=1, help="every so many-th point")
    asked = asking.parse_args()
    faults = 0
    for database in asked.databases:
        with a_place(database) as (folder, url), post_office(folder) as post:
            chaos = Chaos(url, folder, *post, keep)
            for name in RUNS:
                if name in asked.runs:
                    chaos.try_run(name, every=asked.every)
                else:  # what comes later stands on it
                    list(chaos.lived(name))
            print("\n".join(lines(chaos.tried.kills)))
            print(f"messages unclear: {chaos.tried.unclear}", flush=True)
            faults += len(chaos.tried.faults)
            chaos.offices.engine.dispose()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
