"""The similar cases (相似情况) that a forecast rests on, a few of them listed for people.

Of each leaf the prior tells one case, drawn by chance; so the cases that a row's trees reach are a
draw from where similar ones ended. A few stand in order of how they ended, evenly through it, after
the subject's own past years. Public cases have no name: a source, a year, then and at the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perf_pipeline.domain.share import percent
from perf_pipeline.domain.words import Word
from perf_pipeline.monitoring.outlook.forest import card
from perf_pipeline.monitoring.outlook.known import NOT_TOLD

SHOWN = 8


class Tells(Word):
    """What the two values of a case are; each kind of case has a forest of its own."""

    BUDGET = "budget", "同一时点已支出当时预算的 → 年底"
    # money and counts are learned together, and a first year has no usual one
    USUAL = "usual", "同一时点占通常全年数（首年按进度推算） → 年底"
    # own years in whole things, public cases as USUAL
    COUNT = "count", "同一时点的数量（公开数据：占通常全年数，首年按进度推算） → 年底"
    RATE = "rate", "同一时点的比率 → 年底"


class Case(NamedTuple):
    """How one year went: its value at this moment of the year, and at its end."""

    source: str | None  # None for the subject itself
    year: int
    then: int
    end: int


@dataclass(frozen=True)
class Found:
    """Which of the told cases (m × 4) some rows' trees reached (rows × trees)."""

    rows: NDArray[np.bool_]
    tells: Tells
    told: NDArray[np.int32]
    leaves: NDArray[np.int32]

    def shown(self) -> NDArray[np.int32]:
        """Return a few cases of each row (rows × SHOWN × 4), by how they ended."""
        end = self.told[:, 3][self.leaves]
        order = np.argsort(end, axis=1, kind="stable")
        at = np.rint((np.arange(SHOWN) + 0.5) / SHOWN * order.shape[1] - 0.5).astype(int)
        return self.told[np.take_along_axis(self.leaves, order[:, at], axis=1)]


def stored_cases(
    found: Sequence[Found], own: Sequence[Sequence[Case]]
) -> Iterator[tuple[int, str]]:
    """Give the number of each row that has similar cases, and these as JSON, its own first."""
    sources = [source["called"] for source in card()["sources"]]
    for part in found:
        rows = np.flatnonzero(part.rows).tolist()
        for row, shown in zip(rows, part.shown().tolist(), strict=True):
            each_once = dict.fromkeys(map(tuple, shown))
            listed = [[sources[source], *case] for source, *case in each_once]
            mine = own[row] if part.tells is not Tells.USUAL else ()
            yield row, json.dumps([part.tells, [*mine, *listed]], ensure_ascii=False)


def read_cases(stored: str | None) -> tuple[Tells | None, tuple[Case, ...]]:
    """Read what `stored_cases` gave."""
    if not stored:
        return None, ()
    tells, cases = json.loads(stored)
    return Tells(tells), tuple(Case(*case) for case in cases)


def said(value: int, tells: Tells, source: str | None) -> str:
    """Write one value of a case: 48.00%, 12 of an own count, — where there was nothing yet."""
    if value == NOT_TOLD:
        return "—"
    return str(value) if tells is Tells.COUNT and source is None else percent(value)
