"""What tables of a month say of the year so far (累计), beside what all files hold of it.

Where they hold less, months are missing, and what was paid is known in part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby

from sqlalchemy import Connection, func, select, true

from perf_pipeline.domain.calendar import AsOf
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.registers.months_across import OF_MONTH, SO_FAR
from perf_pipeline.warehouse.among import within
from perf_pipeline.warehouse.known import Departments, current
from perf_pipeline.warehouse.schema import department, register_tables

payment = register_tables["payment"]


@dataclass(frozen=True)
class Differs:
    """A project of which a table tells another sum of the year so far, in fen, than was read."""

    department_id: int
    code: str
    fiscal_year: int
    project: str
    on: date
    so_far: int
    read: int

    def __str__(self) -> str:
        """Say both sums."""
        return (
            f"到{self.on}，表上累计{format_yuan(self.so_far)}元，"
            f"各表的当月数加起来是{format_yuan(self.read)}元"
        )


def unlike_so_far(
    connection: Connection, seen: AsOf | None = None, only: Departments = None
) -> Iterator[Differs]:
    """Give the projects whose newest table, by the day that is asked for, tells another sum.

    Where all tables are of later days, the first one tells. `only` are departments by row number.
    """
    of_year = true() if seen is None else payment.c.fiscal_year == seen.fiscal_year
    there = (current(payment, seen), of_year, within(payment.c.department_id, only))
    keys = (payment.c.department_id, payment.c.fiscal_year, payment.c.project_name)
    query = (
        select(*keys, payment.c.paid_on, payment.c.amount_fen, payment.c.purpose, department.c.code)
        .join(department, department.c.id == payment.c.department_id)
        .where(*there, payment.c.purpose.like(f"{OF_MONTH}%"))
        .order_by(department.c.code, payment.c.fiscal_year, payment.c.project_name)
        .order_by(payment.c.paid_on, payment.c.id)
    )
    for whose, rows in groupby(connection.execute(query).all(), lambda row: tuple(row[:3])):
        told = [(row, said) for row in rows if (said := SO_FAR.fullmatch(row.purpose))]
        come = [each for each in told if seen is None or each[0].paid_on <= seen.ends_on]
        for row, said in come[-1:] or told[:1]:
            so_far = int(row.amount_fen * Fraction(said["so_far"]) / Fraction(said["month"]))
            of_project = (one == its for one, its in zip(keys, whose, strict=True))
            paid = select(func.sum(payment.c.amount_fen)).where(
                *there, *of_project, payment.c.paid_on <= row.paid_on
            )
            read = int(connection.scalar(paid) or 0)
            if so_far != read:
                of = (row.department_id, row.code, row.fiscal_year, row.project_name)
                yield Differs(*of, row.paid_on, so_far, read)
