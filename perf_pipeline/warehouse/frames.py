"""Selects as frames of plain Python values, and frames as rows of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from perf_pipeline.warehouse.typed import Query


def read_frame(
    connection: Connection, query: Query, named: Mapping[str, object] | None = None
) -> pd.DataFrame:
    """Read a select into a frame of dtype object: whole numbers stay whole, None stays None."""
    result = connection.execute(query, named)
    return pd.DataFrame([tuple(row) for row in result], columns=list(result.keys()), dtype=object)


def value_of(value: Any) -> Any:
    """Return a cell of a frame as it is stored: what is missing (NaN, NaT) is None."""
    missing = value is pd.NaT or (isinstance(value, float) and value != value)
    return None if missing else value


def rows_of(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Give a frame's rows by column name, what is missing as None."""
    return [
        {str(name): value_of(value) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]
