"""Quantiles of a Beta-Binomial: how many of a few cases succeed, when the rate is uncertain."""

from __future__ import annotations

import numpy as np
from scipy.special import betaln, gammaln

from perf_pipeline.monitoring.outlook.distribution import LEVELS, Floats

AT_ONCE = 4096  # rows worked out together, so that memory stays small


def successes(cases: Floats, rate: Floats, uncertain: Floats) -> Floats:
    """Return the quantiles of the successes (n × levels).

    `uncertain` is the standard error of the rate's log odds. Cases are rounded to whole ones; the
    result is scaled back, so that it is a part of the cases given.
    """
    whole = np.maximum(np.rint(cases), 0.0)
    rate = np.clip(rate, 1e-6, 1 - 1e-6)
    strength = 1 / np.maximum(rate * (1 - rate) * uncertain**2, 1e-9) - 1
    strength = np.clip(strength, 0.5, 1e9)
    found = np.empty((len(cases), len(LEVELS)))
    for start in range(0, len(cases), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        found[part] = _quantiles(whole[part], rate[part] * strength[part], strength[part])
    scaled: Floats = found * (cases / np.maximum(whole, 1.0))[:, None]
    return scaled


def _quantiles(cases: Floats, successes: Floats, strength: Floats) -> Floats:
    n, k = cases[:, None], np.arange(cases.max(initial=0.0) + 1)[None, :]
    possible = k <= n
    k = np.minimum(k, n)
    a, b = successes[:, None], (strength - successes)[:, None]
    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    mass = np.where(possible, np.exp(ways + betaln(k + a, n - k + b) - betaln(a, b)), 0.0)
    below = np.minimum(np.cumsum(mass, axis=1), 1.0)
    # one sorted search for all rows: each row's probabilities lie between its number and the next
    rows = np.arange(len(cases))[:, None] * 2.0
    found = np.searchsorted((below + rows).ravel(), (LEVELS[None, :] + rows).ravel())
    per_row = found.reshape(len(cases), -1) - np.arange(len(cases))[:, None] * below.shape[1]
    quantiles: Floats = np.minimum(per_row, n).astype(float)
    return quantiles
