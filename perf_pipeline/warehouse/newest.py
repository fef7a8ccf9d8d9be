"""The newest row of each thing on or before a date: plan points, reports, revisions, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, func, select

from perf_pipeline.warehouse.history import known_as_of


def newest_rows(
    table: Table,
    thing: Sequence[str],
    on: str,
    fiscal_year: int,
    *,
    until: date,
    since: date | None = None,
    known_at: datetime | None = None,
    name: str | None = None,
) -> Any:
    """Select, of a year's rows known at a moment, the one with the latest date of each thing.

    `thing` are the columns that say what a row is about, within its department; `on` is the date
    column, which must not be after `until` nor before `since`. One window over the table, however
    many things there are. Beside the table's columns there is `<column>_key` for each of `thing`,
    with "" in the place of nothing, to join by.
    """
    about = [func.coalesce(table.c[column], "").label(f"{column}_key") for column in thing]
    latest_first = func.row_number().over(
        partition_by=[table.c.department_id, *about],
        order_by=[table.c[on].desc(), table.c.id.desc()],
    )
    dated = table.c[on] <= until
    ranked = select(table, *about, latest_first.label("newness")).where(
        known_as_of(table, known_at),
        table.c.fiscal_year == fiscal_year,
        dated if since is None else dated & (table.c[on] >= since),
    )
    found = ranked.subquery()
    return select(found).where(found.c.newness == 1).subquery(name or f"newest_{table.name}")
