"""Frames as rows of plain Python values."""

from typing import Any

import pandas as pd


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
