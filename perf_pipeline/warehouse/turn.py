"""A transaction that takes files in: what it asks once for all of them, and writes at once.

What a department's first files of their kind say meets nothing that is known: nothing is compared,
closed or restored by it. Such small files wait until the transaction is over, or another file asks;
then the rows of all come into each table by one statement, in the files' order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import Any

from sqlalchemy import Connection, Table, func, insert, literal, select, union

from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.bulk import put
from perf_pipeline.warehouse.dimensions import Departments
from perf_pipeline.warehouse.file_kinds import BUDGET, DOCUMENTS, PLAN
from perf_pipeline.warehouse.history import now
from perf_pipeline.warehouse.inbox import InboxFile
from perf_pipeline.warehouse.mending import in_quarantine
from perf_pipeline.warehouse.named_months import month_named
from perf_pipeline.warehouse.opened import Incoming
from perf_pipeline.warehouse.same import another
from perf_pipeline.warehouse.schema import department, register_tables, source_file
from perf_pipeline.warehouse.staged_file import Asked, Staged
from perf_pipeline.warehouse.staging import Staging
from perf_pipeline.warehouse.typed import StoredRow

_VERSION = another(source_file, "a_version")
_NEW_VERSIONS = insert(source_file).returning(source_file, sort_by_parameter_order=True)
_BUDGET = register_tables[BUDGET]


def versions_of(
    connection: Connection, files: Iterable[InboxFile], names: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the newest version of each file that has one, by path: all of it, or some columns."""
    theirs = among(_VERSION.c.path, [each.relative for each in files])
    newest = select(func.max(_VERSION.c.id)).where(theirs).group_by(_VERSION.c.path)
    told = (source_file.c[name] for name in names or source_file.c.keys())
    query = select(*told).where(source_file.c.id.in_(newest))
    return {row.path: row for row in connection.execute(query).all()}


@dataclass(frozen=True)
class Version:
    """A new version of a file: what is to be recorded of it, and what it says."""

    incoming: Incoming
    facts: Mapping[str, object]
    staged: Staged


class Turn(Asked):
    """A transaction, and what is asked in it of the warehouse once for all its files."""

    def __init__(self, connection: Connection, files: Sequence[InboxFile]) -> None:
        """Ask nothing yet."""
        super().__init__(connection)
        self._files = files
        self._waiting: list[Version] = []

    @cached_property
    def last(self) -> dict[str, Any]:
        """The newest version of each file that has one, by path."""
        return versions_of(self.connection, self._files)

    @cached_property
    def departments(self) -> Departments:
        """The files' departments."""
        return Departments(self.connection, self._codes)

    @cached_property
    def in_quarantine(self) -> set[tuple[int, int, str]]:
        """Of which departments, years and kinds of files rows may be in quarantine."""
        return in_quarantine(self.connection, self.departments.ids)

    @cached_property
    def _came(self) -> set[tuple[str, int, str]]:
        """Of which departments, years and kinds files came, those that wait here, too.

        Of budgets also where a document gave some: it comes before its department's register.
        """
        came = (
            select(department.c.code, of.c.fiscal_year, kind)
            .join(department, department.c.id == of.c.department_id)
            .where(among(department.c.code, self._codes))
            for of, kind in (
                (source_file, source_file.c.kind),
                (_BUDGET, literal(BUDGET)),
            )
        )
        return {(*row,) for row in self.connection.execute(union(*came))}

    @property
    def _codes(self) -> set[str]:
        return {each.department for each in self._files}

    def is_first(self, incoming: Incoming) -> bool:
        """Tell whether a file's rows meet nothing; for others, what waits is written first."""
        year, code = incoming.file.of
        kind = incoming.kind
        met = {*DOCUMENTS, BUDGET, PLAN} if kind in DOCUMENTS else {kind}
        is_first = incoming.file.relative not in self.last and self._came.isdisjoint(
            (code, year, each) for each in met
        )
        if not is_first:
            self.write()
        return is_first

    def may_wait(self, incoming: Incoming, staged: Staged) -> bool:
        """Tell whether nothing needs the rows of a file before the transaction is over."""
        names_a_month = month_named(incoming.file.relative) is not None
        return staged.is_held and not names_a_month and self.is_first(incoming)

    def wait(self, version: Version) -> None:
        """Write a version together with others."""
        self._waiting.append(version)
        self._has_come(version)

    def _has_come(self, version: Version) -> None:
        (year, code), kind = version.incoming.file.of, version.incoming.kind
        tables = (each.target.name for each in version.staged.every() if each.rows)
        self._came.update((code, year, each) for each in (kind, *tables))

    def write(self) -> None:
        """Write what waits: departments, versions and their rows, a table's at once."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        of_tables: dict[Table, list[tuple[StoredRow, Staging]]] = {}
        for recorded, version in zip(self.record(waiting), waiting, strict=True):
            for staging in version.staged.every():
                if staging.rows:
                    of_tables.setdefault(staging.target, []).append((recorded, staging))
        for table, of in of_tables.items():
            _put(self.connection, table, of)

    def record(self, versions: Sequence[Version]) -> list[StoredRow]:
        """Record new versions of files, and return them."""
        called: dict[str, str | None] = {}
        for each in versions:
            code, name = each.incoming.file.department, each.staged.department_name
            called[code] = name or called.get(code)
        numbers = self.departments.known_as(called)
        values = [
            {
                "department_id": numbers[each.incoming.file.department],
                "fiscal_year": each.incoming.file.fiscal_year,
                "path": each.incoming.file.relative,
                "kind": each.incoming.kind,
                "notice": each.staged.notice,
                "loaded_at": now(),
                **each.facts,
                **each.staged.counts(),
                **each.staged.kept(),
            }
            for each in versions
        ]
        for each in versions:
            self._has_come(each)
        recorded = self.connection.execute(_NEW_VERSIONS, values).all()
        self.last.update((row.path, row) for row in recorded)
        for row in recorded:
            if row.rows_quarantined:
                self.in_quarantine.add((row.department_id, row.fiscal_year, row.kind))
        return [*recorded]


def _put(connection: Connection, table: Table, of: Sequence[tuple[StoredRow, Staging]]) -> None:
    """Put the rows of first files into a table."""
    columns: dict[str, list[object]] = {}
    for recorded, staging in of:
        own = {
            "department_id": recorded.department_id,
            "fiscal_year": recorded.fiscal_year,
            "source_file_id": recorded.id,
        }
        for name in (each for each in own if each in table.c):
            columns.setdefault(name, []).extend(repeat(own[name], staging.rows))
        for name, held in zip(staging.names, staging.held, strict=True):
            columns.setdefault(name, []).extend(held)
    filled = {name: each for name, each in columns.items() if each.count(None) < len(each)}
    put(connection, table, [*filled], [*filled.values()])
