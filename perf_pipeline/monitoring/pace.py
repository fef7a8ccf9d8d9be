"""The pace of spending: when its plan is reached as things go, and what is due for payment next.

Pace = what was paid, over the days of the year so far. At that pace the planned sum is reached on
a day; how many days later than planned (晚几天) is said, or that there is no pace to go by.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.monitoring.rows import rows_as, with_columns

FARTHEST_DAYS = 3660  # ten years: beyond it a date says no more than "not at this pace"


class Going(NamedTuple):
    """What the pace of a project is known by."""

    budget_fen: int | None
    paid_fen: int | None
    planned_bp: int | None
    planned_due_on: date
    next_planned_bp: int | None


def pace_of_spending(judged: pd.DataFrame, checkpoint: Checkpoint) -> pd.DataFrame:
    """Add reaches_on, days_behind and due_next_fen to judged projects.

    days_behind is 0 where what was planned is paid, None where there is no pace or the year is
    over; reaches_on is the day on which the planned sum will be reached, only where it is not yet.
    due_next_fen is what must be paid by the next checkpoint (下一检查点前应支付), None at the last.
    """
    paced = (_paced(row, checkpoint) for row in rows_as(Going, judged))
    return with_columns(judged, ("reaches_on", "days_behind", "due_next_fen"), paced)


def _paced(row: Going, checkpoint: Checkpoint) -> tuple[date | None, int | None, int | None]:
    budget, paid = row.budget_fen, row.paid_fen
    if not budget or budget < 0 or paid is None:
        return None, None, None
    due_next = None
    if row.next_planned_bp is not None:
        due_next = max(_planned(budget, row.next_planned_bp) - paid, 0)
    if row.planned_bp is None:
        return None, None, due_next
    if paid * WHOLE_BP >= budget * row.planned_bp:
        return None, 0, due_next
    elapsed = (checkpoint.ends_on - checkpoint.starts_on).days + 1
    wanted = _planned(budget, row.planned_bp) * elapsed
    # a year that is over has no pace
    if paid <= 0 or checkpoint.last or wanted > paid * FARTHEST_DAYS:
        return None, None, due_next
    # what is wanted ÷ (what is paid ÷ days elapsed), rounded up to the day that reaches it
    reaches_on = checkpoint.starts_on + timedelta(days=-(-wanted // paid) - 1)
    return reaches_on, (reaches_on - row.planned_due_on).days, due_next


def _planned(budget: int, planned_bp: int) -> int:
    return -(-budget * planned_bp // WHOLE_BP)
