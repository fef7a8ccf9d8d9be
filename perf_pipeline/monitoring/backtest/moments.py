"""Past years as moments: every year at every period but its last, with what was known then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from perf_pipeline.monitoring.backtest.table import VALUES, PastYears
from perf_pipeline.monitoring.outlook.distribution import Floats
from perf_pipeline.monitoring.outlook.forecast import Kind
from perf_pipeline.monitoring.outlook.known import Known, Rows
from perf_pipeline.monitoring.outlook.years import Years


@dataclass(frozen=True)
class Moments(Rows):
    """Forecasts to make, a row each: whose, when, what was known, and how the year ended.

    `final_base` is the denominator of the year's end, of a rate; `earlier` how many earlier years
    of the entity have an end.
    """

    entity: NDArray[np.object_]
    year: NDArray[np.int64]
    period: NDArray[np.int64]
    earlier: Floats
    known: Known
    final: Floats
    final_base: Floats


def moments(past: PastYears) -> Iterator[Moments]:
    """Return the moments of a table, those of each period together, by year and entity."""
    value, *others = VALUES[past.kind]
    base = others[0] if others else None
    told = past.rows.sort_values(["year", "entity"])
    for periods in sorted(int(each) for each in told["periods"].unique()):
        rows = told[told["periods"] == periods]
        entities, subject = np.unique(rows["entity"].to_numpy(dtype=object), return_inverse=True)
        columns = {of: rows[of].to_numpy(dtype=float) for of in ("year", "period", value, *others)}
        columns["subject"] = subject.astype(float)
        years = _filled(past.kind, Years.of(len(entities), columns, value, base, periods))
        year = rows["year"].to_numpy(dtype=int)
        final, final_base = (
            each[subject, year - years.first, -1] for each in (years.value, years.base)
        )
        ends = np.cumsum(np.isfinite(years.value[:, :, -1]), axis=1)
        for period in range(1, periods):
            now = ((rows["period"] == period) & np.isfinite(final)).to_numpy()
            if not now.any():
                continue
            at = subject[now], year[now] - years.first
            yield Moments(
                entities[subject[now]],
                year[now],
                np.full(now.sum(), period),
                (ends[at] - 1).astype(float),
                years.known(*at, years.moment(period / periods)),
                final[now],
                final_base[now],
            )


def _filled(kind: Kind, years: Years) -> Years:
    """Fill what is missing within years: values by a straight line, budgets of past years too.

    What is missing is not forecast from, and later values of its own year say nothing of what is.
    """

    def line(values: Floats, *, begun: bool) -> Floats:
        table = pd.DataFrame(values.reshape(-1, len(years.time)).T, index=years.time)
        if begun:  # at nothing
            table.iloc[0] = 0.0
            table = table.interpolate("index", limit_area="inside")
        else:
            table = table.interpolate("index", limit_direction="both")
        return table.to_numpy(dtype=float).T.reshape(values.shape)

    past_base = line(years.base, begun=kind is not Kind.SPENDING)
    return replace(years, value=line(years.value, begun=True), past_base=past_base)
