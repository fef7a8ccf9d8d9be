"""Two files of one ledger that tell of the same payments under other numbers (重复报送).

Accounting and treasury number the same payments each their own way, and an export without numbers
that has a column more names no row as before; a list of sums tells of payments that another has one
by one. Two systems keep the same cases likewise. Nothing is taken out: only a person knows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate, combinations, groupby

from sqlalchemy import Connection, func, select

from perf_pipeline.quality.months import Said
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.known import Departments, current
from perf_pipeline.warehouse.schema import department, register_tables, source_file
from perf_pipeline.warehouse.typed import StoredRow

NEAR, SAME_DAY = timedelta(days=7), timedelta()  # booked one day, cleared another
A_MONTH = timedelta(days=31)  # whose sum is of its last day
FEW = 3  # so many payments alike are no chance
MOST = 100_000  # rows of a file that are compared
SHARE = 0.8  # of the smaller file's payments, or half of them on the same days

_ACTION = "核对是不是同一批支付；是的请只留一份，撤下另一份"
_CASES = "核对是不是同一批事项；是的请只留一份，或统一编号后重交"
payment = register_tables["payment"]
Paid = dict[str, list[tuple[date, int]]]  # by project, in the order of days


def reported_twice(connection: Connection, only: Departments = None) -> Iterator[Said]:
    """Give pairs of files: department, fiscal year, subject, what was found, what to do."""
    of = (payment.c.department_id, payment.c.fiscal_year, payment.c.source_file_id)
    days = (func.min(payment.c.paid_on).label("first"), func.max(payment.c.paid_on).label("last"))
    query = (
        select(*of, *days, func.count().label("rows"), source_file.c.path, department.c.code)
        .join(source_file, source_file.c.id == payment.c.source_file_id)
        .join(department, department.c.id == payment.c.department_id)
        .where(current(payment), within(payment.c.department_id, only), payment.c.amount_fen != 0)
        .group_by(*of, source_file.c.path, department.c.code)
        .having(func.count() <= MOST)
        .order_by(department.c.code, payment.c.fiscal_year, source_file.c.path)
    )
    for (code, year), files in groupby(
        connection.execute(query), lambda row: (row.code, row.fiscal_year)
    ):
        read: dict[int, Paid] = {}
        for one, other in combinations(sorted(files, key=lambda file: file.rows), 2):
            if one.first - A_MONTH > other.last or other.first - A_MONTH > one.last:
                continue
            for each in (one, other):
                if each.source_file_id not in read:
                    read[each.source_file_id] = _paid(connection, each)
            fewer, more = read[one.source_file_id], read[other.source_file_id]
            few, many = _name(one), _name(other)
            enough = max(FEW, SHARE * one.rows)
            near, on_day = _same(fewer, more, NEAR), _same(fewer, more, SAME_DAY)
            if near >= enough or on_day >= one.rows / 2:
                said = f"“{few}”与“{many}”有{near}笔项目、金额相同，日期相差不过7天"
                yield code, year, "支付台账", f"{said}，像是同一批支付报了两次，都已计入", _ACTION
            elif (sums := _sums(fewer, more)) and sums[0] >= SHARE * one.rows and sums[1] >= FEW:
                said = f"“{few}”有{sums[0]}行是“{many}”里各笔的合计，都已计入"
                yield code, year, "支付台账", said, _ACTION


def cases_kept_twice(connection: Connection, only: Departments = None) -> Iterator[Said]:
    """Give pairs of files whose cases have the same days under other numbers, as `reported_twice`.

    Cases are known by the days on which they came in and were over, and by how many have those: two
    towns settle some on most days. Open ones are not compared.
    """
    for declared in load_registers():
        table = register_tables[declared.name]
        if declared.came_in is None or declared.closed_by is None:
            continue
        dates = f"{declared.came_in.label}、{declared.column(declared.closed_by).label}"
        days = table.c[declared.came_in.name], table.c[declared.closed_by]
        query = (
            select(source_file.c.path, department.c.code, table.c.fiscal_year, *days)
            .join(source_file, source_file.c.id == table.c.source_file_id)
            .join(department, department.c.id == table.c.department_id)
            .where(current(table), within(table.c.department_id, only), days[1].is_not(None))
        )
        cases: dict[tuple[str, int], dict[str, Counter[tuple[object, ...]]]] = defaultdict(dict)
        for path, code, year, *of in connection.execute(query):
            cases[code, year].setdefault(path, Counter())[tuple(of)] += 1
        for (code, year), files in sorted(cases.items()):
            for (one, fewer), (other, more) in combinations(sorted(files.items()), 2):
                same = sum(cases for of, cases in fewer.items() if more[of] == cases)
                if same > 1 and 2 * same >= min(fewer.total(), more.total()):
                    names = [path.rpartition("/")[2] for path in (one, other)]
                    said = f"“{names[0]}”与“{names[1]}”有{same}件只有编号不同（{dates}都相同）"
                    yield code, year, declared.label, f"{said}，像是同一批事项，都已计入", _CASES


def _paid(connection: Connection, file: StoredRow) -> Paid:
    found: Paid = defaultdict(list)
    rows = select(payment.c.project_name, payment.c.paid_on, payment.c.amount_fen).where(
        payment.c.source_file_id == file.source_file_id,
        current(payment),
        payment.c.amount_fen != 0,
    )
    for project, day, amount in connection.execute(rows.order_by(payment.c.paid_on)):
        found[project].append((day, amount))
    return found


def _same(one: Paid, other: Paid, near: timedelta) -> int:
    """Return how many payments have one of the same project and amount near them."""
    found = 0
    for project in one.keys() & other.keys():
        left: dict[int, list[date]] = defaultdict(list)
        for day, amount in other[project]:
            left[amount].append(day)
        for day, amount in one[project]:
            days = left[amount]
            at = bisect_left(days, day - near)
            if at < len(days) and days[at] <= day + near:
                del days[at]
                found += 1
    return found


def _sums(one: Paid, other: Paid) -> tuple[int, int]:
    """Return how many rows add up what was paid since the one before them, and how many those."""
    found = payments = 0
    for project in one.keys() & other.keys():
        days = [day for day, _ in other[project]]
        paid = [0, *accumulate(amount for _, amount in other[project])]
        before = 0
        for day, amount in one[project]:
            upto = bisect_right(days, day)
            if upto > before and paid[upto] - paid[before] == amount:
                found, payments = found + 1, payments + upto - before
            before = upto
    return found, payments


def _name(file: StoredRow) -> str:
    return str(file.path).rpartition("/")[2]
