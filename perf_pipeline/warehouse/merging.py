"""Merging what a file says into a table, in a few statements however many rows there are.

The rule is that the last word stands: for each key, the current row is what the most recently
loaded file that has the key says. But a case that is over is not open again because another file,
which is older, says so. A row that several files have is one row, whose other files
`also_in_file` names; when a corrected file drops a row, the row that another file still has for
that key, if one has, takes its place.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Insert,
    Integer,
    Select,
    Subquery,
    Table,
    Text,
    Update,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)

from perf_pipeline.domain.personal import ERASED
from perf_pipeline.registers.declaration import register
from perf_pipeline.warehouse.among import sought
from perf_pipeline.warehouse.known import Departments, current
from perf_pipeline.warehouse.schema import also_in_file, register_tables, source_file
from perf_pipeline.warehouse.staging import PLACED, Staging, given
from perf_pipeline.warehouse.tables import PERSONAL, PROSE, Id
from perf_pipeline.warehouse.typed import Expression, StoredRow

_FILE, _DEPARTMENT, _YEAR, _PATH = (
    bindparam("merged_file", type_=Id),
    bindparam("of_department", type_=Id),
    bindparam("of_year", type_=Integer),
    bindparam("of_path", type_=Text),
)
_PATHS = bindparam("own_paths", expanding=True, type_=Text)


@dataclass(frozen=True)
class Merge:
    """What a merge did to a table: rows added, closed, and left as they were.

    `met` tells whether any of the keys was known before, whichever file had it.
    """

    added: int
    closed: int
    unchanged: int
    met: bool = field(default=False, compare=False)


def merge(
    connection: Connection, staged: Staging, file: StoredRow, replaces: Collection[str] = ()
) -> Merge:
    """Make the staged rows the current ones of a file; belongs inside `write_transaction`.

    A row with the key and content of a current one changes nothing, whichever file brought it.
    Other content under the same key closes the old row and adds the new one. A current row from
    an earlier version of the same file, or from a file at one of the paths that it `replaces`, is
    closed when this version no longer has it, and what another file has for its key is restored.
    """
    own_paths = sorted({file.path, *replaces})
    told = {
        _DEPARTMENT.key: file.department_id,
        _YEAR.key: file.fiscal_year,
        _FILE.key: file.id,
        _PATH.key: file.path,
        _PATHS.key: own_paths,
    }

    def do(statement: Update | Insert) -> int:
        options = {"preserve_rowcount": True}
        return connection.execute(statement, told, execution_options=options).rowcount

    said_before = file.version > 1 or bool(replaces)
    if not (staged.rows or said_before):
        return Merge(0, 0, 0)
    statements = _statements(staged.target, staged.table)
    if not said_before and (added := do(statements.add_all)):
        return Merge(added, 0, 0)
    staged.make_ready()
    changed = dropped = 0
    has_keys = not said_before or bool(connection.execute(statements.has_keys, told).first())
    if has_keys:
        changed = do(statements.close_changed)
    if said_before:
        dropped = do(statements.close_dropped)
        do(statements.close_links)
    if has_keys:
        do(statements.add_links)
        if statements.keep_open is not None:
            do(statements.keep_open)
    added = do(statements.add_new)
    if dropped:
        staged.know_sizes()
        do(_restoring(staged, file.id, own_paths))
    return Merge(added, changed + dropped, staged.rows - added, has_keys)


class _Statements:
    """The statements of merges into one table, made once: what differs by file is a parameter.

    Made anew for each file, they would cost more than the rows of most files.
    """

    def __init__(self, table: Table, staged: Table) -> None:
        self.table, self.staged = table, staged
        self.values = [name for name in given(table) if name not in PLACED]
        mine = (table.c.department_id == _DEPARTMENT) & (table.c.fiscal_year == _YEAR)
        self._current = and_(mine, current(table))
        self._same_key = same_key = staged.c.row_key == table.c.row_key
        # `exists`, not a join: SQLite would go through all the department's rows
        known = exists().where(self._current, same_key)
        self.has_keys = select(staged.c.nth).where(known).limit(1)
        self.add_all = self._add(~self.has_keys.correlate(None).exists())
        differs = or_(*(_differs(table.c[name], staged.c[name]) for name in self.values))
        changed = select(table.c.id).join(staged, same_key).where(self._current, differs)
        over = closed_elsewhere(table, staged)
        if over is not None:
            others = source_file.c.path.not_in(_PATHS)
            changed = changed.join(source_file, source_file.c.id == table.c.source_file_id)
            changed = changed.where(~and_(over, others))
        self.close_changed = self._close(changed)
        dropped = (
            select(table.c.id)
            .join(source_file, source_file.c.id == table.c.source_file_id)
            .outerjoin(staged, same_key)
            .where(self._current, source_file.c.path.in_(_PATHS), staged.c.row_key.is_(None))
        )
        self.close_dropped = self._close(dropped)
        linked = source_file.alias("linked")
        links = (
            select(also_in_file.c.id, also_in_file.c.row_id)
            .join(linked, linked.c.id == also_in_file.c.source_file_id)
            .where(
                also_in_file.c.table_name == table.name,
                current(also_in_file),
                linked.c.path == _PATH,
            )
            .subquery()
        )
        # what another file says of a case that is over is no row that this file has too
        self._alike = same_key if over is None else and_(same_key, ~over)
        self.close_links = self._close_links(links)
        self.add_links = self._add_links(links)
        self.add_new = self._add(~known)
        self.keep_open = None if over is None else self._keep_open(over)

    def _close(self, ids: Select[tuple[int]]) -> Update:
        return update(self.table).where(self.table.c.id.in_(ids)).values(closed_by_id=_FILE)

    def _close_links(self, links: Subquery) -> Update:
        """Note which current rows of other files this file has no longer."""
        no_longer = (
            select(links.c.id)
            .join(self.table, self.table.c.id == links.c.row_id)
            .outerjoin(self.staged, self._alike)
            .where(self.staged.c.row_key.is_(None))
        )
        closed = update(also_in_file).where(also_in_file.c.id.in_(no_longer))
        return closed.values(closed_by_id=_FILE)

    def _add_links(self, links: Subquery) -> Insert:
        """Note which current rows of other files this file has too."""
        too = (
            select(
                literal(self.table.name),
                self.table.c.id,
                _FILE,
                self.staged.c.sheet,
                self.staged.c.row_number,
            )
            .select_from(self.table)
            .join(self.staged, self._alike)
            .join(source_file, source_file.c.id == self.table.c.source_file_id)
            .outerjoin(links, links.c.row_id == self.table.c.id)
            .where(self._current, source_file.c.path != _PATH, links.c.id.is_(None))
        )
        names = ["table_name", "row_id", "source_file_id", "sheet", "row_number"]
        return insert(also_in_file).from_select(names, too)

    def _keep_open(self, over: ColumnElement[bool]) -> Insert:
        """Add, closed at once, what counts only where the file that says otherwise is withdrawn."""
        return self._add(exists().where(self._current, self._same_key, over), closed_by_id=_FILE)

    def _add(self, which: ColumnElement[bool], **also: BindParameter[int]) -> Insert:
        names = ["sheet", "row_number", "row_key", *self.values]
        given_names = (self.staged.c[name] for name in names)
        rows = (
            select(_DEPARTMENT, _YEAR, _FILE, *also.values(), *given_names)
            .where(which)
            .order_by(self.staged.c.nth)
        )
        into = ["department_id", "fiscal_year", "source_file_id", *also, *names]
        return insert(self.table).from_select(into, rows)


def closed_elsewhere(table: Table, said: FromClause) -> ColumnElement[bool] | None:
    """Hold for rows of cases that are over, and open as another file says: it is the older one."""
    declared = register(table.name) if table.name in register_tables else None
    if declared is None or declared.came_in is None:
        return None
    over, began = str(declared.closed_by), declared.came_in.name
    came_as_well = table.c[began] == said.c[began]  # or it is another office's of that number
    return and_(table.c[over].is_not(None), said.c[over].is_(None), came_as_well)


def _differs(stored: Column[object], said: Expression) -> ColumnElement[bool]:
    """Hold where a file says otherwise; what was erased is not brought back by reading again."""
    differs = stored.is_distinct_from(said)
    if stored.info in (PERSONAL, PROSE):
        return and_(differs, or_(stored.is_distinct_from(ERASED), said.is_(None)))
    return differs


_statements = cache(_Statements)


def _restoring(staged: Staging, by: int, own_paths: Collection[str]) -> Insert:
    """Add again, for the keys that were dropped, what another file last said of them."""
    table, gone = staged.target, staged.table
    mine = (table.c.department_id == _DEPARTMENT) & (table.c.fiscal_year == _YEAR)
    dropped = (
        select(table.c.row_key)
        .outerjoin(gone, gone.c.row_key == table.c.row_key)
        .where(table.c.closed_by_id == by, gone.c.row_key.is_(None))
        .subquery()
    )
    said = still_said(table, mine, source_file.c.path.not_in(own_paths))
    ranked = (
        select(
            said,
            func.row_number()
            .over(partition_by=said.c.row_key, order_by=[said.c.overruled, said.c.said_last.desc()])
            .label("rank"),
        )
        .where(said.c.row_key.in_(select(dropped.c.row_key)))
        .subquery()
    )
    row = table.alias("closed_row")
    names = ["department_id", "fiscal_year", "row_key", *staged.values]
    rows = (
        select(
            ranked.c.source_file_id,
            ranked.c.sheet,
            ranked.c.row_number,
            literal(by),
            *(row.c[name] for name in names),
        )
        .join(row, row.c.id == ranked.c.id)
        .where(ranked.c.rank == 1)
    )
    into = ["source_file_id", "sheet", "row_number", "restored_by_id", *names]
    return insert(table).from_select(into, rows)


def still_said(table: Table, *conditions: ColumnElement[bool], of: Departments = None) -> Subquery:
    """Select closed rows with each file whose newest version still has them.

    Columns: id and row_key of the row; source_file_id, sheet and row_number of where it stands;
    path of that file and the number of its newest version (said_last); overruled, where the case
    was over by another file; a version that came since the row was closed says it no more.
    """
    newest = (
        select(source_file.c.path, func.max(source_file.c.id).label("id"))
        .where(source_file.c.outcome == "loaded", sought(source_file.c.department_id, of))
        .group_by(source_file.c.path)
        .subquery()
    )
    closed = ~current(table)  # else all rows are joined first
    places = ("source_file_id", "sheet", "row_number")
    by_owner = select(table.c.id, *(table.c[each] for each in places)).where(closed)
    by_link = select(also_in_file.c.row_id, *(also_in_file.c[each] for each in places)).where(
        also_in_file.c.table_name == table.name, current(also_in_file)
    )
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
            (newest.c.id == table.c.closed_by_id).label("overruled"),
        )
        .join(stands, stands.c.id == table.c.id)
        .join(source_file, source_file.c.id == stands.c.source_file_id)
        .join(newest, newest.c.path == source_file.c.path)
        .where(
            closed,
            or_(
                newest.c.id < table.c.closed_by_id,
                and_(newest.c.id == table.c.closed_by_id, stands.c.source_file_id == newest.c.id),
            ),
            *conditions,
        )
        .subquery()
    )
