"""The block of a project or line of work, which the quarter's page and the year's page share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.status import Status
from perf_pipeline.reports.charts import in_words, spending_chart
from perf_pipeline.reports.model import (
    IndicatorLine,
    Project,
    QuarterReport,
    SpendingLine,
    count_statuses,
)

UNNAMED = "未分项"


@dataclass(frozen=True)
class Chart:
    """A project's curve beside what it says in words."""

    svg: Markup
    words: Sequence[str]


@dataclass(frozen=True)
class Block:
    """A project (项目) with its spending, or a line of work (分项工作), and its indicators.

    `line` is None for a line of work, and for a project that was not judged at the checkpoint.
    """

    name: str
    description: Project | None
    line: SpendingLine | None
    chart: Chart | None
    indicators: tuple[IndicatorLine, ...]

    @property
    def counts(self) -> Mapping[Status, int]:
        """Count the indicators by status."""
        return count_statuses(self.indicators)


def project_block(report: QuarterReport, name: str) -> Block:
    """Return the block of a project."""
    line = next((line for line in report.spending if line.project_name == name), None)
    described = next((each for each in report.projects if each.name == name), None)
    chart = None if line is None else _chart(line, report.checkpoint)
    return Block(name, described, line, chart, report.indicators_of(name))


def section_block(report: QuarterReport, section: str) -> Block:
    """Return the block of a line of work."""
    return Block(section or UNNAMED, None, None, None, report.indicators_in(section))


def _chart(line: SpendingLine, checkpoint: Checkpoint) -> Chart:
    return Chart(
        Markup(spending_chart(line, checkpoint)),
        in_words(line, checkpoint),
    )
