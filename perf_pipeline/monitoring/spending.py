"""Spending against plan (预算执行进度): a pure function over one row a project.

Deviation = paid ÷ budget − planned cumulative share, in percentage points, at the last planned
point on or before the as-of date. Where the plan has no point on that date (9月底 between 6月底 and
10月底), spending is ahead (超前) only where it has passed the next point's share too: what lies
between two points is on its way. Everything is compared in whole numbers. The light is that of
payments; contracts that bind money (已签未付) stand beside it, since bound money is not idle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from perf_pipeline.domain.limits import Limits
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.domain.status import Light
from perf_pipeline.monitoring.exact import (
    Mask,
    Numbers,
    beside,
    compare,
    or_none,
    round_quotient,
    whole_numbers,
)
from perf_pipeline.monitoring.words import each, plain

LIMIT_COLUMNS = ("yellow_bp", "red_bp", "ahead_bp")
NO_NEARER: Mapping[str, Limits] = {}


def judge_spending(
    projects: pd.DataFrame, limits: Limits, nearer: Mapping[str, Limits] = NO_NEARER
) -> pd.DataFrame:
    """Add actual_bp, deviation_bp, light, and the limits it was judged by, to one row a project.

    Columns needed, all of whole numbers or None: budget_fen (None: no budget is known, 0: none was
    given), paid_fen (None: no ledger), planned_bp (None: no plan), coming_bp (the next planned
    share; None where the plan has a point on the date). Whatever is paid on a budget of 0 is
    overspent; without a known budget nothing can be said, and that is a finding of its own.
    `nearer` are the limits of departments that have their own, by department_code.
    """
    judged = with_limits(projects, limits, nearer)
    budget, has_budget = whole_numbers(judged["budget_fen"])
    paid, has_paid = whole_numbers(judged["paid_fen"])
    planned, has_plan = whole_numbers(judged["planned_bp"])
    has_share = has_budget & has_paid & (budget > 0)
    known = has_share & has_plan
    coming, _ = whole_numbers(judged["coming_bp"])
    passed = compare((paid, WHOLE_BP), (budget, np.maximum(planned, coming))) > 0

    def against(limit: Numbers) -> np.ndarray:
        # deviation × budget, so that a limit is met or missed exactly
        return compare((paid, WHOLE_BP), (budget, planned + limit))

    limits_of = (0, *(judged[name].to_numpy() for name in LIMIT_COLUMNS))
    marks = [np.where(has_plan, planned + limit, WHOLE_BP) for limit in limits_of]
    actual_bp = beside(
        round_quotient((paid, WHOLE_BP), budget),
        (*marks, WHOLE_BP),
        lambda mark: compare((paid, WHOLE_BP), (budget, mark)),
    )
    judged["actual_bp"] = plain(or_none(actual_bp, has_share), judged)
    judged["deviation_bp"] = plain(or_none(actual_bp - planned, known), judged)
    overspent = has_budget & has_paid & (compare((paid,), (budget,)) > 0)
    judged["light"] = plain(lights(judged, overspent, known, passed, against), judged)
    return judged


def with_limits(
    rows: pd.DataFrame, limits: Limits, nearer: Mapping[str, Limits] = NO_NEARER
) -> pd.DataFrame:
    """Add the columns yellow_bp, red_bp and ahead_bp: of the department, or else the general."""
    limited = rows.copy(deep=False)
    for name in LIMIT_COLUMNS:
        of = {code: getattr(own, name) for code, own in nearer.items()}
        general = getattr(limits, name)
        if of:
            limited[name] = each(rows["department_code"], _lookup(of, general), np.int64)
        else:
            limited[name] = np.full(len(rows), general, dtype=np.int64)
    return limited


def _lookup(of: Mapping[str, int], general: int) -> Callable[[str | None], int]:
    return lambda code: of.get(code or "", general)


def lights(
    rows: pd.DataFrame,
    overspent: Mask,
    known: Mask,
    passed: Mask,
    against: Callable[[Numbers], np.ndarray],
) -> np.ndarray:
    """Return the light of each row; `against` gives the sign of its deviation less a limit.

    `passed` tells which rows have passed the next planned point too, where the date has none.
    """
    yellow, red, ahead = (against(rows[name].to_numpy()) for name in LIMIT_COLUMNS)
    chosen = np.select(
        [overspent, ~known, red < 0, yellow < 0, (ahead > 0) & passed], range(5), default=5
    )
    return np.asarray(LIGHT_BY_RULE[chosen])


LIGHT_BY_RULE = np.array(
    [
        str(light)
        for light in (
            Light.RED,
            Light.UNKNOWN,
            Light.RED,
            Light.YELLOW,
            Light.AHEAD,
            Light.GREEN,
        )
    ],
    dtype=object,
)
