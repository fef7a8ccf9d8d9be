"""Spending within a budget: what of the money that is left will be spent.

The scale has an atom at 0 (nothing more) and at 1 (all of the present budget). Below 0 money comes
back, above 1 more is spent than the present budget, both in parts of it: a budget may change.
"""

from __future__ import annotations

import numpy as np

from perf_pipeline.monitoring.outlook.distribution import BELOW, Floats, Places
from perf_pipeline.monitoring.outlook.known import (
    QUARTER,
    Known,
    alike,
    columns,
    in_bp,
    lowest,
    recent_mean,
)
from perf_pipeline.monitoring.outlook.similar import Tells

PLACES = Places.between(
    (-3, -1, -0.3, -0.1, -0.03, -0.01, 0),
    (0, 0.01, 0.03, *(each / 100 for each in range(6, 90, 4)), 0.9, 0.93, 0.96, 0.98, 0.99, 1),
    (
        *(1, 1.005, 1.01, 1.02, 1.035, 1.05, 1.075, 1.1, 1.15, 1.2, 1.3, 1.4, 1.6, 1.8, 2.2, 3),
        *(5, 10, 30),
    ),
)
SAME = 2e-4  # of the budget: what differs by less is the same
SHARE = 0.1  # of the budget: what differs by less began rather alike
TELLING = 0.05  # a budget below this part of what is spent already, or was last year, says nothing


class SpendingScale:
    """Where a year may end, seen from the budget and what is spent; every budget is above 0."""

    places = PLACES
    tells = Tells.BUDGET
    sharpness = np.array([1.25])  # the power that densities are raised to

    def __init__(self, known: Known) -> None:
        """Take what is known; nothing is worked out yet."""
        self.known = known

    @staticmethod
    def fits(known: Known) -> np.ndarray:
        """Tell which rows have a budget that says something."""
        last = np.nan_to_num(known.past_final[:, 0]) if known.past_final.shape[1] else 0.0
        return np.nan_to_num(known.base) > TELLING * np.maximum(np.maximum(known.so_far, last), 0)

    def points(self, final: Floats, _base: Floats | None = None) -> Floats:
        """Return where final amounts (n) lie."""
        return _points(final, self.known.so_far, self.known.base)

    def told(self, final: Floats, _base: Floats) -> tuple[Floats, Floats]:
        """Return what is told of cases: spent then and at the end, in bp of the budget then."""
        return in_bp(self.known.so_far, self.known.base), in_bp(final, self.known.base)

    def amounts(self, points: Floats) -> Floats:
        """Return the amounts at points (n × m)."""
        spent, budget = self.known.so_far[:, None], self.known.base[:, None]
        left, most = np.maximum(budget - spent, 0.0), np.maximum(budget, spent)
        within = np.where(points < 1, spent + points * left, most)
        back, beyond = spent + points * budget, most + (points - 1) * budget
        return np.where(points < 0, back, np.where(points > 1, beyond, within))

    def at_least(self, amounts: Floats) -> Floats:
        """Return from which point on a year ends with at least so much (n).

        More than is spent, or than the budget, needs more, however little it lacks.
        """
        spent, point = self.known.so_far, self.points(amounts)
        point = np.where((amounts > spent) & (point == 0.0), BELOW, point)
        beyond = amounts > np.maximum(self.known.base, spent)
        return np.where(beyond & (point <= 1.0), 1.0 + BELOW, point)

    def own(self) -> Floats:
        """Return where the row's own past years ended (n × years)."""
        known = self.known
        return _points(known.past_final, known.past_so_far, known.past_base)

    def alike(self) -> Floats:
        """Return how alike this year each past one began (n × years): 1 if the same."""
        known = self.known
        with np.errstate(divide="ignore", invalid="ignore"):
            now, then = (known.so_far / known.base)[:, None], known.past_so_far / known.past_base
        return alike(now, then, SHARE)

    def features(self) -> np.ndarray:
        """Return what the forest reads, a column each."""
        k = self.known
        with np.errstate(divide="ignore", invalid="ignore"):
            past = np.clip(self.own(), -0.5, 3.0)
            has = k.past_base > 0
            rate = np.where(has, np.clip(k.past_final / k.past_base, -1, 5), np.nan)
            begun = np.where(has, np.clip(k.past_so_far / k.past_base, -1, 3), np.nan)
            spent = np.clip(k.so_far / k.base, -0.5, 3)
            last, last_begun = k.past_final[:, 0], k.past_so_far[:, 0]
            pace = np.where(last_begun > 0, k.so_far * last / last_begun, np.nan)
            growth = np.where(k.past_base[:, 0] > 0, k.base / k.past_base[:, 0], np.nan)

            def at(final: Floats) -> Floats:
                return np.clip(self.points(final), -0.5, 3.0)

            return columns(
                k.time,
                spent,
                np.minimum(np.isfinite(past).sum(axis=1), 5),
                past[:, 0],
                recent_mean(past, 0.8),
                lowest(past),
                -lowest(-past),
                at(rate[:, 0] * k.base),
                at(recent_mean(rate, 0.7) * k.base),
                at(last),
                at(recent_mean(k.past_final, 0.7)),
                at(k.so_far / k.time),
                at(pace),
                np.clip(spent - recent_mean(begun, 0.7), -2, 2),
                np.clip(growth, 0, 5),
                at(k.so_far + last - last_begun),
                np.clip(k.pace * np.minimum(k.time, QUARTER) / k.so_far, -1.0, 2.0),
                at(k.so_far + k.pace * (1 - k.time)),
                recent_mean(np.where(np.isfinite(past), past == 0, np.nan), 1.0),
            )


def _points(final: Floats, spent: Floats, budget: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        left, most = budget - spent, np.maximum(budget, spent)
        beyond = np.where(final > most, 1 + (final - most) / budget, (final - spent) / left)
        point = np.where(final < spent, (final - spent) / budget, beyond)
        point = np.where(np.abs(final - spent) <= SAME * budget, 0.0, point)
        everything = (left > SAME * budget) & (np.abs(final - budget) <= SAME * budget)
        return np.where(budget > 0, np.where(everything, 1.0, point), np.nan)
