"""Staging: rows on their way into a table, streamed into a temporary one by the database's own way.

COPY on PostgreSQL, `executemany` on SQLite. A temporary table belongs to its connection: whatever
ends the process before the merge leaves nothing behind. Few rows are held in memory until a
statement asks for them: a file that meets no other is never asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Delete,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    Update,
    bindparam,
    delete,
    event,
    func,
    select,
    update,
)
from sqlalchemy.schema import CreateTable

from perf_pipeline.warehouse.bulk import copy_in
from perf_pipeline.warehouse.plans import know_grown
from perf_pipeline.warehouse.schema import also_in_file
from perf_pipeline.warehouse.tables import Id

if TYPE_CHECKING:
    from perf_pipeline.registers.cells import Value
    from perf_pipeline.registers.identity import Settled

PLACED = ("sheet", "row_number", "row_key")
PROVENANCE = frozenset(
    {"id", "department_id", "fiscal_year", "source_file_id", "closed_by_id", "restored_by_id"}
)
WORTH_A_LOOK = 1_000  # rows
_UNSTORED = re.compile("[\0\ud800-\udfff]")  # no text of PostgreSQL's; half a character
_KEPT = "perf_pipeline_staged"  # of a connection: its temporary tables, and rows they have held


def _forget(connection: Connection) -> None:
    if not connection.invalidated:  # else to ask it hides why it is lost
        connection.info.pop(_KEPT, None)


event.listen(Engine, "rollback", _forget)  # with what was written, tables made meanwhile are gone


def given(table: Table) -> list[str]:
    """Return the columns of a table that a file gives, in their order."""
    return [column.name for column in table.c if column.name not in PROVENANCE]


@cache
def _shared_keys(
    staged: Table, values: tuple[str, ...]
) -> Select[int, str | None, int, str, *tuple[Value, ...]]:
    shared = select(staged.c.row_key).group_by(staged.c.row_key).having(func.count() > 1).subquery()
    return (
        select(*(staged.c[name] for name in ("nth", *PLACED, *values)))
        .join(shared, shared.c.row_key == staged.c.row_key)
        .order_by(staged.c.nth)
    )


@cache
def _created(staged: Table, dialect: Dialect) -> str:
    return str(CreateTable(staged, if_not_exists=True).compile(dialect=dialect))


@cache
def _staged(table: Table, *, keyed: bool) -> Table:
    """Declare a table's temporary copy, once: statements over one and the same compile once.

    The key of SQLite's table is the table itself; on PostgreSQL it would be an index more.
    """
    columns = [Column(name, table.c[name].type) for name in given(table)]
    nth = Column("nth", Id, primary_key=keyed, autoincrement=False)
    return Table(f"staged_{table.name}", MetaData(), nth, *columns, prefixes=["TEMPORARY"])


class Staging:
    """Rows for some columns of a table: their number, and a temporary table that has them."""

    def __init__(self, connection: Connection, table: Table) -> None:
        """Stage the columns that a file gives, and their order in it, once there is a row."""
        self.connection = connection
        self.target = table
        self.names = given(table)
        self.rows = 0
        self._is_postgresql = connection.dialect.name == "postgresql"
        self._table = _staged(table, keyed=not self._is_postgresql)
        self._laid = 0  # rows that were put into it
        self.held: list[list[object]] = [[] for _ in self.names]  # columns of the others
        self._keys: set[object] = set()  # while they are few

    @property
    def kept(self) -> dict[str, int]:
        """The connection's temporary tables, each with how many rows it has held."""
        kept: dict[str, int] = self.connection.info.setdefault(_KEPT, {})
        return kept

    def _make(self) -> None:
        if not self.connection.in_transaction():
            self.connection.begin()  # what goes by the driver's own cursor begins none
        if self.name not in self.kept:
            self.connection.exec_driver_sql(_created(self._table, self.connection.dialect))
            self.kept[self.name] = 0

    @property
    def name(self) -> str:
        """What the temporary table is called."""
        return self._table.name

    @property
    def table(self) -> Table:
        """The temporary table, with all rows in it."""
        self.lay_down()
        return self._table

    @property
    def is_held(self) -> bool:
        """Whether no row lies in the temporary table."""
        return not self._laid

    @property
    def values(self) -> list[str]:
        """Names of the columns that hold what a row says, not where it stood."""
        return [name for name in self.names if name not in PLACED]

    def add(self, columns: Sequence[Sequence[object]]) -> None:
        """Add rows, given as columns in the order of `names`; all are of one length."""
        if not columns or not columns[0]:
            return
        self.rows += len(columns[0])
        if self.rows < WORTH_A_LOOK and "row_key" in self.names:
            self._keys.update(columns[self.names.index("row_key")])
        for mine, more in zip(self.held, columns, strict=True):
            mine += more
        if self._laid + len(self.held[0]) >= WORTH_A_LOOK or not self._is_plain(columns):
            self.lay_down()

    def _is_plain(self, columns: Sequence[Sequence[object]]) -> bool:
        """Tell whether any database takes the values: else it says so while their file is read."""
        for of, values in zip(map(self.target.c.get, self.names), columns, strict=True):
            assert of is not None
            if isinstance(of.type, Text):
                if _UNSTORED.search("".join(each for each in values if isinstance(each, str))):
                    return False
            elif isinstance(of.type, Integer):
                most = 2**63 if isinstance(of.type, BigInteger) else 2**31
                if any(isinstance(each, int) and not -most <= each < most for each in values):
                    return False
        return True

    def lay_down(self) -> None:
        """Put the rows that are held into the temporary table."""
        self._make()
        if not self.held[0]:
            return
        columns, self.held = self.held, [[] for _ in self.names]
        ordinals = range(self._laid, self._laid + len(columns[0]))
        self._laid += len(ordinals)
        self.kept[self.name] += len(ordinals)
        filled = [nth for nth, each in enumerate(columns) if each.count(None) < len(each)]
        names = ["nth", *(self.names[nth] for nth in filled)]
        columns = [columns[nth] for nth in filled]
        copy_in(self.connection, self._table, names, [ordinals, *columns])

    def shared_keys(self) -> list[Row[int, str | None, int, str, *tuple[Value, ...]]]:
        """Return all rows whose key others have: nth, sheet, row_number, row_key, then values."""
        if self.rows < WORTH_A_LOOK and len(self._keys) == self.rows:
            return []
        self._index()
        return list(self.connection.execute(_shared_keys(self.table, tuple(self.values))).all())

    def settle(self, settled: Settled) -> None:
        """Take out the rows that repeat others, and give those that only share a key their own."""
        if settled.taken_out:
            self._each(delete(self.table), [{"of": n} for n in settled.taken_out])
            self.rows -= len(settled.taken_out)
        if settled.renamed:
            renamed = [{"of": n, "name": key} for n, key in settled.renamed.items()]
            self._each(update(self.table).values(row_key=bindparam("name")), renamed)

    def _each(self, statement: Delete | Update, rows: list[dict[str, object]]) -> None:
        self.connection.execute(statement.where(self._table.c.nth == bindparam("of")), rows)

    def make_ready(self) -> None:
        """Let the database find its way through the table, once all rows are in it."""
        self.lay_down()
        self._index()
        self.know_sizes()

    def _index(self) -> None:
        if not self._is_postgresql and self.rows >= WORTH_A_LOOK:
            self.connection.exec_driver_sql(
                f"CREATE INDEX IF NOT EXISTS temp.{self.name}_key ON {self.name} (row_key)"
            )

    def know_sizes(self) -> None:
        """Let PostgreSQL look at what was just written; unlooked at, it takes tables for small.

        For a file of few rows looking takes longer than any plan, and so does looking at large
        tables that grew little: after a whole intake all are looked at once (`plans.know_sizes`).
        """
        if self._is_postgresql and self.rows >= WORTH_A_LOOK:
            know_grown(self.connection, self._table, self.target, also_in_file)


def drop(staged: Sequence[Staging]) -> None:
    """Take the rows away; a table that has held few rows is kept for the next file.

    Each change of its schema has SQLite read all statements anew, and PostgreSQL makes files for a
    table that is new or truncated; but deleted rows are passed over until it is dropped. Rows of
    several tables are deleted by one statement, where there is such.
    """
    connection, emptied = staged[0].connection, list[str]()
    for each in staged:
        kept, name = each.kept, each.name
        if each.is_held or name not in kept:
            continue
        if kept[name] >= WORTH_A_LOOK:
            connection.exec_driver_sql(f"DROP TABLE {name}")
            del kept[name]
        else:
            emptied.append(f"DELETE FROM {name}")
    if len(emptied) > 1 and connection.dialect.name == "postgresql":
        *others, last = emptied
        also = ", ".join(f"emptied_{nth} AS ({each})" for nth, each in enumerate(others))
        emptied = [f"WITH {also} {last}"]
    for statement in emptied:
        connection.exec_driver_sql(statement)
