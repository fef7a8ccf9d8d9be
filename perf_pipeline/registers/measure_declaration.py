"""What a measure (度量) is: declared beside the columns that it counts, in its register's YAML.

A declaration answers what is counted, which date puts a row into a period, how periods make the
year (年度口径), what may still change, how far it can go, and how it is said. Conditions compare
columns with values, with dates and with the register's time limits; what that cannot say is a
Python function, named by the kind `python`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    model_validator,
)

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.declared import Declared
from perf_pipeline.domain.year_rule import YearRule

CODE = r"^[a-z][a-z0-9_]{0,59}$"


class Kind(StrEnum):
    """How the rows of a register become a figure."""

    RATE = "rate"  # rows that are hits over rows that count
    SHARE_IN_TIME = "share_in_time"  # cases done within a limit over cases decided
    QUOTIENT = "quotient"  # one column's sum over another's
    TOTAL = "total"  # a column's sum, or the number of rows
    DISTINCT = "distinct"  # how many different values a column holds
    PYTHON = "python"  # what `function` selects: numerators over denominators


class Over(StrEnum):
    """What a figure at a checkpoint is of: the period since the one before, or the year so far."""

    PERIOD = "period"
    YEAR = "year"


class Base(StrEnum):
    """Whether more time brings more to count."""

    GROWING = "growing"
    FIXED = "fixed"  # the denominator stands from the year's beginning


class StillOpen(StrEnum):
    """What rows that are not over may still become."""

    NOTHING = "nothing"  # each row is over when it is written down
    EITHER = "either"  # open rows are in neither count yet; what is counted is final
    HIT = "hit"  # as either, and what is counted as a miss may still be made good


class Money(StrEnum):
    """What of a figure is money, in whole fen."""

    NONE = "none"
    AMOUNTS = "amounts"  # what rows add is money
    PRICE = "price"  # money over a number of things


class Fills(StrEnum):
    """The column of a project's spending result (预算执行结果) that a measure is the figure of."""

    PAID = "paid_fen"
    PAYMENTS = "payments"
    EXECUTED = "actual_bp"


class Better(StrEnum):
    """Which way is the better one."""

    HIGHER = "higher"
    LOWER = "lower"


class Reach(StrEnum):
    """What a case has come to, by one of its limits."""

    IN_TIME = "in_time"  # done within the limit
    DONE = "done"  # done by the checkpoint, in time or late


Value = StrictBool | StrictInt | StrictStr | date


class Condition(Declared):
    """One comparison that a row has to pass; an empty cell passes `not_in` alone.

    is, in, not_in: the column's value is, or is not, one of those. filled: the cell is, or is not,
    empty. at_least, at_most: a number, a date, or another column. happened: the date has come by
    the checkpoint. reached: what the case has come to by the time limit named in `limit`.
    """

    model_config = ConfigDict(populate_by_name=True)

    column: str | None = None
    limit: str | None = None
    is_: Value | None = Field(None, alias="is")
    in_: tuple[Value, ...] | None = Field(None, alias="in")
    not_in: tuple[Value, ...] | None = None
    filled: StrictBool | None = None
    at_least: Value | None = None
    at_most: Value | None = None
    happened: StrictBool | None = None
    reached: Reach | None = None

    @model_validator(mode="after")
    def _one_comparison(self) -> Self:
        of_column = (self.is_, self.in_, self.not_in, self.filled)
        compared = (*of_column, self.at_least, self.at_most, self.happened)
        asked = sum(each is not None for each in (*compared, self.reached))
        whole = (self.column is None) != (self.limit is None)
        if not whole or asked != 1 or (self.limit is None) != (self.reached is None):
            raise ValueError("a condition is one column and one comparison, or limit and reached")
        return self

    @property
    def values(self) -> tuple[Value, ...]:
        """Return the values that the column's own is compared with."""
        one = () if self.is_ is None else (self.is_,)
        return one + (self.in_ or ()) + (self.not_in or ())

    def columns(self, all_columns: frozenset[str]) -> Iterator[str]:
        """Give the columns that it compares."""
        if self.column is not None:
            yield self.column
        for bound in (self.at_least, self.at_most):
            if isinstance(bound, str) and bound in all_columns:
                yield bound


class NewestRow(BaseModel):
    """A register of states: the newest row of each counts, as it stands on the day."""

    column: str
    of_each: tuple[str, ...]


class Standing(Declared):
    """Things that are there from one date until another: those there on the day count."""

    since: str
    until: str


class Words(Declared):
    """A measure's name and how it is computed, in English."""

    label: str = Field(min_length=1)
    description: str = Field(min_length=1)
    unit: str | None = None


# what each kind needs beside the date that puts a row into a period, and what it may have
_PARTS: dict[Kind, tuple[frozenset[str], frozenset[str]]] = {
    Kind.RATE: (frozenset({"hit"}), frozenset()),
    Kind.SHARE_IN_TIME: (frozenset({"decided"}), frozenset()),
    Kind.QUOTIENT: (frozenset({"numerator", "denominator"}), frozenset({"denominator_times"})),
    Kind.TOTAL: (frozenset(), frozenset({"column"})),
    Kind.DISTINCT: (frozenset({"column"}), frozenset()),
    Kind.PYTHON: (frozenset({"function"}), frozenset()),
}
_DATES = ("date", "decided", "newest", "standing")
_ALL_PARTS = frozenset().union(*(needs | may for needs, may in _PARTS.values())) - {"decided"}


class MeasureDeclaration(Declared):
    """A measure: the answers to the seven questions of a figure.

    Which rows count is said by `where`, and by one of `date` (the period in which that date lies),
    `decided` (the period in which the case was decided: done, or its limit passed, whichever was
    first), `newest` and `standing` (as it stands on the day).
    """

    code: str = Field(pattern=CODE)
    label: str = Field(min_length=1)
    description: str = Field(min_length=1)
    english: Words
    unit: str  # of the figure: %, 次, 元/户
    counted: str = "件"  # the unit of the rows that a rate counts
    kind: Kind
    where: tuple[Condition, ...] = ()
    date: str | None = None
    decided: str | None = None
    newest: NewestRow | None = None
    standing: Standing | None = None
    hit: tuple[Condition, ...] = ()
    column: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    denominator_times: int = Field(1, ge=1)
    function: str | None = Field(None, pattern=r"^[\w.]+:\w+$")  # module:function
    of_department: bool = False  # counted over all projects together
    year: YearRule
    judged: Over = Over.YEAR
    base: Base = Base.GROWING
    open: StillOpen = StillOpen.NOTHING
    money: Money = Money.NONE
    better: Better = Better.HIGHER
    fills: Fills | None = None  # one measure for each
    place: str = ""  # file and line, filled in when it is read, as is
    of_register: str = ""  # the name of the register that it counts

    @model_validator(mode="after")
    def _has_its_parts(self) -> Self:
        needs, may = _PARTS[self.kind]
        said = {name for name in _ALL_PARTS if getattr(self, name) not in (None, (), 1)}
        has = said | ({"decided"} if self.decided else set())
        if needs - has or said - needs - may:
            wrong = "、".join(sorted((needs - has) | (said - needs - may)))
            takes = ", ".join(sorted(needs | may)) or "nothing more"
            said_of = f"lacks, or does not take: {wrong}; it takes: {takes}"
            raise ValueError(f"measure {self.code}: {self.kind} {said_of}")
        dates = sum(getattr(self, name) is not None for name in _DATES)
        if dates != (self.kind is not Kind.PYTHON):
            raise ValueError(f"measure {self.code}: one of {', '.join(_DATES)} says when it counts")
        return self

    @property
    def is_rate(self) -> bool:
        """Tell whether the figure is a sum over a sum, not a number of things."""
        return self.kind not in (Kind.TOTAL, Kind.DISTINCT)

    @property
    def of_the_period(self) -> bool:
        """Tell whether a checkpoint judges what was seen since the one before, not the year."""
        return self.judged is Over.PERIOD

    def judges_year(self, checkpoint: Checkpoint) -> bool:
        """Tell whether a figure of periods is judged by the whole year: pooled, at its end."""
        return self.of_the_period and self.year is YearRule.POOLED and checkpoint.last

    @property
    def limits(self) -> frozenset[str]:
        """Return the names of the time limits that it asks."""
        asked = {each.limit for each in (*self.where, *self.hit) if each.limit}
        return frozenset(asked | ({self.decided} if self.decided else set()))

    def columns(self, all_columns: frozenset[str]) -> frozenset[str]:
        """Return the columns of the register that it reads itself; limits read theirs."""
        read = {self.date, self.column, self.numerator, self.denominator} - {None}
        if self.newest:
            read |= {self.newest.column, *self.newest.of_each}
        if self.standing:
            read |= {self.standing.since, self.standing.until}
        for each in (*self.where, *self.hit):
            read |= set(each.columns(all_columns))
        return frozenset(name for name in read if name)

    def columns_weighed(self, all_columns: frozenset[str]) -> frozenset[str]:
        """Return the columns that it reads for more than which rows count."""
        return self.model_copy(update={"where": ()}).columns(all_columns)
