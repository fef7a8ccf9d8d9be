"""The rules of petition cases' time limits a second time, in plain Python, for one case at a time.

Written from the field's rules and docs/decisions/judgement.md, not from the project's code, of
which nothing is imported: fractions, dates and ifs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass
class MadeCase:
    """A petition: when it came in, was accepted and closed, by whatever export tells of it last."""

    received: date
    accepted: date | None
    closed: date | None
    extended: int = 0
    matter: str | None = None


def acceptance_decided(case: MadeCase) -> tuple[date, bool]:
    """The day on which it was decided whether a case was accepted in time, and whether it was."""
    limit = case.received + timedelta(days=15)
    if case.accepted is not None and case.accepted <= limit:
        return case.accepted, True
    return limit + timedelta(days=1), False


def closing_decided(case: MadeCase) -> tuple[date, bool] | None:
    """The same of closing; None where no clock runs: not accepted, or no 申诉求决."""
    if case.accepted is None or case.matter in ("建议意见", "检举控告"):
        return None
    limit = case.accepted + timedelta(days=60 + case.extended)
    if case.closed is not None and case.closed <= limit:
        return case.closed, True
    return limit + timedelta(days=1), False


def rate_of(decided: list[tuple[date, bool] | None], first: date, last: date) -> tuple[int, int]:
    """In time over decided between two days, both included."""
    counted = [each[1] for each in decided if each is not None and first <= each[0] <= last]
    return sum(counted), len(counted)


def pooled(parts: list[tuple[int, int]]) -> tuple[int, int]:
    """What periods make together: numerators over denominators, never an average of rates."""
    return sum(each[0] for each in parts), sum(each[1] for each in parts)
