"""What a target document says, as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from perf_pipeline.domain.target import Target


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a document, numbered from 1."""

    text: str
    number: int


@dataclass(frozen=True)
class Table:
    """A table as rows of cells; a merged cell stands once, where it begins.

    Rows differ in length. A cell merged from above is empty.
    """

    rows: tuple[tuple[str, ...], ...]
    number: int


Block = Paragraph | Table


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """Something about a document that a person should know (审核意见)."""

    severity: Severity
    code: str
    message: str
    where: str


@dataclass(frozen=True)
class PlanPoint:
    """A point of a spending plan (资金支出计划): the cumulative share at a month's end."""

    label: str
    month: int
    share: Decimal
    row: int


@dataclass(frozen=True)
class Budget:
    """A project's budget (预算数) in whole fen; None where the document leaves a part out."""

    total_fen: int
    fiscal_fen: int | None
    other_fen: int | None
    row: int


@dataclass(frozen=True)
class Indicator:
    """An indicator of a project (绩效指标), its three levels filled from above.

    `weight` is what the form's 分值 or 权重 column says, as written.
    """

    level1: str
    level2: str
    level3: str
    description: str
    raw_value: str
    basis: str
    target: Target
    row: int
    weight: str = ""


@dataclass(frozen=True)
class DepartmentIndicator:
    """An indicator found in a sentence about the department's work, with that sentence."""

    section: str
    name: str
    raw_value: str
    target: Target
    evidence: str
    paragraph: int


@dataclass(frozen=True)
class Project:
    """A project's form (项目绩效目标表)."""

    code: str | None
    name: str
    purpose: str
    objectives: tuple[str, ...]
    budget: Budget | None
    spending_plan: tuple[PlanPoint, ...]
    indicators: tuple[Indicator, ...]
    table: int


@dataclass(frozen=True)
class TargetDocument:
    """A department's targets for a year, as its document states them."""

    path: str
    sha256: str
    department: str
    fiscal_year: int
    title: str
    notice: str | None
    department_indicators: tuple[DepartmentIndicator, ...]
    projects: tuple[Project, ...]
    findings: tuple[Finding, ...]
