"""What a register is declared of: its columns, the rules between them, its time limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from perf_pipeline.domain.declared import Declared
from perf_pipeline.domain.personal import Personal
from perf_pipeline.domain.words import Word
from perf_pipeline.registers.measure_declaration import Condition

NAME = r"^[a-z][a-z0-9_]{0,39}$"  # names become names of tables and columns


class ColumnType(Word):
    """How a cell is read, and what is stored."""

    TEXT = "text", "文字"
    COUNT = "count", "整数"
    MONEY = "money", "金额"  # read in `unit` (元 or 万元), stored in whole fen (分)
    DATE = "date", "日期"
    YES_NO = "yes_no", "是／否"
    CHOICE = "choice", "选项"


class Column(Declared):
    """One column of a register."""

    name: str = Field(pattern=NAME)
    label: str
    type: ColumnType
    description: str
    example: str | None = None
    aliases: tuple[str, ...] = ()
    required: bool = False
    may_lack: bool = False  # a file may do without the column: measures that read it wait
    unit: str | None = None
    choices: tuple[str, ...] = ()
    choice_words: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)  # others for a choice
    minimum: int | None = None  # in the stored unit: fen for money
    maximum: int | None = None
    in_fiscal_year: bool = False  # the date must lie in the fiscal year of the file
    # the date may also lie in an earlier year: the column that says when the case was over; one
    # over when the year began counts only where it closes what last year's export holds open
    carried_over_until: str | None = None
    ends_month: bool = False  # a month or a quarter stands for its last day: 2024年3月, 202403
    lies_ahead: bool = False  # a date that may be years away: until when something is due
    tells_shortfall: bool = False  # a judgement that falls short is told by groups of it
    known_project: bool = False  # the text must name a project of the department's targets
    parted_by: tuple[str, ...] = ()  # headings that hold a part of it: beside one, a file waits
    said_by: tuple[str, ...] = ()  # headings of yes and no that say whether a cell is filled
    personal: Personal | None = None  # names people: masked in what is told, erased in time
    prose: bool = False  # sentences, which may name people: erased with whom they name
    says_something: bool = False  # the text must say what it is for: 知道了 and 已阅 do not

    @property
    def lowest(self) -> int | None:
        """Smallest allowed stored value: counts are never negative unless declared so."""
        if self.minimum is None and self.type is ColumnType.COUNT:
            return 0
        return self.minimum

    @model_validator(mode="after")
    def _choices_belong_to_choice(self) -> Self:
        if (self.type is ColumnType.CHOICE) != bool(self.choices):
            raise ValueError(f"column {self.name}: choices go with type choice, and only with it")
        if self.may_lack and not self.required:
            raise ValueError(f"column {self.name}: may_lack is of required columns")
        if not set(self.choice_words) <= set(self.choices):
            raise ValueError(f"column {self.name}: choice_words are of its choices")
        if self.maximum is not None and self.maximum < (self.lowest or 0):
            raise ValueError(f"column {self.name}: maximum is below minimum")
        return self


class Rule(Declared):
    """A rule between two columns of one row; a row that breaks it is quarantined.

    not_before: `column` (a date, may be empty) is not earlier than `other`.
    at_most: `column` (a number, may be empty) is at most `other`.
    both_or_neither: both cells are filled, or both are empty.
    any_of: at least one of the two cells is filled.
    filled_where: where `column` holds the word `when`, `other` is filled.
    adds_up: `column` is the sum of `other` and `third`, where all three are filled; what stands in
    `beside` may come on top.
    agrees: `column` (a reported value), where it is a number, is `other` over `third` to the digits
    that it is written with, or `other` itself.
    """

    name: str
    kind: Literal[
        "not_before",
        "at_most",
        "both_or_neither",
        "any_of",
        "filled_where",
        "adds_up",
        "agrees",
    ]
    column: str
    other: str
    when: str | None = None
    third: str | None = None
    beside: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that the rule is about."""
        return tuple(n for n in (self.column, self.other, self.third, self.beside) if n)

    @model_validator(mode="after")
    def _a_word_where_one_is_meant(self) -> Self:
        if (self.kind == "filled_where") != (self.when is not None):
            raise ValueError(f"rule {self.name}: `when` goes with filled_where, and only with it")
        return self


class Words(Declared):
    """A column beside the amount whose words say what becomes of it.

    `labels` are its headings, whole or as their end. `counted` leaves the amount as it is,
    `reversed` takes it off, `negative` says that it is one taken off already (a red entry, 红字),
    `void` leaves the row out. A word that stands nowhere is asked about. `of_currency` is one that
    says nothing of an amount whose heading says that it is in our own money (本位币金额).
    """

    labels: tuple[str, ...]
    counted: tuple[str, ...] = ()
    reversed: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    void: tuple[str, ...] = ()
    of_currency: bool = False


class Change(Declared):
    """Columns beside an adjusted amount that say how it came about, by their headings.

    `before` is what it was, `up` what was added (or, with a minus, taken off), `down` what was
    taken off. They are not stored: the amount must agree with them. In a register of first amounts
    there is no `before`: `after` is what the amount became, `entered_in` the label of the register
    that takes what differs, and a part of a heading tells (年中追加数).
    """

    column: str
    before: tuple[str, ...] = ()
    up: tuple[str, ...]
    down: tuple[str, ...]
    after: tuple[str, ...] = ()
    entered_in: str = ""


class AmountMeaning(Declared):
    """What an amount means (金额含义) in a ledger: what may stand beside it, and what a line is.

    `credit` are headings of a second column of amounts, which are taken off (贷方金额); `balance`
    those of running balances, which are no payments. `number`, `day`, `whose` and `told_by` name
    the columns that make a line a payment: without them it is a total or is carried over. A file
    without the column `number` is read by the content of its rows, one without `source` where the
    project has one source of funds.
    """

    column: str
    number: str
    day: str
    whose: str
    source: str
    told_by: tuple[str, ...] = ()
    credit: tuple[str, ...] = ()
    balance: tuple[str, ...] = ()
    beside: tuple[Words, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """Names of the register's columns that are spoken of."""
        return frozenset(
            {self.column, self.number, self.day, self.whose, self.source, *self.told_by}
        )

    @property
    def may_lack(self) -> frozenset[str]:
        """Required columns that a file may do without."""
        return frozenset({self.number, self.source})


class TimeLimit(Declared):
    """A time limit (期限) of the register's cases: `done_by` is due so many days after a date.

    Calendar days; the last one is still in time. `extended_by` is a column of granted days.
    A limit on a `right` is how long someone may ask for something: it can lapse, not be overdue.
    It runs for the rows that pass `where`.
    """

    name: str = Field(pattern=NAME)
    label: str
    counts_from: str
    done_by: str
    days: int = Field(ge=0, le=3650)
    extended_by: str | None = None
    right: bool = False
    where: tuple[Condition, ...] = ()
    source: str  # the law or rule that sets it, with the article

    def __hash__(self) -> int:
        """Tell limits apart by their names, and by all of them where these are the same."""
        return hash(self.name)

    @property
    def columns(self) -> frozenset[str]:
        """Return the columns that it lies between or is extended by."""
        return frozenset(filter(None, (self.counts_from, self.done_by, self.extended_by)))
