"""The pace of spending: when its plan is reached as things go, and what is due for payment next.

Pace = what was paid, over the days of the year so far. At that pace the planned sum is reached on
a day; how many days later than planned (晚几天) is said, or that there is no pace to go by.
"""

from __future__ import annotations

from datetime import timedelta

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.share import WHOLE_BP
from perf_pipeline.monitoring.project_money import ProjectMoney

FARTHEST_DAYS = 3660  # ten years: beyond it a date says no more than "not at this pace"


def pace_of_spending(row: ProjectMoney, checkpoint: Checkpoint) -> ProjectMoney:
    """Add reaches_on, days_behind and due_next_fen to a judged project.

    days_behind is 0 where what was planned is paid, None where there is no pace or the year is
    over; reaches_on is the day on which the planned sum will be reached, only where it is not yet.
    due_next_fen is what must be paid by the next checkpoint (下一检查点前应支付), None at the last.
    """
    budget, paid = row.budget_fen, row.paid_fen
    if not budget or budget < 0 or paid is None:
        return row
    if row.next_planned_bp is not None:
        row = row._replace(due_next_fen=max(_planned(budget, row.next_planned_bp) - paid, 0))
    if row.planned_bp is None:
        return row
    if paid * WHOLE_BP >= budget * row.planned_bp:
        return row._replace(days_behind=0)
    elapsed = (checkpoint.ends_on - checkpoint.starts_on).days + 1
    wanted = _planned(budget, row.planned_bp) * elapsed
    # a year that is over has no pace
    if paid <= 0 or checkpoint.last or wanted > paid * FARTHEST_DAYS:
        return row
    # what is wanted ÷ (what is paid ÷ days elapsed), rounded up to the day that reaches it
    on = checkpoint.starts_on + timedelta(days=-(-wanted // paid) - 1)
    assert row.planned_due_on is not None
    return row._replace(reaches_on=on, days_behind=(on - row.planned_due_on).days)


def _planned(budget: int, planned_bp: int) -> int:
    return -(-budget * planned_bp // WHOLE_BP)
