"""What a file says, on its way into the warehouse: rows for each table, and those put aside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any, TypeVar

from sqlalchemy import Connection, Table

from perf_pipeline.registers.batch import QuarantinedRow
from perf_pipeline.warehouse.history import SourcedRow, columns_of
from perf_pipeline.warehouse.mending import Marks
from perf_pipeline.warehouse.schema import quarantined_row
from perf_pipeline.warehouse.staging import Staging, drop


@dataclass(frozen=True)
class Contents:
    """What reading a document gave: rows for each table, and what was quarantined or skipped."""

    rows: Mapping[Table, Sequence[SourcedRow]]
    quarantined: Sequence[QuarantinedRow] = ()
    skipped: int = 0
    notice: str | None = None
    department_name: str | None = None
    replaces: frozenset[str] = frozenset()  # paths of files that no longer say anything


Told = TypeVar("Told")
Reader = Callable[[Path], Callable[["Asked"], Contents]]  # reads, and then asks the warehouse
Says = Callable[["Staged"], None]  # stages what a file says


@dataclass(frozen=True)
class Read:
    """What a file says, to be staged; `is_whole` where nothing of it is left to be read."""

    says: Says
    is_whole: bool = True


Filler = Callable[[Path, bool], Read]  # reads a file, some others with it where it shares


class Asked:
    """What is asked of the warehouse once for all files of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._told: dict[object, Any] = {}

    def once(self, ask: Callable[[Connection], Told]) -> Told:
        """Return what a function finds out by the connection, which is called once."""
        if ask not in self._told:
            self._told[ask] = ask(self.connection)
        told: Told = self._told[ask]
        return told


class Staged:
    """What a file says, on its way: rows for each table, quarantined rows, and their numbers.

    `mended` are the marks of quarantined rows that the file's rows take the place of, `replaces`
    the paths of files that no longer say anything, `earliest_on` the first day of what the rows
    tell.
    """

    def __init__(self, asked: Asked, *, is_first: bool = False) -> None:
        """Stage into temporary tables of a transaction's connection.

        No row that is known is of the tables and the department of a file that `is_first`.
        """
        self.asked, connection = asked, asked.connection
        self.is_first = is_first
        self.connection = connection
        self.tables: dict[Table, Staging] = {}
        self.derived: dict[Table, Staging] = {}  # what its rows mean elsewhere: merged, not counted
        self.before_merge: Callable[[int], object] | None = None  # called with the file's number
        self.quarantine = Staging(connection, quarantined_row)
        self.read = 0
        self.skipped = 0
        self.notice: str | None = None
        self.unit: str | None = None
        self.earliest_on: date | None = None
        self.ignored_columns: Sequence[str] = ()
        self.lacking_columns: Sequence[str] = ()
        self.so_far: Sequence[str] = ()
        self.notices: Sequence[str] = ()
        self.department_name: str | None = None
        self.mended: Collection[str] = ()
        self.replaces: Collection[str] = ()
        self._marks = Marks()

    def table(self, table: Table) -> Staging:
        """Return the staging of a table, made when first asked for."""
        if table not in self.tables:
            self.tables[table] = Staging(self.connection, table)
        return self.tables[table]

    def derive(self, table: Table, rows: Sequence[SourcedRow]) -> None:
        """Stage rows of another table that the file's rows stand for."""
        staging = self.derived[table] = Staging(self.connection, table)
        staging.add(columns_of(staging, rows))

    def quarantine_rows(self, rows: Sequence[QuarantinedRow]) -> None:
        """Stage quarantined rows, each with its mark (隔离号)."""
        marked = [
            {**asdict(row), "mark": self._marks.of(row.row_text or row.reason)}
            | {"salt": token_hex(16)}
            for row in rows
        ]
        self.quarantine.add([[row[name] for row in marked] for name in self.quarantine.names])

    def counts(self) -> dict[str, int]:
        """Return how many rows were read, and what became of them."""
        loaded = sum(staging.rows for staging in self.tables.values())
        return {
            "rows_read": self.read,
            "rows_loaded": loaded,
            "rows_quarantined": self.quarantine.rows,
            "rows_skipped": self.skipped,
        }

    def told(self) -> dict[str, object]:
        """Return what is told of the file beside its rows: unit, unused columns, notices."""
        return {
            "unit": self.unit,
            "ignored_columns": tuple(self.ignored_columns),
            "notices": tuple(self.notices),
        }

    def kept(self) -> dict[str, object]:
        """Return what is kept of the file beside: unit, first day, and lines one after another."""
        lines = ("ignored_columns", "lacking_columns", "so_far", "notices")
        kept: dict[str, object] = {"unit": self.unit, "earliest_on": self.earliest_on}
        return kept | {name: "\n".join(getattr(self, name)) or None for name in lines}

    def every(self) -> list[Staging]:
        """Return the rows of all tables, those in quarantine last."""
        return [*self.tables.values(), *self.derived.values(), self.quarantine]

    @property
    def is_held(self) -> bool:
        """Whether none of its rows was asked for yet, and nothing is to be done before them."""
        return self.before_merge is None and all(each.is_held for each in self.every())

    def lay_down(self) -> None:
        """Put all rows into temporary tables."""
        for each in self.every():
            if each.rows:
                each.lay_down()

    def drop(self) -> None:
        """Drop all temporary tables."""
        drop(self.every())


def filled_by(read: Reader) -> Filler:
    """Stage all that a reader gives at once, as it does for a document."""

    def say(told: Callable[[Asked], Contents], staged: Staged) -> None:
        contents = told(staged.asked)
        for table, rows in contents.rows.items():
            staging = staged.table(table)
            staging.add(columns_of(staging, rows))
        staged.quarantine_rows(contents.quarantined)
        staged.skipped = contents.skipped
        staged.read = sum(len(rows) for rows in contents.rows.values())
        staged.read += len(contents.quarantined) + contents.skipped
        staged.notice = contents.notice
        staged.department_name = contents.department_name
        staged.replaces = contents.replaces

    return lambda path, _shares: Read(partial(say, read(path)))
