"""Questions that each transaction asks of all sealed tables: written out once, asked of the driver.

By SQLAlchemy they would take twenty times what the database takes to answer them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Dialect

from perf_pipeline.warehouse.typed import CompoundQuery, Query


def written(query: Query | CompoundQuery, dialect: Dialect) -> str:
    """Write a select as a kind of database reads it, with all that it names."""
    return str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def fetched(connection: Connection, statement: str) -> Sequence[tuple[Any, ...]]:
    """Return all rows of a statement, in the transaction of a connection."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement)
        return cursor.fetchall()
    finally:
        cursor.close()
