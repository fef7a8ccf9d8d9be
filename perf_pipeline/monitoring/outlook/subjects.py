"""The outlook of many subjects at one checkpoint: pure functions over frames.

A subject is a project's spending or an indicator. Rows come one a subject and year: the value so
far at this checkpoint and, of past years, the value at year end.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from perf_pipeline.monitoring.outlook.distribution import LEVELS, Floats, at_level
from perf_pipeline.monitoring.outlook.first_year import first_year_counts, first_year_spending
from perf_pipeline.monitoring.outlook.rates import Rates, RatesOutlook
from perf_pipeline.monitoring.outlook.totals import Totals, TotalsOutlook

INTERVALS = {"low95": 0.025, "low80": 0.1, "point": 0.5, "high80": 0.9, "high95": 0.975}


class Measured(StrEnum):
    """What a subject's value is, and so in which unit its forecast is stored."""

    SPENDING = "fen"  # whole fen, within a budget
    RATE = "bp"  # a part of cases, in basis points
    COUNT = "count"  # whole things
    AMOUNT = "unit"  # whole units of the target, not counted one by one


class Method(StrEnum):
    """How a forecast was made; each can be told in a sentence (wording.py)."""

    FACT = "fact"
    PAST_YEARS = "past_years"
    PLAN = "plan"
    PACE = "pace"
    CASES = "cases"


def quantiles_of(
    rows: pd.DataFrame, measured: Measured, time: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return each subject's quantiles at year end, and whether they rest on its past years.

    `rows` has the columns subject (0, 1, … in the order of the result), year, value, base,
    open_cases, final_value, final_base, budget and planned (all floats, NaN where
    unknown); the newest year is the one foretold.
    """
    years = np.unique(rows["year"])
    subjects = int(rows["subject"].max()) + 1
    place = (rows["subject"].to_numpy(), np.searchsorted(years, rows["year"]))

    def panel(name: str) -> Floats:
        values = np.full((subjects, len(years)), np.nan)
        values[place] = rows[name].to_numpy(dtype=float)
        return values

    year = len(years) - 1
    value, final = panel("value"), panel("final_value")
    if measured is Measured.RATE:
        so_far = (value, panel("base"))
        at_end = (final, panel("final_base"))
        rates = RatesOutlook(Rates(*so_far, *at_end, panel("open_cases"), time))
        return rates.forecast(year), rates.from_past[:, year]
    planned = panel("planned")
    planned = np.where(np.isfinite(planned), planned, time)
    counted = measured is Measured.COUNT
    totals = TotalsOutlook(Totals(value, final, panel("budget"), planned, time, counted))
    quantiles, past = totals.forecast(year), totals.from_past[:, year]
    past = past & np.isfinite(final[:, :year]).any(axis=1)
    if counted:
        first = ~past & np.isfinite(value[:, year])
        quantiles[first] = first_year_counts(value[first, year], time)
    budget = panel("budget")[:, year]
    first = ~past & np.isfinite(value[:, year]) & (budget > 0)
    if measured is Measured.SPENDING and first.any():
        plan = planned[first, year]
        quantiles[first] = first_year_spending(value[first, year], budget[first], plan)
    return quantiles, past


def facts(value: Floats) -> Floats:
    """Return the quantiles at year end itself: the fact, whatever the level."""
    return np.repeat(value[:, None], len(LEVELS), axis=1)


def stored(quantiles: Floats, measured: Measured) -> pd.DataFrame:
    """Return point and intervals in whole units, each interval within the wider one."""
    scale = 10_000 if measured is Measured.RATE else 1
    return pd.DataFrame(
        {name: np.rint(at_level(quantiles, level) * scale) for name, level in INTERVALS.items()}
    )
