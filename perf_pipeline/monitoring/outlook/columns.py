"""Rows of a select as plain columns: a department's few rows would not pay for frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sized

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Result

from perf_pipeline.monitoring.outlook.distribution import Floats

Column = NDArray[np.object_] | Floats
Columns = Mapping[str, Column]  # of a table, by name; nothing is None, of floats NaN


def read_columns(result: Result[*tuple[object, ...]]) -> Columns:
    """Return what a select found."""
    names = list(result.keys())
    table = np.empty((len(rows := result.all()), len(names)), dtype=object)
    if rows:
        table[:] = list(map(tuple, rows))
    return dict(zip(names, table.T, strict=True))


def as_objects(read: Columns) -> dict[str, Column]:
    """Return the columns as objects, whatever they were."""
    return {name: np.asarray(column, dtype=object) for name, column in read.items()}


def chosen_rows(rows: Columns, chosen: NDArray[np.intp]) -> dict[str, Column]:
    """Return the rows at some places."""
    return {name: column[chosen] for name, column in rows.items()}


def records(rows: Columns) -> list[dict[str, object]]:
    """Return the rows one by one."""
    values = zip(*(column.tolist() for column in rows.values()), strict=True)
    return [dict(zip(rows, row, strict=True)) for row in values]


def objects(values: Iterable[object]) -> NDArray[np.object_]:
    """Return a column of values."""
    return np.array([*values, None], dtype=object)[:-1]


def filled(value: object, rows: Sized) -> NDArray[np.object_]:
    """Return a column that has one value in each of the rows."""
    return np.full(len(rows), value, dtype=object)


def numbers(column: Column) -> Floats:
    """Return a column of numbers as floats, NaN for nothing."""
    return np.asarray(column, dtype=float)
