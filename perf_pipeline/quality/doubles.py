"""Two files of one ledger that tell of the same payments under other numbers (重复报送).

Accounting and treasury number the same payments each their own way, and an export without numbers
that has a column more names no row as before; a list of sums tells of payments that another has one
by one. Nothing is taken out: only a person knows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate, combinations, groupby
from typing import Any

from sqlalchemy import Connection, func, select

from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.known import Departments, current
from perf_pipeline.warehouse.schema import department, register_tables, source_file

NEAR = timedelta(days=7)  # booked one day, cleared another
FEW = 3  # so many payments alike are no chance
MOST = 100_000  # rows of a file that are compared
SHARE = 0.8  # of the smaller file's payments

_ACTION = "核对是不是同一批支付；是的请只留一份，撤下另一份"
payment = register_tables["payment"]
Paid = dict[str, list[tuple[date, int]]]  # by project, in the order of days


def reported_twice(
    connection: Connection, only: Departments = None
) -> Iterator[tuple[str, int, str, str, str]]:
    """Give pairs of files: department, fiscal year, subject, what was found, what to do."""
    of = (payment.c.department_id, payment.c.fiscal_year, payment.c.source_file_id)
    days = (func.min(payment.c.paid_on).label("first"), func.max(payment.c.paid_on).label("last"))
    query = (
        select(*of, *days, func.count().label("rows"), source_file.c.path, department.c.code)
        .join(source_file, source_file.c.id == payment.c.source_file_id)
        .join(department, department.c.id == payment.c.department_id)
        .where(current(payment), within(payment.c.department_id, only))
        .group_by(*of, source_file.c.path, department.c.code)
        .having(func.count().between(FEW, MOST))
        .order_by(department.c.code, payment.c.fiscal_year, source_file.c.path)
    )
    for (code, year), files in groupby(
        connection.execute(query), lambda row: (row.code, row.fiscal_year)
    ):
        read: dict[int, Paid] = {}
        for one, other in combinations(sorted(files, key=lambda file: file.rows), 2):
            if one.first - NEAR > other.last or other.first - NEAR > one.last:
                continue
            for each in (one, other):
                if each.source_file_id not in read:
                    read[each.source_file_id] = _paid(connection, each)
            fewer, more = read[one.source_file_id], read[other.source_file_id]
            few, many = _name(one), _name(other)
            enough = max(FEW, SHARE * one.rows)
            if (same := _same(fewer, more)) >= enough:
                said = f"“{few}”与“{many}”有{same}笔项目、金额相同，日期相差不过7天"
                yield code, year, "支付台账", f"{said}，像是同一批支付报了两次，都已计入", _ACTION
            elif (same := _sums(fewer, more)) >= enough:
                said = f"“{few}”有{same}行是“{many}”里各笔的合计，都已计入"
                yield code, year, "支付台账", said, _ACTION


def _paid(connection: Connection, file: Any) -> Paid:
    found: Paid = defaultdict(list)
    rows = select(payment.c.project_name, payment.c.paid_on, payment.c.amount_fen).where(
        payment.c.source_file_id == file.source_file_id, current(payment)
    )
    for project, day, amount in connection.execute(rows.order_by(payment.c.paid_on)):
        found[project].append((day, amount))
    return found


def _same(one: Paid, other: Paid) -> int:
    """Return how many payments have one of the same project and amount near them."""
    found = 0
    for project in one.keys() & other.keys():
        left: dict[int, list[date]] = defaultdict(list)
        for day, amount in other[project]:
            left[amount].append(day)
        for day, amount in one[project]:
            days = left[amount]
            at = bisect_left(days, day - NEAR)
            if at < len(days) and days[at] <= day + NEAR:
                del days[at]
                found += 1
    return found


def _sums(one: Paid, other: Paid) -> int:
    """Return how many rows add up what was paid since the one before them."""
    found = 0
    for project in one.keys() & other.keys():
        days = [day for day, _ in other[project]]
        paid = [0, *accumulate(amount for _, amount in other[project])]
        before = 0
        for day, amount in one[project]:
            upto = bisect_right(days, day)
            found += upto > before and paid[upto] - paid[before] == amount
            before = upto
    return found


def _name(file: Any) -> str:
    return str(file.path).rpartition("/")[2]
