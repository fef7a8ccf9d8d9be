"""Payments that have their number from another office (同号): neither takes the other's place.

Two offices of a department number their vouchers each from one. A row of another file with the same
number is corrected by a later one; where the amount and the project or the payee differ, it is
another payment, and the later row waits.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import Table, or_

from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.identity import Repeat, Settled
from perf_pipeline.warehouse.conflicts import pairs, whose
from perf_pipeline.warehouse.inbox import InboxFile
from perf_pipeline.warehouse.staging import Staging
from perf_pipeline.warehouse.typed import Query


def take_out_namesakes(staged: Staging, declared: Register, file: InboxFile) -> list[Repeat]:
    """Take a ledger's rows out that are other payments than those of their number elsewhere.

    The rows are named as those of other files are (`beside_others`). Gives which they were.
    """
    meaning = declared.amount
    mine = whose(file)
    if meaning is None:
        return []
    people = (name for name in meaning.told_by if declared.column(name).personal)
    query = _others(staged.target, staged.table, meaning.column, (meaning.whose, *people))
    found = {row.nth: row for row in staged.connection.execute(query, mine)}
    staged.settle(Settled({}, tuple(found), (), 0))
    return [
        Repeat(
            row.own_sheet,
            row.own_number,
            row.row_key,
            row.sheet,
            row.row_number,
            same=False,
            first_file=row.path.rpartition("/")[2],
        )
        for row in found.values()
    ]


@cache
def _others(target: Table, mine: Table, amount: str, apart: tuple[str, ...]) -> Query:
    others = or_(*(mine.c[name] != target.c[name] for name in apart))
    return pairs(mine, target).where(mine.c[amount] != target.c[amount], others)
