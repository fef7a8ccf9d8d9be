"""What benchmarks of taking in share: a task in a process of its own, and its databases.

A script hands its tasks to `do` when it is started with --task, and calls `measure` for each.
Processor time is that of the process, of the reader's processes that it started, and of
PostgreSQL's backends (all read from /proc, so on Linux only).
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.ledger import HEADER, PROJECTS

WARM = "warm.csv"
PROVENANCE = ("department_id", "fiscal_year", "source_file_id", "sheet", "row_number", "row_key")


@dataclass(frozen=True)
class Measured:
    """Seconds by the clock and of the processors, and the process's peak MB."""

    wall: float
    cpu: float
    memory: float


def measure(
    script: str, task: str, url: str, folder: Path, postmaster: int | None = None
) -> Measured:
    """Do a script's task in a process of its own; importing is left out of its seconds."""
    settle = 0.5 if postmaster else 0  # until the server has seen its backends end
    time.sleep(settle)
    served = _server_seconds(postmaster)
    command = [sys.executable, "-W", "ignore", script, "--task", task, url, str(folder)]
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


def do(tasks: Mapping[str, Callable[[str, Path], None]]) -> None:
    """Do the task that the command line asks for in this process, and print its seconds."""
    import pandas  # noqa: F401

    import perf_pipeline.registers.sheet_reading
    import perf_pipeline.warehouse.loading  # noqa: F401
    from perf_pipeline.registers.files import read_sheets

    task, url, folder = sys.argv[2], sys.argv[3], Path(sys.argv[4])
    list(read_sheets(folder / WARM))  # the reader's process is started and kept, as in a run
    begun, worked = time.perf_counter(), _worked(os.getpid())
    tasks[task](url, folder)
    print(time.perf_counter() - begun, _worked(os.getpid()) - worked)


def _worked(process: int) -> float:
    """Return the processor seconds of a process, of what it waited for, and of what it started."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        threads = [*Path(f"/proc/{process}/task").iterdir()]
        started = [child for of in threads for child in (of / "children").read_text().split()]
    except OSError:  # it has ended
        return 0.0
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(_worked, map(int, started)))


def stored_columns() -> list[str]:
    from perf_pipeline.registers.declaration import register

    return [*PROVENANCE, *(column.name for column in register("payment").columns)]


def bulk_load(url: str, table: str, columns: list[str], path: Path) -> None:
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


def bare_loader(url: str, folder: Path) -> None:
    """Import the ledger's own columns into a table without key or index."""
    bulk_load(url, "bare", [f"c{n}" for n in range(len(HEADER))], folder / "bare.csv")


def prepare(url: str) -> None:
    """Make an empty warehouse, its department's projects, and the loaders' tables."""
    from sqlalchemy import text

    from perf_pipeline.warehouse.dimensions import department_id
    from perf_pipeline.warehouse.engine import open_warehouse, write_transaction
    from perf_pipeline.warehouse.history import SourcedRow, merge_rows, now
    from perf_pipeline.warehouse.schema import metadata, project, source_file

    engine = open_warehouse(url)
    types = {c.name: str(c.type) for c in metadata.tables["payment"].c}
    columns = ", ".join(f"{name} {types[name]}" for name in stored_columns())
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
