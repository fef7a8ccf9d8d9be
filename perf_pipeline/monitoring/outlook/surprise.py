"""What a year's beginning says of its end, learned from past years of all subjects together.

A surprise (偏离) is how far a value lies from what past years led to expect, on a scale on which
deviations add (a logarithm or a log-odds). Past years show what part of the surprise so far is
still there at year end, and how far off such a forecast was. That spread is the forecast's own
(conformal: quantiles of past errors, not a formula, as soon as there are many), and is set right
by how often the forecasts of earlier years hit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perf_pipeline.monitoring.outlook.distribution import Floats, at_level
from perf_pipeline.monitoring.outlook.spread import (
    shared_part,
    standard_quantiles,
    subject_variances,
    weighted_quantiles,
)

PRIOR_ROWS = 6.0  # past forecasts that the prior of a slope weighs like
PRIOR_YEARS = 2.0  # the same for the shared slope, in years
RECENT = 0.9  # weight of a year against the one after it
OUTLIER = 4.0  # a surprise beyond this many usual ones counts as this many
AIM = 0.83  # hits aimed at for the 80 % interval: years to come differ more than years past
STRETCH_YEARS = 4.0  # years of own forecasts after which their hits weigh half
STRETCH_ROWS = 20.0  # forecasts, likewise
MANY = 10.0  # subjects whose surprise so far says half of how far off forecasts will be
UNUSUAL_AT_MOST = 8.0  # a shared surprise is at most so many times as doubtful as usual


@dataclass(frozen=True)
class Prior:
    """What is believed before any past forecast: part kept, and usual error on the scale."""

    kept: float
    spread: float
    rest: float = 1.0  # error still to come, in surprises so far


@dataclass(frozen=True)
class Learned:
    """The surprise at year end, a row a subject.

    `location` is its middle, `process` its standard error beyond counting, `counting` the variance
    of counting alone, `standard` the quantiles of standardised errors at the LEVELS.
    """

    location: Floats
    process: Floats
    counting: Floats
    standard: Floats

    @property
    def offsets(self) -> Floats:
        """Return how far each quantile lies from the location (n × levels)."""
        offsets: Floats = np.sqrt(self.process**2 + self.counting)[:, None] * self.standard
        return offsets


class Learner:
    """Forecasts of the surprise at year end for any year of a panel, each from earlier years.

    `so_far`, `at_end` and `counting` have a row a subject and a column a year, NaN where unknown;
    for a year, only the columns before it, and its own of `so_far` and `counting`, are read.
    `counting` is the variance that counting alone brings, known beforehand.
    """

    def __init__(self, so_far: Floats, at_end: Floats, counting: Floats, prior: Prior) -> None:
        """Keep the panel; nothing is worked out before a year is asked for."""
        self.so_far, self.at_end, self.prior = so_far, at_end, prior
        self.counting = np.nan_to_num(counting)
        self.common = _common(so_far)
        self._misses = np.full(so_far.shape, np.nan)
        self._made: list[Learned] = []

    def at(self, year: int) -> Learned:
        """Return what is learned for a year (its column)."""
        for before in range(len(self._made), year + 1):
            plain = self._learn(before)
            self._misses[:, before] = _misses(self.at_end[:, before], plain)
            wider = plain.standard * self._stretch(before)
            self._made.append(Learned(plain.location, plain.process, plain.counting, wider))
        return self._made[year]

    def _learn(self, year: int) -> Learned:
        x, y, counting = self.so_far[:, :year], self.at_end[:, :year], self.counting[:, :year]
        known = np.isfinite(x) & np.isfinite(y)
        weight = np.where(known, _ages(year), 0.0)
        x, y = _tamed(x, known), _tamed(y, known)
        shared = np.where(known, self.common[:year], 0.0)
        kept, kept_shared = _slopes(x - shared, shared, y, weight, self.prior.kept)
        error = np.where(known, y - kept * (x - shared) - kept_shared * shared, 0.0)
        variance = subject_variances(error, counting, weight, self._usual_error(year))
        z = np.where(known, error / np.sqrt(variance[:, None] + counting), 0.0)
        now = self.common[year]
        own = np.nan_to_num(self.so_far[:, year], nan=now) - now
        doubt = shared_part(z, weight) * (1 + self._unusual(year))
        return Learned(
            kept * own + kept_shared * now,
            np.sqrt(variance),
            self.counting[:, year],
            standard_quantiles(z, weight, doubt),
        )

    def _usual_error(self, year: int) -> float:
        """Return the error to expect before any is seen: the prior's, or what this year shows.

        Where many subjects have hardly surprised so far, they will hardly surprise later.
        """
        shown = np.abs(self.so_far[:, year])
        shown = shown[np.isfinite(shown)]
        if not len(shown):
            return self.prior.spread
        sure = len(shown) / (len(shown) + MANY)
        usual = 1.5 * float(np.median(shown)) * self.prior.rest + 1e-3 * self.prior.spread
        return float(self.prior.spread ** (1 - sure) * usual**sure)

    def _unusual(self, year: int) -> float:
        """Return how much less a slope can be trusted for a shared surprise beyond the usual."""
        usual = float((self.common[:year] ** 2).mean()) if year else 0.0
        return min(0.5 * self.common[year] ** 2 / usual, UNUSUAL_AT_MOST) if usual else 0.0

    def _stretch(self, year: int) -> float:
        """Return by how much earlier years' intervals should have been wider to hit as aimed."""
        misses = self._misses[:, :year]
        known = np.isfinite(misses)
        if not known.any():
            return 1.0
        weight = np.broadcast_to(_ages(year), known.shape)[known]
        found = weighted_quantiles(misses[known], weight, np.array([AIM]))[0]
        years, rows = known.any(axis=0).sum(), known.sum()
        sure = years / (years + STRETCH_YEARS) * rows / (rows + STRETCH_ROWS)
        return float(np.clip(found, 0.5, 2.0) ** sure)


def _ages(year: int) -> Floats:
    ages: Floats = np.power(RECENT, np.arange(year - 1, -1, -1))
    return ages


def _misses(at_end: Floats, made: Learned) -> Floats:
    """Return how far the outcome lay from the middle, in reaches of the 80 % interval."""
    missed, offsets = at_end - made.location, made.offsets
    reach = np.where(missed > 0, at_level(offsets, 0.9), -at_level(offsets, 0.1))
    misses: Floats = np.abs(missed) / np.maximum(reach, 1e-12)
    return misses


def _common(so_far: Floats) -> Floats:
    """Return each year's surprise common to all, drawn towards none where few subjects show it."""
    shown = np.clip(np.nan_to_num(so_far), -1.0, 1.0).sum(axis=0)
    common: Floats = shown / (np.isfinite(so_far).sum(axis=0) + PRIOR_ROWS)
    return common


def _tamed(values: Floats, known: NDArray[np.bool_]) -> Floats:
    if not known.any():
        return np.zeros_like(values)
    most = OUTLIER * 1.5 * float(np.median(np.abs(values[known]))) + 1e-9
    return np.where(known, np.clip(values, -most, most), 0.0)


def _slopes(
    own: Floats, shared: Floats, y: Floats, weight: Floats, prior: float
) -> tuple[float, float]:
    """Return what part of own and of shared surprise lasts: least squares, drawn to the prior."""
    total = weight.sum()
    if not total:
        return prior, prior
    size, both = (weight * own**2).sum() / total, (weight * shared**2).sum() / total
    # a shared surprise is seen once a year, however many subjects show it
    rows = max(PRIOR_ROWS, PRIOR_YEARS * total / (weight > 0).any(axis=0).sum())
    ridge = np.diag([PRIOR_ROWS * size + 1e-12, rows * max(both, 0.1 * size) + 1e-12])
    crossed = (weight * own * shared).sum()
    design = np.array([[size * total, crossed], [crossed, both * total]])
    right = np.array([(weight * own * y).sum(), (weight * shared * y).sum()])
    kept = np.linalg.solve(design + ridge, right + ridge @ np.array([prior, prior]))
    return float(np.clip(kept[0], 0.0, 1.5)), float(np.clip(kept[1], 0.0, 1.5))
