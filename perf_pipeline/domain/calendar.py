"""The fiscal calendar (财政年度与检查点): which dates a year is monitored at.

Checkpoints are data, never a constant: one district monitors at 10月底, another at 9月底.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise

from perf_pipeline.domain.errors import ConfigurationError

QUARTERS = 4
# departments that are named when a select is executed: it is made once, whichever they are
SOME = frozenset({-1})
# moments that are named then: by which name a select of one, or of two of them, asks for each
THEN, EARLIER = datetime.min, datetime.min + timedelta.resolution
NAMED_LATER = {THEN: "then", EARLIER: "earlier"}
_NAME = re.compile(r"(?P<year>[12][0-9]{3})(?:-(?P<month>[0-9]{2})|Q(?P<quarter>[1-4]))")


def chinese_date(day: date) -> str:
    """Write a date in Chinese: 2024年6月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


def month_end(year: int, month: int) -> date:
    """Return the last day of a month: 2024, 2 gives 29 February 2024."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


@dataclass(frozen=True)
class OnDay:
    """Any day of a fiscal year, seen with what is known now."""

    ends_on: date
    known_at: datetime | None = None
    departments: frozenset[int] | None = None

    @property
    def fiscal_year(self) -> int:
        """The year of the day."""
        return self.ends_on.year

    @property
    def starts_on(self) -> date:
        """First day of the year."""
        return date(self.ends_on.year, 1, 1)


@dataclass(frozen=True)
class Checkpoint:
    """One monitoring date (检查点) of a fiscal year, named by its month: 10月底 of 2024 is 2024-10.

    `months` are all that the calendar has in a year. `known_at` looks at the checkpoint with what
    was known at that moment (UTC); None: with all that is known. `departments` looks at some
    departments (row numbers) only; None: at all.
    """

    fiscal_year: int
    month: int
    months: tuple[int, ...]
    known_at: datetime | None = None
    departments: frozenset[int] | None = None

    def as_known(self, moment: datetime | None) -> Checkpoint:
        """Return the same checkpoint, seen with what was known at a moment."""
        return replace(self, known_at=moment)

    def knows(self, moment: datetime) -> bool:
        """Tell whether what happened at a moment (UTC) is known as the checkpoint is seen."""
        return self.known_at is None or moment <= self.known_at

    def of_departments(self, departments: frozenset[int] | None) -> Checkpoint:
        """Return the same checkpoint, looked at for some departments; None: for all."""
        return replace(self, departments=departments)

    def parts(self, size: int) -> list[Checkpoint]:
        """Return the same checkpoint of at most so many of its departments at a time."""
        whose = sorted(self.departments or ())
        each = (whose[start : start + size] for start in range(0, len(whose), size))
        return [self.of_departments(frozenset(part)) for part in each]

    @property
    def of_some(self) -> Checkpoint:
        """The same checkpoint for a select that is kept: `whose` names departments and moment."""
        return replace(self, departments=SOME, known_at=self.known_at and THEN)

    @property
    def whose(self) -> dict[str, list[int] | datetime | None]:
        """Departments and moment, for the execution of a select that was made of `of_some`."""
        assert self.departments is not None
        return {"whose": sorted(self.departments), NAMED_LATER[THEN]: self.known_at}

    @property
    def name(self) -> str:
        """Write the checkpoint as the command line takes it: 2024-10."""
        return f"{self.fiscal_year}-{self.month:02d}"

    @cached_property
    def ordinal(self) -> int:
        """Its place among the year's checkpoints, from 1."""
        return self.months.index(self.month) + 1

    @cached_property
    def last(self) -> bool:
        """Tell whether the year ends with it."""
        return self.month == self.months[-1]

    @property
    def previous_month(self) -> int:
        """Month of the checkpoint before it in the same year; 0 for the first."""
        return (0, *self.months)[self.ordinal - 1]

    @property
    def next_month(self) -> int:
        """Month of the checkpoint after it in the same year; 0 for the last."""
        return (*self.months, 0)[self.ordinal]

    @property
    def label(self) -> str:
        """Write the checkpoint as the documents do: 10月底."""
        return f"{self.month}月底"

    @property
    def starts_on(self) -> date:
        """First day of the fiscal year, from which everything cumulates."""
        return date(self.fiscal_year, 1, 1)

    @cached_property
    def period_starts_on(self) -> date:
        """First day after the checkpoint before, from which only the period counts."""
        return date(self.fiscal_year, self.previous_month + 1, 1)

    @cached_property
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


AsOf = OnDay | Checkpoint  # a moment of a fiscal year that figures are asked for


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
        return tuple(Checkpoint(fiscal_year, month, self.months) for month in self.months)

    def checkpoint(self, name: str) -> Checkpoint:
        """Return the checkpoint of a name: 2024-10; or 2024Q3, where a year has exactly four.

        Raises ConfigurationError, with the names that there are, when this is none of them.
        """
        found = _NAME.fullmatch(name.strip().upper())
        if found is not None:
            of_year = self.checkpoints(int(found["year"]))
            by_quarter = len(of_year) == QUARTERS and found["quarter"] is not None
            for each in of_year:
                if each.ordinal == int(found["quarter"]) if by_quarter else each.name == name:
                    return each
        raise ConfigurationError(f"没有检查点“{name}”：{self._names(name)}")

    def _names(self, asked: str) -> str:
        """Say which names there are, for the year that was asked for if one was."""
        year = int(asked[:4]) if re.match(r"[12][0-9]{3}(?![0-9])", asked) else None
        of_year = self.checkpoints(year or 2024)
        named = "、".join(f"{each.name}（{each.label}）" for each in of_year)
        if len(of_year) == QUARTERS:
            named += f"，也可写作 {of_year[0].fiscal_year}Q1 到 Q4"
        return f"{year}年可写 {named}" if year else f"应写作年份和月份，如 {named}"

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
        """Cron of each checkpoint's last minute: months 3, 6 and 12 give `59 23 L 3,6,12 *`."""
        return f"59 23 L {','.join(map(str, self.months))} *"
