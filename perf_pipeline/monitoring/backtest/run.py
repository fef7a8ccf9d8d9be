"""The backtest: what `perf-pipeline backtest` prints, and every forecast behind it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.monitoring.backtest.moments import Moments, moments
from perf_pipeline.monitoring.backtest.naive import naive
from perf_pipeline.monitoring.backtest.scoring import pinball_loss, summarize
from perf_pipeline.monitoring.backtest.table import KEY, read_past_years
from perf_pipeline.monitoring.outlook.distribution import LEVELS, Floats, at_level
from perf_pipeline.monitoring.outlook.forecast import Kind, forecast
from perf_pipeline.monitoring.outlook.told import card

EVENTS = {
    Kind.SPENDING: "全年支出达到当时预算的90%（没有预算的，达到上年支出）",
    Kind.RATES: "全年比率不低于上年",
    Kind.COUNTS: "全年数量不少于上年",
}
QUANTILES = [f"q{number}" for number in range(1, len(LEVELS) + 1)]
FORECASTS = [*KEY, "earlier_years", "outcome", *QUANTILES]


def backtest(path: Path, limits: OutlookLimits) -> tuple[dict[str, object], pd.DataFrame]:
    """Forecast every year of a table at every period but its last, and score the forecasts.

    Returns the scores (docs/decisions/outlook.md): kind, rows, entities, years, forecasts, event,
    notes, prior and `groups`, one a history class; and the forecasts: entity, year, period,
    earlier_years, outcome, q1 … q79. Raises LayoutError when nothing can be scored.
    """
    past = read_past_years(path)
    parts = [_forecast(past.kind, each, limits) for each in moments(past)]
    parts = [each for each in parts if len(each)]
    if not parts:
        raise LayoutError("没有可评分的预计：至少要有一年，且有最后一期的数", Place(file=str(path)))
    scored = pd.concat(parts).sort_values(KEY, kind="stable", ignore_index=True)
    scores = {
        "file": path.name,
        "kind": str(past.kind),
        "rows": len(past.rows),
        "entities": int(past.rows["entity"].nunique()),
        "years": [int(past.rows["year"].min()), int(past.rows["year"].max())],
        "forecasts": len(scored),
        "event": EVENTS[past.kind],
        "notes": list(past.notes),
        "prior": card()["version"],
        "groups": summarize(scored, limits),
    }
    return scores, scored[FORECASTS]


def _forecast(kind: Kind, moment: Moments, limits: OutlookLimits) -> pd.DataFrame:
    """Return the forecasts of the moments of one period (FORECASTS), and their scores."""
    known = moment.known
    told = forecast(kind, known)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = kind is Kind.RATES
        outcome = moment.final / moment.final_base if rates else moment.final
        last = known.past_final[:, 0] / (known.past_final_base[:, 0] if rates else 1.0)
    wanted = known.base * limits.spent_bp / WHOLE_BP if kind is Kind.SPENDING else last
    wanted = np.where(np.isfinite(wanted) & (wanted > 0), wanted, last)
    asked, q = np.isfinite(wanted), told.quantiles
    scored = pd.DataFrame(
        {
            "entity": moment.entity,
            "year": moment.year,
            "period": moment.period,
            "earlier_years": moment.earlier.astype(int),
            "outcome": outcome,
            "hit_80": _within(q, outcome, 0.1),
            "hit_95": _within(q, outcome, 0.025),
            "crps": 2 * pinball_loss(q, outcome),
            "scale": 1.0 if rates else np.where(last > 0, last, np.nan),
            "probability": np.where(asked, told.reaching(np.nan_to_num(wanted)), np.nan),
            "reached": np.where(asked, outcome >= wanted, np.nan),
            "undecided": True if rates else known.so_far < wanted,
        }
        | {name: np.abs(point - outcome) for name, point in naive(kind, known).items()}
    )
    made = pd.concat([scored, pd.DataFrame(q, columns=QUANTILES)], axis=1)
    return made[np.isfinite(q).all(axis=1) & np.isfinite(outcome)]


def _within(quantiles: Floats, outcome: Floats, level: float) -> np.ndarray:
    low, high = at_level(quantiles, level), at_level(quantiles, 1 - level)
    near: Floats = 1e-9 * np.maximum(np.abs(outcome), 1.0)
    return (outcome >= low - near) & (outcome <= high + near)
