"""Frames judged row by row: what a step reads of a row, and what it adds, each as a NamedTuple."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

import pandas as pd

from perf_pipeline.warehouse.frames import values_of

Read = TypeVar("Read", bound=NamedTuple)


def plain(values: object, like: pd.DataFrame) -> pd.Series:
    """Make a column of plain Python values: None stays None, where pandas would infer NaN."""
    return pd.Series(values, like.index, dtype=object)


def rows_as(of: type[Read], frame: pd.DataFrame) -> list[Read]:
    """Give a frame's rows as what a step reads of them.

    What is missing is None. A column of which `of` says a default may be added by a later step;
    raises KeyError where the frame is without another: its select forgot it.
    """
    later = {name: said for name, said in of._field_defaults.items() if name not in frame}
    columns = [
        [later[name]] * len(frame) if name in later else values_of(frame[name])
        for name in of._fields
    ]
    return list(map(of._make, zip(*columns, strict=True)))


def with_columns(
    frame: pd.DataFrame, names: Sequence[str], rows: Iterable[Sequence[object]]
) -> pd.DataFrame:
    """Return a frame with columns added, given row by row, or put in the place of its own."""
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return frame.assign(
        **{name: plain(column, frame) for name, column in zip(names, columns, strict=True)}
    )
