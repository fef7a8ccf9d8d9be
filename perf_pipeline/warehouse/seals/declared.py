"""Which columns of which table are sealed: all of every table, but for what its declaration names.

Nothing is listed here. A column that the product itself changes says so where it is declared
(`CHANGES`); the tables of the chain itself say so too (`CHAIN`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Dialect,
    Integer,
    Table,
    Text,
    cast,
    func,
)
from sqlalchemy.exc import DBAPIError

from perf_pipeline.warehouse.schema import metadata
from perf_pipeline.warehouse.tables import BY_OWNER, CHAIN, CHANGES, PERSONAL, SEALED, SHARED
from perf_pipeline.warehouse.typed import CompoundQuery, Query

CLOSED_BY = "closed_by_id"
OWNERS = ("snapshot_id", "source_file_id")  # what a row belongs to, the nearest first


@dataclass(frozen=True)
class SealedTable:
    """A table, the columns that its seals cover in their order, and what its rows belong to."""

    table: Table
    columns: tuple[str, ...]
    about: str | None  # the column of the snapshot or file that a row is of

    @property
    def closes(self) -> bool:
        """Whether rows of it are closed by later files."""
        return CLOSED_BY in self.table.c


@cache
def sealed_tables() -> tuple[SealedTable, ...]:
    """Return every table whose rows are sealed, in an order that stays."""
    return tuple(
        SealedTable(
            table,
            tuple(column.name for column in table.c if is_sealed(column.info)),
            next((name for name in OWNERS if name in table.c), None),
        )
        for _, table in sorted(metadata.tables.items())
        if not is_of_chain(table)
    )


def sealed(name: str) -> SealedTable | None:
    """Return a sealed table by its name; None where it is declared no more."""
    return next((each for each in sealed_tables() if each.table.name == name), None)


def is_sealed(info: dict[object, object]) -> bool:
    """Tell whether a column with these marks is part of its row's hash."""
    return not _has(info, CHANGES) or _has(info, SEALED)


def may_change(table: Table, *, by_loader: bool = False) -> Sequence[str]:
    """Return the columns that the product changes in rows that stand, or its loader does."""
    changing = [column for column in table.c if _has(column.info, CHANGES)]
    return [each.name for each in changing if not (by_loader and _has(each.info, BY_OWNER))]


def is_of_chain(table: Table) -> bool:
    """Tell whether a table is of the log of acts itself."""
    return _has(table.info, CHAIN)


def is_shared(table: Table) -> bool:
    """Tell whether a table holds nothing of any department."""
    return _has(table.info, SHARED)


def personal_columns(table: Table) -> Sequence[Column[str]]:
    """Return the columns of a table that name people."""
    return [column for column in table.c if _has(column.info, PERSONAL)]


def _has(info: dict[object, object], mark: dict[str, bool]) -> bool:
    return mark.items() <= info.items()


def spelled(column: ColumnElement[object], dialect: str) -> ColumnElement[object]:
    """Write a column so that both databases give the same whole number, text or nothing."""
    if isinstance(column.type, Boolean):
        return cast(column, Integer)
    if isinstance(column.type, DateTime) and dialect == "postgresql":
        return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD HH24:MI:SS.US")
    if isinstance(column.type, Date | DateTime):
        return cast(column, Text)
    return column


def written(query: Query | CompoundQuery, dialect: Dialect) -> str:
    """Write a select as a kind of database reads it, once for all transactions that ask it."""
    return str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def fetched(
    connection: Connection, statement: str, named: Mapping[str, int] | None = None
) -> list[tuple[Any, ...]]:
    """Return all rows of a statement that is `written`, its parameters `named`.

    To write one of all sealed tables anew takes SQLAlchemy far longer than the database its answer,
    and so does to name its columns.
    """
    errors, cursor = connection.dialect.loaded_dbapi.Error, connection.connection.cursor()
    try:
        cursor.execute(*((statement,) if named is None else (statement, named)))
        return list(cursor.fetchall())
    except errors as error:
        said = DBAPIError.instance(statement, named, error, errors, dialect=connection.dialect)
        raise said from error
    finally:
        cursor.close()
