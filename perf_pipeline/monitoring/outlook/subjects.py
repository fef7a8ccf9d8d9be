"""The outlook of many subjects at one checkpoint: from frames to what is known, and back.

A subject is a project's spending or an indicator. Rows come one a subject and year: the value so
far at this checkpoint and, of past years, the value at year end.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

import numpy as np
import pandas as pd

from perf_pipeline.monitoring.outlook.deliverables import on_target, with_target
from perf_pipeline.monitoring.outlook.distribution import Floats, at_level
from perf_pipeline.monitoring.outlook.forecast import Forecast, Kind, forecast
from perf_pipeline.monitoring.outlook.known import Known
from perf_pipeline.monitoring.outlook.waiting import Waiting

INTERVALS = {"low95": 0.025, "low80": 0.1, "point": 0.5, "high80": 0.9, "high95": 0.975}
EARLIEST, LATEST = 1 / 12, 11 / 12  # how far a plan may move a first year


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
    FIRST_YEAR = "first_year"


def tell(
    rows: pd.DataFrame, measured: Measured, time: float, waiting: Waiting | None = None
) -> Forecast:
    """Foretell each subject's year end.

    `rows` has the columns subject (0, 1, … in the order of the result), year, value, base,
    limit, final_value, final_base, final_limit and planned (all floats, NaN where
    unknown); the newest year is the one foretold. `limit` is the budget or the target in force.
    """
    years = np.unique(rows["year"])
    subjects = int(rows["subject"].max()) + 1
    place = (rows["subject"].to_numpy(), np.searchsorted(years, rows["year"]))

    def panel(name: str) -> Floats:
        values = np.full((subjects, len(years)), np.nan)
        values[place] = rows[name].to_numpy(dtype=float)
        return values

    base = "base" if measured is Measured.RATE else "limit"
    final_base = "final_base" if measured is Measured.RATE else "final_limit"
    now, limit = panel("value")[:, -1], panel("limit")
    past = (panel(name)[:, -2::-1] for name in ("value", base, "final_value", final_base))
    known = Known(np.full(subjects, time), now, panel(base)[:, -1], *past)
    if measured is Measured.RATE:
        return forecast(Kind.RATES, known, waiting)
    if measured is Measured.COUNT:
        made = forecast(Kind.COUNTS, _with_target_as_past(known, limit[:, -1]))
        made = replace(made, years=known.years)
        habit = on_target(panel("final_value")[:, :-1], panel("final_limit")[:, :-1])
        target = np.where(limit[:, -1] > now, limit[:, -1], np.nan)
        return with_target(made, target, habit)
    planned = panel("planned")[:, -1]
    # a plan moves a first year: what is planned late is not late; own past years know their season
    moves = np.isfinite(planned) & (known.years == 0)
    moved = np.where(moves, np.clip((time + planned) / 2, EARLIEST, LATEST), time)
    return forecast(Kind.SPENDING, replace(known, time=moved))


def _with_target_as_past(known: Known, target: Floats) -> Known:
    """Let the target stand for a past year where there is neither a past nor anything yet.

    It is what is expected; that much is the office's own word. A target of nothing always does.
    """
    stands = np.zeros(known.past_final.shape, dtype=bool)
    stands[:, 0] = (known.years == 0) & ((known.so_far == 0) | (target == 0)) & np.isfinite(target)
    return replace(
        known,
        past_so_far=np.where(stands, 0.0, known.past_so_far),
        past_final=np.where(stands, target[:, None], known.past_final),
    )


def stored(quantiles: Floats, measured: Measured) -> pd.DataFrame:
    """Return point and intervals in whole units, each interval within the wider one."""
    scale = 10_000 if measured is Measured.RATE else 1
    return pd.DataFrame(
        {name: np.rint(at_level(quantiles, level) * scale) for name, level in INTERVALS.items()}
    )
