"""Forms as data: what a place's form has where, in one YAML file.

The shipped forms stand in `forms/<kind>/`; another place's form is a file of the same shape, named
by its path.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import ClassVar, Self, TypeVar

from pydantic import Field, ValidationError, model_validator

from perf_pipeline.domain.declared import Declared
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.registers.yaml_lines import read_yaml
from perf_pipeline.reports.form_parts import (
    Fact,
    Form,
    Goals,
    Identity,
    IndicatorColumn,
    IndicatorHead,
    Label,
    Money,
    MoneyColumn,
    Span,
    Total,
    check_columns,
    check_facts,
    spans,
    spans_of_lines,
    spans_of_total,
)

SHIPPED = files("perf_pipeline.reports") / "forms"
NATIONAL = "national"
AnyForm = TypeVar("AnyForm", bound=Form)
_SCORED = tuple(map(IndicatorColumn, ("name", "actual", "points", "score")))
_ONGOING = tuple(map(IndicatorColumn, ("forecast", "cause", "likely")))  # while the year lasts


class LevelHead(Label):
    """A column of a level of indicators; it shares its label with none."""

    under: None = None


class IndicatorForm(Form):
    """A form that says whose it is, and has indicators under one or two levels."""

    identity: tuple[tuple[Identity, ...], ...]
    levels: tuple[str, ...] = Field(("一级指标", "二级指标"), min_length=1, max_length=2)
    indicators: tuple[IndicatorHead, ...]

    def rows_of_cells(self) -> Iterable[tuple[str, Sequence[Span]]]:
        """Give the spans that stand beside each other, and what they are of."""
        yield from super().rows_of_cells()
        yield "指标", [*((n, n) for n in range(1, len(self.levels) + 2)), *spans(self.indicators)]
        yield from (("抬头", line) for line in spans_of_lines(self.identity))

    @property
    def heads(self) -> tuple[LevelHead | IndicatorHead, ...]:
        """Its heads from left to right, those of the levels first."""
        levels = (LevelHead(label=each, span=(n, n)) for n, each in enumerate(self.levels, 2))
        return (*levels, *self.indicators)

    def column(self, value: IndicatorColumn) -> int:
        """Return the first column of a value of the indicators."""
        return next(each.span[0] for each in self.indicators if each.value is value)


class ProjectForm(IndicatorForm):
    """A form of one project, with its money."""

    money: Money

    def rows_of_cells(self) -> Iterable[tuple[str, Sequence[Span]]]:
        """Give the spans that stand beside each other, and what they are of."""
        yield from super().rows_of_cells()
        yield "资金", [self.money.side.span, self.money.rows_at, *spans(self.money.columns)]


class SelfEvaluationForm(ProjectForm):
    """A place's self-evaluation form (自评表) of one project.

    `execution_points` is what the form gives the execution of the budget; scores by other weights
    are refused, not rewritten. `basis` adds the sheet of how each point comes about.
    """

    kind: ClassVar[str] = "self_evaluation"

    landscape: bool = False
    execution_points: int = Field(10, ge=0, le=100)
    goals: Goals
    total: Total
    basis: bool = True

    @model_validator(mode="after")
    def _has_what_is_scored(self) -> Self:
        money = map(MoneyColumn, ("budget", "paid", "points", "score"))
        check_columns(self.money.columns, money, [MoneyColumn.FORECAST])
        check_columns(self.indicators, _SCORED, _ONGOING)
        check_facts(self.identity, [Fact.REASONS])
        return self

    def rows_of_cells(self) -> Iterable[tuple[str, Sequence[Span]]]:
        """Give the spans that stand beside each other, and what they are of."""
        yield from super().rows_of_cells()
        yield "目标", spans((self.goals.side, self.goals.wanted, self.goals.done))
        yield "总分", spans_of_total(self.total, self.indicators)


class WantedGoals(Declared):
    """The yearly goals of a form that is filled before the year is over."""

    side: Label
    at: Span


class MonitoringForm(ProjectForm):
    """A place's monitoring form (绩效运行监控表) of one project.

    `closing` are labelled cells below the indicators, where a place asks once a project what
    others ask of each indicator.
    """

    kind: ClassVar[str] = "monitoring"

    goals: WantedGoals
    closing: tuple[tuple[Identity, ...], ...] = ()

    @model_validator(mode="after")
    def _has_what_is_monitored(self) -> Self:
        money = map(MoneyColumn, ("initial", "paid"))
        check_columns(self.money.columns, money, map(MoneyColumn, ("points", "score")))
        indicators = map(IndicatorColumn, ("name", "actual"))
        check_columns(self.indicators, indicators, map(IndicatorColumn, ("points", "score")))
        return self

    def rows_of_cells(self) -> Iterable[tuple[str, Sequence[Span]]]:
        """Give the spans that stand beside each other, and what they are of."""
        yield from super().rows_of_cells()
        yield "目标", [self.goals.side.span, self.goals.at]
        yield from (("结尾", line) for line in spans_of_lines(self.closing))


class TaskColumn(StrEnum):
    """What a column of a department's yearly tasks (年度主要任务) says of a project."""

    NAME = "name"
    PURPOSE = "purpose"
    DONE = "done"
    BUDGET = "budget"
    BUDGET_FISCAL = "budget_fiscal"
    BUDGET_OTHER = "budget_other"
    PAID = "paid"
    PAID_FISCAL = "paid_fiscal"
    PAID_OTHER = "paid_other"
    RATE = "rate"
    SCORE = "score"


class TaskHead(Label):
    """A column of the tasks; `under` is a label that it shares with its neighbours."""

    value: TaskColumn
    under: str | None = None


class Tasks(Declared):
    """The block of the tasks, and the row of their sums."""

    side: Label
    columns: tuple[TaskHead, ...]
    sums: Label

    def column(self, value: TaskColumn) -> int:
        """Return the first column of a value."""
        return next(each.span[0] for each in self.columns if each.value is value)


class DepartmentForm(IndicatorForm):
    """A place's self-evaluation form of a whole department (部门整体支出绩效自评表)."""

    kind: ClassVar[str] = "department"

    tasks: Tasks
    goals: Goals
    total: Total

    @model_validator(mode="after")
    def _has_what_is_weighed(self) -> Self:
        tasks = map(TaskColumn, ("name", "budget", "paid", "score"))
        check_columns(self.tasks.columns, tasks)
        check_columns(self.indicators, _SCORED, _ONGOING)
        check_facts(self.identity, [Fact.REASONS, Fact.PROJECT])
        return self

    def rows_of_cells(self) -> Iterable[tuple[str, Sequence[Span]]]:
        """Give the spans that stand beside each other, and what they are of."""
        yield from super().rows_of_cells()
        yield "任务", [self.tasks.side.span, *spans(self.tasks.columns)]
        yield "目标", spans((self.goals.side, self.goals.wanted, self.goals.done))
        yield "总分", spans_of_total(self.total, self.indicators)


class LineColumn(StrEnum):
    """What a column says of a common line (共性指标) of whole departments."""

    NUMBER = "number"
    NAME = "name"
    UNIT = "unit"
    NATURE = "nature"  # 指标性质: all of them are counted
    LIMIT = "limit"
    ACTUAL = "actual"
    SHARE = "share"  # 得分系数: what part of its points a line earned
    POINTS = "points"
    SCORE = "score"
    WORDS = "words"
    SOURCE = "source"
    BLANK = "blank"


class LineHead(Label):
    """A column of the common lines."""

    value: LineColumn


class CommonLinesForm(Form):
    """A place's table of the common lines of whole departments (部门整体绩效共性指标表)."""

    kind: ClassVar[str] = "common_lines"

    columns: tuple[LineHead, ...]

    @model_validator(mode="after")
    def _has_what_is_scored(self) -> Self:
        check_columns(self.columns, map(LineColumn, ("name", "actual", "points", "score")))
        ends = [self.span(each) for each in (LineColumn.POINTS, LineColumn.SCORE)]
        if ends[0][0] < 2 or ends[0][1] + 1 != ends[1][0] or ends[1][1] >= len(self.widths):
            raise ValueError("points 和 score 两栏须相邻，前后都要有别的栏目")
        return self

    def rows_of_cells(self) -> Iterable[tuple[str, Sequence[Span]]]:
        """Give the spans that stand beside each other, and what they are of."""
        yield from super().rows_of_cells()
        yield "指标", spans(self.columns)

    def span(self, value: LineColumn) -> Span:
        """Return the columns of a value."""
        return next(each.span for each in self.columns if each.value is value)


@cache
def shipped_forms(kind: type[AnyForm]) -> tuple[AnyForm, ...]:
    """Return the shipped forms of a kind, by code.

    Raises ConfigurationError, with file and line, when one is not as declared.
    """
    folder = SHIPPED / kind.kind
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return tuple(_read(kind, folder / name) for name in names)


def form_declaration(kind: type[AnyForm], asked: str = NATIONAL) -> AnyForm:
    """Return the form of a kind and a code, or that of a file (.yaml).

    Raises ConfigurationError where there is none, or with file and line where it is wrong.
    """
    if asked.endswith((".yaml", ".yml")):
        return _read(kind, Path(asked))
    shipped = shipped_forms(kind)
    found: AnyForm | None = next((each for each in shipped if each.code == asked), None)
    if found is None:
        known = "、".join(f"{each.code}（{each.place}）" for each in shipped)
        raise ConfigurationError(f"没有代码为“{asked}”的表格；可用：{known}，或写一个 .yaml 文件")
    return found


def _read(kind: type[AnyForm], path: Traversable) -> AnyForm:
    file = read_yaml(path, "表格声明")
    try:
        read: AnyForm = kind.model_validate(file.content)
    except ValidationError as error:
        raise file.refusal(error) from error
    return read
