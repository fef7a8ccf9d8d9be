"""Selects as frames of plain Python values, and frames as rows of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import islice
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from perf_pipeline.warehouse.known_people import as_told
from perf_pipeline.warehouse.typed import Query


def read_frame(
    connection: Connection, query: Query, named: Mapping[str, object] | None = None
) -> pd.DataFrame:
    """Read a select into a frame of dtype object: whole numbers stay whole, None stays None."""
    result = connection.execute(query, named)
    return pd.DataFrame(list(map(tuple, result.all())), columns=list(result.keys()), dtype=object)


def told(connection: Connection, frame: pd.DataFrame, written: Collection[str]) -> pd.DataFrame:
    """Let what staff of departments wrote, in columns of a frame, name nobody, see `as_told`."""
    frame = frame.copy(deep=False)
    names = list(frame.columns.intersection(list(written)))
    cells = [
        each for name in names for each in zip(frame["department_id"], frame[name], strict=True)
    ]
    said = as_told(connection, cells)
    for name in names:
        frame[name] = pd.Series(list(islice(said, len(frame))), frame.index, dtype=object)
    return frame


def values_of(column: pd.Series) -> list[Any]:
    """Return a frame's column as it is stored: what is missing (NaN, NaT) is None."""
    return [None if each != each else each for each in column.tolist()]


def rows_of(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Give a frame's rows by column name, what is missing as None."""
    names = list(map(str, frame.columns))
    columns = [values_of(frame[name]) for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
