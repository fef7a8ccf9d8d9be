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

from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.scoring import half_up
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.domain.status import Light
from perf_pipeline.monitoring.project_money import ProjectMoney

NO_NEARER: Mapping[str, Limits] = {}


def judge_spending(
    row: ProjectMoney, limits: Limits, nearer: Mapping[str, Limits] = NO_NEARER
) -> ProjectMoney:
    """Add actual_bp, deviation_bp, light, and the limits that it was judged by.

    Whatever is paid on a budget of 0 is overspent, and nothing paid is as it should be, without a
    rate; without a known budget nothing can be said, and that is a finding of its own. `nearer` are
    the limits of departments that have their own, by department_code.
    """
    of = nearer.get(row.department_code, limits)
    row = row._replace(yellow_bp=of.yellow_bp, red_bp=of.red_bp, ahead_bp=of.ahead_bp)
    budget, paid, planned = row.budget_fen, row.paid_fen, row.planned_bp
    if budget is None or paid is None:
        return row._replace(light=str(Light.UNKNOWN))
    share = Fraction(paid * WHOLE_BP, budget) if budget > 0 else None
    deviation = Fraction(0) if budget == paid == 0 else None
    if share is not None:
        beside = [] if planned is None else [planned, *(planned + each for each in row.limits)]
        row = row._replace(actual_bp=whole_beside(share, (*beside, WHOLE_BP)))
    if share is not None and planned is not None:
        deviation = share - planned
        row = row._replace(deviation_bp=(row.actual_bp or 0) - planned)
    passed = share is not None and share > max(planned or 0, row.coming_bp or 0)
    light = light_of(deviation, row.limits, overspent=row.overspent, passed=passed)
    return row._replace(light=str(light))


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
