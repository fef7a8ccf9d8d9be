"""Cases that wait (在办件): how many, how old, and what became of such cases before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from perf_pipeline.monitoring.outlook.distribution import Floats
from perf_pipeline.monitoring.outlook.known import Rows

# odds of being done in time of a case still open in each quarter of its limit, against those of a
# new one: the median of New York's offices, alike within 0.04 for limits of 15, 30 and 60 days
STILL_OPEN = np.array([1.0, 0.3, 0.17, 0.07])
# odds of a late case to be done within so many days are days ÷ this: same cases, 90 and 180 days
LATE_DAYS = 120.0
SAID = 5.0  # cases of its own before that those odds weigh like


@dataclass(frozen=True)
class Waiting(Rows):
    """Of each row, in bands of age (n × 5): quarters of the limit, and late but may be made good.

    The late count as missed by now.
    `cases` wait now and will be decided by the year's end; of earlier ones at such an age `before`
    are known, `done` of them well. `days` are left of the year (n).
    """

    cases: Floats
    before: Floats
    done: Floats
    days: Floats

    def hits(self, rate: Floats) -> Floats:
        """Return how many will be done well, of rows with such a rate among all cases (n × 5)."""
        odds = np.clip(rate / (1 - rate), 1e-3, 1e3)[:, None] * STILL_OPEN
        odds = np.hstack([odds, (self.days / LATE_DAYS)[:, None]])
        chance = (self.done + SAID * odds / (1 + odds)) / (self.before + SAID)
        well: Floats = self.cases * chance
        return well
