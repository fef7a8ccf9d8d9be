"""The pace of spending: when its plan is reached as things go, and what is due for payment next.

Pace = what was paid, over the days of the year so far. At that pace the planned sum is reached on
a day; how many days later than planned (晚几天) is said, or that there is no pace to go by.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.monitoring.exact import (
    ceil_quotient,
    compare,
    or_none,
    whole_numbers,
)
from perf_pipeline.monitoring.words import plain

FARTHEST_DAYS = 3660  # ten years: beyond it a date says no more than "not at this pace"


def pace_of_spending(judged: pd.DataFrame, checkpoint: Checkpoint) -> pd.DataFrame:
    """Add reaches_on, days_behind and due_next_fen to judged projects.

    Columns needed: budget_fen, paid_fen, planned_bp, planned_due_on, next_planned_bp. days_behind
    is 0 where what was planned is paid, None where there is no pace or the year is over; reaches_on
    is the day on
    which the planned sum will be reached, only where it is not yet. due_next_fen is what must be
    paid by the next checkpoint (下一检查点前应支付), None at the last.
    """
    paced = judged.copy(deep=False)
    budget, has_budget = whole_numbers(judged["budget_fen"])
    paid, has_paid = whole_numbers(judged["paid_fen"])
    planned, has_plan = whole_numbers(judged["planned_bp"])
    next_planned, has_next = whole_numbers(judged["next_planned_bp"])
    known = has_budget & has_paid & has_plan & (budget > 0)
    behind = known & (compare((paid, WHOLE_BP), (budget, planned)) < 0)

    elapsed = (checkpoint.ends_on - checkpoint.starts_on).days + 1
    moving = behind & (paid > 0) & (not checkpoint.last)  # a year that is over has no pace
    pace = np.where(moving, paid, 1)
    wanted_fen = ceil_quotient((budget, planned), WHOLE_BP)
    moving &= compare((wanted_fen, elapsed), (pace, FARTHEST_DAYS)) <= 0
    # what is wanted ÷ (what is paid ÷ days elapsed), rounded up to the day that reaches it
    days = ceil_quotient((np.where(moving, wanted_fen, 0), elapsed), pace).astype(np.int64)
    year_start = np.datetime64(checkpoint.starts_on, "D")
    on = (year_start + (days - 1).astype("timedelta64[D]"))[moving]
    reaches = np.full(len(judged), None, dtype=object)
    reaches[moving] = on.astype(object)
    planned_on = judged["planned_due_on"].to_numpy(dtype=object)[moving]
    late = np.zeros(len(judged), dtype=np.int64)
    late[moving] = (on - planned_on.astype("datetime64[D]")).astype(np.int64)
    paced["reaches_on"] = plain(reaches, judged)
    paced["days_behind"] = plain(or_none(late, known & (~behind | moving)), judged)
    due_next = ceil_quotient((budget, next_planned), WHOLE_BP) - paid
    asked = has_budget & has_paid & has_next & (budget > 0)
    paced["due_next_fen"] = plain(or_none(np.maximum(due_next, 0), asked), judged)
    return paced
