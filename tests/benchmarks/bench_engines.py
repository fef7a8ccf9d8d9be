"""The figures of all measures by DuckDB and by Spark over Parquet, beside the warehouse's.

Usage: python -m tests.benchmarks.bench_engines [--departments 100] [--payments 1000] [--cases 500]

A made-up city is taken in; then the one select of all figures runs at four checkpoints: in the
warehouse (SQLite, PostgreSQL), and over its tables as Parquet files in DuckDB and in Spark on two
cores, from the same statement, spelled anew by SQLGlot. Told are wall seconds, those of writing
the Parquet files, Spark's start, and whether every figure is the same. Needs `pip install duckdb
sqlglot pyspark` and Java, which nothing else here does: an engine that is missing is told.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import CompoundSelect, Connection, Engine, Table, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import visitors

from perf_pipeline.measures.compute import figures_query
from perf_pipeline.warehouse.engine import open_warehouse
from perf_pipeline.warehouse.known import registers_of
from perf_pipeline.warehouse.plans import know_sizes
from tests.benchmarks.bench_city import QUARTERS, database
from tests.benchmarks.made_city import make_city
from tests.year import load_everything

ARROW = {
    int: pa.int64(),
    str: pa.string(),
    date: pa.date32(),
    datetime: pa.timestamp("us"),
    bool: pa.bool_(),
}
TIMES = ("first", "again")
Run = Callable[[str], Iterable[Sequence[object]]]


@contextmanager
def told(what: str, took: dict[str, float]) -> Iterator[None]:
    """Keep how long something takes."""
    began = time.perf_counter()
    yield
    took[what] = took.get(what, 0.0) + time.perf_counter() - began


def selects(connection: Connection) -> list[CompoundSelect[Any]]:
    """Return the select of each checkpoint's figures, of the registers handed in."""
    return [figures_query(each, registers_of(connection, each)) for each in QUARTERS]


def spelled(queries: Iterable[CompoundSelect[Any]], dialect: str) -> list[str]:
    """Return selects as another engine reads them, their parameters written out."""
    respell = import_module("sqlglot").transpile
    return [respell(_written_out(each), read="postgres", write=dialect)[0] for each in queries]


def _written_out(query: CompoundSelect[Any]) -> str:
    compiled = query.compile(
        dialect=postgresql.dialect(),  # type: ignore[no-untyped-call]
        compile_kwargs={"render_postcompile": True},
    )
    values = {name: _literal(value) for name, value in compiled.params.items()}
    text = re.sub(r"%\((\w+)\)s", lambda found: values[found[1]], str(compiled))
    return text.replace("%%", "%")


def _literal(value: object) -> str:
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


def tables_read(query: CompoundSelect[Any]) -> list[Table]:
    """Return the tables that a select reads."""
    return list({each for each in visitors.iterate(query) if isinstance(each, Table)})


def stage(connection: Connection, tables: Sequence[Table], folder: Path) -> list[str]:
    """Write tables as Parquet files; return their names."""
    for table in tables:
        columns = list(zip(*connection.execute(select(table)).all(), strict=True))
        arrays = [
            pa.array(columns[nth] if columns else [], ARROW[column.type.python_type])
            for nth, column in enumerate(table.c)
        ]
        staged = pa.table(arrays, names=[column.name for column in table.c])
        pq.write_table(staged, folder / f"{table.name}.parquet")
    return [table.name for table in tables]


def by_duckdb(folder: Path, names: Sequence[str]) -> Run:
    """Return what runs a select in DuckDB over the Parquet files, on two threads."""
    connection = import_module("duckdb").connect(config={"threads": 2})
    for name in names:
        connection.execute(
            f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{folder}/{name}.parquet')"
        )
    return lambda query: connection.execute(query).fetchall()


def by_spark(folder: Path, names: Sequence[str]) -> Run:
    """Return what runs a select in Spark over the Parquet files, on two cores."""
    sessions = import_module("pyspark.sql").SparkSession
    local = sessions.builder.master("local[2]").config("spark.ui.showConsoleProgress", "false")
    session = local.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    for name in names:
        session.read.parquet(str(folder / f"{name}.parquet")).createOrReplaceTempView(name)
    return lambda query: session.sql(query).collect()


def compare(engine: Engine, folder: Path) -> None:
    """Print what each engine takes for the figures of four checkpoints."""
    took: dict[str, float] = {}
    kind = engine.dialect.name
    with engine.connect() as connection:
        with told("selects made", took):
            queries = selects(connection)
        for time_ in TIMES:
            with told(f"{kind}, {time_}", took):
                right = [{tuple(row) for row in connection.execute(each)} for each in queries]
        with told("Parquet files written", took):
            names = stage(connection, tables_read(queries[0]), folder)
    for label, make in (("DuckDB", by_duckdb), ("Spark", by_spark)):
        try:
            with told(f"{label}, selects spelled", took):
                texts = spelled(queries, label.lower())
            with told(f"{label}, start", took):
                run = make(folder, names)
        except ImportError as error:
            print(f"{label}: {error}")
            continue
        for time_ in TIMES:
            with told(f"{label}, {time_}", took):
                found = [{tuple(row) for row in run(text)} for text in texts]
        same = sum(len(here & there) for here, there in zip(right, found, strict=True))
        print(f"\n{label}: {same} of {sum(map(len, right))} figures are the warehouse's")
    for what, seconds in took.items():
        print(f"{what}: {seconds:.2f} s")


def main() -> None:
    """Take a made-up city in, on each database asked for, and compare."""
    asked = argparse.ArgumentParser(description=__doc__)
    for each, default in (("departments", 100), ("payments", 1000), ("cases", 500)):
        asked.add_argument(f"--{each}", type=int, default=default)
    asked.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    size = asked.parse_args()
    for kind in size.databases:
        with TemporaryDirectory() as name, database(kind, Path(name)) as url:
            folder = Path(name)
            make_city(folder / "inbox", size.departments, payments=size.payments, cases=size.cases)
            engine = open_warehouse(url)
            load_everything(engine, folder / "inbox")
            know_sizes(engine)
            compare(engine, folder)
            engine.dispose()


if __name__ == "__main__":
    main()
