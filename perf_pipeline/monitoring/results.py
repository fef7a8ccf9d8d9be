"""The results of versions as they stand in the warehouse, as typed rows."""

from __future__ import annotations

import json
from collections.abc import Collection
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Connection, select

from perf_pipeline.domain.grouped import grouped
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.derived import Adjustment, adjustment
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


class Adjusted(Adjustment):
    """An adjustment as it was kept; `came_from` are the source rows that made it."""

    @property
    def came_from(self) -> dict[str, object]:
        """Return rows (file, row, old, new) and how many there are beyond."""
        return dict(json.loads(self.sources))

    def to_dict(self) -> dict[str, object]:
        """Return what programs read of it."""
        return {**self.stored(), "sources": self.came_from}


def read_adjustments(
    connection: Connection, snapshots: Collection[int]
) -> dict[int, list[Adjusted]]:
    """Read the adjustments that stand in some versions of results, by version."""
    query = select(adjustment).where(among(adjustment.c.snapshot_id, snapshots))
    rows = Adjusted.read(connection, query.order_by(adjustment.c.id))
    return grouped(rows, lambda row: row.snapshot_id)
