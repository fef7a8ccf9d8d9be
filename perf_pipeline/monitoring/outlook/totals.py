"""Amounts without a budget, and counts: the rest of the year against the rest that is usual.

The scale's unit is the usual rest: of past years where there are any, the newest heaviest, moved
by the pace of this year so far; without any, what the pace so far would bring. Atom at 0: nothing
more comes. Below 0 money is paid back. Of counts it matters also how few they are.
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
    spread,
)
from perf_pipeline.monitoring.outlook.similar import Tells

PLACES = Places.between(
    (-20, -3, -1, -0.3, -0.1, 0),
    (
        *(0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.26, 0.32, 0.38, 0.44, 0.5, 0.56, 0.62, 0.68, 0.74, 0.8),
        *(0.85, 0.9, 0.94, 0.98, 1.02, 1.06, 1.1, 1.15, 1.2, 1.27, 1.35, 1.45, 1.55, 1.7, 1.85, 2),
        *(2.25, 2.5, 3, 3.5, 4.5, 6, 8, 12, 20, 50, 200),
    ),
)
SAME = 2e-4  # of the usual rest: what differs by less is the same
LEAST = 0.3  # usual rest of a count, at least
PACE_KEPT = 0.7  # of a pace unlike past years', late in the year
PACES = 0.2, 50.0  # how slow and fast it may be: a past year may have begun late
FEW = 10.0  # things counted at which half of a pace is chance
FADING = 0.6  # weight of a year against the one after it
SHARPNESS, BY_SPREAD = 1.15, 0.3  # power of densities, and more the more unlike own years are
SPREAD, SPREADS = 0.33, 2.0  # of own years as part of their mean: where unknown, and at most
LARGE = 14.0  # what the forest reads of money for how few things there are


class TotalsScale:
    """Where a year may end, seen from past years and the pace so far."""

    places = PLACES

    def __init__(self, known: Known, *, counted: bool) -> None:
        """Work out the usual rest of each row."""
        self.known, self.counted = known, counted
        self.tells = Tells.COUNT if counted else Tells.USUAL
        self.level = recent_mean(known.past_final, FADING)
        self.usual_begun = recent_mean(known.past_so_far, FADING)
        rest = recent_mean(known.past_final - known.past_so_far, FADING)
        least = 1.0 if counted else 0.0
        begun = np.maximum(known.so_far, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            some = self.some = 0.03 * np.abs(self.level) + least + 1e-9
            self.pace = np.clip((known.so_far + some) / (self.usual_begun + some), *PACES)
            seen = begun + np.maximum(self.usual_begun, 0.0)
            trust = seen / (seen + FEW) if counted else 1.0
            kept = np.minimum(trust * PACE_KEPT * np.sqrt(known.time), 0.9)
            past = np.maximum(rest, 0.02 * np.abs(self.level)) * self.pace**kept
            past = np.maximum(past, 0.01 * (1 - known.time) * begun)
            unlike = spread(known.past_final) / np.abs(recent_mean(known.past_final, 1.0))
        unlike = np.minimum(np.nan_to_num(unlike, nan=SPREAD), SPREADS)
        self.sharpness = SHARPNESS + BY_SPREAD * unlike
        fresh = (begun + least / 2) * (1 - known.time) / known.time
        self.rest = np.where(known.years > 0, past, fresh)
        if counted:
            self.rest = np.maximum(self.rest, LEAST)

    def told(self, final: Floats, _base: Floats) -> tuple[Floats, Floats]:
        """Return what is told of cases then and at the end, in bp of the usual total."""
        begun = self.known.so_far
        return in_bp(begun, begun + self.rest), in_bp(final, begun + self.rest)

    def points(self, final: Floats, _base: Floats | None = None) -> Floats:
        """Return where final amounts (n) lie."""
        with np.errstate(divide="ignore", invalid="ignore"):
            point = (final - self.known.so_far) / self.rest
        return np.where(np.abs(point) <= (0.0 if self.counted else SAME), 0.0, point)

    def amounts(self, points: Floats) -> Floats:
        """Return the amounts at points (n × m)."""
        amounts = self.known.so_far[:, None] + points * self.rest[:, None]
        if not self.counted:
            return amounts
        return np.maximum(np.rint(amounts), self.known.so_far[:, None])

    def at_least(self, amounts: Floats) -> Floats:
        """Return from which point on a year ends with at least so much (n)."""
        if not self.counted:
            point = self.points(amounts)
            return np.where((point == 0.0) & (amounts > self.known.so_far), BELOW, point)
        more = np.ceil(amounts) - self.known.so_far
        return np.where(more > 0, (more - 0.5) / self.rest, -np.inf)

    def own(self) -> Floats:
        """Return where the row's own past years ended (n × years)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return (self.known.past_final - self.known.past_so_far) / self.rest[:, None]

    def alike(self) -> Floats:
        """Return how alike this year each past one began, and followed on the one before it.

        n × years, 1 if the same.
        """
        known, some = self.known, self.some[:, None]
        before = np.hstack([known.past_final[:, 1:], np.full((len(some), 1), np.nan)])
        begun = alike(known.so_far[:, None], known.past_so_far, some)
        return begun * alike(known.past_final[:, :1], before, some)

    def features(self) -> np.ndarray:
        """Return what the forest reads, a column each."""
        k = self.known
        own = np.clip(self.own(), -3.0, 50.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            last, last_begun = k.past_final[:, 0], k.past_so_far[:, 0]
            paced = (last - last_begun) * np.clip(k.so_far / last_begun, 0.1, 10) / self.rest
            begun = np.maximum(k.so_far, 0.0)
            large = np.full(len(begun), LARGE)
            return columns(
                k.time,
                np.minimum(k.years, 6),
                np.where(k.years > 0, np.log(self.pace), np.nan),
                own[:, 0],
                recent_mean(own, 0.8),
                lowest(own),
                -lowest(-own),
                np.clip(k.so_far * (1 - k.time) / k.time / self.rest, -2, 50),
                np.clip(k.pace * np.minimum(k.time, QUARTER) / k.so_far, -1.0, 2.0),
                np.clip(k.pace * (1 - k.time) / self.rest, -2, 50),
                self.usual_begun / self.level,
                np.clip(paced, -2, 50),
                np.log(self.rest) if self.counted else large,
                recent_mean(np.where(np.isfinite(own), own == 0, np.nan), 1.0),
                np.log1p(begun) if self.counted else large,
                np.log((last + 0.5) / (self.level + 0.5)),
            )
