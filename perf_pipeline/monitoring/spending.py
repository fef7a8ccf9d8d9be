"""Spending against plan (预算执行进度): a pure function of one project.

Deviation = paid ÷ budget − planned cumulative share, in percentage points, at the last planned
point on or before the as-of date. Where the plan has no point on that date (9月底 between 6月底 and
10月底), spending is ahead (超前) only where it has passed the next point's share too: what lies
between two points is on its way. Everything is compared exactly. The light is that of payments;
contracts that bind money (已签未付) stand beside it, since bound money is not idle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.scoring import half_up
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.domain.status import Light
from perf_pipeline.monitoring.rows import rows_as, with_columns

LIMIT_COLUMNS = ("yellow_bp", "red_bp", "ahead_bp")
NO_NEARER: Mapping[str, Limits] = {}


class Spent(NamedTuple):
    """What a project's light is judged by.

    A budget of None is not known, 0 was not given; without a ledger what was paid is None;
    `coming_bp` is the next planned share, None where the plan has a point on the date.
    """

    budget_fen: int | None
    paid_fen: int | None
    planned_bp: int | None
    coming_bp: int | None
    yellow_bp: int
    red_bp: int
    ahead_bp: int


def judge_spending(
    projects: pd.DataFrame, limits: Limits, nearer: Mapping[str, Limits] = NO_NEARER
) -> pd.DataFrame:
    """Add actual_bp, deviation_bp, light, and the limits it was judged by, to one row a project.

    Whatever is paid on a budget of 0 is overspent; without a known budget nothing can be said, and
    that is a finding of its own. `nearer` are the limits of departments that have their own, by
    department_code.
    """
    limited = with_limits(projects, limits, nearer)
    judged = map(_judged, rows_as(Spent, limited))
    return with_columns(limited, ("actual_bp", "deviation_bp", "light"), judged)


def with_limits(
    rows: pd.DataFrame, limits: Limits, nearer: Mapping[str, Limits] = NO_NEARER
) -> pd.DataFrame:
    """Add the columns yellow_bp, red_bp and ahead_bp: of the department, or else the general."""
    codes = rows["department_code"] if nearer else [""] * len(rows)
    found = (nearer.get(code, limits) for code in codes)
    columns = ([getattr(each, name) for name in LIMIT_COLUMNS] for each in found)
    return with_columns(rows, LIMIT_COLUMNS, columns)


def _judged(row: Spent) -> tuple[int | None, int | None, str]:
    budget, paid, planned = row.budget_fen, row.paid_fen, row.planned_bp
    limits = (row.yellow_bp, row.red_bp, row.ahead_bp)
    if budget is None or paid is None:
        return None, None, str(Light.UNKNOWN)
    if budget <= 0:
        return None, None, str(light_of(None, limits, overspent=paid > budget))
    share = Fraction(paid * WHOLE_BP, budget)
    if planned is None:
        light = light_of(None, limits, overspent=paid > budget)
        return whole_beside(share, (WHOLE_BP,)), None, str(light)
    actual = whole_beside(share, (planned, *(planned + each for each in limits), WHOLE_BP))
    passed = share > max(planned, row.coming_bp or 0)
    light = light_of(share - planned, limits, overspent=paid > budget, passed=passed)
    return actual, actual - planned, str(light)


def light_of(
    deviation: Fraction | None,
    limits: tuple[int, int, int],
    *,
    overspent: bool,
    passed: bool = False,
) -> Light:
    """Return the light of a deviation in basis points, None where it is not known.

    `limits` are those of yellow, red and ahead; `passed` tells that the next planned point is
    passed too, where the date has none.
    """
    yellow, red, ahead = limits
    if overspent:
        return Light.RED
    if deviation is None:
        return Light.UNKNOWN
    if deviation < yellow:
        return Light.RED if deviation < red else Light.YELLOW
    return Light.AHEAD if deviation > ahead and passed else Light.GREEN


def whole_beside(exact: Fraction, limits: Iterable[int]) -> int:
    """Round, halves up, and move what that put onto a limit to the side that it is on, by one.

    -10.003 points are stored as -10.01 beside a limit of -10, and not as the limit itself.
    """
    rounded = half_up(exact)
    for limit in limits:
        if rounded == limit:
            rounded += (exact > limit) - (exact < limit)
    return rounded
