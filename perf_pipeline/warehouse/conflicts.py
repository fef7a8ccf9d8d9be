"""One key in two files with different content (说法不同): the later word stands, and is told.

Both rows are named, with file, sheet and row, so that a person can see which is right. Vouchers of
different months that share a number are no such case: their numbers begin again each month, and
they are kept apart before rows are merged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, select

from perf_pipeline.domain.errors import Place
from perf_pipeline.registers.declaration import register
from perf_pipeline.registers.identity import KEY_MARK, Settled
from perf_pipeline.warehouse.inbox import InboxFile
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.schema import department, source_file
from perf_pipeline.warehouse.staging import Staging

MOST_TOLD = 5


def numbered_anew(staged: Staging, day: str, file: InboxFile) -> Settled:
    """Name those staged rows anew whose number another file has for a voucher of another month."""
    if not staged.rows:
        return Settled({}, (), (), 0)
    whose = {"code": file.department, "year": file.fiscal_year, "own_path": file.relative}
    rows = staged.connection.execute(_same_numbers(staged.target, staged.table, day), whose)
    renamed = {
        row.nth: f"{row.row_key}{KEY_MARK}{row.day:%Y-%m}"
        for row in rows
        if (row.day.year, row.day.month) != (row.other.year, row.other.month)
    }
    return Settled(renamed, (), (), 0)


@cache
def _same_numbers(target: Table, mine: Table, day: str) -> Select[Any]:
    return (
        select(mine.c.nth, mine.c.row_key, mine.c[day].label("day"), target.c[day].label("other"))
        .join(target, (target.c.row_key == mine.c.row_key) & current(target))
        .join(source_file, source_file.c.id == target.c.source_file_id)
        .join(department, department.c.id == target.c.department_id)
        .where(
            department.c.code == bindparam("code"),
            target.c.fiscal_year == bindparam("year"),
            source_file.c.path != bindparam("own_path"),
        )
        .order_by(mine.c.nth)
    )


def contradictions(
    connection: Connection, table: Table, file_id: int, own_paths: Collection[str]
) -> Iterator[str]:
    """Say which rows of other files this file's rows have just taken the place of.

    `own_paths` are those of the file and of what it replaces: correcting oneself is no conflict.
    """
    old, new = table.alias("old_row"), table.alias("new_row")
    query = (
        select(
            old.c.row_key,
            source_file.c.path,
            old.c.sheet,
            old.c.row_number,
            new.c.sheet.label("new_sheet"),
            new.c.row_number.label("new_row_number"),
        )
        .join(source_file, source_file.c.id == old.c.source_file_id)
        .join(
            new,
            (new.c.row_key == old.c.row_key)
            & (new.c.department_id == old.c.department_id)
            & (new.c.fiscal_year == old.c.fiscal_year)
            & (new.c.source_file_id == file_id)
            & current(new),
        )
        .where(old.c.closed_by_id == file_id, source_file.c.path.not_in(own_paths))
        .order_by(old.c.id)
    )
    found = connection.execute(query).all()
    declared = register(table.name)
    labels = "、".join(declared.column(name).label for name in declared.key)
    for row in found[:MOST_TOLD]:
        there = Place(row.path.rpartition("/")[2], row.sheet, row.row_number)
        here = Place(None, row.new_sheet, row.new_row_number)
        yield f"{labels}“{row.row_key}”：{there} 与本文件{here} 内容不同，现以本文件为准"
    if len(found) > MOST_TOLD:
        yield f"还有{len(found) - MOST_TOLD}行与别的文件{labels}相同而内容不同，现以本文件为准"
