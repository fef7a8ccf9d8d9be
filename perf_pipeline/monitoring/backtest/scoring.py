"""How good forecasts were: coverage, pinball loss, CRPS, Brier score, calibration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from perf_pipeline.monitoring.backtest.panels import METHODS, Made
from perf_pipeline.monitoring.outlook.distribution import LEVELS, Floats, at_level

BINS = np.linspace(0, 1, 11)
THREE_YEARS = 3


def score(made: Sequence[Made]) -> pd.DataFrame:
    """Score each forecast: one row each.

    Columns: period, year, entity, earlier; hit_80 and hit_95; pinball, crps; for each naive method
    its absolute error (the CRPS of a point) and the CRPS it has with the spread of its own past
    errors; `scale` (last year's outcome); probability, reached and each naive method's answer.
    """
    return pd.concat([_score(each) for each in made], ignore_index=True)


def _score(made: Made) -> pd.DataFrame:
    y, q = made.outcome, made.quantiles
    pinball = pinball_loss(q, y)
    rows = pd.DataFrame(
        {
            "period": made.period,
            "year": made.year,
            "entity": made.entities,
            "earlier": made.earlier,
            "hit_80": (y >= at_level(q, 0.1)) & (y <= at_level(q, 0.9)),
            "hit_95": (y >= at_level(q, 0.025)) & (y <= at_level(q, 0.975)),
            "pinball": pinball,
            "crps": 2 * pinball,
            "scale": made.last,
            "probability": made.probability,
            "reached": np.where(np.isfinite(made.threshold), y >= made.threshold, np.nan),
        }
    )
    for level in range(1, 10):
        rows[f"below_{level}"] = y <= at_level(q, level / 10)
    for name in METHODS:
        point = made.naive[name]
        rows[name] = np.abs(point - y)
        rows[f"{name}_spread"] = 2 * pinball_loss(made.naive_spread[name], y)
        rows[f"{name}_says"] = np.where(np.isfinite(point), point >= made.threshold, np.nan)
    return rows


def pinball_loss(quantiles: Floats, outcome: Floats) -> Floats:
    """Return each row's pinball loss, averaged over the LEVELS."""
    off = outcome[:, None] - quantiles
    loss: Floats = np.maximum(LEVELS * off, (LEVELS - 1) * off).mean(axis=1)
    return loss


def comparable(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the forecasts that both naive methods could make too."""
    return rows[rows[list(METHODS)].notna().all(axis=1)]


def summarize(rows: pd.DataFrame, group: str, *, scaled: bool) -> dict[str, Any]:
    """Return the mean scores of some forecasts as plain values for JSON and printing."""
    out: dict[str, Any] = {"group": group, "forecasts": len(rows)}
    out |= _means(rows, scaled=scaled)
    told = rows[rows["probability"].notna()]
    out["brier"] = _mean((told["probability"] - told["reached"]) ** 2)
    out["brier_events"] = len(told)
    for name in METHODS:
        out["naive"][name]["brier"] = _mean((told[f"{name}_says"] - told["reached"]) ** 2)
    out["calibration"] = _calibration(told)
    out["levels"] = [
        {"level": level / 10, "observed": _mean(rows[f"below_{level}"])} for level in range(1, 10)
    ]
    out["by_period"] = [
        {"period": int(str(period)), "forecasts": len(part), **_means(part, scaled=scaled)}
        for period, part in rows.groupby("period")
    ]
    return out


def _means(rows: pd.DataFrame, *, scaled: bool) -> dict[str, Any]:
    relative = rows[rows["scale"] > 0] if scaled else rows
    by = relative["scale"] if scaled else 1.0
    naive = {
        name: {
            "crps": _mean(rows[name]),
            "crps_scaled": _mean(relative[name] / by),
            "crps_with_spread": _mean(rows[f"{name}_spread"]),
        }
        for name in METHODS
    }
    crps, small = _mean(rows["crps"]), _mean(relative["crps"] / by)
    return {
        "coverage_80": _mean(rows["hit_80"]),
        "coverage_95": _mean(rows["hit_95"]),
        "pinball": _mean(rows["pinball"]),
        "crps": crps,
        "crps_scaled": small,
        "crps_gain": _gain(crps, naive, "crps"),
        "crps_scaled_gain": _gain(small, naive, "crps_scaled"),
        "crps_gain_over_spread": _gain(crps, naive, "crps_with_spread"),
        "naive": naive,
    }


def _gain(crps: float | None, naive: dict[str, dict[str, float | None]], key: str) -> float | None:
    """Return by what part the CRPS is smaller than that of the better naive method."""
    others = [each[key] for each in naive.values() if each[key] is not None]
    best = min(filter(None, others), default=None)
    return None if crps is None or best is None else 1 - crps / best


def _mean(values: pd.Series) -> float | None:
    mean = values.astype(float).mean()
    return None if pd.isna(mean) else float(mean)


def _calibration(told: pd.DataFrame) -> list[dict[str, Any]]:
    bins = np.clip(np.digitize(told["probability"], BINS) - 1, 0, 9)
    parts = ((number, told[bins == number]) for number in range(10))
    return [
        {
            "from": float(BINS[number]),
            "to": float(BINS[number + 1]),
            "forecasts": len(part),
            "mean_probability": _mean(part["probability"]),
            "observed": _mean(part["reached"]),
        }
        for number, part in parts
        if len(part)
    ]
