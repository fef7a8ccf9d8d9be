"""How good forecasts were: coverage, CRPS against naive methods, Brier score, calibration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.monitoring.backtest.naive import METHODS
from perf_pipeline.monitoring.outlook.distribution import LEVELS, Floats

BINS = np.linspace(0, 1, 11)
# history classes: at least and at most so many earlier years
CLASSES = {"three_years": (3, np.inf), "one_or_two": (1, 2), "none": (0, 0), "all": (0, np.inf)}


def pinball_loss(quantiles: Floats, outcome: Floats) -> Floats:
    """Return each row's pinball loss, averaged over the LEVELS; CRPS is twice that."""
    off = outcome[:, None] - quantiles
    loss: Floats = np.maximum(LEVELS * off, (LEVELS - 1) * off).mean(axis=1)
    return loss


def summarize(rows: pd.DataFrame, limits: OutlookLimits) -> list[dict[str, object]]:
    """Return the scores of each history class that has forecasts, as plain values.

    `rows` has a row a forecast: period, earlier_years, outcome, q1 … q79, hit_80, hit_95, crps,
    scale (NaN where there is none), the absolute error of each naive method (NaN where it fails),
    probability, reached and undecided (whether the year so far leaves it open).
    """
    found = []
    for name, (least, most) in CLASSES.items():
        part = rows[rows["earlier_years"].between(least, most)]
        if len(part):
            found.append({"group": name} | _scores(part, limits))
    return found


def _scores(rows: pd.DataFrame, limits: OutlookLimits) -> dict[str, object]:
    told = rows[rows["probability"].notna()]
    return _means(rows) | {
        "brier": _mean((told["probability"] - told["reached"]) ** 2),
        "brier_events": len(told),
        "calibration": _calibration(told),
        "words": {
            "all": _words(told, limits),
            "undecided": _words(told[told["undecided"]], limits),
        },
        "levels": [
            {"level": level / 10, "observed": _mean(rows["outcome"] <= rows[f"q{8 * level}"])}
            for level in range(1, 10)
        ],
        "by_period": [
            {"period": int(str(period))} | _means(part) for period, part in rows.groupby("period")
        ],
    }


def _means(rows: pd.DataFrame) -> dict[str, Any]:
    naive = {name: _against(rows, name) for name in METHODS}
    gain, scaled_gain = (
        min((told for each in naive.values() if (told := each[of]) is not None), default=None)
        for of in ("gain", "scaled_gain")
    )
    return {
        "forecasts": len(rows),
        "coverage_80": _mean(rows["hit_80"]),
        "coverage_95": _mean(rows["hit_95"]),
        "pinball": _mean(rows["crps"] / 2),
        "crps": _mean(rows["crps"]),
        "crps_scaled": _mean(rows["crps"] / rows["scale"]),
        "crps_gain": gain,
        "crps_scaled_gain": scaled_gain,
        "naive": naive,
    }


def _against(rows: pd.DataFrame, name: str) -> dict[str, float | None]:
    """Compare with a naive method where it can say something: a point's CRPS is its error."""
    both = rows[rows[name].notna()]
    found: dict[str, float | None] = {"forecasts": len(both)}
    for scaled, scale in (("", 1.0), ("scaled_", both["scale"])):
        crps, error = _mean(both["crps"] / scale), _mean(both[name] / scale)
        found["crps_scaled" if scaled else "crps"] = error
        found[f"{scaled}gain"] = 1 - crps / error if crps is not None and error else None
    return found


def _words(told: pd.DataFrame, limits: OutlookLimits) -> dict[str, object]:
    """Tell how often what was called certain, or impossible, came true."""
    chance = told["probability"] * WHOLE_BP
    called = {
        "certain": told[chance >= limits.certain_bp],
        "impossible": told[chance <= limits.impossible_bp],
    }
    return {
        word: {"forecasts": len(rows), "came_true": _mean(rows["reached"])}
        for word, rows in called.items()
    }


def _mean(values: pd.Series) -> float | None:
    mean = values.astype(float).replace([np.inf, -np.inf], np.nan).mean()
    return None if pd.isna(mean) else float(mean)


def _calibration(told: pd.DataFrame) -> list[dict[str, object]]:
    bins = np.clip(np.digitize(told["probability"], BINS) - 1, 0, 9)
    return [
        {
            "from": float(BINS[number]),
            "to": float(BINS[number + 1]),
            "forecasts": len(part),
            "mean_probability": _mean(part["probability"]),
            "observed": _mean(part["reached"]),
        }
        for number in np.unique(bins)
        for part in [told[bins == number]]
    ]
