"""Years in a row in one process: memory, open files, connections and files on disk stay flat.

    python -m tests.chaos.soak [--years 10] [--database sqlite]

Each year two made-up offices hand in, correct and are judged at four checkpoints, and one process
does all of it. What is printed of a year is what the process and the folders hold at its end; what
must grow is the warehouse (history is kept) and the reports (a folder a year).
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from unittest.mock import patch

from sqlalchemy import text

from perf_pipeline.warehouse.seals.verify import verify
from tests.chaos.kills import a_place
from tests.kept import empty_warehouse
from tests.offices import CARE, STREETS, Offices

FLAT_AFTER = 2  # years in which everything is loaded for the first time
MORE_MEMORY = 1.15  # of a flat process, by which the last year may be over the third


@dataclass(frozen=True)
class Held:
    """What there is at a year's end."""

    year: int
    memory_mb: int
    open_files: int
    connections: int
    temporary_files: int
    report_files: int
    warehouse_kb: int


def live(offices: Offices, year: int) -> None:
    """Let a year pass."""
    offices.year = year
    offices.begin()
    for month, day in ((3, date(year, 4, 8)), (6, date(year, 7, 5)), (10, date(year, 11, 7))):
        offices.day = day
        offices.pay(STREETS, ("2024-02-01", 5), (f"2024-{month:02d}-02", 9 + month))
        offices.report(CARE, (f"2024-{month:02d}-28", month))
        offices.run(f"{year}-{month:02d}")
    offices.day = date(year + 1, 1, 8)
    offices.pay(STREETS, ("2024-02-01", 20), ("2024-11-05", 79))
    offices.run(f"{year}-12")


def held(offices: Offices, year: int) -> Held:
    """Count what there is."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what is free is the system's
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    with offices.engine.connect() as connection:
        connections, size = 1, 0
        if connection.dialect.name == "postgresql":
            query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            connections = connection.execute(text(query)).scalar_one()
            size = connection.execute(
                text("SELECT pg_database_size(current_database())")
            ).scalar_one()
        elif offices.engine.url.database:
            size = Path(offices.engine.url.database).stat().st_size
    return Held(
        year,
        pages * os.sysconf("SC_PAGE_SIZE") // 1024**2,
        len(os.listdir("/proc/self/fd")),
        connections,
        sum(1 for _ in Path(gettempdir()).rglob("*")),
        sum(1 for each in offices.reports.rglob("*") if each.is_file()),
        size // 1024,
    )


def main() -> int:
    """Live so many years; print a line a year, and end with 1 where something is not flat."""
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--years", type=int, default=10)
    asking.add_argument("--database", default="sqlite", choices=["sqlite", "postgresql"])
    asked = asking.parse_args()
    with ExitStack() as stack:
        folder, url = stack.enter_context(a_place(asked.database))
        own = stack.enter_context(TemporaryDirectory(prefix="perf-soak-"))
        stack.enter_context(patch.object(tempfile, "tempdir", own))  # and of no other process
        offices = Offices(empty_warehouse(url), folder)
        stack.enter_context(offices.moved_clocks())
        years = []
        for year in range(2024, 2024 + asked.years):
            live(offices, year)
            years.append(held(offices, year))
            print(years[-1], flush=True)
        assert verify(offices.engine).differences == ()
        offices.engine.dispose()
    if len(years) <= FLAT_AFTER:
        return 0
    flat, last = years[FLAT_AFTER - 1], years[-1]
    grew = [
        name
        for name in ("open_files", "connections", "temporary_files")
        if getattr(last, name) > getattr(flat, name)
    ]
    if last.memory_mb > flat.memory_mb * MORE_MEMORY:
        grew.append("memory_mb")
    for name in grew:
        print(f"{name} grew: {getattr(flat, name)} → {getattr(last, name)}")
    return 1 if grew else 0


if __name__ == "__main__":
    sys.exit(main())
