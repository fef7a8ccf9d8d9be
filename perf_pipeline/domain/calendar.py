"""The fiscal calendar (财政年度与检查点): which dates a year is monitored at.

Checkpoints are data, never a constant: one district monitors at 10月底, another at 9月底.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from perf_pipeline.domain.errors import ConfigurationError


def month_end(year: int, month: int) -> date:
    """Return the last day of a month: 2024, 2 gives 29 February 2024."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


@dataclass(frozen=True)
class Checkpoint:
    """One monitoring date (检查点) of a fiscal year, called a quarter: ordinal 3 is 2024Q3.

    `known_at` looks at it with what was known at that moment (UTC); None: with all that is known.
    """

    fiscal_year: int
    ordinal: int
    month: int
    last: bool = False
    previous_month: int = 0  # of the checkpoint before it in the same year; 0 for the first
    next_month: int = 0  # of the checkpoint after it in the same year; 0 for the last
    known_at: datetime | None = None

    def as_known(self, moment: datetime | None) -> Checkpoint:
        """Return the same checkpoint, seen with what was known at a moment."""
        return replace(self, known_at=moment)

    @property
    def name(self) -> str:
        """Write the quarter as the command line takes it: 2024Q3."""
        return f"{self.fiscal_year}Q{self.ordinal}"

    @property
    def label(self) -> str:
        """Write the checkpoint as the documents do: 10月底."""
        return f"{self.month}月底"

    @property
    def starts_on(self) -> date:
        """First day of the fiscal year, from which everything cumulates."""
        return date(self.fiscal_year, 1, 1)

    @property
    def period_starts_on(self) -> date:
        """First day after the checkpoint before, from which only the period counts."""
        return date(self.fiscal_year, self.previous_month + 1, 1)

    @property
    def ends_on(self) -> date:
        """Last day that counts for this checkpoint."""
        return month_end(self.fiscal_year, self.month)

    @property
    def next_label(self) -> str | None:
        """Write the next checkpoint as the documents do; None at the last."""
        return f"{self.next_month}月底" if self.next_month else None

    @property
    def next_ends_on(self) -> date | None:
        """Last day of the next checkpoint of the year; None at the last."""
        return month_end(self.fiscal_year, self.next_month) if self.next_month else None


@dataclass(frozen=True)
class FiscalCalendar:
    """The months at whose end a department's year is checked, ascending and ending in 12."""

    months: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse months that do not ascend within a year or do not end with December."""
        rising = all(a < b for a, b in pairwise(self.months))
        if not self.months or not rising or self.months[0] < 1 or self.months[-1] != 12:
            raise ConfigurationError(f"检查点月份须递增并以12月结束：{list(self.months)}")

    def checkpoints(self, fiscal_year: int) -> tuple[Checkpoint, ...]:
        """Return the year's checkpoints in order."""
        final = len(self.months)
        around = (0, *self.months, 0)
        return tuple(
            Checkpoint(
                fiscal_year,
                ordinal,
                month,
                ordinal == final,
                around[ordinal - 1],
                around[ordinal + 1],
            )
            for ordinal, month in enumerate(self.months, start=1)
        )

    def checkpoint(self, quarter: str) -> Checkpoint:
        """Return the checkpoint of a quarter's name (2024Q3).

        Raises ConfigurationError when the name is not of this calendar.
        """
        year, mark, ordinal = quarter.upper().partition("Q")
        if mark and year.isdecimal() and ordinal.isdecimal():
            for found in self.checkpoints(int(year)):
                if found.ordinal == int(ordinal):
                    return found
        raise ConfigurationError(
            f"没有检查点“{quarter}”：应写作年份加Q加序号，序号为1到{len(self.months)}，例如 2024Q1"
        )

    def coming(self, day: date) -> Checkpoint:
        """Return the first checkpoint that is not over on a day; on its last day it still is."""
        return next(each for each in self.checkpoints(day.year) if each.ends_on >= day)

    def after(self, checkpoint: Checkpoint) -> Checkpoint:
        """Return the next checkpoint; after a year's last it is the first of the next year."""
        if checkpoint.last:
            return self.checkpoints(checkpoint.fiscal_year + 1)[0]
        return self.checkpoints(checkpoint.fiscal_year)[checkpoint.ordinal]

    @property
    def partition_cron(self) -> str:
        """Cron of the windows between checkpoints: months 3, 6, 10, 12 give `0 0 1 1,4,7,11 *`."""
        starts = [1, *(month + 1 for month in self.months[:-1])]
        return f"0 0 1 {','.join(map(str, starts))} *"
