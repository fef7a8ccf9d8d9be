"""Selects as frames of plain Python values."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select


def read_frame(connection: Connection, query: Select[Any]) -> pd.DataFrame:
    """Read a select into a frame of dtype object: whole numbers stay whole, None stays None."""
    result = connection.execute(query)
    return pd.DataFrame([tuple(row) for row in result], columns=list(result.keys()), dtype=object)
