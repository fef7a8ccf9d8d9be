"""What a quarter's report (季度监控报告) of one department says, before it is drawn anywhere.

The page, the official forms and the kept report lines are all made from these values, so that
they cannot disagree. Money is in fen (分), shares are in basis points (万分之一).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.status import DEVIATIONS, Light, Status, Together
from perf_pipeline.domain.time_limits import LimitState
from perf_pipeline.items.noted import Noted
from perf_pipeline.measures.findings import Finding, first_of_each_rule
from perf_pipeline.monitoring.results import Adjusted
from perf_pipeline.reports.foretold import Outlook
from perf_pipeline.warehouse.findings import CaseLimit
from perf_pipeline.warehouse.judgements import IndicatorResult, SpendingResult, SpendingSum

SHOWN_OF_A_RULE = 3  # findings of the audit, on the page and in the Word report


@dataclass(frozen=True)
class PlanPoint:
    """One point of a spending plan (资金支出计划): the share to be spent by a date."""

    label: str
    due_on: date
    share_bp: int


@dataclass(frozen=True)
class PaidPoint:
    """One step of actual spending: what had been paid in all at the end of a day."""

    paid_on: date
    cumulative_fen: int


@dataclass(frozen=True)
class Project:
    """A project (项目) as its target document describes it."""

    name: str
    code: str | None
    purpose: str | None
    objectives: tuple[str, ...]
    document: str | None = None  # its file, version and SHA-256, as the notes name it


@dataclass(frozen=True)
class Funding:
    """Money of a project by source; None where it is not known."""

    fiscal_fen: int | None
    other_fen: int | None


class SpendingLine(SpendingResult):
    """Spending of one project against its plan (预算执行进度), with what stands beside it."""

    budget_by_source: Funding
    paid_by_source: Funding
    plan: tuple[PlanPoint, ...]
    paid: tuple[PaidPoint, ...]
    history: tuple[Light | None, ...]
    outlook: Outlook | None

    @property
    def ledger_moved_on(self) -> bool:
        """Tell whether the payment ledger now sums to something else than was judged."""
        now = self.paid[-1].cumulative_fen if self.paid else 0
        return self.paid_fen is not None and now != self.paid_fen


class IndicatorLine(IndicatorResult):
    """One indicator (绩效指标) against its target, with its judgements so far and its outlook."""

    history: tuple[Status | None, ...]
    outlook: Outlook | None


Line = SpendingLine | IndicatorLine


@dataclass(frozen=True)
class AlertLine:
    """An alert (预警) of this checkpoint; `level_now` is what the newest judgement says of it."""

    rule: str
    level: Light | Status
    level_now: Light | Status | None
    subject: str
    place: str
    gap: str
    since: str
    figure: str | None

    @property
    def holds(self) -> bool:
        """Tell whether the newest judgement still says what was alerted."""
        return self.level == self.level_now


@dataclass(frozen=True)
class FileNote:
    """A file of the year, in its newest version."""

    kind: str
    path: str
    version: int
    sha256: str
    outcome: str
    reason: str | None
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    rows_skipped: int
    unit: str | None = None
    ignored_columns: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuarantineNote:
    """Why rows of a kind of file were put aside (隔离), and how many still are."""

    kind: str
    reason: str
    rows: int


class CaseLimitLine(CaseLimit):
    """A case (案件) whose time limit has run out, or soon does, with its register's label."""

    register_label: str


@dataclass(frozen=True)
class Safeguard:
    """What a register says of one of the document's safeguards (保障措施)."""

    safeguard: str
    label: str
    text: str


@dataclass(frozen=True)
class QuarterReport:
    """Everything that a department's report for one checkpoint (检查点) tells."""

    department_id: int
    department_code: str
    department: str
    checkpoint: Checkpoint
    monitoring_version: int
    version: int | None
    notice: str | None
    history_labels: tuple[str, ...]
    projects: tuple[Project, ...]
    spending: tuple[SpendingLine, ...]
    indicators: tuple[IndicatorLine, ...]
    alerts: tuple[AlertLine, ...]
    files: tuple[FileNote, ...]  # that it rests on
    quarantine: tuple[QuarantineNote, ...]
    case_limits: tuple[CaseLimitLine, ...] = ()
    audit: tuple[Finding, ...] = ()
    safeguards: tuple[Safeguard, ...] = ()
    received: tuple[str, ...] = ()  # registers and documents of the year, also of later days
    items: tuple[Noted, ...] = ()  # 整改事项 of the year, as they stood at this checkpoint
    adjustments: tuple[Adjusted, ...] = ()  # 调整: what late data left to this quarter
    sums: tuple[SpendingSum, ...] = ()  # 预算执行汇总: the projects' spending together
    status_history: tuple[Mapping[Status, int], ...] = ()  # of all that was judged at each

    @property
    def title(self) -> str:
        """Name the report: 高新区政法委2024年绩效运行监控报告（截至6月底）."""
        at = self.checkpoint
        return f"{self.department}{at.fiscal_year}年绩效运行监控报告（截至{at.label}）"

    @property
    def notice_line(self) -> str | None:
        """The notice in a line, as the head of each sheet of paper has it: without the files."""
        return self.notice and re.sub("（[^（）]*）", "", self.notice)

    @property
    def sections(self) -> tuple[str, ...]:
        """List the lines of work (分项工作) that have indicators, in the document's order."""
        return tuple(dict.fromkeys(i.section or "" for i in self.indicators if not i.project_name))

    @property
    def audit_shown(self) -> tuple[Finding, ...]:
        """Return the largest findings of each rule: one rule with thousands hides no other."""
        return first_of_each_rule(self.audit, SHOWN_OF_A_RULE)

    @property
    def audit_counts(self) -> tuple[tuple[str, int], ...]:
        """Count the findings of each rule."""
        return tuple(Counter(finding.label for finding in self.audit).items())

    @property
    def audit_waiting(self) -> int:
        """Count the findings that nobody has settled (待核查)."""
        return sum(not finding.settled for finding in self.audit)

    @property
    def overdue(self) -> tuple[CaseLimitLine, ...]:
        """Return the cases that are overdue, the longest first."""
        late = [line for line in self.case_limits if line.state is LimitState.OVERDUE]
        return tuple(sorted(late, key=lambda line: (-line.days_overdue, line.case_key)))

    @property
    def limit_counts(self) -> tuple[tuple[str, str, int, int], ...]:
        """Count overdue and soon-due cases by register and what is to be done."""
        counted = Counter(
            (each.register_label, each.label, each.state) for each in self.case_limits
        )
        return tuple(
            (*kind, counted[*kind, LimitState.OVERDUE], counted[*kind, LimitState.SOON])
            for kind in sorted({(register, label) for register, label, _ in counted})
        )

    def sums_of(self, level: Together) -> tuple[SpendingSum, ...]:
        """Return the sums of spending of a level."""
        return tuple(line for line in self.sums if line.level is level)

    @property
    def total(self) -> SpendingSum | None:
        """Return all the department's spending; None where no project was judged."""
        return next(iter(self.sums_of(Together.DEPARTMENT)), None)

    @property
    def deviations(self) -> tuple[Line, ...]:
        """List the deviations (偏差) that staff are asked to explain."""
        lines: list[Line] = [line for line in self.spending if line.light in DEVIATIONS]
        return (*lines, *(line for line in self.indicators if line.status in DEVIATIONS))

    @property
    def unexplained(self) -> tuple[Line, ...]:
        """List the deviations that staff have not given a reason for (待说明偏差)."""
        return tuple(line for line in self.deviations if line.cause is None)

    @property
    def quarantined(self) -> int:
        """Count the rows that are still put aside."""
        return sum(note.rows for note in self.quarantine)

    def project(self, name: str) -> Project:
        """Return what the document says of a project; only its name where it says nothing."""
        found = (project for project in self.projects if project.name == name)
        return next(found, Project(name, None, None, ()))

    def indicators_of(self, project: str) -> tuple[IndicatorLine, ...]:
        """Return a project's indicators in the document's order."""
        return tuple(i for i in self.indicators if i.project_name == project)

    def indicators_in(self, section: str) -> tuple[IndicatorLine, ...]:
        """Return the indicators of a line of work in the document's order."""
        return tuple(
            i for i in self.indicators if not i.project_name and (i.section or "") == section
        )


def count_lights(lines: Iterable[SpendingLine]) -> dict[Light, int]:
    """Count projects by light, every light named."""
    counted = Counter(line.light for line in lines)
    return {light: counted[light] for light in Light}


def count_statuses(lines: Iterable[IndicatorLine]) -> dict[Status, int]:
    """Count indicators by status, every status named."""
    counted = Counter(line.status for line in lines)
    return {status: counted[status] for status in Status}
