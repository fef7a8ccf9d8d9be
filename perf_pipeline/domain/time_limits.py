"""Time limits of cases (办理期限): what is overdue or falls due soon.

Calendar days, counted from the day after the start; the last day is still in time. How long each
limit is, and by which law, stands in the declaration of the case's register.
"""

from __future__ import annotations

from datetime import date

from perf_pipeline.domain.words import Word


class LimitState(Word):
    """Where a case stands against one of its limits on a day (期限状态)."""

    DONE = "done", "已办"  # whether in time or not
    OVERDUE = "overdue", "超期未办"
    SOON = "soon", "即将到期"  # before a day
    LATER = "later", "未到期"


def limit_state(due: date, done: date | None, as_of: date, until: date) -> LimitState:
    """Say where a case stands at the end of a day, as was known then.

    Something done later than `as_of` was not done yet. Overdue is what was due before that day;
    soon is what is due from that day until `until`, both included.
    """
    if done is not None and done <= as_of:
        return LimitState.DONE
    if due < as_of:
        return LimitState.OVERDUE
    return LimitState.SOON if due <= until else LimitState.LATER


def days_overdue(due: date, as_of: date) -> int:
    """Return how many days a limit has been exceeded; negative while days are left."""
    return (as_of - due).days
