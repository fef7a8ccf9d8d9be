"""Shares (比例) in basis points (万分之一), and how they are written."""

from __future__ import annotations

WHOLE_BP = 10_000  # 100 %


def percent(bp: int) -> str:
    """Write basis points as a percentage: 4567 is 45.67%."""
    return f"{points(bp)}%"


def points(bp: int) -> str:
    """Write basis points as percentage points: -1234 is -12.34."""
    sign = "-" if bp < 0 else ""
    return f"{sign}{abs(bp) // 100}.{abs(bp) % 100:02d}"


def is_percent(unit: str | None) -> bool:
    """Tell whether a unit is per cent: %, 百分比, 个百分点."""
    return unit is not None and ("%" in unit or "百分" in unit)
