"""Amounts: what more will come this year, of money within a budget, of other money, of counts.

One scale for all: 0 is nothing more, 1 is what is expected to come. Within a budget that is what is
left of it, 1 is all of it, and beyond it and below 0 (money comes back) a budget is the unit.
Without one it is the usual rest: of past years where there are any, the newest heaviest, moved by
the pace of this year so far; without any, what the pace so far would bring.
"""

from __future__ import annotations

import numpy as np

from perf_pipeline.monitoring.outlook.distribution import BELOW, Floats, Places
from perf_pipeline.monitoring.outlook.known import QUARTER, Known, columns, in_bp, recent_mean
from perf_pipeline.monitoring.outlook.told import Tells

BELOW_NOTHING = -np.geomspace(0.01, 3, 6)[::-1]
WITHIN_BUDGETS = Places.between(
    (*BELOW_NOTHING, 0),
    (0, 0.01, *np.linspace(0.03, 0.96, 26), 0.98, 0.99, 1),
    (1, *(1 + np.geomspace(0.005, 29, 18))),
)
OF_USUAL_RESTS = Places.between(
    (-20, *BELOW_NOTHING, 0), (0, 0.02, *np.linspace(0.05, 2, 40), *np.geomspace(2.2, 200, 14))
)
SAME = 2e-4  # of the unit: what differs by less is the same
SHARE = 0.1  # of the budget: what differs by less began rather alike
TELLING = 0.05  # a budget below this part of what is spent already, or was last year, says nothing
BUDGET_SHARPNESS = 0.33  # power of densities within budgets beyond 1, at the year's end
SHARPNESS = 1.25  # power of densities of others
LEAST = 0.3  # usual rest of a count, at least
PACE_KEPT = 0.7  # of a pace unlike past years', late in the year
PACES = 0.2, 50.0  # how slow and fast it may be: a past year may have begun late
FEW = 10.0  # things counted at which half of a pace is chance
LARGE = 14.0  # what the forest reads of money for how few things there are


class AmountScale:
    """Where a year may end: `left` is expected, `unit` is what is measured with beyond and below.

    `whole` is what the year is expected to come to; `own` is where past years ended (n × years).
    """

    places: Places
    tells: Tells
    sharpness: Floats
    reach: tuple[float, float]  # how far the forest looks
    counted = False
    known: Known
    left: Floats
    unit: Floats
    whole: Floats
    own: Floats
    begun: tuple[Floats, Floats, Floats]  # this year, past ones, what hardly differs

    def alike(self) -> Floats:
        """Return how alike this year each past one began (n × years): the smaller as its part."""
        now, then, some = self.begun
        part = (np.minimum(now, then) + some) / (np.maximum(now, then) + some)
        return np.clip(np.nan_to_num(part), 0.0, 1.0)

    def told(self, final: Floats, _base: Floats | None = None) -> tuple[Floats, Floats]:
        """Return what is told of cases: then and at the end, in bp of the whole."""
        return in_bp(self.known.so_far, self.whole), in_bp(final, self.whole)

    def points(self, final: Floats, _base: Floats | None = None) -> Floats:
        """Return where final amounts (n) lie."""
        return self._points(final, self.known.so_far, self.left, self.unit)

    def _points(self, final: Floats, so_far: Floats, left: Floats, unit: Floats) -> Floats:
        near = 0.0 if self.counted else SAME * unit
        with np.errstate(divide="ignore", invalid="ignore"):
            beyond = final - so_far - np.maximum(left, 0.0)
            point = np.where(beyond > 0, 1 + beyond / unit, (final - so_far) / left)
            point = np.where(final < so_far, (final - so_far) / unit, point)
            point = np.where((left > near) & (np.abs(beyond) <= near), 1.0, point)
            point = np.where(np.abs(final - so_far) <= near, 0.0, point)
            return np.where(unit > 0, point, np.nan)

    def amounts(self, points: Floats) -> Floats:
        """Return the amounts at points (n × m)."""
        so_far, left, unit = (
            each[:, None] for each in (self.known.so_far, np.maximum(self.left, 0.0), self.unit)
        )
        found = so_far + np.minimum(points, 0.0) * unit + np.clip(points, 0.0, 1.0) * left
        found += np.maximum(points - 1.0, 0.0) * unit
        return np.maximum(np.rint(found), so_far) if self.counted else found

    def at_least(self, amounts: Floats) -> Floats:
        """Return from which point on a year ends with at least so much (n).

        More than there is, or than the whole, needs more, however little it lacks.
        """
        so_far = self.known.so_far
        if self.counted:
            more = np.ceil(amounts) - so_far
            return np.where(more > 0, (more - 0.5) / self.left, -np.inf)
        point = self.points(amounts)
        point = np.where((amounts > so_far) & (point == 0.0), BELOW, point)
        beyond = amounts > so_far + np.maximum(self.left, 0.0)
        return np.where(beyond & (point <= 1.0), 1.0 + BELOW, point)

    def _features(self, *others: Floats) -> np.ndarray:
        """Return what the forest reads, a column each: what all amounts have, and others."""
        k, own = self.known, np.clip(self.own, *self.reach)
        last, last_begun = k.past_final[:, 0], k.past_so_far[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            paced = k.so_far + (last - last_begun) * np.clip(k.so_far / last_begun, 0.1, 10)
            return columns(
                k.time,
                np.minimum(k.years, 6),
                own[:, 0],
                recent_mean(own),
                np.fmin.reduce(own, axis=1),
                np.fmax.reduce(own, axis=1),
                recent_mean(np.where(np.isfinite(own), own == 0, np.nan)),
                self.at(k.so_far / k.time),
                self.at(k.so_far + k.pace * (1 - k.time)),
                self.at(paced),
                np.clip(k.pace * np.minimum(k.time, QUARTER) / k.so_far, -1.0, 2.0),
                *others,
            )

    def at(self, final: Floats) -> Floats:
        """Return where final amounts lie, as far as the forest looks."""
        return np.clip(self.points(final), *self.reach)


class BudgetScale(AmountScale):
    """Where spending may end, seen from the budget and what is spent; every budget is above 0."""

    places, tells, reach = WITHIN_BUDGETS, Tells.BUDGET, (-0.5, 3.0)

    def __init__(self, known: Known) -> None:
        """Take what is known: the whole is the budget."""
        self.known, self.unit, self.whole = known, known.base, known.base
        self.left = known.base - known.so_far
        self.sharpness = 1.0 + BUDGET_SHARPNESS * known.time
        past, budgets = known.past_so_far, known.past_base
        self.own = self._points(known.past_final, past, budgets - past, budgets)
        with np.errstate(divide="ignore", invalid="ignore"):
            now = (known.so_far / known.base)[:, None]
            self.begun = now, past / budgets, np.full_like(now, SHARE)

    @staticmethod
    def fits(known: Known) -> np.ndarray:
        """Tell which rows have a budget that says something."""
        last = np.nan_to_num(known.past_final[:, 0])
        return np.nan_to_num(known.base) > TELLING * np.maximum(np.maximum(known.so_far, last), 0)

    def features(self) -> np.ndarray:
        """Return what the forest reads, a column each."""
        k, has = self.known, self.known.past_base > 0
        last, last_begun = k.past_final[:, 0], k.past_so_far[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.where(has, np.clip(k.past_final / k.past_base, -1, 5), np.nan)
            begun = np.where(has, np.clip(k.past_so_far / k.past_base, -1, 3), np.nan)
            growth = np.where(has[:, 0], k.base / k.past_base[:, 0], np.nan)
        spent = np.clip(k.so_far / k.base, -0.5, 3)
        return self._features(
            spent,
            np.clip(spent - recent_mean(begun), -2, 2),
            np.clip(growth, 0, 5),
            self.at(rate[:, 0] * k.base),
            self.at(recent_mean(rate) * k.base),
            self.at(last),
            self.at(recent_mean(k.past_final)),
            self.at(k.so_far + last - last_begun),
        )


class TotalsScale(AmountScale):
    """Where other money and counts may end, seen from past years and the pace so far."""

    places, reach = OF_USUAL_RESTS, (-3.0, 50.0)

    def __init__(self, known: Known, *, counted: bool) -> None:
        """Work out the usual rest of each row."""
        self.known, self.counted = known, counted
        self.tells = Tells.COUNT if counted else Tells.USUAL
        self.level = recent_mean(known.past_final)
        self.usual_begun = recent_mean(known.past_so_far)
        rest = recent_mean(known.past_final - known.past_so_far)
        least = 1.0 if counted else 0.0
        begun, level = np.maximum(known.so_far, 0.0), np.abs(self.level)
        some = 0.03 * np.nan_to_num(level) + least + 1e-9
        self.pace = np.clip((known.so_far + some) / (self.usual_begun + some), *PACES)
        seen = begun + np.maximum(np.nan_to_num(self.usual_begun), 0.0)
        kept = PACE_KEPT * np.sqrt(known.time) * (seen / (seen + FEW) if counted else 1.0)
        past = np.maximum(rest, 0.02 * level) * self.pace**kept
        past = np.maximum(past, 0.01 * (1 - known.time) * begun)
        fresh = (begun + least / 2) * (1 - known.time) / known.time
        usual = np.where(known.years > 0, past, fresh)
        self.left = self.unit = np.maximum(usual, LEAST) if counted else usual
        self.whole = known.so_far + self.left
        self.sharpness = np.full_like(usual, SHARPNESS)
        self.begun = known.so_far[:, None], known.past_so_far, some[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            self.own = (known.past_final - known.past_so_far) / self.left[:, None]

    def features(self) -> np.ndarray:
        """Return what the forest reads, a column each; of counts also how few they are."""
        k = self.known
        with np.errstate(divide="ignore", invalid="ignore"):
            few = np.log(self.left), np.log1p(np.maximum(k.so_far, 0.0))
            return self._features(
                *(few if self.counted else np.full((2, len(self.left)), LARGE)),
                np.where(k.years > 0, np.log(self.pace), np.nan),
                self.usual_begun / self.level,
                np.log((k.past_final[:, 0] + 0.5) / (self.level + 0.5)),
            )
