"""A spending plan (资金支出计划): cumulative shares of a budget to be spent by days of a year."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal


def plan_fault(shares: Sequence[Decimal]) -> str | None:
    """Return why shares, at least one and in order of time, are no plan; None where they are one.

    1 is all of the budget. They lie within it, never fall, and end with all of it. Shares of single
    periods, which add up to all, are no cumulative ones, whether they rise or not.
    """
    beyond = next((each for each in shares if not 0 <= each <= 1), None)
    if beyond is not None:
        return f"累计支出比例“{percent_of(beyond)}”不是0到100%之间的比例"
    if shares[-1] != 1:
        if sum(shares) == 1:
            return "支出比例合计100%，像是各期的比例；请逐期累加，写累计支出比例"
        return f"最后一个时点的累计支出比例应为100%，现为{percent_of(shares[-1])}"
    if list(shares) != sorted(shares):
        return "累计支出比例应逐次增加，不能下降"
    return None


def percent_of(share: Decimal) -> str:
    """Write a share as a percentage: 0.2 is 20%."""
    return f"{(share * 100).normalize():f}%"
