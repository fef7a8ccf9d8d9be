"""The results of versions as they stand in the warehouse, as rows to compare."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select

from perf_pipeline.monitoring.comparison import TABLES, Part
from perf_pipeline.warehouse.schema import snapshot


def read_results(
    connection: Connection, part: Part, snapshots: Collection[int]
) -> list[dict[str, Any]]:
    """Read one part of the results of some versions, each row with its department_id."""
    table = TABLES[part]
    query = (
        select(table, snapshot.c.department_id)
        .join(snapshot, snapshot.c.id == table.c.snapshot_id)
        .where(snapshot.c.id.in_(snapshots))
        .order_by(table.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
