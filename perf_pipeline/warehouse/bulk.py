"""Many rows put into a table by the database's own way: COPY, or `executemany` on SQLite.

SQLAlchemy would take each row's parameters apart by name, which takes longer than to store them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Connection, Date, Dialect, Table
from sqlalchemy.types import TypeEngine

Cells = Sequence[object]


def put(
    connection: Connection, table: Table, names: Sequence[str], columns: Sequence[Cells]
) -> None:
    """Put rows into a table, given as columns of one length, by the names of those."""
    quote = connection.dialect.identifier_preparer.quote
    into = f"{quote(table.name)} ({', '.join(map(quote, names))})"
    if connection.dialect.name == "postgresql":
        cursor: Any = connection.connection.cursor()
        with cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for row in zip(*columns, strict=True):
                copy.write_row(row)
        return
    kinds = (table.c[name].type for name in names)
    spelled = map(partial(_spelled, connection.dialect), kinds, columns)
    marks = ", ".join("?" * len(names))
    connection.exec_driver_sql(
        f"INSERT INTO {into} VALUES ({marks})", [*zip(*spelled, strict=True)]
    )


def _spelled(dialect: Dialect, kind: TypeEngine[Any], values: Cells) -> Cells:
    """Write values as SQLite keeps them."""
    if isinstance(kind, Date):
        return [each.isoformat() if isinstance(each, date) else each for each in values]
    write = kind.dialect_impl(dialect).bind_processor(dialect)
    return values if write is None else [*map(write, values)]
