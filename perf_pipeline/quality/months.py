"""Months of one ledger that look alike (照抄上月), or that only rise (累计数): asked about.

Last month's payments with new numbers and days, and a sum since January each month, under a
voucher's number, are payments like others by all that a file shows. Nothing is taken out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import groupby, pairwise

from sqlalchemy import BigInteger, Connection, Integer, cast, extract, func, select

from perf_pipeline.registers.declaration import register
from perf_pipeline.registers.headings import OF_MONTH
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.known import Departments, current
from perf_pipeline.warehouse.schema import department, register_tables

FEW = 5  # so many payments alike, of so many months only two, are no chance
RISES = 4  # of five months by chance one time in 120

Said = tuple[str, int, str, str, str]  # department, fiscal year, subject, what was found, to do
payment = register_tables["payment"]
MONTH = cast(extract("month", payment.c.paid_on), Integer)
Months = Mapping[int, Mapping[str, tuple[int, int]]]  # by project: how many, and fen in all


def months_alike(connection: Connection, only: Departments = None) -> Iterator[Said]:
    """Give what is odd of a ledger's months, as `doubles.reported_twice` does of its files.

    Two months are alike by each payment's project, amount, payee and purpose; where a third month
    beside them is so too, they are what is paid each month.
    """
    of = (payment.c.department_id, payment.c.fiscal_year)
    paid = cast(func.sum(payment.c.amount_fen), BigInteger).label("fen")
    query = (
        select(
            department.c.code,
            *of,
            MONTH.label("month"),
            payment.c.project_name,
            func.count().label("rows"),
            paid,
        )
        .join(department, department.c.id == payment.c.department_id)
        .where(current(payment), within(payment.c.department_id, only))
        .where(func.coalesce(payment.c.purpose, "") != OF_MONTH, payment.c.amount_fen != 0)
        .group_by(department.c.code, *of, MONTH, payment.c.project_name)
        .order_by(department.c.code, payment.c.fiscal_year, MONTH)
    )
    found = connection.execute(query)
    for whose, rows in groupby(found, lambda row: (row.code, row.fiscal_year, row.department_id)):
        months: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
        for row in rows:
            months[row.month][row.project_name] = row.rows, row.fen
        code, year, department_id = whose
        for one, next_one in _equal(months):
            paid_in = _payments(connection, department_id, year, (one, next_one))
            first, second = paid_in[one], paid_in[next_one]
            if first == second:
                said = (
                    f"{next_one}月的{first.total()}笔支付与{one}月的项目、金额、收款单位、用途"
                    "逐笔相同，像是照抄，都已计入"
                )
                action = "核对是不是把上月的又报了一次；确是每月都付的，不必改"
                yield code, year, "支付台账", said, action
        if _only_rise(months):
            said = "每个项目每月一笔，数逐月增加，像是年初以来的累计数，都已计入"
            yield code, year, "支付台账", said, "核对；是累计数的请改交各笔支付或当月数"


def _equal(months: Months) -> list[tuple[int, int]]:
    """Return the months and those after them that paid the same, where no third one did."""
    pairs = [
        (month, month + 1)
        for month, paid in months.items()
        if months.get(month + 1) == paid and sum(rows for rows, _ in paid.values()) >= FEW
    ]
    many = Counter(month for pair in pairs for month in pair)
    return [(one, other) for one, other in pairs if many[one] == many[other] == 1]


def _only_rise(months: Months) -> bool:
    """Tell whether each project pays once a month and, in months enough, more each time."""
    sums: dict[str, list[int]] = defaultdict(list)
    for month in sorted(months):
        for project, (rows, fen) in months[month].items():
            if rows > 1:
                return False
            sums[project].append(fen)
    steps = [then - before for paid in sums.values() for before, then in pairwise(paid)]
    return len(steps) >= RISES and min(steps) > 0


def _payments(
    connection: Connection, department_id: int, year: int, months: Collection[int]
) -> dict[int, Counter[tuple[object, ...]]]:
    meaning = register("payment").amount
    told_by = meaning.told_by if meaning is not None else ()
    what = (payment.c[name] for name in ("project_name", "amount_fen", *told_by))
    query = select(MONTH, *what).where(
        payment.c.department_id == department_id,
        payment.c.fiscal_year == year,
        MONTH.in_(months),
        current(payment),
        payment.c.amount_fen != 0,
    )
    found: dict[int, Counter[tuple[object, ...]]] = defaultdict(Counter)
    for month, *of in connection.execute(query):
        found[month][tuple(of)] += 1
    return found
