"""The outlook as the reports write it: in 万元, per cent or the target's own unit."""

from __future__ import annotations

from typing import Any

from perf_pipeline.domain.outlook import Likelihood
from perf_pipeline.monitoring.outlook.subjects import Measured
from perf_pipeline.monitoring.outlook.wording import written
from perf_pipeline.reports.model import Outlook


def outlook_line(row: Any | None, unit: str | None = None) -> Outlook | None:
    """Return the outlook of a row of table outlook; None where none was made."""
    if row is None:
        return None
    if row.point is None:
        return Outlook(None, None, None, None, row.reason)
    low, point, high = (
        written(amount, Measured(row.measured_in), unit)
        for amount in (row.low80, row.point, row.high80)
    )
    interval = f"{low}—{high}" if low != high else None
    likelihood = None if row.likelihood is None else Likelihood(row.likelihood)
    return Outlook(row.point, point, interval, likelihood, row.reason, row.low80, row.high80)
