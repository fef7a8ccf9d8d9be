"""A self-evaluation form (自评表) as data: what a place's form has where, in one YAML file.

The shipped forms stand in `forms/`; another place's form is a file of the same shape, named by its
path. Columns are counted from 1; a span is the first and the last column of a cell.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.registers.yaml_lines import read_yaml

SHIPPED = files("perf_pipeline.reports") / "forms"
NATIONAL = "national"

Span = Annotated[tuple[int, int], Field(description="first and last column")]


class Fact(StrEnum):
    """What an identity cell says of the project."""

    PROJECT = "project"
    DEPARTMENT = "department"
    DEPARTMENT_AND_CODE = "department_and_code"
    BLANK = "blank"  # for a person to fill in


class MoneyColumn(StrEnum):
    """What a column of the money says."""

    INITIAL = "initial"  # 年初预算数
    BUDGET = "budget"  # 全年预算数
    PAID = "paid"  # 全年执行数
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
    """What a column of the indicators says, beside the first two levels."""

    NAME = "name"
    TARGET = "target"  # 指标值 in one cell
    SIGN = "sign"  # 指标性质, 指标值 and 度量单位 in three
    NUMBER = "number"
    UNIT = "unit"
    ACTUAL = "actual"
    POINTS = "points"
    SCORE = "score"
    REASON = "reason"
    BLANK = "blank"  # evidence, remarks: for a person to fill in


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Label(_Part):
    """A label over some columns."""

    label: str
    span: Span


class Identity(_Part):
    """A label and what it says of the project, beside each other."""

    label: str
    at: Span
    says: Fact
    value_at: Span


class MoneyHead(_Part):
    """A column of the money."""

    label: str
    span: Span
    value: MoneyColumn


class MoneyLine(_Part):
    """A row of the money; the first is the one whose execution is scored."""

    label: str
    of: MoneyRow


class Money(_Part):
    """The block of the money: its side label, its rows' labels, its columns and rows."""

    side: Label
    rows_at: Span
    columns: tuple[MoneyHead, ...]
    rows: tuple[MoneyLine, ...]

    def column(self, value: MoneyColumn) -> int:
        """Return the first column of a value."""
        return next(each.span[0] for each in self.columns if each.value is value)


class Goals(_Part):
    """The block of the yearly goals: what was wanted, what was reached."""

    side: Label
    wanted: Label
    done: Label


class IndicatorHead(_Part):
    """A column of the indicators."""

    label: str
    span: Span
    value: IndicatorColumn


class Total(_Part):
    """The row of the total."""

    label: Label
    grade_at: Span
    grade: bool = True  # some places' forms have no grade


class FormDeclaration(_Part):
    """A place's self-evaluation form of one project.

    `execution_points` is what the form gives the execution of the budget; scores by other weights
    are refused, not rewritten. `basis` adds the sheet of how each point comes about.
    """

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    place: str
    name: str
    source: str
    landscape: bool = False
    widths: tuple[float, ...]
    note: str
    execution_points: int = Field(10, ge=0, le=100)
    identity: tuple[tuple[Identity, ...], ...]
    money: Money
    goals: Goals
    levels: tuple[str, str] = ("一级指标", "二级指标")
    indicators: tuple[IndicatorHead, ...]
    total: Total
    signs: tuple[Label, ...]
    basis: bool = True

    @model_validator(mode="after")
    def _has_what_is_scored(self) -> Self:
        money = {each.value for each in self.money.columns}
        indicators = {each.value for each in self.indicators}
        needed = {MoneyColumn.BUDGET, MoneyColumn.PAID, MoneyColumn.POINTS, MoneyColumn.SCORE}
        wanted = {*map(IndicatorColumn, ("name", "actual", "points", "score"))}
        lacking = [str(each) for each in (*sorted(needed - money), *sorted(wanted - indicators))]
        if lacking:
            raise ValueError(f"缺少栏目：{'、'.join(lacking)}")
        if not self.money.rows or self.money.rows[0].of is not MoneyRow.TOTAL:
            raise ValueError("资金的第一行须为 total，执行率按它计分")
        return self

    @model_validator(mode="after")
    def _fits_its_columns(self) -> Self:
        rows: list[tuple[str, list[Span]]] = [
            ("资金", [self.money.side.span, self.money.rows_at, *_spans(self.money.columns)]),
            ("指标", [(1, 1), (2, 2), (3, 3), *_spans(self.indicators)]),
            ("签字", list(_spans(self.signs))),
            *(("项目", [s for x in line for s in (x.at, x.value_at)]) for line in self.identity),
        ]
        for name, spans in rows:
            after = 1
            for first, last in spans:
                if first < after or last < first or last > len(self.widths):
                    raise ValueError(f"{name}的列重叠或超出{len(self.widths)}列：{first}–{last}")
                after = last + 1
        return self

    def column(self, value: IndicatorColumn) -> int:
        """Return the first column of a value of the indicators."""
        return next(each.span[0] for each in self.indicators if each.value is value)


def _spans(
    parts: tuple[MoneyHead, ...] | tuple[IndicatorHead, ...] | tuple[Label, ...],
) -> list[Span]:
    return [each.span for each in parts]


@cache
def shipped_forms() -> tuple[FormDeclaration, ...]:
    """Return the shipped forms, by code.

    Raises ConfigurationError, with file and line, when one is not as declared.
    """
    names = sorted(entry.name for entry in SHIPPED.iterdir() if entry.name.endswith(".yaml"))
    return tuple(_read(name) for name in names)


def form_declaration(asked: str = NATIONAL) -> FormDeclaration:
    """Return the form of a code, or that of a file (.yaml).

    Raises ConfigurationError where there is none, or with file and line where it is wrong.
    """
    if asked.endswith((".yaml", ".yml")):
        return _read(asked)
    found = next((each for each in shipped_forms() if each.code == asked), None)
    if found is None:
        known = "、".join(f"{each.code}（{each.place}）" for each in shipped_forms())
        raise ConfigurationError(f"没有代码为“{asked}”的表格；可用：{known}，或写一个 .yaml 文件")
    return found


def _read(name: str) -> FormDeclaration:
    shipped = "/" not in name and not Path(name).exists()
    file = read_yaml(SHIPPED / name if shipped else Path(name), "表格声明")
    try:
        return FormDeclaration.model_validate(file.content)
    except ValidationError as error:
        raise file.refusal(error) from error
