"""Inserting many rows by the database's own way: COPY on PostgreSQL, `executemany` on SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert


def insert_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[tuple[object, ...]]
) -> None:
    """Insert rows, each with the values of the columns named."""
    if connection.dialect.name != "postgresql":
        connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
        return
    quote = connection.dialect.identifier_preparer.quote
    listed = ", ".join(map(quote, names))
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(f"COPY {quote(table.name)} ({listed}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
