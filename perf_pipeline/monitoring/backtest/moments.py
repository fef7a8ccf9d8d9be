"""Past years as moments: every year at every period but its last, with what was known then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from perf_pipeline.monitoring.backtest.table import VALUES, PastYears
from perf_pipeline.monitoring.outlook.distribution import Floats
from perf_pipeline.monitoring.outlook.forecast import Kind
from perf_pipeline.monitoring.outlook.known import QUARTER, YEARS_BACK, Known, Rows


@dataclass(frozen=True)
class Moments(Rows):
    """Forecasts to make, a row each: whose, when, what was known, and how the year ended.

    `final_base` is the denominator of the year's end, of a rate; `earlier` how many earlier years
    of the entity have an end.
    """

    entity: NDArray[np.object_]
    year: NDArray[np.int64]
    period: NDArray[np.int64]
    earlier: Floats
    known: Known
    final: Floats
    final_base: Floats


def moments(past: PastYears) -> Iterator[Moments]:
    """Return the moments of a table, those of each period together, by year and entity."""
    for periods in sorted(int(each) for each in past.rows["periods"].unique()):
        rows = past.rows[past.rows["periods"] == periods]
        cube = _Cube(past.kind, rows, periods)
        for period in range(1, periods):
            made = cube.at(period)
            if len(made.year):
                yield made


class _Cube:
    """A table as entity × year × period, with every year between the first and the last."""

    def __init__(self, kind: Kind, rows: pd.DataFrame, periods: int) -> None:
        self.kind, self.periods = kind, periods
        self.entities, entity = np.unique(
            rows["entity"].to_numpy(dtype=object), return_inverse=True
        )
        self.first = int(rows["year"].min())
        years = int(rows["year"].max()) - self.first + 1
        place = (
            entity,
            rows["year"].to_numpy(dtype=int) - self.first,
            rows["period"].to_numpy(dtype=int),
        )
        names = VALUES[kind]

        def cube(name: str | None) -> Floats:
            values = np.full((len(self.entities), years, periods + 1), np.nan)
            if name is not None:
                values[place] = rows[name].to_numpy(dtype=float)
            return values

        self.value, self.base = cube(names[0]), cube(names[1] if len(names) > 1 else None)
        self.past_value = _between(self.value)
        self.past_base = _steady(self.base) if kind is Kind.SPENDING else _between(self.base)

    def at(self, period: int) -> Moments:
        final, final_base = self.value[:, :, -1], self.base[:, :, -1]
        year, entity = np.nonzero((np.isfinite(self.value[:, :, period]) & np.isfinite(final)).T)

        def before(values: Floats) -> Floats:
            back = min(YEARS_BACK, max(values.shape[1] - 1, 1))
            padded = np.hstack([np.full((len(values), back), np.nan), values])
            found: Floats = padded[entity[:, None], year[:, None] + back - 1 - np.arange(back)]
            return found

        known = Known(
            np.full(len(entity), period / self.periods),
            self.value[entity, year, period],
            self.base[entity, year, period],
            self._pace(period)[entity, year],
            before(self.past_value[:, :, period]),
            before(self.past_base[:, :, period]),
            before(final),
            before(final_base),
        )
        ends = np.cumsum(np.isfinite(final), axis=1)
        return Moments(
            self.entities[entity],
            year + self.first,
            np.full(len(entity), period),
            (ends[entity, year] - 1).astype(float),
            known,
            final[entity, year],
            final_base[entity, year],
        )

    def _pace(self, period: int) -> Floats:
        """Return at what pace a year it came since a quarter of a year and more (entity × year)."""
        last = max(int(period - QUARTER * self.periods), 0)
        told = self.value[:, :, : last + 1].copy()
        told[:, :, 0] = 0.0
        newest = last - np.isfinite(told[:, :, ::-1]).argmax(axis=2)
        then = np.take_along_axis(told, newest[:, :, None], axis=2)[:, :, 0]
        pace: Floats = (self.value[:, :, period] - then) / (period - newest) * self.periods
        return pace


def _between(values: Floats) -> Floats:
    """Fill what is missing within past years by a straight line from nothing at their start."""
    filled = values.copy()
    filled[:, :, 0] = 0.0
    frame = pd.DataFrame(filled.reshape(-1, filled.shape[2]).T)
    line = frame.interpolate(limit_area="inside").to_numpy().T
    return np.asarray(line, dtype=float).reshape(filled.shape)


def _steady(values: Floats) -> Floats:
    """Fill missing budgets of past years with the one before, else the one after."""
    frame = pd.DataFrame(values.reshape(-1, values.shape[2])).ffill(axis=1).bfill(axis=1)
    return np.asarray(frame.to_numpy(), dtype=float).reshape(values.shape)
