"""What PostgreSQL has to be told to find its way; SQLite needs none of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table, text

from perf_pipeline.warehouse.tables import metadata

FEW = 10  # departments whose rows it looks up sooner than it reads those of all
# those of some tables that were never looked at, or of which more than so many per cent changed, or
# that grew by more, since they last were; what another session changed is counted a second later
GROWN = text(
    "SELECT oid::regclass::text FROM pg_class WHERE oid = ANY (CAST(:tables AS regclass[])) AND ("
    " reltuples < 0 OR pg_stat_get_mod_since_analyze(oid) > reltuples * :share / 100 + :pages * 100"
    " OR pg_relation_size(oid) >"
    " current_setting('block_size')::bigint * (relpages::bigint * (100 + :share) / 100 + :pages))"
)


def know_sizes(engine: Engine) -> None:
    """Let PostgreSQL look at all tables, in a transaction of its own."""
    with engine.begin() as connection:
        know_all(connection)


def know_all(connection: Connection) -> None:
    """Let PostgreSQL look at all tables of which a tenth changed: else it takes them for small.

    It would do so by itself some minutes later, when the next step has long begun, and would join
    by nested loops what it joins by hashes once it knows. SQLite needs no such look. What one
    department's late file changes in a city's tables is not worth one.
    """
    if connection.dialect.name == "postgresql":
        _know(connection, metadata.tables.values(), share=10, pages=0)


def interpret(connection: Any, _record: object) -> None:
    """Have PostgreSQL compile no statement (JIT): with ours it would take longer than they do.

    To be called of each connection of the driver.
    """
    before, connection.autocommit = connection.autocommit, True
    connection.execute("SET jit = off")
    connection.autocommit = before


@contextmanager
def joined_as_sets(connection: Connection, only: Collection[int] | None) -> Iterator[None]:
    """Have a select of more than a few departments join as sets, where PostgreSQL would look up.

    Of what joins the newest of several versions it expects one row and is given thousands: the
    misses of a hundred departments took it fifteen seconds, as sets an eighth of one.
    """
    if connection.dialect.name != "postgresql" or (only is not None and len(only) <= FEW):
        yield
        return
    connection.exec_driver_sql("SET LOCAL enable_nestloop = off")
    yield
    connection.exec_driver_sql("SET LOCAL enable_nestloop = on")


def know_grown(connection: Connection, *tables: Table) -> None:
    """Let PostgreSQL look at those tables that grew much since it last looked.

    A look reads as much of a table of millions as a file of thousands has rows: after each file it
    would take longer than the file.
    """
    _know(connection, tables, share=25, pages=8)


def _know(connection: Connection, tables: Iterable[Table], **grown_by: int) -> None:
    named = [connection.dialect.identifier_preparer.format_table(table) for table in tables]
    grown = connection.scalars(GROWN, {"tables": named, **grown_by}).all()
    if grown:
        connection.exec_driver_sql(f"ANALYZE {', '.join(grown)}")
