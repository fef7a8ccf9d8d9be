"""Closings (关闭): which file's coming closed which rows, as a seal keeps it.

A row is closed with the coming of the later of two files: that which it says it was closed by, and
that which brought it (a quarantined row that was mended before it was read again).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from perf_pipeline.warehouse.schema import source_file
from perf_pipeline.warehouse.seals.declared import (
    CLOSED_BY,
    SealedTable,
    fetched,
    sealed_tables,
    written,
)

_NO_END = 2**63 - 1
Closings = dict[int, list[tuple[int, int]]]  # row and its closer, by the file with which it came


def _with_which(each: SealedTable) -> ColumnElement[int]:
    columns = each.table.c
    brought_by: ColumnElement[int] = columns.source_file_id
    if "restored_by_id" in columns:
        brought_by = func.coalesce(columns.restored_by_id, brought_by)
    return case((columns[CLOSED_BY] >= brought_by, columns[CLOSED_BY]), else_=brought_by)


def closings(
    connection: Connection, each: SealedTable, *, after: int = 0, last: int | None = None
) -> Closings:
    """Return all closings of the rows of a table with numbers beyond `after`, up to `last`."""
    between = {"after": after, "last": _NO_END if last is None else last}
    return _gathered(connection.execute(_closed(each), between))


@cache
def _closed(each: SealedTable) -> Select[int, int, int]:
    number, closer = each.table.c.id, each.table.c[CLOSED_BY]
    return (
        select(_with_which(each).label("file"), number, closer)
        .where(closer.is_not(None), number > bindparam("after"), number <= bindparam("last"))
        .order_by("file", number)
    )


@cache
def _by_new_files(dialect: Dialect) -> str:
    closing = [each.table for each in sealed_tables() if each.closes]
    # as the driver reads them: a statement that is the same each time is planned once
    named = ("%(file)s", "%(last)s") if dialect.name == "postgresql" else (":file", ":last")
    first, last = literal_column("{file}", Integer), literal_column("{last}", Integer)
    parts = (
        select(literal(table.name, Text), table.c.id, table.c[CLOSED_BY]).where(
            table.c[CLOSED_BY] > first, table.c[CLOSED_BY] <= last
        )
        for table in closing
    )
    return written(union_all(*parts), dialect).format(file=named[0], last=named[1])


def closings_since(
    connection: Connection, before: Mapping[str, int], after: Mapping[str, int]
) -> Iterator[tuple[str, Closings]]:
    """Yield each table's closings that came with files since, or with rows since."""
    found: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    new_files = {"file": before[source_file.name], "last": after[source_file.name]}
    for name, row, closer in fetched(connection, _by_new_files(connection.dialect), new_files):
        found[name].append((closer, row, closer))
    for each in sealed_tables():
        name = each.table.name
        if not each.closes:
            continue
        if after[name] > before[name]:
            known = {row for _, row, _ in found[name]}
            new = closings(connection, each, after=before[name], last=after[name])
            for file, pairs in new.items():
                found[name] += ((file, *pair) for pair in pairs if pair[0] not in known)
        if found[name]:
            yield name, _gathered(sorted(found[name]))


def _gathered(rows: Iterable[tuple[int, int, int]]) -> Closings:
    gathered: Closings = {}
    for file, row, closer in rows:
        gathered.setdefault(file, []).append((row, closer))
    return gathered
