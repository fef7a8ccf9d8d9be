"""Naive forecasts to compare with: a point each, NaN where the method cannot say anything."""

from __future__ import annotations

import numpy as np

from perf_pipeline.monitoring.outlook.distribution import Floats
from perf_pipeline.monitoring.outlook.forecast import Kind
from perf_pipeline.monitoring.outlook.known import Known

METHODS = {
    "pro_rata": "至今进度",
    "last_year": "按上年进度",
    "last_value": "上年数",
    "execution_times_budget": "上年执行率×预算",
}


def naive(kind: Kind, known: Known) -> dict[str, Floats]:
    """Return the points of each of METHODS.

    `pro_rata`: so far ÷ the part of the year gone by; of a rate, the rate so far. `last_year`: so
    far ÷ last year's share by then; of a rate, moved as last year's moved. `last_value`: last
    year's final value. `execution_times_budget`: last year's execution rate × the present budget.
    """
    last, last_begun, budget = (
        each[:, 0] for each in (known.past_final, known.past_so_far, known.past_base)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind is Kind.RATES:
            paced, last = known.so_far / known.base, last / known.past_final_base[:, 0]
            moved = np.minimum(paced * last / (last_begun / budget), 1.0)
        else:
            paced = known.so_far / known.time
            moved = np.where(last_begun > 0, known.so_far * last / last_begun, np.nan)
        spent = (budget > 0) & (kind is Kind.SPENDING)
        times = np.where(spent, last / budget * known.base, np.nan)
    points = zip(METHODS, (paced, moved, last, times), strict=True)
    return {name: np.where(np.isfinite(each), each, np.nan) for name, each in points}
