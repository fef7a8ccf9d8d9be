"""A year without a past one to go by: what the year so far alone can say."""

from __future__ import annotations

import numpy as np
from scipy import stats

from perf_pipeline.monitoring.outlook.distribution import LEVELS, Floats

EXECUTED = 0.93  # part of a budget usually spent by year end
SURE = 1.0  # strength of the Beta before anything is due: late money is often all or nothing
UNEVEN = 0.3  # how unevenly counts come within a year, beyond chance (coefficient of variation)


def first_year_counts(so_far: Floats, time: float) -> Floats:
    """Return the quantiles of the year's count (n × levels) after a part `time` of it.

    A Gamma posterior for the pace (half a count as prior) makes the rest of the year Negative
    Binomial; its spread grows by how unevenly counts come. Nothing so far still leaves a chance.
    """
    distinct, place = np.unique(so_far, return_inverse=True)
    pace = (distinct + 0.5) / time
    shape = 1 / (1 / (distinct + 0.5) + UNEVEN**2 * (1 - time))
    mean = pace * (1 - time)
    rest = stats.nbinom.ppf(LEVELS[None, :], shape[:, None], (shape / (shape + mean))[:, None])
    quantiles: Floats = (distinct[:, None] + rest)[place]
    return quantiles


def first_year_spending(paid: Floats, budget: Floats, planned: Floats) -> Floats:
    """Return the quantiles of the year's spending (n × levels), never above budget or what is paid.

    Of the budget not yet paid a part is spent that is Beta-distributed: at first the usual part,
    the more of the plan is due the nearer to how far the plan was kept. A plan that was not kept
    at all leaves half open: money that is late may still be paid.
    """
    kept = np.clip(paid / np.maximum(planned * budget, 1.0), 0.0, 1.0)
    part = EXECUTED * (1 + planned * kept) / (1 + planned)
    strength = SURE * (1 + planned)
    a, b = part * strength, (1 - part) * strength
    spent = stats.beta.ppf(LEVELS[None, :], a[:, None], b[:, None])
    quantiles: Floats = paid[:, None] + np.maximum(budget - paid, 0.0)[:, None] * spent
    return quantiles
