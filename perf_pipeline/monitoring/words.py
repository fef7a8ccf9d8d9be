"""Columns of words: what is asked of a word is asked once of each different one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd


def plain(values: object, like: pd.DataFrame) -> pd.Series:
    """Make a column of plain Python values: None stays None, where pandas would infer NaN."""
    return pd.Series(values, like.index, dtype=object)


class Coded(NamedTuple):
    """A column as the different words in it and which of them stands where (-1: none)."""

    codes: np.ndarray
    different: np.ndarray


def coded(column: pd.Series) -> Coded:
    """Return a column coded, for one that is asked about more than once."""
    return Coded(*pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=True))


def each(column: pd.Series | Coded, ask: Callable[[Any], Any], dtype: Any = bool) -> np.ndarray:
    """Return what `ask` says of each value of a column; it is asked once of each different one.

    What is missing (None, NaN, NaT) is asked as None.
    """
    codes, different = column if isinstance(column, Coded) else coded(column)
    # the last answer is for what is missing, which has code -1
    answers = np.array([*map(ask, different), ask(None)], dtype=dtype)
    return np.asarray(answers[codes])


def among(column: pd.Series | Coded, words: Collection[str]) -> np.ndarray:
    """Tell for each value whether it is one of some words."""
    return each(column, frozenset(words).__contains__)


def on_or_before(column: pd.Series, day: date, *, missing: bool = False) -> np.ndarray:
    """Tell for each date whether it is not later than a day."""
    return each(column, lambda each_day: missing if each_day is None else each_day <= day)
