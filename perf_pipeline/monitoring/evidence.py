"""What the judgement reads beside counted rows: targets, budgets, plans, the map, reports.

Each table says which figures a row of it concerns, and how a row is told in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import Table

from perf_pipeline.domain.money import format_yuan
from perf_pipeline.domain.share import percent
from perf_pipeline.measures.catalogue import REPORTED
from perf_pipeline.monitoring.comparison import Change, Kind
from perf_pipeline.monitoring.results import Part
from perf_pipeline.warehouse.schema import metadata
from perf_pipeline.warehouse.typed import StoredRow

Key = tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """A table that figures rest on: a row's key, the keys a change asks for, a row in words.

    What is said for a day later than the checkpoint, in column `holds_from`, moved nothing yet.
    """

    name: str
    label: str
    key_of: Callable[[StoredRow], Key]
    concerns: Callable[[Change], Iterable[Key]]
    write: Callable[[StoredRow], str]
    holds_from: str | None = None

    @property
    def table(self) -> Table:
        """Return its table."""
        return metadata.tables[self.name]

    @property
    def kind(self) -> str:
        """Return what programs are told that a cause is."""
        return "mapping" if self.name == "indicator_measure" else self.name


def _row_key(row: StoredRow) -> Key:
    return (row.row_key,)


def _project(row: StoredRow) -> Key:
    return (row.project_name,)


def _of_indicator(change: Change) -> Iterable[Key]:
    return [(change.subject_key,)] if change.part is Part.INDICATOR else []


def _of_new_indicator(change: Change) -> Iterable[Key]:
    return _of_indicator(change) if change.touches("section", "level1", "level2") else []


def _of_new_project(change: Change) -> Iterable[Key]:
    came_or_went = change.part is Part.SPENDING and change.kind is not Kind.CHANGED
    return [(change.subject_key,)] if came_or_went else []


def _of_budget(change: Change) -> Iterable[Key]:
    concerned = change.part is Part.SPENDING and change.touches("budget_fen")
    return [(change.subject_key,)] if concerned else []


def _of_plan(change: Change) -> Iterable[Key]:
    """Ask for the plan where what was planned changed, or a status without its figures did."""
    if change.project_name is None:
        return []
    if change.part is Part.SPENDING:
        concerned = change.touches("planned_bp", "planned_label")
    else:
        concerned = not change.touches("actual_text", "raw_target", "measure", "behaviour")
    return [(change.project_name,)] if concerned else []


def _reported_key(row: StoredRow) -> Key:
    return (row.project_name or "", row.section or "", row.indicator_name)


def _of_report(change: Change) -> Iterable[Key]:
    return _said_of(change) if REPORTED in change.measures else ()


def _said_of(change: Change) -> Iterable[Key]:
    """Give the keys by which people write of an indicator: with its line of work or without."""
    if change.part is Part.INDICATOR:
        for section in dict.fromkeys(("", change.section or "")):
            yield change.project_name or "", section, change.name


def _of_revision(change: Change) -> Iterable[Key]:
    return _said_of(change) if change.touches("raw_target") else ()


def _of_phase(change: Change) -> Iterable[Key]:
    return _said_of(change) if change.touches("phase_text") else ()


def _write_budget(row: StoredRow) -> str:
    return f"{format_yuan(row.total_fen)}元"


def _write_plan(row: StoredRow) -> str:
    return f"{row.label}{percent(row.share_bp)}"


def _write_report(row: StoredRow) -> str:
    said = row.reported_text or f"{row.numerator}/{row.denominator}"
    return f"{row.as_of.isoformat()} {said}"


def _write_mapping(row: StoredRow) -> str:
    due = row.due_on and row.due_on.isoformat()
    parts = (row.measure, row.behaviour, due, row.pace, row.year_rule)
    return " ".join(part for part in parts if part)


def _write_phase(row: StoredRow) -> str:
    return f"{row.due_on.isoformat()} {row.raw_value}"


EVIDENCE: tuple[Evidence, ...] = (
    Evidence("target", "目标值", _row_key, _of_indicator, attrgetter("raw_value")),
    Evidence("indicator", "指标", _row_key, _of_new_indicator, attrgetter("name")),
    Evidence("project", "项目", _row_key, _of_new_project, attrgetter("name")),
    Evidence("budget", "预算", _project, _of_budget, _write_budget),
    Evidence("spending_plan", "资金支出计划", _project, _of_plan, _write_plan),
    Evidence("indicator_measure", "指标与度量对照", _row_key, _of_indicator, _write_mapping),
    Evidence("reported_value", "人工填报", _reported_key, _of_report, _write_report, "as_of"),
    Evidence("budget_adjustment", "预算调整", _project, _of_budget, _write_budget, "effective_on"),
    Evidence(
        "target_revision",
        "目标调整",
        _reported_key,
        _of_revision,
        attrgetter("raw_value"),
        "effective_on",
    ),
    Evidence("phase_target", "阶段目标", _reported_key, _of_phase, _write_phase, "due_on"),
)
