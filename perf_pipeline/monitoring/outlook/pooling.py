"""Partial pooling: what one subject's few years say, drawn towards what all subjects' say."""

from __future__ import annotations

import numpy as np

from perf_pipeline.monitoring.outlook.distribution import Floats

RECENT = 0.7  # weight of a year against the one after it


def pooled_before(values: Floats, recent: float = RECENT) -> Floats:
    """Return for each subject and year the partially pooled mean of the years before it.

    `values` has a row a subject and a column a year, NaN where unknown. How far a subject is
    drawn to the pool is its spread within years against the spread between subjects (empirical
    Bayes). NaN where no subject has an earlier year.
    """
    years = values.shape[1]
    result = np.full(values.shape, np.nan)
    for year in range(1, years):
        past = values[:, :year]
        known = np.isfinite(past)
        weight = np.where(known, recent ** np.arange(year - 1, -1, -1), 0.0)
        total = weight.sum(axis=1)
        if not total.any():
            continue
        filled = np.where(known, past, 0.0)
        own = (weight * filled).sum(axis=1) / np.where(total > 0, total, 1.0)
        size = np.minimum(total, 2.0)
        pool = (size * own).sum() / size.sum()
        within = (weight * (filled - own[:, None]) ** 2).sum()
        freedom = np.maximum(known.sum(axis=1) - 1, 0).sum()
        noise = within / freedom if freedom and within else 0.0
        has = total > 0
        between = np.var(own[has]) if has.sum() > 1 else 0.0
        between = max(between - noise / max(float(total[has].mean()), 1.0), 0.1 * between, 1e-12)
        keep = total / (total + (noise / between if noise else 0.3))
        result[:, year] = pool + np.where(has, keep, 0.0) * (np.where(has, own, pool) - pool)
    return result


def last_before(values: Floats) -> Floats:
    """Return for each subject and year the value of its latest earlier known year, else NaN."""
    result = np.full(values.shape, np.nan)
    for year in range(1, values.shape[1]):
        before = values[:, year - 1]
        result[:, year] = np.where(np.isfinite(before), before, result[:, year - 1])
    return result
