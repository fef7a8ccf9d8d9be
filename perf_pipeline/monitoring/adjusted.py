"""Reading adjustments (调整) from the results that they were kept with."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, select

from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.schema import adjustment


def read_adjustments(
    connection: Connection, snapshots: Collection[int]
) -> dict[int, list[dict[str, object]]]:
    """Read the adjustments that stand in some versions of results, by version."""
    query = select(adjustment).where(among(adjustment.c.snapshot_id, snapshots))
    found: dict[int, list[dict[str, object]]] = defaultdict(list)
    for row in connection.execute(query.order_by(adjustment.c.id)).mappings():
        kept = dict(row)
        del kept["id"]
        kept["sources"] = json.loads(kept["sources"])
        found[kept.pop("snapshot_id")].append(kept)
    return found
