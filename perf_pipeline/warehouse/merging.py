"""Merging what a file says into a table, in a few statements however many rows there are.

The rule is that the last word stands: for each key, the current row is what the most recently
loaded file that has the key says. A row that several files have is one row, whose other files
`also_in_file` names; when a corrected file drops a row, the row that another file still has for
that key, if one has, takes its place.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Table,
    and_,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)

from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.schema import also_in_file, source_file
from perf_pipeline.warehouse.staging import Staging


@dataclass(frozen=True)
class Merge:
    """What a merge did to a table: rows added, closed, and left as they were."""

    added: int
    closed: int
    unchanged: int


def merge(
    connection: Connection, staged: Staging, file_id: int, replaces: Collection[str] = ()
) -> Merge:
    """Make the staged rows the current ones of a file; belongs inside `write_transaction`.

    A row with the key and content of a current one changes nothing, whichever file brought it.
    Other content under the same key closes the old row and adds the new one. A current row from
    an earlier version of the same file, or from a file at one of the paths that it `replaces`, is
    closed when this version no longer has it, and what another file has for its key is restored.
    """
    this = _Merging(connection, staged, file_id, replaces)
    changed = this.close_changed()
    dropped = this.close_dropped()
    this.note_other_files()
    added = this.add_new()
    if dropped:
        this.restore()
    return Merge(added, changed + dropped, staged.rows - added)


class _Merging:
    """The statements of one merge: of one file's staged rows into one table."""

    def __init__(
        self, connection: Connection, staged: Staging, file_id: int, replaces: Collection[str]
    ) -> None:
        self.connection = connection
        self.table, self.staged, self.values = staged.target, staged.table, staged.values
        self.file = connection.execute(select(source_file).where(source_file.c.id == file_id)).one()
        self.own_paths = sorted({self.file.path, *replaces})
        self.current = and_(self._mine(), current(self.table))
        self.staging = staged
        staged.make_ready()

    def _mine(self) -> ColumnElement[bool]:
        return and_(
            self.table.c.department_id == self.file.department_id,
            self.table.c.fiscal_year == self.file.fiscal_year,
        )

    def close_changed(self) -> int:
        """Close the current rows whose content the file says otherwise."""
        differs = or_(
            *(self.table.c[name].is_distinct_from(self.staged.c[name]) for name in self.values)
        )
        return self._close(
            select(self.table.c.id)
            .join(self.staged, self.staged.c.row_key == self.table.c.row_key)
            .where(self.current, differs)
        )

    def close_dropped(self) -> int:
        """Close the current rows of the file's earlier versions that it no longer has."""
        return self._close(
            select(self.table.c.id)
            .join(source_file, source_file.c.id == self.table.c.source_file_id)
            .outerjoin(self.staged, self.staged.c.row_key == self.table.c.row_key)
            .where(
                self.current,
                source_file.c.path.in_(self.own_paths),
                self.staged.c.row_key.is_(None),
            )
        )

    def _close(self, ids: Select[tuple[int]]) -> int:
        closed = update(self.table).where(self.table.c.id.in_(ids))
        return self.connection.execute(closed.values(closed_by_id=self.file.id)).rowcount

    def note_other_files(self) -> None:
        """Note which current rows of other files this file has too, and which no longer."""
        link, linked = also_in_file, source_file.alias("linked")
        mine = (
            select(link.c.id, link.c.row_id)
            .join(linked, linked.c.id == link.c.source_file_id)
            .where(
                link.c.table_name == self.table.name,
                current(link),
                linked.c.path == self.file.path,
            )
            .subquery()
        )
        no_longer = (
            select(mine.c.id)
            .join(self.table, self.table.c.id == mine.c.row_id)
            .outerjoin(self.staged, self.staged.c.row_key == self.table.c.row_key)
            .where(self.staged.c.row_key.is_(None))
        )
        self.connection.execute(
            update(link).where(link.c.id.in_(no_longer)).values(closed_by_id=self.file.id)
        )
        too = (
            select(
                literal(self.table.name),
                self.table.c.id,
                literal(self.file.id),
                self.staged.c.sheet,
                self.staged.c.row_number,
            )
            .select_from(self.table)
            .join(self.staged, self.staged.c.row_key == self.table.c.row_key)
            .join(source_file, source_file.c.id == self.table.c.source_file_id)
            .outerjoin(mine, mine.c.row_id == self.table.c.id)
            .where(self.current, source_file.c.path != self.file.path, mine.c.id.is_(None))
        )
        names = ["table_name", "row_id", "source_file_id", "sheet", "row_number"]
        self.connection.execute(insert(link).from_select(names, too))

    def add_new(self) -> int:
        """Add the staged rows whose key no current row has."""
        kept = exists().where(self.current, self.table.c.row_key == self.staged.c.row_key)
        names = ["sheet", "row_number", "row_key", *self.values]
        rows = (
            select(
                literal(self.file.department_id),
                literal(self.file.fiscal_year),
                literal(self.file.id),
                *(self.staged.c[name] for name in names),
            )
            .where(~kept)
            .order_by(self.staged.c.nth)
        )
        into = ["department_id", "fiscal_year", "source_file_id", *names]
        added = insert(self.table).from_select(into, rows)
        return self.connection.execute(
            added, execution_options={"preserve_rowcount": True}
        ).rowcount

    def restore(self) -> None:
        """Add again, for the keys that were dropped, what another file last said of them."""
        self.staging.know_sizes()
        dropped = (
            select(self.table.c.row_key)
            .outerjoin(self.staged, self.staged.c.row_key == self.table.c.row_key)
            .where(self.table.c.closed_by_id == self.file.id, self.staged.c.row_key.is_(None))
            .subquery()
        )
        said = still_said(self.table, self._mine(), source_file.c.path.not_in(self.own_paths))
        ranked = (
            select(
                said,
                func.row_number()
                .over(partition_by=said.c.row_key, order_by=said.c.said_last.desc())
                .label("rank"),
            )
            .where(said.c.row_key.in_(select(dropped.c.row_key)))
            .subquery()
        )
        row = self.table.alias("closed_row")
        names = ["department_id", "fiscal_year", "row_key", *self.values]
        rows = (
            select(
                ranked.c.source_file_id,
                ranked.c.sheet,
                ranked.c.row_number,
                literal(self.file.id),
                *(row.c[name] for name in names),
            )
            .join(row, row.c.id == ranked.c.id)
            .where(ranked.c.rank == 1)
        )
        into = ["source_file_id", "sheet", "row_number", "restored_by_id", *names]
        self.connection.execute(insert(self.table).from_select(into, rows))


def still_said(table: Table, *conditions: ColumnElement[bool]) -> Subquery:
    """Select closed rows with each file whose newest version still has them.

    Columns: id and row_key of the row; source_file_id, sheet and row_number of where it stands;
    path of that file and the number of its newest version (said_last). `conditions` narrow the
    rows. When a file is loaded, all that it says is current. So a closed row that stands in a file
    still stands in its newest version where no version came since the row was closed.
    """
    newest = (
        select(source_file.c.path, func.max(source_file.c.id).label("id"))
        .where(source_file.c.outcome == "loaded")
        .group_by(source_file.c.path)
        .subquery()
    )
    by_owner = select(table.c.id, table.c.source_file_id, table.c.sheet, table.c.row_number)
    by_link = select(
        also_in_file.c.row_id,
        also_in_file.c.source_file_id,
        also_in_file.c.sheet,
        also_in_file.c.row_number,
    ).where(also_in_file.c.table_name == table.name, current(also_in_file))
    stands = union_all(by_owner, by_link).subquery()
    return (
        select(
            table.c.id,
            table.c.row_key,
            stands.c.source_file_id,
            stands.c.sheet,
            stands.c.row_number,
            newest.c.path,
            newest.c.id.label("said_last"),
        )
        .join(stands, stands.c.id == table.c.id)
        .join(source_file, source_file.c.id == stands.c.source_file_id)
        .join(newest, newest.c.path == source_file.c.path)
        .where(newest.c.id < table.c.closed_by_id, *conditions)
        .subquery()
    )
