"""A forecast as a predictive distribution: its quantiles at fixed levels, one row a subject."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# every 1.25 %: 2.5, 10, 50, 90 and 97.5 % are among them
LEVELS: Floats = np.arange(1, 80) / 80


def at_level(quantiles: Floats, level: float) -> Floats:
    """Return the quantile at one of the LEVELS for each row."""
    found: Floats = quantiles[:, round(level * 80) - 1]
    return found


def probability_at_least(quantiles: Floats, threshold: Floats) -> Floats:
    """Return P(final ≥ threshold) for each row, within [0, 1].

    Between two quantiles the probability falls in a straight line. Outside the outermost ones it
    is 0 or 1 only when the distribution is a point; else it stays half a level away.
    """
    below = (quantiles < threshold[:, None]).sum(axis=1)
    last = quantiles.shape[1]
    rows = np.arange(len(quantiles))
    low = quantiles[rows, np.clip(below - 1, 0, last - 1)]
    high = quantiles[rows, np.clip(below, 0, last - 1)]
    width = np.where(high > low, high - low, 1.0)
    inside = np.clip((threshold - low) / width, 0.0, 1.0)
    level = np.where(below == 0, 0.5, np.where(below == last, last + 0.5, below + inside)) / 80
    point = quantiles[:, 0] == quantiles[:, -1]
    certain = np.where(quantiles[:, 0] >= threshold, 1.0, 0.0)
    return np.where(point, certain, 1.0 - level)
