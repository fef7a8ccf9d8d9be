"""Counts that have a target: many end exactly on it, since people stop when it is reached."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perf_pipeline.monitoring.outlook.distribution import Floats
from perf_pipeline.monitoring.outlook.forecast import Forecast

ON_TARGET = 0.2  # of counted indicators that a city publishes, those that end exactly on target
YEARS = 2.0  # own years that this weighs like


def on_target(final: Floats, targets: Floats) -> Floats:
    """Return how often past years (n × years) ended exactly on target, drawn to ON_TARGET."""
    known = np.isfinite(final) & np.isfinite(targets)
    hits = (known & (final == targets)).sum(axis=1)
    habit: Floats = (hits + ON_TARGET * YEARS) / (known.sum(axis=1) + YEARS)
    return habit


def at_most(made: Forecast, most: Floats) -> Forecast:
    """Return a forecast that never passes what there can be at most; NaN where nothing limits."""
    return replace(
        made,
        quantiles=np.fmin(made.quantiles, most[:, None]),
        reaching=lambda wanted: np.where(wanted > most, 0.0, made.reaching(wanted)),
    )
