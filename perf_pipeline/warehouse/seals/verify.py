"""Verifying (核验): everything that is stored, against the hashes made when it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine, Table, select

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.personal import without_numbers
from perf_pipeline.warehouse.engine import one_moment
from perf_pipeline.warehouse.schema import checkpoint, department, snapshot, source_file
from perf_pipeline.warehouse.seals.chain import acts_of, chain_differences
from perf_pipeline.warehouse.seals.closings import closings
from perf_pipeline.warehouse.seals.declared import SealedTable, personal_columns, sealed_tables
from perf_pipeline.warehouse.seals.deed import What
from perf_pipeline.warehouse.seals.difference import Difference, Kind, Verified
from perf_pipeline.warehouse.seals.erasing import Erased, as_sealed, erased_rows
from perf_pipeline.warehouse.seals.hashing import MARK, Row, content_of, moment_of, row_digest
from perf_pipeline.warehouse.seals.stored import StoredRows
from perf_pipeline.warehouse.typed import StoredRow
from perf_pipeline.warehouse.views import changed_views, foreign_triggers

PAIR = re.compile(r"\b(\d+):(\d+)\b")  # a row and what closed it, in the marks of a seal
LONGEST = 400  # letters of a row that are shown


def verify(engine: Engine, head: str | None = None) -> Verified:
    """Compare all that is stored with its seals, and the chain of acts with itself.

    `head` is the digest of an act that was noted elsewhere, or its beginning: with it, acts that
    were cut off the end are noticed too. Raises ConfigurationError where nothing was ever sealed.
    """
    with one_moment(engine) as connection:  # runs go on meanwhile
        acts = acts_of(connection)
        if not acts:
            raise ConfigurationError("操作记录是空的：没有什么可以核验，或记录已被清空")
        placing = _Placing(connection)
        differences = list(chain_differences(connection, head))
        for kind, names in (
            (Kind.VIEW_CHANGED, changed_views(connection)),
            (Kind.TRIGGER_ADDED, foreign_triggers(connection)),
        ):
            differences += (Difference(kind, found=name) for name in names)
        rows = 0
        for each in sealed_tables():
            looking = _Table(connection, each)
            found = [*looking.row_differences(), *looking.closing_differences()]
            rows += looking.rows
            differences += (placing.placed(one, each) for one in found)
    begun = acts[0]
    return Verified(
        moment_of(begun.happened_at),
        What(begun.what) if begun.what in set(What) else What.WRITTEN,
        len(acts),
        rows,
        acts[-1].digest,
        tuple(differences),
    )


class _Table(StoredRows):
    """The rows of one table against their seals."""

    def row_differences(self) -> Iterator[Difference]:
        """Yield the rows that were changed, removed or put in."""
        for sealed, found in self.by_seal():
            if sealed is None:
                yield from (self._difference(Kind.ROW_ADDED, row=row) for row in found)
            else:
                yield from self._of_seal(sealed, found)

    def _of_seal(self, sealed: StoredRow, found: list[Row]) -> Iterator[Difference]:
        pick = self.picked(sealed.columns)
        digests = [as_sealed(row_digest(pick(r)), self._erased.get(r[self.number])) for r in found]
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

    @cached_property
    def _erased(self) -> Mapping[int, Erased]:
        return erased_rows(self.connection, self.each.table.name)

    def _difference(
        self,
        kind: Kind,
        *,
        sealed: StoredRow | None = None,
        row: Row | None = None,
        number: int | None = None,
        mark: str | None = None,
    ) -> Difference:
        values = dict(zip(self.names, row, strict=True)) if row is not None else {}
        about = self.each.about
        owner = sealed.about_id if sealed is not None else values.get(about or "")
        place: dict[str, Any] = {"version" if about == "snapshot_id" else "file": owner}
        whose = sealed.department_id if sealed is not None else values.get("department_id")
        said = "，".join(
            f"{name}={self._shown(name, value)}"
            for name, value in values.items()
            if value is not None
        )
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

    @cached_property
    def _naming_people(self) -> frozenset[str]:
        return frozenset(column.name for column in personal_columns(self.each.table))

    def _shown(self, name: str, value: object) -> str:
        """Write a cell so that it names nobody: what verifying finds is read by anybody."""
        return "***" if name in self._naming_people else without_numbers(str(value))

    def closing_differences(self) -> Iterator[Difference]:
        """Yield the rows that were put out of force, or back into it, by another way."""
        if not self.each.closes:
            return
        expected = {
            int(row): (int(by), sealed.act_id)
            for sealed in self.closed
            for row, by in PAIR.findall(sealed.marks)
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
    def _departments(self) -> Mapping[int | str | None, str]:
        return {row.id: row.code for row in self.connection.execute(select(department))}

    @cached_property
    def _snapshots(self) -> Mapping[int, StoredRow]:
        known = (snapshot.c[name] for name in ("id", "department_id", "version"))
        query = select(*known, checkpoint.c.name).join(
            checkpoint, checkpoint.c.id == snapshot.c.checkpoint_id
        )
        return {row.id: row for row in self.connection.execute(query)}

    @cached_property
    def _files(self) -> Mapping[int | str | None, StoredRow]:
        known = select(source_file.c.id, source_file.c.department_id, source_file.c.path)
        return {row.id: row for row in self.connection.execute(known)}

    def placed(self, found: Difference, each: SealedTable) -> Difference:
        """Return the difference with names in the place of numbers."""
        label = (each.table.comment or each.table.name).split("：")[0].split("；")[0]
        found = replace(found, label=label)
        if found.kind in (Kind.CLOSING_ADDED, Kind.CLOSING_REMOVED, Kind.CLOSING_CHANGED):
            found = replace(found, **self._place_of_row(each.table, found.row))
        judged = self._snapshots.get(found.version) if found.version is not None else None
        if each.table is snapshot and found.row is not None:
            judged = self._snapshots.get(found.row)
        file = self._files.get(found.file)
        if each.table is source_file and found.row is not None:
            file = self._files.get(found.row)
        owner = found.department
        for known in (judged, file):
            owner = owner if known is None else known.department_id
        return replace(
            found,
            department=None if owner is None else self._departments.get(owner, f"{owner} 号部门"),
            quarter=None if judged is None else judged.name,
            version=None if judged is None else judged.version,
            file=None if file is None else file.path,
        )

    def _place_of_row(self, table: Table, row: int | None) -> dict[str, Any]:
        names = [name for name in ("sheet", "row_number") if name in table.c]
        query = select(table.c.source_file_id, *(table.c[name] for name in names))
        found = self.connection.execute(query.where(table.c.id == row)).one()
        return {"file": found.source_file_id, **{name: getattr(found, name) for name in names}}
