"""The parts that declared forms are made of: identity, money, goals, indicators, signatures.

Columns are counted from 1; a span is the first and the last column of a cell. A label may have
{months} in it, the months so far as forms write them: 1—6月.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, ClassVar, Protocol, Self

from pydantic import Field, model_validator

from perf_pipeline.domain.declared import Declared
from perf_pipeline.domain.outlook import Likelihood
from perf_pipeline.registers.declaration import register

REASONS = "deviation_reason"  # 偏差原因说明, whose kinds of reason are ticked
Span = Annotated[tuple[int, int], Field(description="first and last column")]


class Fact(StrEnum):
    """What an identity cell says of the project."""

    PROJECT = "project"
    DEPARTMENT = "department"
    DEPARTMENT_AND_CODE = "department_and_code"
    REASONS = "reasons"  # all that was said of why indicators deviate, in one cell
    BLANK = "blank"  # for a person to fill in


class MoneyColumn(StrEnum):
    """What a column of the money says."""

    INITIAL = "initial"  # 年初预算数
    BUDGET = "budget"  # 全年预算数
    PAID = "paid"  # 执行数
    FORECAST = "forecast"  # 全年预计执行数
    POINTS = "points"
    RATE = "rate"
    SCORE = "score"
    REASON = "reason"


class MoneyRow(StrEnum):
    """Whose money a row is; what is not known apart stays empty."""

    TOTAL = "total"
    FISCAL = "fiscal"  # 当年财政拨款
    CARRY_OVER = "carry_over"  # 上年结转
    OTHER = "other"
    UNKNOWN = "unknown"  # a source that no register tells apart


class IndicatorColumn(StrEnum):
    """What a column of the indicators says, beside the levels."""

    NAME = "name"
    TARGET = "target"  # 指标值 in one cell
    SIGN = "sign"  # 指标性质, 指标值 and 度量单位 in three
    NUMBER = "number"
    UNIT = "unit"
    ACTUAL = "actual"
    FORECAST = "forecast"  # 全年预计完成情况
    CAUSE = "cause"  # a tick where `ticked` is the cause that staff gave
    REASON = "reason"
    LIKELY = "likely"  # a tick where `ticked` is how likely the target is
    REMARK = "remark"
    POINTS = "points"
    SCORE = "score"
    BLANK = "blank"  # evidence: for a person to fill in


class Label(Declared):
    """A label over some columns."""

    label: str
    span: Span


class Identity(Declared):
    """A label and what it says of the project, beside each other."""

    label: str
    at: Span
    says: Fact
    value_at: Span


class MoneyHead(Label):
    """A column of the money."""

    value: MoneyColumn


class MoneyLine(Declared):
    """A row of the money; the first is the one whose execution is told, or scored."""

    label: str
    of: MoneyRow


class Money(Declared):
    """The block of the money: its side label, its rows' labels, its columns and rows.

    `unscored` is whose money earns no marks by the form: scores are made from the total all the
    same, so the form says so where there is such money.
    """

    side: Label
    rows_at: Span
    columns: tuple[MoneyHead, ...]
    rows: tuple[MoneyLine, ...]
    unscored: tuple[MoneyRow, ...] = ()

    @model_validator(mode="after")
    def _begins_with_the_total(self) -> Self:
        if not self.rows or self.rows[0].of is not MoneyRow.TOTAL:
            raise ValueError("资金的第一行须为 total，执行率按它计算")
        return self

    def column(self, value: MoneyColumn) -> int:
        """Return the first column of a value."""
        return next(each.span[0] for each in self.columns if each.value is value)


class Goals(Declared):
    """The block of the yearly goals: what was wanted, what was reached."""

    side: Label
    wanted: Label
    done: Label


class IndicatorHead(Label):
    """A column of the indicators; `under` is a label that it shares with its neighbours."""

    value: IndicatorColumn
    under: str | None = None
    ticked: str | None = None

    @model_validator(mode="after")
    def _says_what_is_ticked(self) -> Self:
        if (self.value in (IndicatorColumn.CAUSE, IndicatorColumn.LIKELY)) != bool(self.ticked):
            raise ValueError("cause 和 likely 两种栏目（也只有它们）要写 ticked：打√的是哪一种")
        likely = self.value is IndicatorColumn.LIKELY
        known = [*Likelihood] if likely else register(REASONS).column("category").choices
        if self.ticked and self.ticked not in known:
            raise ValueError(f"ticked 没有“{self.ticked}”，可写：{'、'.join(known)}")
        return self


class Total(Declared):
    """The row of the total."""

    label: Label
    grade_at: Span
    grade: bool = True  # some places' forms have no grade


class _Valued(Protocol):
    @property
    def value(self) -> StrEnum: ...


class Form(Declared):
    """What every declared form has. `source` says where its columns were seen."""

    kind: ClassVar[str]  # the folder that its shipped ones are in

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    place: str
    name: str
    source: str
    landscape: bool = True
    widths: tuple[float, ...]
    note: str
    signs: tuple[Label, ...] = ()

    @model_validator(mode="after")
    def _fits_its_columns(self) -> Self:
        for name, spans in self.rows_of_cells():
            after = 1
            for first, last in spans:
                if first < after or last < first or last > len(self.widths):
                    raise ValueError(f"{name}的列重叠或超出{len(self.widths)}列：{first}–{last}")
                after = last + 1
        return self

    def rows_of_cells(self) -> Iterable[tuple[str, Sequence[Span]]]:
        """Give the spans that stand beside each other, and what they are of."""
        yield "签字", spans(self.signs)


def spans(parts: Iterable[Label]) -> list[Span]:
    """Return the columns that labels stand over."""
    return [each.span for each in parts]


def spans_of_lines(lines: Iterable[Iterable[Identity]]) -> list[list[Span]]:
    """Return the columns of each line of identity cells."""
    return [[span for x in line for span in (x.at, x.value_at)] for line in lines]


def check_columns(
    heads: Iterable[_Valued], needed: Iterable[StrEnum], unknown: Iterable[StrEnum] = ()
) -> None:
    """Raise ValueError where columns lack what a form needs, or ask what it cannot know."""
    values = {head.value for head in heads}
    if lacking := sorted(set(needed) - values):
        raise ValueError(f"缺少栏目：{'、'.join(lacking)}")
    if others := sorted(set(unknown) & values):
        raise ValueError(f"这种表没有栏目：{'、'.join(others)}")


def spans_of_total(total: Total, heads: Iterable[IndicatorHead]) -> list[Span]:
    """Return the cells of the total: its label, what stands under points and score, the grade."""
    scored = (IndicatorColumn.POINTS, IndicatorColumn.SCORE)
    sums = [(head.span[0], head.span[0]) for head in heads if head.value in scored]
    return [total.label.span, *sums, total.grade_at]


def check_facts(lines: Iterable[Iterable[Identity]], unknown: Iterable[Fact]) -> None:
    """Raise ValueError where identity cells ask what a form cannot know."""
    asked = {each.says for line in lines for each in line}
    if others := sorted(asked & set(unknown)):
        raise ValueError(f"这种表的抬头不能写：{'、'.join(others)}")
