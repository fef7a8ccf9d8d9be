"""How a quarantined row leaves quarantine when its mended copy is handed in.

A quarantined row has a mark (隔离号) that comes from its content alone, so that it is the same in
every warehouse, and when the file that it stands in is read again. The workbook of quarantined
rows carries the marks; a file with rows that bear them takes the place of the rows marked.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    exists,
    func,
    select,
    update,
)

from perf_pipeline.registers.cells import CellError, read_cell
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.identity import key_of
from perf_pipeline.registers.row_text import cells_of
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import quarantined_row, register_tables, source_file

_this = source_file.alias("this_file")
_LIKE = same(_this, source_file, "department_id", "fiscal_year", "kind")


class Marks:
    """Gives the quarantined rows of one file their marks; rows that are alike are counted."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, text: str) -> str:
        """Return the mark of the file's next quarantined row, from its text."""
        self._seen[text] += 1
        digest = hashlib.sha256(f"{self._seen[text]}\n{text}".encode()).hexdigest()
        return digest[:12].upper()


def in_quarantine(
    connection: Connection, departments: Collection[int]
) -> set[tuple[int, int, str]]:
    """Return of which departments, years and kinds of files any row is in quarantine."""
    waits = exists().where(
        quarantined_row.c.source_file_id == source_file.c.id, current(quarantined_row)
    )
    files = (
        select(source_file.c.department_id, source_file.c.fiscal_year, source_file.c.kind)
        .where(
            among(source_file.c.department_id, departments),
            source_file.c.rows_quarantined > 0,
            waits,
        )
        .distinct()
    )
    return {(whose, year, kind) for whose, year, kind in connection.execute(files)}


def close_of_earlier(connection: Connection, path: str, file_id: int) -> None:
    """Close the rows of a file's earlier versions, which no longer hold."""
    earlier = select(source_file.c.id).where(
        source_file.c.path == path, source_file.c.id != file_id
    )
    connection.execute(
        update(quarantined_row)
        .where(quarantined_row.c.source_file_id.in_(earlier), current(quarantined_row))
        .values(closed_by_id=file_id)
    )


def close_mended(connection: Connection, file_id: int, mended: Collection[str]) -> None:
    """Close the rows that this file mends, and those of this file that another has mended.

    The rows are of the same register, department and year. A row that came back and is still
    wrong stands in quarantine under its new content.
    """
    if mended:
        connection.execute(
            update(quarantined_row)
            .where(among(quarantined_row.c.mark, mended), *_of_others(file_id))
            .values(closed_by_id=file_id)
        )
    mender = _mender(file_id)
    connection.execute(
        update(quarantined_row)
        .where(
            quarantined_row.c.source_file_id == file_id,
            current(quarantined_row),
            mender.is_not(None),
        )
        .values(closed_by_id=mender)
    )


def _of_others(file_id: int) -> tuple[ColumnElement[bool], ...]:
    """Hold for rows in quarantine of other files of the same register, department and year."""
    files_like = select(source_file.c.id).join(_this, _LIKE).where(_this.c.id == file_id)
    return (
        quarantined_row.c.source_file_id.in_(files_like.scalar_subquery()),
        quarantined_row.c.source_file_id != file_id,
        current(quarantined_row),
    )


def close_arrived(connection: Connection, file_id: int, declared: Register) -> None:
    """Close quarantined rows of other files whose key this file has brought as a good row.

    So a row that was mended in another file leaves quarantine without its mark. A row that only
    repeats the key of a good one of its own file is another matter, and stays.
    """
    query = select(quarantined_row).where(*_of_others(file_id))
    waiting = [(row, _key(row.row_text, declared)) for row in connection.execute(query)]
    table = register_tables[declared.name]
    arrived = select(table.c.row_key).where(table.c.source_file_id == file_id, current(table))
    wanted = {key for _, key in waiting if key is not None}
    if not wanted:
        return
    here = set(connection.execute(arrived.where(among(table.c.row_key, wanted))).scalars())
    for row, key in waiting:
        if key not in here:
            continue
        own = exists().where(table.c.source_file_id == row.source_file_id, table.c.row_key == key)
        if not connection.scalar(select(own)):
            closed = update(quarantined_row).where(quarantined_row.c.id == row.id)
            connection.execute(closed.values(closed_by_id=file_id))


def _key(row_text: str | None, declared: Register) -> str | None:
    """Return the key that a quarantined row would have had, where its cells tell it."""
    cells = cells_of(row_text) if row_text else {}
    try:
        values = [read_cell(cells.get(c.label), c) for c in map(declared.column, declared.key)]
    except CellError:
        return None
    return key_of(values) if any(value is not None for value in values) else None


def _mender(file_id: int) -> ScalarSelect[int]:
    """Select the file under another path that mended an earlier reading of the same row."""
    earlier = quarantined_row.alias("earlier_row")
    its_file, mending = source_file.alias("its_file"), source_file.alias("mending_file")
    return (
        select(func.max(mending.c.id))
        .select_from(earlier)
        .join(its_file, its_file.c.id == earlier.c.source_file_id)
        .join(mending, mending.c.id == earlier.c.closed_by_id)
        .where(
            earlier.c.mark == quarantined_row.c.mark,
            mending.c.path != its_file.c.path,
            exists().where(
                _this.c.id == file_id,
                same(_this, its_file, "department_id", "fiscal_year", "kind"),
                _this.c.path != mending.c.path,
            ),
        )
        .scalar_subquery()
    )
