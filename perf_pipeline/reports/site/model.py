"""What a department's year says: every checkpoint side by side, each figure with its source rows.

A figure of a checkpoint is shown as it was judged then; the newest checkpoint is also told whole,
by the same report that its own page is made from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.status import Light, Status
from perf_pipeline.items.board import Board
from perf_pipeline.measures.catalogue import measure_that
from perf_pipeline.monitoring.outlook.record import RecordLine
from perf_pipeline.monitoring.restatement import Restatement
from perf_pipeline.monitoring.results import IndicatorOf, SpendingOf
from perf_pipeline.monitoring.source_rows import Sources
from perf_pipeline.quality.open_points import OpenPoint
from perf_pipeline.registers.measure_declaration import Fills
from perf_pipeline.reports.model import FileNote, IndicatorLine, QuarterReport, SpendingLine


@dataclass(frozen=True)
class Judged:
    """A result at one checkpoint, and the rows that it came from."""

    quarter: int  # its place among the year's judged checkpoints, from 0
    row: SpendingOf | IndicatorOf
    sources: Sources

    @property
    def judgement(self) -> Light | Status:
        """The light or the status."""
        word: Light | Status = getattr(self.row, self.column)
        return word

    @cached_property
    def actual(self) -> str | None:
        """What was reached, as it is written; None without data."""
        return self.row.told(self.actual_column) or None

    @property
    def column(self) -> str:
        """The column that the judgement stands in."""
        return "light" if isinstance(self.row, SpendingOf) else "status"

    @property
    def actual_column(self) -> str:
        """The column that `actual` is written from."""
        return "actual_bp" if isinstance(self.row, SpendingOf) else "actual_text"

    @property
    def counted(self) -> tuple[str | None, int | None, int | None]:
        """The measure and what it was counted from; of spending what was paid, and the budget."""
        if isinstance(self.row, SpendingOf):
            return measure_that(Fills.PAID), self.row.paid_fen, self.row.budget_fen
        return self.row.measure, self.row.numerator, self.row.denominator

    @property
    def planned(self) -> str:
        """The plan or target that it was judged against."""
        if isinstance(self.row, IndicatorOf):
            return self.row.raw_target
        return " ".join(filter(None, map(self.row.told, ("planned_label", "planned_bp"))))


@dataclass(frozen=True)
class Spending:
    """A project's spending over the year; `now` is its line at the newest checkpoint."""

    project_name: str
    now: SpendingLine | None
    quarters: tuple[Judged | None, ...]


@dataclass(frozen=True)
class Indicator:
    """An indicator over the year; `now` is None for one that is no longer asked for.

    `last` is its last result, which names it.
    """

    last: IndicatorOf
    now: IndicatorLine | None
    quarters: tuple[Judged | None, ...]

    @property
    def status(self) -> Status | None:
        """The status at the newest checkpoint; None for an indicator no longer asked for."""
        return None if self.now is None else self.now.status


@dataclass(frozen=True)
class Stage:
    """What became of the cases (案件) that entered a time limit, at one checkpoint."""

    register: str  # its Chinese label
    label: str  # what is to be done: 受理, 办结
    days: int
    quarter: int
    entered: int
    in_time: int
    late: int
    overdue: int
    waiting: int


@dataclass(frozen=True)
class Standing:
    """Where a department stands at its newest checkpoint: its line in the index."""

    code: str
    department: str
    notice: str | None
    checkpoint: Checkpoint
    lights: Mapping[Light, int]
    statuses: Mapping[Status, int]
    record: tuple[RecordLine, ...]  # how good its forecasts were

    def in_words(self) -> dict[str, object]:
        """Return it as plain values that can be kept as JSON."""
        return {**asdict(self), "checkpoint": self.checkpoint.name}

    @classmethod
    def of_words(cls, words: Mapping[str, Any], checkpoints: Sequence[Checkpoint]) -> Standing:
        """Return the standing that was kept, at one of a year's checkpoints."""
        of_name = {each.name: each for each in checkpoints}
        told = {
            "checkpoint": of_name[words["checkpoint"]],
            "lights": {Light(light): count for light, count in words["lights"].items()},
            "statuses": {Status(status): count for status, count in words["statuses"].items()},
            "record": tuple(RecordLine(**line) for line in words["record"]),
        }
        return cls(**{**words, **told})


@dataclass(frozen=True)
class Year:
    """A department's fiscal year up to the newest checkpoint that it was judged at.

    `files` are all of the year, `open_points` (待办) what keeps the judgement from being whole.
    """

    report: QuarterReport
    checkpoints: tuple[Checkpoint, ...]
    spending: tuple[Spending, ...]
    indicators: tuple[Indicator, ...]
    flow: tuple[Stage, ...]
    restatements: tuple[Restatement, ...]
    record: tuple[RecordLine, ...]  # how good the department's forecasts were
    files: tuple[FileNote, ...]
    open_points: tuple[OpenPoint, ...]
    board: Board = field(default_factory=Board)

    @property
    def fiscal_year(self) -> int:
        """The fiscal year (财政年度)."""
        return self.report.checkpoint.fiscal_year

    @property
    def standing(self) -> Standing:
        """Return the department's line in the index."""
        report = self.report
        return Standing(
            report.department_code,
            report.department,
            report.notice,
            report.checkpoint,
            self.lights[-1],
            self.statuses[-1],
            self.record,
        )

    @property
    def subjects(self) -> tuple[Spending | Indicator, ...]:
        """List what there are figures of: projects' spending, then indicators."""
        return (*self.spending, *self.indicators)

    @property
    def figures(self) -> tuple[Judged, ...]:
        """List every figure of the year."""
        return tuple(judged for row in self.subjects for judged in row.quarters if judged)

    @property
    def statuses(self) -> tuple[Mapping[Status, int], ...]:
        """Count the indicators by status, at each checkpoint."""
        counted = [dict.fromkeys(Status, 0) for _ in self.checkpoints]
        for each in self.indicators:
            for judged in filter(None, each.quarters):
                counted[judged.quarter][Status(judged.judgement)] += 1
        return tuple(counted)

    @property
    def lights(self) -> tuple[Mapping[Light, int], ...]:
        """Count the projects by light, at each checkpoint."""
        counted = [dict.fromkeys(Light, 0) for _ in self.checkpoints]
        for each in self.spending:
            for judged in filter(None, each.quarters):
                counted[judged.quarter][Light(judged.judgement)] += 1
        return tuple(counted)
