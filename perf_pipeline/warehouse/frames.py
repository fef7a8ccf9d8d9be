"""Selects as frames of plain Python values."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from sqlalchemy import Connection

from perf_pipeline.warehouse.typed import Query


def read_frame(
    connection: Connection, query: Query, named: Mapping[str, object] | None = None
) -> pd.DataFrame:
    """Read a select into a frame of dtype object: whole numbers stay whole, None stays None."""
    result = connection.execute(query, named)
    return pd.DataFrame(list(map(tuple, result.all())), columns=list(result.keys()), dtype=object)
