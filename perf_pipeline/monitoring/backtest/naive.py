"""Naive forecasts to compare with: a point each, NaN where the method cannot say anything."""

from __future__ import annotations

import numpy as np

from perf_pipeline.monitoring.outlook.distribution import Floats
from perf_pipeline.monitoring.outlook.forecast import Kind
from perf_pipeline.monitoring.outlook.known import Known

METHODS = ("pro_rata", "last_year", "last_value", "execution_times_budget")


def naive(kind: Kind, known: Known) -> dict[str, Floats]:
    """Return the points of each of METHODS.

    `pro_rata`: so far ÷ the part of the year gone by; of a rate, the rate so far. `last_year`: so
    far ÷ last year's share by then; of a rate, moved as last year's moved. `last_value`: last
    year's final value. `execution_times_budget`: last year's execution rate × the present budget.
    """
    last, last_begun, budget = (
        each[:, 0] for each in (known.past_final, known.past_so_far, known.past_base)
    )
    nothing = np.full(len(known.time), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind is Kind.RATES:
            so_far = known.so_far / known.base
            last = last / known.past_final_base[:, 0]
            moved = so_far * last / (last_begun / budget)
            found = {"pro_rata": so_far, "last_year": np.minimum(moved, 1.0), "last_value": last}
        else:
            found = {
                "pro_rata": known.so_far / known.time,
                "last_year": np.where(last_begun > 0, known.so_far * last / last_begun, np.nan),
                "last_value": last,
            }
        rate = np.where(budget > 0, last / budget, np.nan)
        times = rate * known.base if kind is Kind.SPENDING else nothing
    points = found | {"execution_times_budget": times}
    return {name: np.where(np.isfinite(each), each, np.nan) for name, each in points.items()}
