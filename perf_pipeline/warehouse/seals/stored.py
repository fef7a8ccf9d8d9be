"""The rows of a table as they stand now, each with the seal that it must agree with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from sqlalchemy import Connection, inspect, null, select
from sqlalchemy import column as named_column

from perf_pipeline.warehouse.outcomes import Left
from perf_pipeline.warehouse.schema import departure, seal, source_file
from perf_pipeline.warehouse.seals.declared import SealedTable, spelled
from perf_pipeline.warehouse.seals.hashing import Row
from perf_pipeline.warehouse.typed import Query, StoredRow

AT_ONCE = 5_000


class StoredRows:
    """The rows of one table, and its seals; `rows` counts what was looked at."""

    def __init__(
        self, connection: Connection, each: SealedTable, between: tuple[int, int] | None = None
    ) -> None:
        """Read the seals of a table, or those alone that cover the rows between two numbers."""
        self.connection, self.each = connection, each
        self.rows = 0
        query = select(seal).where(seal.c.table_name == each.table.name).order_by(seal.c.first_id)
        if between is not None:
            first, last = between
            covers = (seal.c.first_id <= last) & (seal.c.first_id + seal.c.rows > first)
            query = query.where(seal.c.kind == "rows", covers)
        seals = connection.execute(query).all()
        self.seals = [row for row in seals if row.kind == "rows"]
        self.closed = [row for row in seals if row.kind == "closings"]
        sealed_once = {name for row in self.seals for name in row.columns.split(",")}
        self.names = [*each.columns, *sorted(sealed_once - set(each.columns))]
        self.number = self.names.index("id")

    def by_seal(self) -> Iterator[tuple[StoredRow | None, list[Row]]]:
        """Yield each seal with the rows that stand in its place; None with a row of no seal."""
        rows = self._stored()
        row = next(rows, None)
        for sealed in self.seals:
            while row is not None and row[self.number] < sealed.first_id:
                yield None, [row]
                row = next(rows, None)
            found = []
            while row is not None and row[self.number] < sealed.first_id + sealed.rows:
                found.append(row)
                row = next(rows, None)
            yield sealed, found
        while row is not None:
            yield None, [row]
            row = next(rows, None)

    def picked(self, columns: str) -> Callable[[Row], Row]:
        """Return what takes the sealed columns out of a row; all others must hold nothing."""
        names = columns.split(",")
        if names == self.names:
            return tuple
        at = [self.names.index(name) for name in names]
        others = [n for n in range(len(self.names)) if n not in at]

        def pick(row: Row) -> Row:
            added = [row[n] for n in others if row[n] is not None]
            return [*(row[n] for n in at), *added]

        return pick

    def numbered(self, ids: Collection[int]) -> Sequence[Row]:
        """Return the rows of some numbers; not those of files, whose paths change."""
        return self.connection.execute(self._select().where(self.each.table.c.id.in_(ids))).all()

    def _select(self) -> Query:
        """Select the rows, spelled as they are hashed."""
        table = self.each.table
        strange = [name for name in self.names if name not in table.c]
        kinds = (
            {
                str(column["name"]): column["type"]
                for column in inspect(self.connection).get_columns(table.name)
            }
            if strange
            else {}
        )
        columns = [
            spelled(
                table.c[name] if name in table.c else named_column(name, kinds[name]),
                self.connection.dialect.name,
            )
            if name in table.c or name in kinds
            else null().label(name)
            for name in self.names
        ]
        return select(*columns).select_from(table).order_by(table.c.id)

    def _stored(self) -> Iterator[Row]:
        """Yield the rows as they stand, each file under the path by which it came."""
        options = {"yield_per": AT_ONCE}
        found = self.connection.execute(self._select(), execution_options=options)
        if self.each.table is not source_file:
            for row in found:
                self.rows += 1
                yield row
            return
        paths = first_paths(self.connection)
        path = self.names.index("path")
        for row in found.all():
            self.rows += 1
            yield [*row[:path], paths[int(str(row[self.number]))], *row[path + 1 :]]


def first_paths(connection: Connection, *, after: int = 0) -> dict[int, str]:
    """Return the path of each version of a file as it was when it came.

    Renamings are taken back, the newest first: what a renaming found under the old name. With
    `after`, a row of `departure`, those alone that came after it.
    """
    paths = {
        row.id: row.path for row in connection.execute(select(source_file.c.id, source_file.c.path))
    }
    renamed = departure.c.state == Left.RENAMED
    renamings = select(departure).where(renamed, departure.c.id > after)
    for row in connection.execute(renamings.order_by(departure.c.id.desc())):
        became = paths.get(row.source_file_id)
        for file, path in paths.items():
            if path == became and file <= row.source_file_id:
                paths[file] = row.reason or path
    return paths
