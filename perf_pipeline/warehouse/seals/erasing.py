"""Erasing people's data (删除个人信息) so that what is sealed can still be verified.

Before a row's personal columns are overwritten, the hash of the whole row is kept as a row of
`erasure`, beside the hash of what is left; both are sealed with the act that erased. `verify` takes
the first in the row's place where the row is still what erasing left.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    false,
    insert,
    or_,
    select,
    update,
)

from perf_pipeline.domain.personal import ERASED
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.known_people import Cells, named_cells
from perf_pipeline.warehouse.schema import (
    audit_finding,
    erasure,
    metadata,
    quarantined_row,
    source_file,
)
from perf_pipeline.warehouse.seals.declared import personal_columns, sealed
from perf_pipeline.warehouse.seals.hashing import row_digest
from perf_pipeline.warehouse.seals.naming import (
    NOBODY,
    NOTHING,
    Changes,
    forget_unsaid,
    names_of,
    sentences_naming,
    subjects_naming,
)
from perf_pipeline.warehouse.seals.stored import StoredRows

AT_ONCE = 500


class Erased(NamedTuple):
    """What a row hashed to as it was sealed, and what it hashes to since it was erased."""

    digest: bytes
    left: bytes


def erased_rows(
    connection: Connection, table_name: str, between: tuple[int, int] | None = None
) -> Mapping[int, Erased]:
    """Return the erased rows of a table by their numbers, all or those between two."""
    query = select(erasure).where(erasure.c.table_name == table_name).order_by(erasure.c.id)
    if between is not None:
        query = query.where(erasure.c.row_id.between(*between))
    return {
        row.row_id: Erased(bytes.fromhex(row.digest), bytes.fromhex(row.left_digest))
        for row in connection.execute(query)
    }


def erase_mended(connection: Connection, file_id: int) -> None:
    """Erase what the rows said that left quarantine with a file."""
    left = or_(
        quarantined_row.c.closed_by_id == file_id,
        and_(quarantined_row.c.source_file_id == file_id, ~current(quarantined_row)),
    )
    _erase(connection, quarantined_row.name, left)


def erase_before(connection: Connection, fiscal_year: int) -> dict[str, int]:
    """Erase the people's data of all years before one; return how many rows of which tables.

    What of sentences and of findings' subjects names them goes too. Who is still named by a
    sentence of a later year is noted, so that he goes on being masked there.
    """
    cells = named_cells(connection, lambda table: table.c.fiscal_year < fiscal_year)
    sentences = sentences_naming(connection, cells, fiscal_year)
    forget_unsaid(connection, sentences.still)
    erased = {}
    for name, table in sorted(metadata.tables.items()):
        if not personal_columns(table):
            if changed := sentences.erased.get(name):
                erased[name] = _erase(connection, name, false(), changed)
            continue
        if "fiscal_year" in table.c:
            old: ColumnElement[bool] = table.c.fiscal_year < fiscal_year
        else:
            files = select(source_file.c.id).where(source_file.c.fiscal_year < fiscal_year)
            old = table.c.source_file_id.in_(files)
        changed = sentences.erased.get(name, {})
        if count := _erase(connection, name, old, changed, sentences.still):
            erased[name] = count
    if subjects := subjects_naming(connection, cells, fiscal_year):
        erased[audit_finding.name] = _erase(connection, audit_finding.name, false(), subjects)
    return erased


def _erase(
    connection: Connection,
    name: str,
    which: ColumnElement[bool],
    changed: Changes = NOTHING,
    still: Cells = NOBODY,
) -> int:
    """Overwrite the personal columns of some rows, and others' cells; return how many rows."""
    each = sealed(name)
    assert each is not None
    table, columns = each.table, personal_columns(each.table)
    filled = or_(false(), *(and_(c.is_not(None), c != ERASED) for c in columns))
    found = connection.execute(select(table.c.id).where(which, filled)).scalars()
    ids = sorted({*found, *changed})
    if not ids:
        return 0
    between = ids[0], ids[-1]
    stored = StoredRows(connection, each, between)
    earlier = erased_rows(connection, name, between)
    overwritten = {c.name: case((c.is_not(None), ERASED)) for c in columns}
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        before = _digests(stored, some)
        said = names_of(connection, table, some, still)
        if columns:
            mine = and_(table.c.id.in_(some), which)
            connection.execute(update(table).where(mine).values(overwritten))
        for values, numbers in _alike(changed, some):
            connection.execute(update(table).where(table.c.id.in_(numbers)).values(values))
        after = _digests(stored, some)
        kept = [
            {
                "table_name": name,
                "row_id": number,
                "digest": as_sealed(digest, earlier.get(number)).hex(),
                "left_digest": after[number].hex(),
                "still_said": "\n".join(said.get(number, ())) or None,
            }
            for number, digest in sorted(before.items())
        ]
        if kept:
            connection.execute(insert(erasure), kept)
    return len(ids)


def _alike(changed: Changes, ids: Collection[int]) -> Iterator[tuple[dict[str, object], list[int]]]:
    """Yield new values, each with the rows that they are for: sentences go in one statement."""
    of: dict[tuple[tuple[str, object], ...], list[int]] = defaultdict(list)
    for number in ids:
        if number in changed:
            of[tuple(changed[number].items())].append(number)
    for values, numbers in of.items():
        yield dict(values), numbers


def as_sealed(digest: bytes, erased: Erased | None) -> bytes:
    """Return what a row hashed to before anything of it was erased."""
    return erased.digest if erased is not None and erased.left == digest else digest


def _digests(stored: StoredRows, ids: Collection[int]) -> dict[int, bytes]:
    """Hash rows as they were sealed; one of this transaction, not yet sealed, has no hash."""
    firsts = [each.first_id for each in stored.seals]
    found = {}
    for row in stored.numbered(ids):
        number = int(row[stored.number])
        at = bisect_right(firsts, number) - 1
        of = stored.seals[at] if at >= 0 else None
        if of is not None and number < of.first_id + of.rows:
            found[number] = row_digest(stored.picked(of.columns)(row))
    return found
