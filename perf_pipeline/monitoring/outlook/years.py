"""Years as they went: of many subjects what was told at some moments of each year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perf_pipeline.monitoring.outlook.columns import Columns, numbers
from perf_pipeline.monitoring.outlook.distribution import BELOW, Floats
from perf_pipeline.monitoring.outlook.known import QUARTER, YEARS_BACK, Known

Numbers = NDArray[np.intp]


@dataclass(frozen=True)
class Years:
    """Values and bases (subjects × years × moments), NaN where not told.

    `time` is the part of the year gone by at each moment: the first is the start, where every value
    is 0, the last the end. `past_base` is the base of a year as it is known once that is past.
    """

    first: int
    time: Floats
    value: Floats
    base: Floats
    past_base: Floats

    @classmethod
    def of(cls, n: int, rows: Columns, value: str, base: str | None, periods: int) -> Years:
        """Return the years of n subjects, from rows: subject (its number), year, period, values."""
        subject, year, period = (np.asarray(rows[of], int) for of in ("subject", "year", "period"))
        moments = np.unique([0, *np.unique(period), periods])
        first = int(year.min())
        place = subject, year - first, np.searchsorted(moments, period)
        shape = n, int(year.max()) - first + 1, len(moments)

        def cube(name: str | None) -> Floats:
            values = np.full(shape, np.nan)
            if name is not None:
                values[place] = numbers(rows[name])
            return values

        values, bases = cube(value), cube(base)
        values[:, :, 0] = 0.0
        return cls(first, moments / periods, values, bases, bases)

    def moment(self, time: float) -> int:
        """Return the number of the last moment by such a part of the year."""
        return max(int(np.searchsorted(self.time, time + BELOW, side="right")) - 1, 0)

    def known(self, subject: Numbers, year: Numbers, moment: int) -> Known:
        """Return what was known of subjects in years (n, from the first on) at a moment."""
        back = min(YEARS_BACK, max(self.value.shape[1] - 1, 1))
        years_back = year[:, None] + back - 1 - np.arange(back)

        def before(values: Floats) -> Floats:
            padded = np.hstack([np.full((len(values), back), np.nan), values])
            found: Floats = padded[subject[:, None], years_back]
            return found

        time = self.time[moment]
        since = self.moment(time - QUARTER)
        now, then = (self.value[subject, year, at] for at in (moment, since))
        return Known(
            np.full(len(subject), time),
            now,
            self.base[subject, year, moment],
            (now - then) / (time - self.time[since]),
            before(self.value[:, :, moment]),
            before(self.past_base[:, :, moment]),
            before(self.value[:, :, -1]),
            before(self.base[:, :, -1]),
        )
