"""Verifying (核验): everything that is stored, against the hashes made when it was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine, Table, inspect, select
from sqlalchemy import column as named_column

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.warehouse.engine import as_utc
from perf_pipeline.warehouse.schema import checkpoint, department, seal, snapshot, source_file
from perf_pipeline.warehouse.seals.chain import acts_of, chain_differences
from perf_pipeline.warehouse.seals.closings import closings
from perf_pipeline.warehouse.seals.declared import SealedTable, sealed_tables, spelled
from perf_pipeline.warehouse.seals.deed import What
from perf_pipeline.warehouse.seals.difference import Difference, Kind, Verified
from perf_pipeline.warehouse.seals.hashing import MARK, content_of, row_digest
from perf_pipeline.warehouse.seals.paths import first_paths
from perf_pipeline.warehouse.seals.record import AT_ONCE

Row = Sequence[Any]
LONGEST = 400  # letters of a row that are shown


def verify(engine: Engine, head: str | None = None) -> Verified:
    """Compare all that is stored with its seals, and the chain of acts with itself.

    `head` is the digest of an act that was noted elsewhere, or its beginning: with it, acts that
    were cut off the end are noticed too. Raises ConfigurationError where nothing was ever sealed.
    """
    with engine.connect() as connection:
        acts = acts_of(connection)
        if not acts:
            raise ConfigurationError("操作记录是空的：没有什么可以核验，或记录已被清空")
        placing = _Placing(connection)
        differences = list(chain_differences(connection, head))
        rows = 0
        for each in sealed_tables():
            looking = _Table(connection, each)
            found = [*looking.row_differences(), *looking.closing_differences()]
            rows += looking.rows
            differences += (placing.placed(one, each) for one in found)
    begun = acts[0]
    return Verified(
        as_utc(begun.happened_at),
        What(begun.what),
        len(acts),
        rows,
        acts[-1].digest,
        tuple(differences),
    )


class _Table:
    """The rows of one table against their seals."""

    def __init__(self, connection: Connection, each: SealedTable) -> None:
        self.connection, self.each = connection, each
        self.rows = 0
        seals = connection.execute(
            select(seal).where(seal.c.table_name == each.table.name).order_by(seal.c.first_id)
        ).all()
        self.seals = [row for row in seals if row.kind == "rows"]
        self.closed = [row for row in seals if row.kind == "closings"]
        sealed_once = {name for row in self.seals for name in row.columns.split(",")}
        self.names = [*each.columns, *sorted(sealed_once - set(each.columns))]
        self.number = self.names.index("id")

    def row_differences(self) -> Iterator[Difference]:
        """Yield the rows that were changed, removed or put in."""
        rows = self._stored()
        row = next(rows, None)
        for sealed in self.seals:
            while row is not None and row[self.number] < sealed.first_id:
                yield self._difference(Kind.ROW_ADDED, row=row)
                row = next(rows, None)
            found = []
            while row is not None and row[self.number] < sealed.first_id + sealed.rows:
                found.append(row)
                row = next(rows, None)
            yield from self._of_seal(sealed, found)
        while row is not None:
            yield self._difference(Kind.ROW_ADDED, row=row)
            row = next(rows, None)

    def _stored(self) -> Iterator[Row]:
        """Yield the rows as they stand, each file under the path by which it came."""
        table = self.each.table
        strange = [name for name in self.names if name not in table.c]
        kinds = (
            {
                column["name"]: column["type"]
                for column in inspect(self.connection).get_columns(table.name)
            }
            if strange
            else {}
        )
        columns = [
            spelled(
                table.c[name] if name in table.c else named_column(name, kinds.get(name)),
                self.connection.dialect.name,
            )
            for name in self.names
        ]
        query = select(*columns).select_from(table).order_by(table.c.id)
        found = self.connection.execute(query, execution_options={"yield_per": AT_ONCE})
        if table is not source_file:
            for row in found:
                self.rows += 1
                yield row
            return
        paths = first_paths(self.connection)
        path = self.names.index("path")
        for row in found.all():
            self.rows += 1
            yield [*row[:path], paths[row[self.number]], *row[path + 1 :]]

    def _of_seal(self, sealed: Any, found: list[Row]) -> Iterator[Difference]:
        pick = self._pick(sealed.columns)
        digests = [row_digest(pick(row)) for row in found]
        if len(found) == sealed.rows and content_of(digests) == sealed.content:
            return
        there = {row[self.number]: at for at, row in enumerate(found)}
        known = 0
        for nth in range(sealed.rows):
            number = sealed.first_id + nth
            mark = sealed.marks[nth * MARK : (nth + 1) * MARK]
            if number not in there:
                yield self._difference(Kind.ROW_REMOVED, sealed=sealed, number=number, mark=mark)
                known += 1
            elif digests[there[number]].hex()[:MARK] != mark:
                row = found[there[number]]
                yield self._difference(Kind.ROW_CHANGED, sealed=sealed, row=row, mark=mark)
                known += 1
        if not known:  # the marks agree and the whole does not
            yield Difference(Kind.SEAL_CHANGED, act=sealed.act_id, stored=sealed.content[:16])

    def _pick(self, columns: str) -> Callable[[Row], Row]:
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

    def _difference(
        self,
        kind: Kind,
        *,
        sealed: Any = None,
        row: Row | None = None,
        number: int | None = None,
        mark: str | None = None,
    ) -> Difference:
        values = dict(zip(self.names, row, strict=True)) if row is not None else {}
        about = self.each.about
        owner = sealed.about_id if sealed is not None else values.get(about or "")
        place: dict[str, Any] = {"version" if about == "snapshot_id" else "file": owner}
        whose = sealed.department_id if sealed is not None else values.get("department_id")
        said = "，".join(f"{name}={value}" for name, value in values.items() if value is not None)
        return Difference(
            kind,
            self.each.table.name,
            row=values.get("id", number),
            act=sealed.act_id if sealed is not None else None,
            department=whose,
            sheet=values.get("sheet"),
            row_number=values.get("row_number"),
            stored=f"摘要 {mark}…" if mark else None,
            found=said[:LONGEST] or None,
            **place,
        )

    def closing_differences(self) -> Iterator[Difference]:
        """Yield the rows that were put out of force, or back into it, by another way."""
        if not self.each.closes:
            return
        expected = {
            int(row): (int(by), sealed.act_id)
            for sealed in self.closed
            for row, by in (pair.split(":") for pair in sealed.marks.split())
        }
        found = {
            row: by for pairs in closings(self.connection, self.each).values() for row, by in pairs
        }
        there = select(self.each.table.c.id)
        for row in sorted(expected.keys() | found.keys()):
            if row not in expected:
                kind, was, act = Kind.CLOSING_ADDED, None, None
            else:
                was, act = expected[row]
                kind = Kind.CLOSING_CHANGED if row in found else Kind.CLOSING_REMOVED
            if found.get(row) == was:
                continue
            if row not in found and not self.connection.scalar(
                there.where(self.each.table.c.id == row)
            ):
                continue  # the row itself is gone, and told as such
            yield Difference(
                kind,
                self.each.table.name,
                row=row,
                act=act,
                stored=None if was is None else f"被文件 {was} 取代",
                found=f"被文件 {found[row]} 取代" if row in found else "现行",
            )


class _Placing:
    """Says of a difference whose it is: department, checkpoint and version, file."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @cached_property
    def _departments(self) -> Mapping[int, str]:
        return {row.id: row.code for row in self.connection.execute(select(department))}

    @cached_property
    def _snapshots(self) -> Mapping[int, Any]:
        query = select(snapshot, checkpoint.c.name).join(
            checkpoint, checkpoint.c.id == snapshot.c.checkpoint_id
        )
        return {row.id: row for row in self.connection.execute(query)}

    @cached_property
    def _files(self) -> Mapping[int, Any]:
        return {row.id: row for row in self.connection.execute(select(source_file))}

    def placed(self, found: Difference, each: SealedTable) -> Difference:
        """Return the difference with names in the place of numbers."""
        label = (each.table.comment or each.table.name).split("：")[0].split("；")[0]
        found = replace(found, label=label)
        if found.kind in (Kind.CLOSING_ADDED, Kind.CLOSING_REMOVED, Kind.CLOSING_CHANGED):
            found = replace(found, **self._place_of_row(each.table, found.row))
        judged = self._snapshots.get(found.version) if found.version is not None else None
        if each.table is snapshot and found.row in self._snapshots:
            judged = self._snapshots[found.row]
        file = self._files.get(int(found.file)) if found.file is not None else None
        if each.table is source_file and found.row in self._files:
            file = self._files[found.row]
        owner = found.department
        for known in (judged, file):
            owner = owner if known is None else known.department_id
        return replace(
            found,
            department=None
            if owner is None
            else self._departments.get(int(owner), f"{owner} 号部门"),
            quarter=None if judged is None else judged.name,
            version=None if judged is None else judged.version,
            file=None if file is None else file.path,
        )

    def _place_of_row(self, table: Table, row: int | None) -> dict[str, Any]:
        names = [name for name in ("sheet", "row_number") if name in table.c]
        query = select(table.c.source_file_id, *(table.c[name] for name in names))
        found = self.connection.execute(query.where(table.c.id == row)).one()
        return {"file": found.source_file_id, **{name: getattr(found, name) for name in names}}
