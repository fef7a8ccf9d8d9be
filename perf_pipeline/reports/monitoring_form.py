"""The monitoring form (绩效运行监控表) of one project as a workbook, as its declaration says.

The national one is that of 财预〔2019〕136号. Forecast and likelihood are filled where the outlook
has them, for the clerk to confirm; causes that staff have not given and remarks are left empty:
nothing in them is invented.
"""

from __future__ import annotations

from collections.abc import Callable

from perf_pipeline.domain.calendar import Checkpoint, chinese_date
from perf_pipeline.domain.status import Status
from perf_pipeline.measures.catalogue import measure_that
from perf_pipeline.registers.measure_declaration import Fills
from perf_pipeline.reports.amounts import months_so_far
from perf_pipeline.reports.form_blocks import (
    SENTENCE,
    executed_share,
    heading,
    notes,
    sources,
    write_indicators,
    write_levels,
)
from perf_pipeline.reports.form_declaration import MonitoringForm, form_declaration
from perf_pipeline.reports.form_heads import facts_of, wanted_of, write_heads, write_identity
from perf_pipeline.reports.form_money import write_funding_so_far
from perf_pipeline.reports.form_parts import Fact, IndicatorColumn, IndicatorHead
from perf_pipeline.reports.model import IndicatorLine, QuarterReport, SpendingLine
from perf_pipeline.reports.sheet import LABEL, TEXT, FormSheet, Value, numbered
from perf_pipeline.reports.workbook import write_workbook

TICK = "√"
EXECUTED = measure_that(Fills.EXECUTED) or ""  # 预算执行率: some projects have it as an indicator
_LOOKS = {IndicatorColumn.REASON: SENTENCE, IndicatorColumn.REMARK: SENTENCE}
HEAD_HEIGHT = 28  # points of the indicators' heads where they stand on one row


def monitoring_form(
    report: QuarterReport, project: str, declared: MonitoringForm | None = None
) -> bytes:
    """Return the form of a project as an .xlsx file, the national one unless another is given.

    Raises KeyError where the project was not judged.
    """
    declared = declared or form_declaration(MonitoringForm)
    sheet = monitoring_sheet(report, project, declared)
    return write_workbook(f"{declared.name}（{project}）", [sheet])


def monitoring_sheet(report: QuarterReport, project: str, declared: MonitoringForm) -> FormSheet:
    """Lay out the form of a project; raises KeyError where it was not judged."""
    line = next((line for line in report.spending if line.project_name == project), None)
    if line is None:
        raise KeyError(project)
    form = FormSheet("执行监控表", declared.widths, landscape=declared.landscape)
    months = months_so_far(report.checkpoint.month)
    indicators = report.indicators_of(project)
    facts = facts_of(report, project) | {Fact.REASONS: _all_reasons(indicators, line)}
    moment = f"监控时点：截至{chinese_date(report.checkpoint.ends_on)}"
    row = heading(form, declared.name, report, moment)
    row = write_identity(form, row, declared.identity, facts)
    row = write_funding_so_far(form, row, line, declared.money, months)
    wanted = [
        (declared.goals.side.span, declared.goals.side.label, LABEL),
        (declared.goals.at, numbered(report.project(project).objectives), TEXT),
    ]
    header = row = form.line(row, wanted, least=36)
    row = write_heads(form, row, declared.heads, least=HEAD_HEIGHT, months=months)
    heads = row - header
    levels, below = write_indicators(
        form, row, indicators, declared.indicators, _LOOKS, _telling(line, report.checkpoint)
    )
    row = write_identity(form, below, declared.closing, facts)
    said = [declared.note, *sources(report, line, indicators, declared.indicators)]
    last = notes(form, row, said, [(each.span, each.label) for each in declared.signs])
    write_levels(form, levels, below, len(declared.levels), header)
    form.header, form.footer = report.notice_line, f"{report.checkpoint.name}　{project}"
    form.finish(last, repeated=(header, header + heads - 1))
    return form


def _telling(
    spending: SpendingLine, at: Checkpoint
) -> Callable[[IndicatorLine], Callable[[IndicatorHead], Value]]:
    return lambda line: lambda head: _said(head, line, spending, over=at.last)


def _said(head: IndicatorHead, line: IndicatorLine, spending: SpendingLine, *, over: bool) -> Value:
    """Return what a column says of an indicator.

    A cause is ticked where staff gave one; what the system makes of the data is marked as its own.
    What is not foretold is known when the year is `over`. 预算执行率 says what the row of the money
    says: its forecast, and the reason given for it.
    """
    foretold = line.outlook
    match head.value:
        case IndicatorColumn.ACTUAL:
            return _actual(line)
        case IndicatorColumn.FORECAST if foretold is not None and foretold.point is not None:
            between = f"\n（{foretold.interval}）" if foretold.interval else ""
            return f"{foretold.point_text}{between}"
        case IndicatorColumn.FORECAST if line.measure == EXECUTED:
            return _share_foretold(spending)
        case IndicatorColumn.FORECAST if over:
            return _actual(line)
        case IndicatorColumn.CAUSE:
            return TICK if _explained(line, spending).cause == head.ticked else None
        case IndicatorColumn.LIKELY if foretold is not None and foretold.likelihood is not None:
            return TICK if foretold.likelihood == head.ticked else None
        case IndicatorColumn.REASON:
            return _reason(line, spending)
        case IndicatorColumn.REMARK if line.note:
            return f"（系统提示）{line.note}"
    return wanted_of(line).get(head.value)


def _explained(line: IndicatorLine, spending: SpendingLine) -> IndicatorLine | SpendingLine:
    """Return whose cause and words explain an indicator: the money's own for 预算执行率."""
    return spending if line.measure == EXECUTED and line.cause is None else line


def _share_foretold(spending: SpendingLine) -> str | None:
    """Return the foretold execution rate, with the places that the row of the money shows."""
    if spending.outlook is None:
        return None
    share, look = executed_share(spending.outlook.point, spending.budget_fen)
    places = len(look.format.partition(".")[2]) - 1
    return None if share is None else f"{share * 100:.{places}f}%"


def _reason(line: IndicatorLine, spending: SpendingLine) -> str | None:
    explained = _explained(line, spending)
    if explained.cause:
        return (
            f"{explained.cause_words}\n改进措施：{explained.cause_measures}"
            if explained.cause_measures
            else explained.cause_words or ""
        )
    hint = line.hint or explained.hint
    return f"（系统提示）{hint}" if hint else None


def _all_reasons(indicators: tuple[IndicatorLine, ...], spending: SpendingLine) -> str:
    said = ((line.name, _reason(line, spending)) for line in indicators)
    return "\n".join(f"{name}：{reason}" for name, reason in said if reason)


def _actual(line: IndicatorLine) -> str:
    if line.actual_text:
        return line.actual_text
    return "未到期" if line.status is Status.NOT_DUE else "无数据"
