"""Sealing what a transaction wrote, in that transaction: an act in the log, hashes of its rows.

What is sealed is what came after the transaction began. A row that another way put into a table
before is never taken for the product's own: no seal covers it, and `verify` names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import groupby, islice
from operator import itemgetter

from sqlalchemy import (
    Connection,
    Dialect,
    bindparam,
    func,
    insert,
    select,
)

from perf_pipeline.warehouse.bulk import put
from perf_pipeline.warehouse.code_digest import code_digest
from perf_pipeline.warehouse.schema import act, seal, source_file
from perf_pipeline.warehouse.seals.closings import closings, closings_since
from perf_pipeline.warehouse.seals.declared import (
    SealedTable,
    fetched,
    sealed_tables,
    spelled,
    written,
)
from perf_pipeline.warehouse.seals.deed import Acting, Deed, named, this_run
from perf_pipeline.warehouse.seals.hashing import (
    MARK,
    Row,
    act_digest,
    content_of,
    row_digests,
    spelled_moment,
)
from perf_pipeline.warehouse.typed import Query

LARGEST = 1_000  # rows of a seal
_NO_END = 2**63 - 1
_SEQUENCES = "perf_pipeline_sequences"
ACTING = "perf_pipeline_acting"
SEALED_OF_A_SEAL = (
    *("table_name", "kind", "columns", "department_id", "about_id"),
    *("first_id", "rows", "marks", "content"),
)
Newest = Mapping[str, int]
_LAST_ACT = select(act.c.digest).order_by(act.c.id.desc()).limit(1)
_NEW_ACT = insert(act).returning(act.c.id)


@cache
def _newest(dialect: Dialect) -> str:
    newest = (select(func.max(each.table.c.id)).scalar_subquery() for each in sealed_tables())
    return written(select(*newest), dialect)


def _last_numbers(connection: Connection) -> str:
    """Write the question what number each table gave out last, once a connection.

    To find which sequence is a table's own takes longer than to ask it.
    """
    asked: str | None = connection.info.get(_SEQUENCES)
    if asked is None:
        names = (func.pg_get_serial_sequence(each.table.name, "id") for each in sealed_tables())
        sequences = connection.execute(select(*names)).one()
        asked = "SELECT " + ", ".join(f"pg_sequence_last_value('{n}'::regclass)" for n in sequences)
        connection.info[_SEQUENCES] = asked
    return asked


def newest_rows(connection: Connection) -> Newest:
    """Return the number of the newest row of each sealed table, 0 where it has none.

    On PostgreSQL the last number that was given out: a row put in by another way, with a number
    far ahead, does not hide those that the product numbers after it.
    """
    by_sequence = connection.dialect.name == "postgresql"
    (found,) = fetched(
        connection, _last_numbers(connection) if by_sequence else _newest(connection.dialect)
    )
    return {each.table.name: at or 0 for each, at in zip(sealed_tables(), found, strict=True)}


def record(connection: Connection, before: Newest, deed: Deed | None) -> None:
    """Seal the rows that came since, and what they closed, as one act; none where nothing came."""
    after = newest_rows(connection)
    seals: list[dict[str, object]] = []
    for each in sealed_tables():
        name = each.table.name
        if after[name] > before[name]:
            seals += _row_seals(connection, each, before[name], after[name])
    if after[source_file.name] > before[source_file.name]:
        for name, found in closings_since(connection, before, after):
            seals += closing_seals(name, found)
    if seals or deed is not None:
        add_act(connection, deed or Deed(), seals)


def take_over(connection: Connection, deed: Deed) -> None:
    """Begin the log of a warehouse: what it holds already is sealed as it is found."""
    seals: list[dict[str, object]] = []
    for each in sealed_tables():
        seals += _row_seals(connection, each, 0, None)
        if each.closes:
            seals += closing_seals(each.table.name, closings(connection, each))
    add_act(connection, deed, seals)


def is_begun(connection: Connection) -> bool:
    """Tell whether the log has its first act."""
    return connection.execute(select(act.c.id).limit(1)).first() is not None


def add_act(connection: Connection, deed: Deed, seals: list[dict[str, object]]) -> None:
    """Add an act with its seals to the end of the chain."""
    told: Acting | None = connection.get_execution_options().get(ACTING)
    acting = told or Acting(named(None), this_run())
    moment = datetime.now(UTC)
    said: dict[str, object] = {
        "what": str(deed.what),
        "subject": deed.subject,
        "person": deed.person or acting.person,
        "run": acting.run,
        "code": code_digest(),
        "rules": acting.rules,
        "happened_at": spelled_moment(moment),
        "previous": connection.scalar(_LAST_ACT) or "",
    }
    digest = act_digest(
        [*said.values()], ([each[name] for name in SEALED_OF_A_SEAL] for each in seals)
    )
    row = said | {"happened_at": moment, "digest": digest}
    number = connection.execute(_NEW_ACT, row).scalar_one()
    if seals:
        columns = ([each[name] for each in seals] for name in SEALED_OF_A_SEAL)
        put(connection, seal, ["act_id", *SEALED_OF_A_SEAL], [[number] * len(seals), *columns])


@cache
def _rows(each: SealedTable, dialect: str) -> Query:
    table = each.table
    return (
        select(*(spelled(table.c[name], dialect) for name in each.columns))
        .where(table.c.id > bindparam("after"), table.c.id <= bindparam("last"))
        .order_by(table.c.id)
    )


def _row_seals(
    connection: Connection, each: SealedTable, after: int, last: int | None
) -> Iterator[dict[str, object]]:
    """Seal the rows beyond `after`, up to `last`, in runs: of one owner, without a gap."""
    between = {"after": after, "last": _NO_END if last is None else last}
    query = _rows(each, connection.dialect.name)
    # in parts, PostgreSQL opens a cursor: five answers where few rows take one
    few = last is not None and last - after <= LARGEST
    options = {} if few else {"yield_per": LARGEST}
    found = connection.execute(query, between, execution_options=options)
    at = {name: nth for nth, name in enumerate(each.columns)}
    number, owned = at["id"], [at[name] for name in ("department_id", each.about) if name in at]
    for part in found.partitions(LARGEST):
        whole: list[Row] = [*map(tuple, part)]
        of_part = iter(row_digests(whole))
        for rows in _runs(whole, number, owned):
            digests = [*islice(of_part, len(rows))]
            first = dict(zip(each.columns, rows[0], strict=True))
            yield {
                "table_name": each.table.name,
                "kind": "rows",
                "columns": ",".join(each.columns),
                "department_id": first.get("department_id"),
                "about_id": first.get(each.about or ""),
                "first_id": first["id"],
                "rows": len(rows),
                "marks": "".join(one.hex()[:MARK] for one in digests),
                "content": content_of(digests),
            }


def _runs(rows: list[Row], number: int, owned: Sequence[int]) -> Iterator[list[Row]]:
    """Part rows, in the order of their numbers, into those of one owner without a gap."""
    no_gap = rows[-1][number] - rows[0][number] == len(rows) - 1
    if no_gap and all(len(set(map(itemgetter(column), rows))) == 1 for column in owned):
        yield rows  # as nearly always
        return

    def run_of(nth: tuple[int, Row]) -> tuple[object, ...]:
        place, row = nth
        return row[number] - place, *(row[column] for column in owned)

    for _, run in groupby(enumerate(rows), key=run_of):
        yield [row for _, row in run]


def closing_seals(
    name: str, found: Mapping[int, list[tuple[int, int]]]
) -> Iterator[dict[str, object]]:
    """Seal which rows of a table were closed with which file."""
    for file, pairs in found.items():
        for start in range(0, len(pairs), LARGEST):
            part = pairs[start : start + LARGEST]
            yield {
                "table_name": name,
                "kind": "closings",
                "columns": "id,closed_by_id",
                "department_id": None,
                "about_id": file,
                "first_id": part[0][0],
                "rows": len(part),
                "marks": " ".join(f"{row}:{by}" for row, by in part),
                "content": content_of(row_digests(part)),
            }
