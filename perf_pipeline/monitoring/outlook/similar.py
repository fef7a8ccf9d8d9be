"""The similar cases (相似情况) that a forecast rests on, a few of them listed for people.

Of each leaf the prior tells one case, drawn by chance; so the cases that a row's trees reach are a
draw from where similar ones ended. A few stand in order of how they ended, evenly through it, after
the subject's own past years. Public cases have no name: a source, a year, then and at the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perf_pipeline.monitoring.outlook.told import Case, Tells, card

SHOWN = 8


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
