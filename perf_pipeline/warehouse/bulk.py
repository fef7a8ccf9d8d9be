"""Many rows put into a table, given as columns and taken by their places.

SQLAlchemy would take each row's parameters apart by name, which takes longer than to store them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, Date, Dialect, Table, func, select

Cells = Sequence[object]
AT_ONCE = 10_000  # rows of a statement


def put(
    connection: Connection, table: Table, names: Sequence[str], columns: Sequence[Cells]
) -> None:
    """Put rows into a table, given as columns of one length, by the names of those."""
    dialect, into = connection.dialect, _into(connection.dialect, table, names)
    if dialect.name == "postgresql":  # an array a column: row by row it takes three times that
        types = (table.c[name].type.compile(dialect) for name in names)
        arrays = ", ".join(f"CAST(%b AS {each}[])" for each in types)
        for at in range(0, len(columns[0]), AT_ONCE):
            part = tuple([*each[at : at + AT_ONCE]] for each in columns)
            connection.exec_driver_sql(f"INSERT INTO {into} SELECT * FROM unnest({arrays})", part)
        return
    columns = [
        _spelled(table.c[name], of, dialect) for name, of in zip(names, columns, strict=True)
    ]
    marks = ", ".join("?" * len(names))
    if rows := [*zip(*columns, strict=True)]:
        connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({marks})", rows)


def copy_in(
    connection: Connection, table: Table, names: Sequence[str], columns: Sequence[Cells]
) -> None:
    """Put rows into a table as `put` does, on PostgreSQL by COPY: of thousands in half the time.

    PostgreSQL takes no COPY from a role into a table of whose rows it may see some alone.
    """
    if connection.dialect.name != "postgresql":
        put(connection, table, names, columns)
        return
    cursor: Any = connection.connection.cursor()
    into = _into(connection.dialect, table, names)
    with cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in zip(*columns, strict=True):
            copy.write_row(row)


def put_or_copy_in(
    connection: Connection, table: Table, names: Sequence[str], columns: Sequence[Cells]
) -> None:
    """Put rows into a table by `copy_in`, or by `put` where the role may see some rows alone."""
    if connection.dialect.name == "postgresql" and connection.scalar(
        select(func.row_security_active(table.name))
    ):
        put(connection, table, names, columns)
    else:
        copy_in(connection, table, names, columns)


def _into(dialect: Dialect, table: Table, names: Sequence[str]) -> str:
    quote = dialect.identifier_preparer.quote
    return f"{quote(table.name)} ({', '.join(map(quote, names))})"


def _spelled(column: Column[Any], values: Cells, dialect: Dialect) -> Cells:
    """Write values as SQLite keeps them."""
    if isinstance(column.type, Date):
        return [each.isoformat() if isinstance(each, date) else each for each in values]
    write = column.type.dialect_impl(dialect).bind_processor(dialect)
    return values if write is None else [*map(write, values)]
