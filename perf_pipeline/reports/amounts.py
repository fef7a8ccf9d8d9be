"""Money and shares as the reports write them, from whole numbers alone."""

from __future__ import annotations

from decimal import Decimal

from perf_pipeline.domain.money import format_wan
from perf_pipeline.domain.share import points

FEN_PER_WAN = 1_000_000  # 1 万元 = 10,000 yuan of 100 fen


def wan(fen: int) -> str:
    """Write fen in 万元 as `format_wan` does, in groups of thousands: 36540000 is 36.54."""
    return f"{Decimal(format_wan(fen)):,}"


def exact_wan(fen: int) -> Decimal:
    """Return fen in 万元 without rounding, for a number cell."""
    return Decimal(fen) / FEN_PER_WAN


def signed(said: str) -> str:
    """Write a deviation in percentage points with its sign: -12.34 is −12.34, 0.00 is 0.00."""
    if said.startswith("-"):
        return said.replace("-", "−")
    return f"+{said}" if said.strip("0.") else said


def short_percent(bp: int) -> str:
    """Write a planned share without needless decimals: 3000 is 30%, 3350 is 33.5%."""
    return f"{points(bp).rstrip('0').rstrip('.')}%"


def rate(part: int, whole: int, decimals: int = 4) -> Decimal | None:
    """Return part ÷ whole to so many decimals, halves up; None where there is no whole."""
    if whole <= 0:
        return None
    scale = 10**decimals
    return Decimal((2 * part * scale + whole) // (whole * 2)).scaleb(-decimals)


def months_so_far(month: int) -> str:
    """Write the months from January on, as the official form does: 1—6月."""
    return "1月" if month == 1 else f"1—{month}月"
