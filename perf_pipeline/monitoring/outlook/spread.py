"""How far forecasts were off, and what that says of the next one."""

from __future__ import annotations

import numpy as np
from scipy import stats

from perf_pipeline.monitoring.outlook.distribution import LEVELS, Floats

PRIOR_ROWS = 0.7  # past errors that the prior of the spread weighs like
OWN_ROWS = 2.0  # own past errors after which a subject's spread is half its own
CONFORMAL_ROWS = 40.0  # past errors after which their own quantiles weigh half
FEW_YEARS = 0.5  # doubt for having seen few years
SHARED_DOUBT = 4.0  # the same for errors that all subjects of a year share


def subject_variances(error: Floats, counting: Floats, weight: Floats, prior: float) -> Floats:
    """Return each subject's variance beyond counting: its own past errors, drawn to the pool."""
    beyond = np.maximum(error**2 - counting, 0.0) * weight
    pooled = (beyond.sum() + PRIOR_ROWS * prior**2) / (weight.sum() + PRIOR_ROWS)
    own: Floats = (beyond.sum(axis=1) + OWN_ROWS * pooled) / (weight.sum(axis=1) + OWN_ROWS)
    return own


def weighted_quantiles(values: Floats, weight: Floats, levels: Floats) -> Floats:
    """Return the quantiles of weighted values."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weight[order])
    found: Floats = np.interp(levels, (share - weight[order] / 2) / share[-1], values[order])
    return found


def standard_quantiles(z: Floats, weight: Floats, doubt: float) -> Floats:
    """Return the quantiles of standardised errors: Student's t while few, then their own.

    Errors that all subjects of a year share are as few as the years, however many the subjects:
    the more of the variance is shared (`doubt`), the wider the quantiles for few years.
    """
    known = weight > 0
    years = int(known.any(axis=0).sum())
    students: Floats = stats.t.ppf(LEVELS, df=years + 2)
    if not years:
        return students
    students *= np.sqrt(years / (years + 2))  # of variance 1
    own = weighted_quantiles(z[known], weight[known], LEVELS)
    enough = weight.sum() / (weight.sum() + CONFORMAL_ROWS)
    wider = np.sqrt(1 + (FEW_YEARS + SHARED_DOUBT * doubt) / years)
    found: Floats = wider * (enough * own + (1 - enough) * students)
    return found


def shared_part(z: Floats, weight: Floats) -> float:
    """Return the part of the errors' variance that is common to all subjects of a year."""
    n = (weight > 0).sum(axis=0)
    several = n > 1
    if not several.any():
        return 1.0
    total = (z**2).sum() / n.sum()
    if not total:
        return 0.0
    means = z.sum(axis=0)[several] / n[several]
    return float(np.clip((means**2 - total / n[several]).mean() / total, 0.0, 1.0))
