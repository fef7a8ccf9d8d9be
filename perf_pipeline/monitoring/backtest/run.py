"""The backtest as one value: what `perf-pipeline backtest` prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.monitoring.backtest.panels import forecasts
from perf_pipeline.monitoring.backtest.scoring import THREE_YEARS, comparable, score, summarize
from perf_pipeline.monitoring.backtest.table import Kind, read_past_years

BUDGET_SHARE = 0.9  # execution rate whose reaching is foretold where there is a budget
EVENTS = {
    Kind.SPENDING: "全年支出达到当时预算的90%（没有预算的，达到上年支出）",
    Kind.RATES: "全年比率不低于上年",
    Kind.COUNTS: "全年数量不少于上年",
}


def backtest(path: Path) -> dict[str, Any]:
    """Forecast every year of a table at every period but its last, and score the forecasts.

    Returns kind, rows, entities, years, forecasts, event, notes, and `groups`: the scores of
    all forecasts that the naive methods could make too, and of those with three earlier years
    (docs/decisions/outlook.md). Raises LayoutError when nothing can be scored.
    """
    past = read_past_years(path)
    made = list(forecasts(past, BUDGET_SHARE))
    if not made:
        raise LayoutError(
            "没有可评分的预计：每个单位至少要有两年，且各年有最后一期的数", Place(file=str(path))
        )
    scored = score(made)
    both = comparable(scored)
    groups = {
        "three_years": both[both["earlier"] >= THREE_YEARS],
        "all": both,
    }
    return {
        "file": path.name,
        "kind": str(past.kind),
        "rows": len(past.rows),
        "entities": int(past.rows["entity"].nunique()),
        "years": [int(past.rows["year"].min()), int(past.rows["year"].max())],
        "forecasts": len(scored),
        "event": EVENTS[past.kind],
        "notes": list(past.notes),
        "groups": [
            summarize(rows, name, scaled=past.kind is not Kind.RATES)
            for name, rows in groups.items()
            if len(rows)
        ],
    }
