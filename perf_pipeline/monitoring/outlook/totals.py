"""What a year's spending or count comes to: pooled profiles of past years, and the year so far.

Expected level: last year's total and its usual growth, and the budget where there is one, each
weighed by how well it foretold past years. Expected share by now: the subject's own past years,
drawn towards all subjects' (the season's shape); without any past, the plan's share. What the year
so far lies above or below their product is its surprise; past years tell what of it lasts.

Counted things vary by chance besides, like a Poisson count whose mean is itself uncertain
(Gamma-Poisson): of a small count, a surprise says little and the rest of the year may bring much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from perf_pipeline.monitoring.outlook.distribution import Floats
from perf_pipeline.monitoring.outlook.pooling import last_before, pooled_before
from perf_pipeline.monitoring.outlook.surprise import Learner, Prior

GROWTH_KEPT = 0.5  # part of the usual growth that is expected to go on
FLOOR = 0.02  # of a year's level: what is less than this says little
DRIFT = 0.6  # usual true surprise of a count on the log scale, against which chance is weighed
NEW = 0.3  # usual error, at the start of a year, of a level known from the year so far alone
LEVEL_ERROR = 0.15  # error of either level that is believed before any is seen


@dataclass(frozen=True)
class Totals:
    """Amounts so far and at year end, a row a subject and a column a year, NaN where unknown.

    `budget` is that known at the same moment, `planned` the share planned by it; `time` is the
    part of the year gone by; `counted` tells that units are counted things.
    """

    so_far: Floats
    final: Floats
    budget: Floats
    planned: Floats
    time: float
    counted: bool = False


class TotalsOutlook:
    """Forecasts of any year of a panel; each reads nothing later than its own moment."""

    def __init__(self, totals: Totals) -> None:
        """Work out levels, shares and surprises, each from earlier columns alone."""
        self.so_far = totals.so_far
        with np.errstate(divide="ignore", invalid="ignore"):
            past = pooled_before(np.clip(totals.so_far / totals.final, 0.0, 1.5))
            self.from_past = np.isfinite(past)
            share = np.clip(np.where(self.from_past, past, totals.planned), 0.001, 1.0)
            level = _levels(totals)
            new = ~np.isfinite(level)
            begun = np.where(totals.so_far > 0, totals.so_far / share, np.nan)
            level = np.where(new, begun, level)
            counting = (1 - share) / np.maximum(level, 1.0) if totals.counted else 0.0 * share
            floor = FLOOR + (0.5 / level if totals.counted else 0.0 * level)
            surprise = np.log((totals.so_far / level + floor) / (share + floor))
            at_end = np.log((totals.final / level + floor) / (1 + floor))
        if totals.counted:
            chance = 1 / np.maximum(level * share, 0.5)
            surprise = surprise * DRIFT**2 / (DRIFT**2 + chance)
        known_so_little = NEW**2 * (1 - share) + counting * (1 - share) / share
        self.level, self.floor, self.share = level, floor, share
        spread = 0.25 * np.sqrt(max(1 - totals.time, 0.0)) + 1e-6
        self.learner = Learner(
            np.where(new, np.nan, surprise),
            at_end,
            np.where(new, counting + known_so_little, counting),
            Prior(
                kept=np.sqrt(totals.time), spread=spread, rest=np.sqrt(max(1 - totals.time, 0.0))
            ),
        )

    def forecast(self, year: int) -> Floats:
        """Return the quantiles of the year's total, a row a subject, NaN where nothing is known."""
        learned = self.learner.at(year)
        level, floor = self.level[:, year][:, None], self.floor[:, year][:, None]
        ratio = np.exp(learned.location[:, None] + learned.offsets)
        # money may come back, but what is already spent or counted is the least to expect
        quantiles: Floats = np.maximum(
            level * ((1 + floor) * ratio - floor), self.so_far[:, year][:, None]
        )
        return quantiles


def _levels(totals: Totals) -> Floats:
    """Return the level expected for each year, NaN where neither a past year nor a budget is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        final = np.log(np.where(totals.final > 0, totals.final, np.nan))
        budget = np.log(np.where(totals.budget > 0, totals.budget, np.nan))
    last = last_before(final)
    growth = np.clip(pooled_before(final - last), -0.3, 0.3)
    by_past = last + GROWTH_KEPT * np.nan_to_num(growth)
    by_budget = budget + np.nan_to_num(np.clip(pooled_before(final - budget), -1.0, 0.5))
    level = np.full(final.shape, np.nan)
    for year in range(final.shape[1]):
        past, plan = by_past[:, year], by_budget[:, year]
        off_past = _error(by_past[:, :year], final[:, :year])
        off_plan = _error(by_budget[:, :year], final[:, :year])
        mixed = (off_plan * past + off_past * plan) / (off_past + off_plan)
        only = np.where(np.isfinite(past), past, plan)
        level[:, year] = np.where(np.isfinite(mixed), mixed, only)
    expected: Floats = np.exp(level)
    return expected


def _error(forecast: Floats, final: Floats) -> float:
    """Return the mean squared error of past forecasts on the log scale."""
    gap = np.clip(forecast - final, -1.0, 1.0) ** 2
    known = np.isfinite(gap)
    return float((gap[known].sum() + 4 * LEVEL_ERROR**2) / (known.sum() + 4))
