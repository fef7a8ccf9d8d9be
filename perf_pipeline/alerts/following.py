"""What becomes of alerts raised before: resolved, continued, come back, escalated. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from perf_pipeline.alerts.state import OPEN, AlertState
from perf_pipeline.warehouse.engine import as_utc

Row = Mapping[str, Any]
Subject = tuple[int, str, str]  # department, rule, key


@dataclass(frozen=True)
class Turn:
    """A change of an alert's state, and why."""

    alert_id: int
    state: AlertState
    reason: str | None = None


def is_open(row: Row) -> bool:
    """Tell whether an alert is neither resolved nor continued."""
    return AlertState(row["state"]) in OPEN


def subject_of(row: Row) -> Subject:
    """Return what an alert or a miss is about, whatever its level and checkpoint."""
    return row["department_id"], row["rule"], row["subject_key"]


def follow_up(
    known: Iterable[Row], missed: Iterable[Row], looked_at: Callable[[Row], int | None]
) -> Iterator[Turn]:
    """Give what the newest look makes of the alerts known before it.

    `looked_at` tells at which checkpoint (its ordinal) an alert's subject was looked at; None
    leaves the alert as it is.
    """
    levels: dict[tuple[Subject, int], set[str]] = defaultdict(set)
    for miss in missed:
        levels[subject_of(miss), miss["ordinal"]].add(miss["level"])
    for row in known:
        end = looked_at(row)
        if end is None:
            continue
        state = AlertState(row["state"])
        now_missed = levels.get((subject_of(row), end), set())
        if end == row["ordinal"] and row["level"] in now_missed:
            if state in (AlertState.RESOLVED, AlertState.CONTINUED):
                yield Turn(row["id"], AlertState.REPEATED, "再次出现")
        elif state in OPEN:
            if now_missed:
                yield Turn(row["id"], AlertState.CONTINUED)
            else:
                yield Turn(row["id"], AlertState.RESOLVED, "最近一次评价已不再成立")


def escalations(
    known: Iterable[Row], turned: Collection[int], after_days: int, moment: datetime
) -> Iterator[Turn]:
    """Give the alerts that nobody has answered for so many days, but for those just `turned`."""
    for row in known:
        unanswered = AlertState(row["state"]) in (AlertState.NEW, AlertState.REPEATED)
        old = moment - as_utc(row["happened_at"]) >= timedelta(days=after_days)
        if unanswered and old and row["id"] not in turned:
            reason = f"{after_days}天没有处理，也没有说明原因"
            yield Turn(row["id"], AlertState.ESCALATED, reason)
