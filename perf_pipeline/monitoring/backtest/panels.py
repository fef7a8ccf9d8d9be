"""Past years as panels, and what each method forecast in them at its moment.

A panel is one period of the year: a row a subject, a column a year. A forecast of a year reads the
years before it, and of its own year only the values at that period, its own and other subjects'.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from perf_pipeline.monitoring.backtest.table import Kind, PastYears
from perf_pipeline.monitoring.outlook.distribution import LEVELS, Floats, probability_at_least
from perf_pipeline.monitoring.outlook.rates import Rates, RatesOutlook
from perf_pipeline.monitoring.outlook.totals import Totals, TotalsOutlook

METHODS = ("pro_rata", "last_year")


@dataclass(frozen=True)
class Made:
    """What was forecast for one year at one period, a row a subject that has an outcome.

    `naive` holds the points of METHODS, `naive_spread` their quantiles, `earlier` how many earlier
    years of the subject had an outcome, `threshold` what is to be reached.
    """

    period: int
    year: int
    entities: tuple[str, ...]
    outcome: Floats
    quantiles: Floats
    naive: dict[str, Floats]
    naive_spread: dict[str, Floats]
    last: Floats
    earlier: Floats
    threshold: Floats
    probability: Floats


def forecasts(past: PastYears, budget_share: float) -> Iterator[Made]:
    """Forecast each year at each period but the last, whose outcome is known already."""
    for periods in sorted(int(each) for each in past.rows["periods"].unique()):
        rows = past.rows[past.rows["periods"] == periods]
        for period in range(1, periods):
            yield from _Panel(past.kind, rows, period, periods).forecasts(budget_share)


class _Panel:
    def __init__(self, kind: Kind, rows: pd.DataFrame, period: int, periods: int) -> None:
        self.kind, self.period, self.periods = kind, period, periods
        self.entities = sorted(rows["entity"].unique())
        self.years = sorted(int(year) for year in rows["year"].unique())
        time = period / periods

        def at(name: str, when: int) -> Floats:
            wide = rows[rows["period"] == when].pivot(index="entity", columns="year", values=name)
            wide = wide.reindex(index=self.entities, columns=self.years)
            return wide.to_numpy(dtype=float)

        self.budget = np.full((len(self.entities), len(self.years)), np.nan)
        self.outlook: RatesOutlook | TotalsOutlook
        if kind is Kind.RATES:
            now, then = (
                (at("numerator", when), at("denominator", when)) for when in (period, periods)
            )
            self.outlook = RatesOutlook(Rates(*now, *then, np.zeros_like(now[0]), time))
            with np.errstate(divide="ignore", invalid="ignore"):
                self.so_far, self.final = now[0] / now[1], then[0] / then[1]
            pro_rata = self.so_far
        else:
            name = "count" if kind is Kind.COUNTS else "cumulative"
            self.so_far, self.final = at(name, period), at(name, periods)
            if kind is Kind.SPENDING:
                self.budget = at("budget", period)
            unplanned = np.full_like(self.so_far, np.nan)
            counted = kind is Kind.COUNTS
            self.outlook = TotalsOutlook(
                Totals(self.so_far, self.final, self.budget, unplanned, time, counted)
            )
            pro_rata = self.so_far / time
        before = np.full((len(self.entities), 1), np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            rest = np.where(self.so_far > 0, self.final / self.so_far, np.nan)
        last_year = self.so_far * np.hstack([before, rest[:, :-1]])
        self.last = np.hstack([before, self.final[:, :-1]])
        self.naive = {"pro_rata": pro_rata, "last_year": last_year}

    def forecasts(self, budget_share: float) -> Iterator[Made]:
        known = np.isfinite(self.final)
        for column, year in enumerate(self.years):
            quantiles = self.outlook.forecast(column)
            if self.kind is Kind.COUNTS:
                quantiles = np.rint(quantiles)
            mine = np.isfinite(quantiles).all(axis=1) & known[:, column]
            if not mine.any():
                continue
            threshold = self.budget[:, column] * budget_share
            threshold = np.where(threshold > 0, threshold, self.last[:, column])
            chance = probability_at_least(quantiles, threshold)
            yield Made(
                self.period,
                year,
                tuple(np.array(self.entities, dtype=object)[mine]),
                self.final[mine, column],
                quantiles[mine],
                {name: each[mine, column] for name, each in self.naive.items()},
                {name: self._spread(name, column)[mine] for name in METHODS},
                self.last[mine, column],
                known[:, :column].sum(axis=1)[mine].astype(float),
                threshold[mine],
                np.where(np.isfinite(threshold), chance, np.nan)[mine],
            )

    def _spread(self, method: str, column: int) -> Floats:
        """Return quantiles of a naive method from its own past errors at the same period."""
        point = self.naive[method]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (self.final - point) if self.kind is Kind.RATES else self.final / point
        past = ratio[:, :column]
        past = past[np.isfinite(past)]
        now = point[:, column][:, None]
        if not len(past):
            return np.repeat(now, len(LEVELS), axis=1)
        spread = np.quantile(past, LEVELS)
        found: Floats = now + spread if self.kind is Kind.RATES else now * spread
        return found
