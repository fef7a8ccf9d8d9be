"""A forecast as a predictive distribution: weights of places on a scale, with atoms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# every 1.25 %: 2.5, 10, 50, 90 and 97.5 % are among them
LEVELS: Floats = np.arange(1, 80) / 80
BELOW = 1e-9  # what ends before an atom ends so much before it


@dataclass(frozen=True)
class Places:
    """Places on a scale, in order: stretches (lower < upper) and atoms (lower = upper)."""

    lower: Floats
    upper: Floats

    @classmethod
    def between(cls, *rows: tuple[float, ...]) -> Places:
        """Return the stretches between edges; where one row ends and the next begins is an atom."""
        edges = np.concatenate(rows)
        lower, upper = edges[:-1], edges[1:].copy()
        upper[:-1][(lower == upper)[1:]] -= BELOW
        return cls(lower, upper)

    def of(self, points: Floats) -> NDArray[np.intp]:
        """Return the number of the place of each point; outside, the outermost."""
        return np.minimum(np.searchsorted(self.upper, points), len(self.upper) - 1)

    def sharpened(self, weights: Floats, power: Floats) -> Floats:
        """Return weights (n × places) whose density is raised to each row's power (n).

        Leaves of few cases blur what lies between the atoms; how heavy each atom is they know. The
        powers are such that on sources that the prior was not learned from 80 % intervals hit so.
        """
        width = self.upper - self.lower
        between = width > 0
        stretches = weights[:, between]
        sharp = (stretches / width[between]) ** power[:, None] * width[between]
        heavy = stretches.sum(axis=1) / np.maximum(sharp.sum(axis=1), 1e-300)
        found = weights.copy()
        found[:, between] = sharp * heavy[:, None]
        return found

    def quantiles(self, weights: Floats) -> Floats:
        """Return the points at the LEVELS (n × levels); `weights` is n × places, each row 1."""
        below = np.minimum(np.cumsum(weights, axis=1), 1.0)
        below[:, -1] = 1.0
        # one sorted search for all rows: each row's levels lie between its number and the next
        rows, many = np.arange(len(weights))[:, None], below.shape[1]
        flat = np.searchsorted((below + 2.0 * rows).ravel(), (LEVELS + 2.0 * rows).ravel())
        place = np.minimum(flat.reshape(len(weights), -1) - rows * many, many - 1)
        weight = np.take_along_axis(weights, place, axis=1)
        before = np.take_along_axis(below, place, axis=1) - weight
        inside = np.clip((LEVELS - before) / np.maximum(weight, 1e-12), 0.0, 1.0)
        found: Floats = self.lower[place] + inside * (self.upper[place] - self.lower[place])
        return found

    def reaching(self, weights: Floats, points: Floats) -> Floats:
        """Return the weight at or above a point of each row; an atom is reached as a whole."""
        place = self.of(points)[:, None]
        weight = np.take_along_axis(weights, place, axis=1)
        beyond = np.take_along_axis(np.cumsum(weights[:, ::-1], axis=1)[:, ::-1], place, axis=1)
        lower, upper = self.lower[place], self.upper[place]
        inside = np.clip((points[:, None] - lower) / np.maximum(upper - lower, BELOW), 0.0, 1.0)
        found: Floats = np.clip(beyond - inside * weight, 0.0, 1.0)[:, 0]
        return found


def at_level(quantiles: Floats, level: float) -> Floats:
    """Return the quantile at one of the LEVELS for each row."""
    found: Floats = quantiles[:, round(level * 80) - 1]
    return found
