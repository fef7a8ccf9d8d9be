"""Reading adjustments (调整) from the results that they were kept with."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import Connection, select

from perf_pipeline.domain.grouped import grouped
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.derived import Adjustment, adjustment


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
