"""The official monitoring form (项目支出绩效目标执行监控表) of one project, as a workbook.

Layout after the form of 财预〔2019〕136号. Forecast and likelihood are filled where the outlook has
them, for the clerk to confirm; causes that staff have not given and remarks are left empty: nothing
in them is invented.
"""

from __future__ import annotations

from perf_pipeline.domain.outlook import LIKELIHOOD_LABELS, Likelihood
from perf_pipeline.domain.status import Status
from perf_pipeline.reports.amounts import chinese_date, months_so_far
from perf_pipeline.reports.form_blocks import (
    CELL,
    MISSING,
    NARROW_LABEL,
    SMALL_LABEL,
    SOURCE_LABEL,
    Levels,
    amount,
    department_and_code,
    executed_share,
    execution_rate,
    head,
    heading,
    initial_budget,
    least_height,
    named,
    notes,
    sources,
    write_levels,
)
from perf_pipeline.reports.model import IndicatorLine, QuarterReport, SpendingLine
from perf_pipeline.reports.sheet import CENTERED, LABEL, TEXT, FormSheet, numbered
from perf_pipeline.reports.workbook import write_workbook

FORM_NAME = "项目支出绩效目标执行监控表"
TICK = "√"
EXECUTION_RATE = "execution_rate"  # 预算执行率, which some projects have as an indicator
CAUSES = ("经费保障", "制度保障", "人员保障", "硬件条件保障", "其他")
LIKELIHOODS = tuple(LIKELIHOOD_LABELS.values())
NOTES = (
    "填表说明：灰底为栏目名称；“偏差原因分析”“备注”各栏由项目单位填写，原因在相应栏内打“√”；"
    "“全年预计”“完成目标可能性”已填的为系统推算，未填的为不能推算，均由项目单位核定。金额单位：万元。"
)

# columns, counted from 1
SIDE, LEVEL1, LEVEL2, LEVEL3, TARGET, ACTUAL, FORECAST = range(1, 8)
CAUSE, WHY, LIKELY, REMARK = 8, 13, 14, 17
WIDTHS = (4, 9.5, 12, 18, 12.5, 12.5, 12.5, *(7.3,) * 5, 20, 7.3, 7.3, 8.8, 13)
LAST = len(WIDTHS)


NAMED = {
    LEVEL1: head(IndicatorLine, "level1"),
    LEVEL2: head(IndicatorLine, "level2"),
    LEVEL3: head(IndicatorLine, "name"),
    TARGET: head(IndicatorLine, "raw_target"),
}


def monitoring_form(report: QuarterReport, project: str) -> bytes:
    """Return the form of a project as an .xlsx file; raises KeyError where it was not judged."""
    return write_workbook(f"{FORM_NAME}（{project}）", [monitoring_sheet(report, project)])


def monitoring_sheet(report: QuarterReport, project: str) -> FormSheet:
    """Lay out the form of a project; raises KeyError where it was not judged."""
    line = next((line for line in report.spending if line.project_name == project), None)
    if line is None:
        raise KeyError(project)
    form = FormSheet("执行监控表", WIDTHS)
    moment = f"监控时点：截至{chinese_date(report.checkpoint.ends_on)}"
    row = heading(form, FORM_NAME, report, moment)
    row = _identity(form, row, report, project)
    row = _funding(form, row, report, line)
    row = _objectives(form, row, report, project)
    header = row
    row = _indicator_header(form, row, report)
    indicators = report.indicators_of(project)
    levels, row = _indicators(form, row, indicators, line)
    last = _foot(form, row, report, line, indicators)
    write_levels(form, levels, row, SIDE, header)
    form.header, form.footer = report.notice, f"{report.checkpoint.name}　{project}"
    form.finish(last, repeated=(header, header + 1))
    return form


def _identity(form: FormSheet, row: int, report: QuarterReport, project: str) -> int:
    who = department_and_code(report)
    name = [
        ((SIDE, LEVEL2), "项目名称", LABEL),
        ((LEVEL3, LAST), named(report, project), CENTERED),
    ]
    row = form.line(row, name, least=22)
    units = [
        ((SIDE, LEVEL2), "主管部门及代码", LABEL),
        ((LEVEL3, FORECAST), who, CENTERED),
        ((CAUSE, WHY - 1), "实施单位", LABEL),
        ((WHY, LAST), report.department, CENTERED),
    ]
    return form.line(row, units, least=22)


def _funding(form: FormSheet, row: int, report: QuarterReport, line: SpendingLine) -> int:
    months = months_so_far(report.checkpoint.month)
    blocks = ((TARGET, ACTUAL), (FORECAST, CAUSE + 1), (CAUSE + 2, WHY), (LIKELY, LAST))
    paid, executed = head(SpendingLine, "paid_fen"), head(SpendingLine, "actual_bp")
    heads = (
        head(SpendingLine, "initial_budget_fen"),
        f"{months}{paid}",
        f"{months}{executed}",
        f"全年预计{paid}",
    )
    form.put(row, (SIDE, LEVEL1), "项目资金\n（万元）", LABEL, rows=4)
    form.put(row, (LEVEL2, LEVEL3), None, LABEL)
    for block, label in zip(blocks, heads, strict=True):
        form.put(row, block, label, LABEL)
    budget, spent_from = line.budget_by_source, line.paid_by_source
    initial = initial_budget(line)
    foretold = line.outlook.point if line.outlook else None
    amounts = (
        ("年度资金总额", initial, line.paid_fen, foretold, MISSING),
        ("其中：本年一般公共预算拨款", budget.fiscal_fen, spent_from.fiscal_fen, None, None),
        ("其他资金", budget.other_fen, spent_from.other_fen, None, None),
    )
    for here, (label, planned, spent, expected, absent) in enumerate(amounts, start=row + 1):
        form.put(here, (LEVEL2, LEVEL3), label, SOURCE_LABEL)
        form.put(here, blocks[0], *amount(planned, absent))
        form.put(here, blocks[1], *amount(spent, absent))
        # of a budget that was changed, only the total is judged as it is now
        if line.budget_fen == initial:
            share = execution_rate((spent, here, FORECAST), (planned, here, TARGET))
        else:
            share = executed_share(line.paid_fen if here == row + 1 else None, line.budget_fen)
        form.put(here, blocks[2], *share)
        form.put(here, blocks[3], *amount(expected))
    for each in range(row, row + 4):
        form.need(each, 20)
    return row + 4


def _objectives(form: FormSheet, row: int, report: QuarterReport, project: str) -> int:
    goals = [
        ((SIDE, LEVEL2), "年度总体目标", LABEL),
        ((LEVEL3, LAST), numbered(report.project(project).objectives), TEXT),
    ]
    return form.line(row, goals, least=36)


def _indicator_header(form: FormSheet, row: int, report: QuarterReport) -> int:
    months = months_so_far(report.checkpoint.month)
    singles = (
        *NAMED.items(),
        (ACTUAL, f"{months}执行情况"),
        (FORECAST, "全年预计\n完成情况"),
        (REMARK, "备注"),
    )
    for column, label in singles:
        form.put(row, (column, column), label, SMALL_LABEL, rows=2)
    form.put(row, (CAUSE, WHY), "偏差原因分析", SMALL_LABEL)
    form.put(row, (LIKELY, REMARK - 1), "完成目标可能性", SMALL_LABEL)
    for offset, label in enumerate((*CAUSES, "原因说明")):
        form.put(row + 1, (CAUSE + offset, CAUSE + offset), label, NARROW_LABEL)
    for offset, label in enumerate(LIKELIHOODS):
        form.put(row + 1, (LIKELY + offset, LIKELY + offset), label, NARROW_LABEL)
    form.need(row, 18)
    return row + 2


def _indicators(
    form: FormSheet, row: int, indicators: tuple[IndicatorLine, ...], spending: SpendingLine
) -> tuple[list[Levels], int]:
    levels = []
    # a form without indicators keeps one empty line to write on
    for line in indicators or (None,):
        values = _values(line, spending) if line else {}
        levels.append(Levels(*((line.level1 or "", line.level2 or "") if line else ("", "")), row))
        cells = [((column, column), values.get(column), CELL) for column in range(LEVEL3, LAST + 1)]
        row = form.line(row, cells, least=least_height(max(len(indicators), 1)))
    return levels, row


def _values(line: IndicatorLine, spending: SpendingLine) -> dict[int, str]:
    """Return what the form says of an indicator, by column.

    A cause is ticked where staff gave one; what the system makes of the data is marked as its own.
    预算执行率 says what the row of the money says: its forecast, and the reason given for it.
    """
    values = {LEVEL3: line.name, TARGET: line.raw_target, ACTUAL: _actual(line)}
    if line.note:
        values[REMARK] = f"（系统提示）{line.note}"
    foretold = line.outlook
    if foretold is not None and foretold.point is not None:
        between = f"\n（{foretold.interval}）" if foretold.interval else ""
        values[FORECAST] = f"{foretold.point_text}{between}"
    if foretold is not None and foretold.likelihood is not None:
        values[LIKELY + list(Likelihood).index(foretold.likelihood)] = TICK
    of_money = line.measure == EXECUTION_RATE
    if of_money and FORECAST not in values and spending.outlook is not None:
        share, look = executed_share(spending.outlook.point, spending.budget_fen)
        if share is not None:
            places = len(look.format.partition(".")[2]) - 1  # as the row of the money shows it
            values[FORECAST] = f"{share * 100:.{places}f}%"
    explained = spending if of_money and line.cause is None else line
    if explained.cause in CAUSES:
        values[CAUSE + CAUSES.index(explained.cause)] = TICK
        values[WHY] = (
            f"{explained.cause_words}\n改进措施：{explained.cause_measures}"
            if explained.cause_measures
            else explained.cause_words or ""
        )
    elif line.hint:
        values[WHY] = f"（系统提示）{line.hint}"
    return values


def _actual(line: IndicatorLine) -> str:
    if line.actual_text:
        return line.actual_text
    return "未到期" if line.status is Status.NOT_DUE else "无数据"


def _foot(
    form: FormSheet,
    row: int,
    report: QuarterReport,
    line: SpendingLine,
    indicators: tuple[IndicatorLine, ...],
) -> int:
    said = [NOTES, *sources(report, line, indicators)]
    signs = (
        ((1, LEVEL3), "填表人："),
        ((TARGET, FORECAST), "联系电话："),
        ((CAUSE, WHY), "单位负责人："),
        ((LIKELY, LAST), "填表日期：　　　年　　月　　日"),
    )
    return notes(form, row, said, signs)
