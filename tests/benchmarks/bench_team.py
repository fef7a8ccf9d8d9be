"""Reading and drawing by one process, by Dask's two workers and one, by Ray's two.

Usage: python -m tests.benchmarks.bench_team [--departments 100] [--database sqlite]
[--by alone dask dask-one ray]

Each takes the same made-up city into a warehouse of its own and draws four quarters' reports and
the year's pages; judging between is one process's and not counted. Told are wall seconds of each
part, with the workers' start. Ray (`pip install ray`) is here alone, to be compared with.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine

from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.engine import connect, open_warehouse
from perf_pipeline.warehouse.loading import load_inbox
from perf_pipeline.warehouse.plans import know_sizes
from perf_pipeline.warehouse.team import ALONE, LARGEST_PART, Task, Team, hired, parts_for
from tests.benchmarks.bench_city import QUARTERS, database, judge
from tests.benchmarks.made_city import code, make_city, name

WORKERS = 2


class RaysWorkers:
    """The workers of a Ray cluster, given the same parts as Dask's."""

    size = WORKERS

    def __init__(self, ray: Any) -> None:
        """Give tasks to a cluster that is started."""
        self._ray = ray
        self._remote = ray.remote(_at_worker)

    def each(
        self,
        task: Task[Any, Any],
        engine: Engine,
        things: Sequence[Any],
        most: int = LARGEST_PART,
    ) -> list[Any]:
        """Do a task for parts of the things at once, each on a worker."""
        url = engine.url.render_as_string(hide_password=False)
        parts = parts_for(things, self.size, most)
        given = [self._remote.remote(url, task, part) for part in parts]
        return [done for part in self._ray.get(given) for done in part]


def _at_worker(url: str, task: Task[Any, Any], part: Sequence[Any]) -> Sequence[Any]:
    return task(_warehouse(url), part)


_OPEN: dict[str, Engine] = {}


def _warehouse(url: str) -> Engine:
    return _OPEN.setdefault(url, connect(url))


@contextmanager
def alone() -> Iterator[Team]:
    """Give this process."""
    yield ALONE


@contextmanager
def by_ray() -> Iterator[Team]:
    """Give Ray's workers on this machine."""
    ray = import_module("ray")
    ray.init(num_cpus=WORKERS, include_dashboard=False, log_to_driver=False)
    yield RaysWorkers(ray)
    ray.shutdown()


TEAMS: dict[str, Callable[[], Any]] = {
    "alone": alone,
    "dask": lambda: hired(str(WORKERS)),
    "dask-one": lambda: hired("1"),
    "ray": by_ray,
}


def live(url: str, inbox: Path, out: Path, departments: int, hire: Callable[[], Any]) -> None:
    """Take the city in, judge and draw it, and print what each part took."""
    took: dict[str, float] = {}
    began = time.perf_counter()

    def lap(part: str) -> None:
        nonlocal began
        took[part] = time.perf_counter() - began
        began = time.perf_counter()

    names = {code(nth): name(nth) for nth in range(departments)}
    engine = open_warehouse(url)
    began = time.perf_counter()
    with hire() as team:
        lap("start")
        load_inbox(engine, inbox, names, team)
        lap("files")
        know_sizes(engine)
        judge(engine)
        lap("judging, not counted")
        for quarter in QUARTERS:
            write_quarter(engine, quarter, out, look_first=True, team=team)
        lap("quarters")
        write_site(engine, QUARTERS, out, look_first=True, team=team)
        lap("year's pages")
    del took["judging, not counted"]
    told = ", ".join(f"{part} {seconds:.1f}" for part, seconds in took.items())
    print(f"{sum(took.values()):.1f} s: {told}", flush=True)
    engine.dispose()


def main() -> None:
    """Have each team do the same work."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--departments", type=int, default=100)
    asked.add_argument("--database", default="sqlite")
    asked.add_argument("--by", nargs="+", choices=list(TEAMS), default=list(TEAMS))
    told = asked.parse_args()
    for by in told.by:
        with TemporaryDirectory() as folder, database(told.database, Path(folder)) as url:
            make_city(Path(folder) / "inbox", told.departments)
            print(f"{told.departments} departments, {told.database}, {by}: ", end="", flush=True)
            live(url, Path(folder) / "inbox", Path(folder) / "out", told.departments, TEAMS[by])


if __name__ == "__main__":
    main()
