"""What a stored whole number counts, and how people read it: the unit of a result's column."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique

from perf_pipeline.domain.share import WHOLE_BP, percent, points


@dataclass(frozen=True)
class Written:
    """How a unit is stored and read: words in Chinese and English, decimals of what is read."""

    stored: str
    chinese: str
    english: str
    places: int = 0

    @property
    def stored_as(self) -> str:
        """The unit of the stored number: its own, where it has one beside that of people."""
        return self.stored or self.chinese


@unique
class Unit(Enum):
    """Units of stored whole numbers; NONE also for words, dates and texts."""

    NONE = Written("", "", "")
    FEN = Written("分", "元", "yuan", 2)
    SHARE = Written("万分之一", "%", "%", 4)  # basis points; a share of 1 where it is a decimal
    POINTS = Written("百分之一个百分点", "个百分点", "percentage points", 2)
    MARKS = Written("百分之一分", "分", "marks", 2)
    MILLIONTHS = Written("百万分之一", "", "", 6)
    DAYS = Written("", "天", "days")
    TIMES = Written("", "笔", "payments")
    THINGS = Written("", "个", "")
    OF_ROW = Written("按本行的单位", "", "")  # money, a share, or in the target's unit

    def write(self, value: int) -> str:
        """Write a stored number for people, with its unit: 6780000 fen is 67,800.00元."""
        match self:
            case Unit.FEN:
                sign = "-" if value < 0 else ""
                return f"{sign}{abs(value) // 100:,}.{abs(value) % 100:02d}元"
            case Unit.SHARE:
                return percent(value)
            case Unit.POINTS | Unit.MARKS:
                return f"{points(value)}{self.value.chinese}"
            case Unit.MILLIONTHS:
                whole, part = divmod(abs(value), 10**6)
                said = f"{whole}.{part:06d}".rstrip("0").rstrip(".")
                return f"-{said}" if value < 0 else said
            case Unit.DAYS:
                return f"{value}天"
            case Unit.TIMES:
                return f"{value}笔"
        return f"{value}{self.value.chinese}"


def share_bp(part: int, whole: int) -> int:
    """Return part ÷ whole in basis points, halves up; 0 where there is no whole."""
    return (2 * part * WHOLE_BP + whole) // (2 * whole) if whole else 0
