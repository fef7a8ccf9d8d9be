"""What tables of a month say of the year so far (累计), beside what all files hold of it.

Where they hold less, months are missing, and what was paid is known in part.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select, true

from perf_pipeline.domain.calendar import AsOf
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.warehouse.among import among, within
from perf_pipeline.warehouse.known import Departments, current, newest_files
from perf_pipeline.warehouse.schema import department, register_tables, source_file

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
    file = source_file.c
    tables = (
        select(file.department_id, department.c.code, file.fiscal_year, file.so_far)
        .join(department, department.c.id == file.department_id)
        .where(
            file.so_far.is_not(None),
            file.id.in_(newest_files(seen, in_force=True, departments=only)),
            within(file.department_id, only),
            true() if seen is None else file.fiscal_year == seen.fiscal_year,
        )
    )
    told: dict[tuple[str, int, str, int], Counter[date]] = defaultdict(Counter)
    for whose, code, year, lines in connection.execute(tables):
        for project, day, fen in map(json.loads, lines.splitlines()):
            told[code, year, project, whose][date.fromisoformat(day)] += fen
    if not told:
        return
    keys = (payment.c.department_id, payment.c.fiscal_year, payment.c.project_name)
    paid = (
        select(*keys, payment.c.paid_on, func.sum(payment.c.amount_fen))
        .where(current(payment, seen), among(payment.c.department_id, {of[3] for of in told}))
        .where(among(payment.c.fiscal_year, {of[1] for of in told}))
        .group_by(*keys, payment.c.paid_on)
    )
    read: dict[tuple[int, int, str], list[tuple[date, int]]] = defaultdict(list)
    for *of, day, fen in connection.execute(paid):
        read[tuple(of)].append((day, int(fen)))
    for (code, year, project, whose), by_day in sorted(told.items()):
        come = [day for day in by_day if seen is None or day <= seen.ends_on]
        on = max(come) if come else min(by_day)
        known = sum(fen for day, fen in read[whose, year, project] if day <= on)
        if by_day[on] != known:
            yield Differs(whose, code, year, project, on, by_day[on], known)
