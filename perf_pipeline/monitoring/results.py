"""The results of versions as they stand in the warehouse, as typed rows."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Connection, select

from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.judgements import IndicatorResult, SpendingResult
from perf_pipeline.warehouse.result import JudgedRow
from perf_pipeline.warehouse.schema import snapshot

Row = TypeVar("Row", bound=JudgedRow)


class Part(StrEnum):
    """Which half of the double monitoring (双监控) a figure belongs to."""

    SPENDING = "spending"
    INDICATOR = "indicator"


class SpendingOf(SpendingResult):
    """A spending result with the department that it is of."""

    department_id: int


class IndicatorOf(IndicatorResult):
    """An indicator's result with the department that it is of."""

    department_id: int


RESULTS: dict[Part, type[SpendingOf] | type[IndicatorOf]] = {
    Part.SPENDING: SpendingOf,
    Part.INDICATOR: IndicatorOf,
}


def read_results(connection: Connection, of: type[Row], snapshots: Collection[int]) -> list[Row]:
    """Read the rows of some versions of one result, in the order in which they were written."""
    table = of.table
    query = (
        select(table, snapshot.c.department_id)
        .join(snapshot, snapshot.c.id == table.c.snapshot_id)
        .where(among(snapshot.c.id, snapshots))
        .order_by(table.c.id)
    )
    return list(of.read(connection, query))
