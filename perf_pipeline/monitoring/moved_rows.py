"""Where rows went that a figure no longer counts: to another date, project or kind, not out.

A payment that is moved from June to July leaves June's figure, and a petition that turns out to be
a suggestion leaves the rate in time, yet nobody has cancelled them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from operator import attrgetter

from sqlalchemy import Connection, Table, and_, select

from perf_pipeline.domain.calendar import AsOf
from perf_pipeline.domain.grouped import grouped
from perf_pipeline.registers.declaration import ColumnType, register
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.same import same
from perf_pipeline.warehouse.schema import register_tables
from perf_pipeline.warehouse.typed import StoredRow

PLACING = (ColumnType.DATE, ColumnType.CHOICE, ColumnType.YES_NO)


def where_rows_went(
    connection: Connection, gone: Iterable[StoredRow], now: AsOf
) -> dict[tuple[str, int], str]:
    """Tell of the rows that are current still, under the same key, what puts them elsewhere.

    `gone` are rows with source_table and source_id. By these two, the columns that place a row
    (its dates, its project, what kind it is of) and were changed:
    "支付日期由2024-06-28改为2024-07-03".
    """
    rows = (row for row in gone if row.source_table in register_tables)
    return {
        (name, number): told
        for name, some in grouped(rows, attrgetter("source_table")).items()
        for number, told in _moved(connection, name, {row.source_id for row in some}, now)
    }


def _moved(
    connection: Connection, name: str, ids: Collection[int], now: AsOf
) -> Iterator[tuple[int, str]]:
    table: Table = register_tables[name]
    later = table.alias("later")
    placing = [
        column
        for column in register(name).columns
        if column.type in PLACING or column.known_project
    ]
    if not placing:
        return
    pairs = (
        select(
            table.c.id,
            *(table.c[column.name].label(f"old_{column.name}") for column in placing),
            *(later.c[column.name].label(f"new_{column.name}") for column in placing),
        )
        .select_from(table)
        .join(
            later,
            and_(
                same(later, table, "department_id", "fiscal_year", "row_key"),
                later.c.id != table.c.id,
                current(later, now),
            ),
        )
        .where(among(table.c.id, ids))
        .order_by(table.c.id)
    )
    for row in connection.execute(pairs).mappings():
        changed = [
            f"{each.label}由{_said(row[f'old_{each.name}'])}改为{_said(row[f'new_{each.name}'])}"
            for each in placing
            if row[f"old_{each.name}"] != row[f"new_{each.name}"]
        ]
        if changed:
            yield row["id"], "、".join(changed)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "空" if value is None else str(value)
