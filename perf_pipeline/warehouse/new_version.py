"""What a new version of a file brings about: rows made current or closed, what is told of it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, insert, literal, select, update

from perf_pipeline.registers.declaration import register
from perf_pipeline.warehouse import conflicts, mending
from perf_pipeline.warehouse.file_kinds import DOCUMENTS
from perf_pipeline.warehouse.inbox import InboxFile
from perf_pipeline.warehouse.merging import Merge, merge
from perf_pipeline.warehouse.named_months import not_of_its_month
from perf_pipeline.warehouse.opened import Incoming
from perf_pipeline.warehouse.overlaps import only_in_one, others_by_number
from perf_pipeline.warehouse.schema import quarantined_row, register_tables, source_file
from perf_pipeline.warehouse.seals.erasing import erase_mended
from perf_pipeline.warehouse.staged_file import Staged
from perf_pipeline.warehouse.staging import Staging
from perf_pipeline.warehouse.two_documents import said_otherwise
from perf_pipeline.warehouse.typed import StoredRow


def make_current(
    incoming: Incoming,
    recorded: StoredRow,
    staged: Staged,
    *,
    is_first: bool,
    something_waits: bool,
) -> None:
    """Merge what a file says, and let what it mends leave quarantine.

    `something_waits` tells whether any row of files like this one, itself included, is there.
    """
    connection, file, kind = staged.connection, incoming.file, incoming.kind
    if staged.before_merge is not None:
        staged.before_merge(recorded.id)
    for staging in (*staged.tables.values(), *staged.derived.values()):
        merged = merge(connection, staging, recorded, staged.replaces)
        if staging.target.name == kind:
            _tell_contradictions(file, recorded.id, staged, staging, merged)
        elif kind in DOCUMENTS and merged.met:
            own_paths = {file.relative, *staged.replaces}
            _tell(recorded.id, staged, said_otherwise(staging, recorded.id, file, own_paths))
    if not is_first:
        mending.close_of_earlier(connection, file.relative, recorded.id)
    _quarantine(connection, recorded.id, staged.quarantine)
    if something_waits:
        mending.close_mended(connection, recorded.id, staged.mended)
        if kind in register_tables and staged.counts()["rows_loaded"]:
            mending.close_arrived(connection, recorded.id, register(kind))
    if something_waits or not is_first:
        erase_mended(connection, recorded.id)


def _tell_contradictions(
    file: InboxFile, file_id: int, staged: Staged, staging: Staging, merged: Merge
) -> None:
    """Add to a file's notices where it says otherwise than others did, or less than it did."""
    asked = (staging, file_id, {file.relative, *staged.replaces})
    told: list[str] = []
    if merged.met:
        told += [*conflicts.still_open_here(staging, file), *only_in_one(staging, file_id, file)]
    told += not_of_its_month(staging, file)
    looks = (conflicts.contradictions, conflicts.rows_gone, others_by_number)
    told += [said for look in looks for said in look(*asked)] if merged.closed else []
    _tell(file_id, staged, told)


def _tell(file_id: int, staged: Staged, said: Iterable[str]) -> None:
    """Add to a file's notices."""
    if told := list(said):
        staged.notices = [*staged.notices, *told]
        of_file = update(source_file).values(notices="\n".join(staged.notices))
        staged.connection.execute(of_file.where(source_file.c.id == file_id))


def _quarantine(connection: Connection, file_id: int, staged: Staging) -> None:
    """Put a file's unreadable rows in quarantine."""
    if not staged.rows:
        return
    rows = select(literal(file_id), *(staged.table.c[name] for name in staged.names))
    rows = rows.order_by(staged.table.c.nth)
    connection.execute(insert(quarantined_row).from_select(["source_file_id", *staged.names], rows))
