"""What a target document says, as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Self

from perf_pipeline.domain.target import Target


class Where(str):
    """Where something stands, as a reader is told: 表3第5行, 工作表“指标”第5行, 第12段.

    `sheet` (the table, sheet or 正文) and `row` stand beside it for the warehouse.
    """

    sheet: str | None
    row: int | None

    def __new__(cls, told: str, sheet: str | None = None, row: int | None = None) -> Self:
        """Keep the words with the sheet and row that they tell."""
        where = super().__new__(cls, told)
        where.sheet, where.row = sheet, row
        return where


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a document, numbered from 1; its list number is part of the text.

    `place` is set where the file has a better name for the place than the paragraph's number.
    """

    text: str
    number: int
    place: Where | None = None

    @property
    def where(self) -> Where:
        """Say where it stands: 第12段, or the sheet and row that it fills."""
        return self.place or Where(f"第{self.number}段", "正文", self.number)


class Cell(NamedTuple):
    """A cell of a table on the table's grid of columns.

    A cell merged over several columns stands once; one merged over several rows stands in each
    of them with the same text, and `continues` from the second on.
    """

    text: str
    column: int
    width: int = 1
    continues: bool = False


Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A table as rows of cells on one grid; `name` tells a reader where it stands (表3).

    `first_row` is the number that the file itself gives the first row. `loose` tells that the
    file does not say which cells are merged: a blank one may be the rest of another. `places` is
    set where the rows stand elsewhere than in a table.
    """

    rows: tuple[Row, ...]
    name: str
    first_row: int = 1
    is_sheet: bool = False
    loose: bool = False
    places: tuple[Where, ...] = ()

    def place(self, row: int) -> Where:
        """Say where a row (counted from 0) stands: 表3第5行."""
        if self.places:
            return self.places[row]
        number = row + self.first_row
        named = f"工作表“{self.name}”" if self.is_sheet else self.name
        return Where(f"{named}第{number}行", self.name, number)


Block = Paragraph | Table


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Confidence(StrEnum):
    """How a value came to be read (可信度)."""

    RULE = "rule"  # by a rule that knows the label and the spelling
    GUESSED = "guessed"  # by position or likeness: worth a look
    PERSON = "person"  # a person must say what is meant


@dataclass(frozen=True)
class Finding:
    """Something about a document that a person should know (审核意见).

    `rule` is the requirement or reason it follows from, `proposal` a mend; both may be empty for
    findings about reading itself. `project` names the project it is about, if one.
    """

    severity: Severity
    code: str
    message: str
    where: str
    rule: str = ""
    proposal: str = ""
    project: str = ""


class FormKind(StrEnum):
    """Which official form a table is."""

    PROJECT = "project"  # 项目绩效目标表
    DEPARTMENT = "department"  # 部门整体支出绩效目标表
    MONITORING = "monitoring"  # 绩效目标执行监控表
    SELF_EVALUATION = "self_evaluation"  # 绩效自评表


@dataclass(frozen=True)
class PlanPoint:
    """A point of a spending plan (资金支出计划): the cumulative share at a month's end."""

    label: str
    month: int
    share: Decimal
    where: Where


@dataclass(frozen=True)
class Budget:
    """A project's budget (预算数) in whole fen; None where the document leaves a part out.

    `adjusted_fen` (全年预算数), `executed_fen` (执行数, and of it from either source) and
    `expected_fen` (全年预计执行数) come from monitoring and self-evaluation forms.
    """

    total_fen: int
    fiscal_fen: int | None
    other_fen: int | None
    where: Where
    adjusted_fen: int | None = None
    executed_fen: int | None = None
    expected_fen: int | None = None
    fiscal_executed_fen: int | None = None
    other_executed_fen: int | None = None
    weight: str = ""  # 分值 and 得分 of execution, as a self-evaluation form has them
    score: str = ""


@dataclass(frozen=True)
class Filled:
    """What a monitoring or self-evaluation form says of an indicator, as written."""

    actual: str = ""  # 执行情况, 实际完成值
    outlook: str = ""  # 全年预计完成情况
    score: str = ""  # 得分
    reason: str = ""  # 偏差原因分析（及改进措施）
    likelihood: str = ""  # 完成目标可能性
    remark: str = ""  # 备注


@dataclass(frozen=True)
class AreaTarget:
    """One of several targets of an indicator: an area's (区域目标值), or another term's (中期).

    `area` is how its column is headed, `raw_value` what stands there, as written.
    """

    area: str
    raw_value: str
    target: Target


@dataclass(frozen=True)
class RowAccount:
    """How many rows of a document's tables look like indicators, and how many of them were read."""

    read: int = 0
    not_understood: int = 0

    @property
    def seen(self) -> int:
        """All of them."""
        return self.read + self.not_understood


@dataclass(frozen=True)
class Indicator:
    """An indicator (绩效指标) of a project or of the department, its levels filled from above.

    `weight` is what the form's 分值 or 权重 column says, as written. `areas` are the targets that
    the form sets for areas or for other terms; where it sets no target for all, `raw_value` is
    empty. The department's has the `section` (分项工作) that it belongs to, and as `evidence` the
    sentence or row that states it; a sentence gives no levels.
    """

    level3: str
    raw_value: str
    target: Target
    where: Where
    confidence: Confidence
    level1: str = ""
    level2: str = ""
    description: str = ""
    basis: str = ""
    weight: str = ""
    filled: Filled | None = None
    areas: tuple[AreaTarget, ...] = ()
    section: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Task:
    """A yearly task (年度主要任务) of a department's form, with its money in whole fen.

    What was spent, what was done and the score come from a self-evaluation form.
    """

    name: str
    content: str
    amount_fen: int | None
    where: Where
    executed_fen: int | None = None
    done: str = ""  # 完成情况
    score: str = ""  # 得分


@dataclass(frozen=True)
class Project:
    """A project's form (项目绩效目标表, or its monitoring or self-evaluation form)."""

    name: str
    indicators: tuple[Indicator, ...]
    where: Where
    kind: FormKind = FormKind.PROJECT
    code: str | None = None
    purpose: str = ""
    objectives: tuple[str, ...] = ()
    budget: Budget | None = None
    spending_plan: tuple[PlanPoint, ...] = ()
    score: str = ""  # 总分, of a self-evaluation form


@dataclass(frozen=True)
class TargetDocument:
    """A department's targets for a year, as its document states them.

    The year is None where nothing in the document says it. `score` is the 总分 of a department's
    self-evaluation form.
    """

    path: str
    sha256: str
    department: str
    fiscal_year: int | None
    title: str
    notice: str | None
    department_indicators: tuple[Indicator, ...]
    projects: tuple[Project, ...]
    findings: tuple[Finding, ...]
    tasks: tuple[Task, ...] = ()
    score: str = ""
    rows: RowAccount = RowAccount()
