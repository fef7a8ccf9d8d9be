"""What tables of a month say of the year so far (累计), beside what all files hold of it.

Where they hold less, months are missing, and what was paid is known in part. What a payee got so
far (收款单位的累计) may begin with a contract of years ago: it is asked about alone.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select, true

from perf_pipeline.domain.calendar import AsOf
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.warehouse.among import among, within
from perf_pipeline.warehouse.known import Departments, current, says_now
from perf_pipeline.warehouse.schema import department, register_tables, source_file

payment = register_tables["payment"]


@dataclass(frozen=True)
class Differs:
    """A project, or its payee, of which a table tells another sum so far, in fen, than was read."""

    department_id: int
    code: str
    fiscal_year: int
    project: str
    on: date
    so_far: int
    read: int
    of_payee: bool = False  # whose name is not told: the sum shows the row

    def __str__(self) -> str:
        said = (
            f"到{self.on}，表上累计{format_yuan(self.so_far)}元，"
            f"各表的当月数加起来是{format_yuan(self.read)}元"
        )
        return f"有一个收款单位，{said}" if self.of_payee else said


def unlike_so_far(
    connection: Connection, seen: AsOf | None = None, only: Departments = None
) -> Iterator[Differs]:
    """Give the projects whose newest table, by the day that is asked for, tells another sum.

    Where all tables are of later days, the first one tells. Of payees only those are given of whom
    less was read: a table need not name whom it paid nothing. `only` are departments by row number.
    """
    file = source_file.c
    tables = (
        select(file.id, file.department_id, file.fiscal_year, department.c.code, file.so_far)
        .join(department, department.c.id == file.department_id)
        .where(
            file.so_far.is_not(None),
            says_now(source_file, seen),
            within(file.department_id, only),
            true() if seen is None else file.fiscal_year == seen.fiscal_year,
        )
    )
    lines = [
        (*of, *json.loads(line))
        for *of, written in connection.execute(tables)
        for line in written.splitlines()
    ]
    if not lines:
        return
    of = (payment.c.department_id, payment.c.fiscal_year, payment.c.project_name, payment.c.payee)
    paid = (
        select(*of, payment.c.paid_on, func.sum(payment.c.amount_fen))
        .where(current(payment, seen), among(payment.c.department_id, {line[1] for line in lines}))
        .where(among(payment.c.fiscal_year, {line[2] for line in lines}))
        .group_by(*of, payment.c.paid_on)
    )
    read: dict[tuple[int, int, str, str], list[tuple[date, int]]] = defaultdict(list)
    for whose, year, project, payee, day, fen in connection.execute(paid):
        for each in {"", payee or ""}:  # of the project, and of the payee
            read[whose, year, project, each].append((day, int(fen)))
    place = (payment.c.source_file_id, payment.c.sheet, payment.c.row_number)
    with_rows = {file_id for file_id, *_, row in lines if isinstance(row, list)}
    rows = select(*place, payment.c.payee).where(
        current(payment, seen), among(payment.c.source_file_id, with_rows)
    )
    payees = {(*at,): payee for *at, payee in connection.execute(rows)}
    told: dict[tuple[str, int, str, str, int], dict[date, list[int]]] = defaultdict(dict)
    for file_id, whose, year, code, project, day, fen, *row in lines:
        payee = payees.get((file_id, *row[0])) if any(row) else ""
        if payee is not None:
            by_day = told[code, year, project, payee, whose]
            by_day.setdefault(date.fromisoformat(day), []).append(fen)
    for (code, year, project, payee, whose), by_day in sorted(told.items()):
        come = [day for day in by_day if seen is None or day <= seen.ends_on]
        on = max(come) if come else min(by_day)
        known = sum(fen for day, fen in read[whose, year, project, payee] if day <= on)
        so_far = sum(by_day[on])
        # a payee of several lines may have its whole sum on each, or on the last
        if known != so_far and (not payee or (known < so_far and known != max(by_day[on]))):
            yield Differs(whose, code, year, project, on, so_far, known, bool(payee))
