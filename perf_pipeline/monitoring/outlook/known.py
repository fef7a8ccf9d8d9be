"""What is known when a year's end is foretold, a row a forecast: nothing of a later day."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.monitoring.outlook.distribution import Floats
from perf_pipeline.monitoring.outlook.told import NOT_TOLD

UNKNOWN = -9.0  # what a feature that is not known is for the forest
YEARS_BACK = 10  # what is older says nothing of today
FADING = 0.7  # weight of a year against the one after it
QUARTER = 0.25  # of a year


class Rows:
    """Arrays that tell of the same rows, a field each."""

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        """Return some of the rows."""
        parts = (getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]
        return type(self)(
            *(part.rows(chosen) if isinstance(part, Rows) else part[chosen] for part in parts)
        )


@dataclass(frozen=True)
class Known(Rows):
    """The year so far (n), and past years at the same moment and at their end (n × years).

    `time` is the part of the year gone by. `so_far` is spent, counted, or of a rate the numerator;
    `base` is the budget in force, or of a rate the denominator, NaN where there is none. `pace`
    is what a year as the last quarter of a year would bring; where unknown, what one as all of this
    year so far. Past years stand newest first, NaN where unknown, known ones before unknown ones.
    """

    time: Floats
    so_far: Floats
    base: Floats
    pace: Floats
    past_so_far: Floats
    past_base: Floats
    past_final: Floats
    past_final_base: Floats

    def __post_init__(self) -> None:
        """Move the years whose moment and end are known to the front, and fill `pace`."""
        pace = np.where(np.isnan(self.pace), self.so_far / self.time, self.pace)
        object.__setattr__(self, "pace", pace)
        known = np.isfinite(self.past_so_far) & np.isfinite(self.past_final)
        order = np.argsort(~known, axis=1, kind="stable")
        for field in fields(self):
            value = getattr(self, field.name)
            if value.ndim == 2:
                value = np.take_along_axis(np.where(known, value, np.nan), order, axis=1)
                object.__setattr__(self, field.name, value)

    @property
    def years(self) -> Floats:
        """Return how many past years are known, a number a row."""
        known: Floats = np.isfinite(self.past_final).sum(axis=1).astype(float)
        return known


def recent_mean(values: Floats) -> Floats:
    """Return each row's mean, a year weighing FADING of the one after it; NaN without any."""
    known = np.isfinite(values)
    weight = known * FADING ** np.arange(values.shape[1])
    total = weight.sum(axis=1)
    mean = (np.where(known, values, 0.0) * weight).sum(axis=1) / np.where(total > 0, total, 1.0)
    return np.where(total > 0, mean, np.nan)


def columns(*features: Floats) -> NDArray[np.float32]:
    """Return features as the forest reads them: one column each, UNKNOWN for NaN."""
    table = np.column_stack(features)
    return np.where(np.isfinite(table), table, UNKNOWN).astype(np.float32)


def in_bp(part: Floats, whole: Floats) -> Floats:
    """Return whole basis points, NOT_TOLD where there is no whole."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.rint(part / whole * WHOLE_BP)
    return np.where(np.isfinite(found), np.clip(found, NOT_TOLD, -NOT_TOLD), NOT_TOLD)
