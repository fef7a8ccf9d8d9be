"""The lines of a report as they are kept in the warehouse, so that two versions can be compared."""

from __future__ import annotations

from perf_pipeline.reports.amounts import wan
from perf_pipeline.reports.model import IndicatorLine, QuarterReport, SpendingLine


def report_lines(report: QuarterReport) -> list[dict[str, object]]:
    """Return the rows of table report_line: a line a project, then a line an indicator."""
    lines = [_spending(line) for line in report.spending]
    lines += [_indicator(line) for line in report.indicators]
    return [{"ordinal": ordinal, **line} for ordinal, line in enumerate(lines, start=1)]


def plan_text(line: SpendingLine) -> str:
    """Say what was planned to be spent by now: 6月底 70.00%."""
    if line.planned_bp is None:
        return "没有支出计划"
    if line.planned_label is None:
        return "尚未安排支出"
    return f"{line.planned_label} {line.told('planned_bp')}"


def paid_text(line: SpendingLine) -> str:
    """Say what was spent: 36.54万元（45.67%）."""
    if line.paid_fen is None:
        return "没有支付台账"
    share = f"（{line.told('actual_bp')}）" if line.actual_bp is not None else ""
    return f"{wan(line.paid_fen)}万元{share}"


def _spending(line: SpendingLine) -> dict[str, object]:
    return {
        "part": "spending",
        "project_name": line.project_name,
        "section": None,
        "name": line.project_name,
        "target_text": plan_text(line),
        "actual_text": paid_text(line),
        "judgement": str(line.light),
        "reason": line.reason,
        "figure": line.figure,
    }


def _indicator(line: IndicatorLine) -> dict[str, object]:
    return {
        "part": "indicator",
        "project_name": line.project_name,
        "section": line.section,
        "name": line.name,
        "target_text": line.raw_target,
        "actual_text": line.actual_text or "",
        "judgement": str(line.status),
        "reason": line.reason,
        "figure": line.figure,
    }
