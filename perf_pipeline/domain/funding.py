"""A budget by source of funds (资金来源): fiscal money, with what was carried over, and the rest.

Money carried over (上年结转) is fiscal money of the year before. Budgets are written in two ways:
fiscal money holds it already (财政资金 and 其他资金 are the whole), or it comes on top of both.
"""

from __future__ import annotations


def by_source(
    total: int | None, fiscal: int | None, other: int | None, carried: int | None
) -> tuple[int | None, int | None]:
    """Return fiscal money, with what was carried over, and other money; None where not known.

    All are whole fen. The two make the total where it and the fiscal money are known; of nothing
    each is nothing.
    """
    if fiscal is None and total == 0 and not (other or carried):
        return 0, 0
    if fiscal is None:
        return None, other
    held = total is not None and (
        fiscal + (carried or 0) > total if other is None else fiscal + other == total
    )
    whole = fiscal if held else fiscal + (carried or 0)
    return whole, total - whole if other is None and total is not None else other
