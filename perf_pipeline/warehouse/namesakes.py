"""Payments that have their number from another office (同号): neither takes the other's place.

Two offices of a department number their vouchers each from one. A row of another file with the same
number is corrected by a later one; where the amount and the project or the payee differ, it is
another payment, and the later row waits.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import Table, or_, select

from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.identity import Repeat, Settled
from perf_pipeline.warehouse.conflicts import any_other, of_others
from perf_pipeline.warehouse.inbox import InboxFile
from perf_pipeline.warehouse.schema import source_file
from perf_pipeline.warehouse.staging import Staging
from perf_pipeline.warehouse.typed import Query


def take_out_namesakes(staged: Staging, declared: Register, file: InboxFile) -> list[Repeat]:
    """Take a ledger's rows out that are other payments than those of their number elsewhere.

    The rows are named as those of other files are (`beside_others`). Gives which they were.
    """
    meaning = declared.amount
    whose = {"code": file.department, "year": file.fiscal_year, "own_path": file.relative}
    others = any_other(staged.target)
    if meaning is None or not staged.rows or not staged.connection.execute(others, whose).first():
        return []
    people = (name for name in meaning.told_by if declared.column(name).personal)
    query = _others(staged.target, staged.table, meaning.column, (meaning.whose, *people))
    found = {row.nth: row for row in staged.connection.execute(query, whose)}
    staged.settle(Settled({}, tuple(found), (), 0))
    return [
        Repeat(
            row.sheet,
            row.row_number,
            row.row_key,
            row.first_sheet,
            row.first_row_number,
            same=False,
            first_file=row.path.rpartition("/")[2],
        )
        for row in found.values()
    ]


@cache
def _others(target: Table, mine: Table, amount: str, apart: tuple[str, ...]) -> Query:
    return (
        select(
            mine.c.nth,
            mine.c.sheet,
            mine.c.row_number,
            mine.c.row_key,
            target.c.sheet.label("first_sheet"),
            target.c.row_number.label("first_row_number"),
            source_file.c.path,
        )
        .select_from(mine)
        .join(target, target.c.row_key == mine.c.row_key)
        .join(source_file, source_file.c.id == target.c.source_file_id)
        .where(
            of_others(target),
            mine.c[amount] != target.c[amount],
            or_(*(mine.c[name] != target.c[name] for name in apart)),
        )
        .order_by(mine.c.nth)
    )
