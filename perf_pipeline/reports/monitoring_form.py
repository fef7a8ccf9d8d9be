"""The official monitoring form (项目支出绩效目标执行监控表) of one project, as a workbook.

Layout after the form of 财预〔2019〕136号. Forecast and likelihood are filled where the outlook has
them, for the clerk to confirm; causes that staff have not given and remarks are left empty: nothing
in them is invented.
"""

from __future__ import annotations

from collections.abc import Sequence

from perf_pipeline.domain.outlook import LIKELIHOOD_LABELS, Likelihood
from perf_pipeline.domain.status import Status
from perf_pipeline.reports.amounts import chinese_date, exact_wan, months_so_far, rate
from perf_pipeline.reports.model import IndicatorLine, QuarterReport, SpendingLine
from perf_pipeline.reports.sheet import (
    AMOUNT,
    CENTERED,
    LABEL,
    RATE,
    SONG,
    TEXT,
    FormSheet,
    Look,
)

FORM_NAME = "项目支出绩效目标执行监控表"
MISSING = "未提供"
TICK = "√"
CAUSES = ("经费保障", "制度保障", "人员保障", "硬件条件保障", "其他")
LIKELIHOODS = tuple(LIKELIHOOD_LABELS.values())
NOTES = (
    "填表说明：灰底为栏目名称；“偏差原因分析”“备注”各栏由项目单位填写，原因在相应栏内打“√”；"
    "“全年预计”“完成目标可能性”已填的为系统推算，未填的为不能推算，均由项目单位核定。金额单位：万元。"
)

SIDE_LABEL = "绩\n效\n指\n标"
ROOM_FOR_INDICATORS = 250.0  # points that one page leaves for them
MERGED_AT_MOST = 14  # indicators; more may not fit one page

# columns, counted from 1
SIDE, LEVEL1, LEVEL2, LEVEL3, TARGET, ACTUAL, FORECAST = range(1, 8)
CAUSE, WHY, LIKELY, REMARK = 8, 13, 14, 17
WIDTHS = (4, 9.5, 12, 18, 12.5, 12.5, 12.5, *(7.3,) * 5, 20, 7.3, 7.3, 8.8, 13)
LAST = len(WIDTHS)

TITLE = Look(SONG, 18, bold=True, grid=False)
SUBTITLE = Look(SONG, 12, grid=False)
NOTICE = Look(SONG, 12, bold=True, color="FFB42318")
SMALL_LABEL = Look(SONG, 9, bold=True, fill=True)
SOURCE_LABEL = Look(SONG, 9, bold=True, fill=True, align="left")
NARROW_LABEL = Look(SONG, 8, bold=True, fill=True)
CELL = Look(size=9.5)
SOURCE = Look(size=8.5, align="left", grid=False, color="FF404040")


def monitoring_form(report: QuarterReport, project: str) -> bytes:
    """Return the form of a project as an .xlsx file; raises KeyError where it was not judged."""
    line = next((line for line in report.spending if line.project == project), None)
    if line is None:
        raise KeyError(project)
    form = FormSheet("执行监控表", WIDTHS)
    row = _heading(form, report)
    row = _identity(form, row, report, project)
    row = _funding(form, row, report, line)
    row = _objectives(form, row, report, project)
    header = row
    row = _indicator_header(form, row, report)
    indicators = report.indicators_of(project)
    row = _indicators(form, row, header, indicators)
    last = _foot(form, row, report, line, indicators)
    form.print_as_form(last, repeated=(header, header + 1))
    form.page_furniture(report.notice, f"{report.checkpoint.name}　{project}")
    return form.to_bytes(f"{FORM_NAME}（{project}）")


def _heading(form: FormSheet, report: QuarterReport) -> int:
    at = report.checkpoint
    form.put(1, (1, LAST), FORM_NAME, TITLE)
    form.need(1, 30)
    form.put(2, (1, LAST), f"（ {at.fiscal_year} 年度）", SUBTITLE)
    form.put(3, (1, LAST), f"监控时点：截至{chinese_date(at.ends_on)}", SUBTITLE)
    form.need(3, 19)
    if not report.notice:
        return 4
    form.put(4, (1, LAST), f"数据说明：{report.notice}", NOTICE)
    form.need(4, 22)
    return 5


def _identity(form: FormSheet, row: int, report: QuarterReport, project: str) -> int:
    code = report.project(project).code
    name = f"{project}（项目编码：{code}）" if code else project
    form.put(row, (SIDE, LEVEL2), "项目名称", LABEL)
    form.put(row, (LEVEL3, LAST), name, CENTERED)
    form.put(row + 1, (SIDE, LEVEL2), "主管部门及代码", LABEL)
    form.put(
        row + 1, (LEVEL3, FORECAST), f"{report.department}（{report.department_code}）", CENTERED
    )
    form.put(row + 1, (CAUSE, WHY - 1), "实施单位", LABEL)
    form.put(row + 1, (WHY, LAST), report.department, CENTERED)
    for each in (row, row + 1):
        form.need(each, 22)
    return row + 2


def _funding(form: FormSheet, row: int, report: QuarterReport, line: SpendingLine) -> int:
    months = months_so_far(report.checkpoint.month)
    blocks = ((TARGET, ACTUAL), (FORECAST, CAUSE + 1), (CAUSE + 2, WHY), (LIKELY, LAST))
    heads = ("年初预算数", f"{months}执行数", f"{months}执行率", "全年预计执行数")
    form.put(row, (SIDE, LEVEL1), "项目资金\n（万元）", LABEL, rows=4)
    form.put(row, (LEVEL2, LEVEL3), None, LABEL)
    for block, head in zip(blocks, heads, strict=True):
        form.put(row, block, head, LABEL)
    budget, paid = line.budget_by_source, line.paid_by_source
    amounts = (
        ("年度资金总额", _initial_budget(line), line.paid_fen, MISSING),
        ("其中：本年一般公共预算拨款", budget.fiscal_fen, paid.fiscal_fen, None),
        ("其他资金", budget.other_fen, paid.other_fen, None),
    )
    for offset, (label, planned_fen, paid_fen, absent) in enumerate(amounts, start=1):
        here = row + offset
        form.put(here, (LEVEL2, LEVEL3), label, SOURCE_LABEL)
        _amount(form, here, blocks[0], planned_fen, absent)
        _amount(form, here, blocks[1], paid_fen, absent)
        # of a budget that was changed, only the total is judged as it is now
        changed = line.budget_fen != _initial_budget(line)
        in_force = line.budget_fen if offset == 1 else None if changed else planned_fen
        known = in_force is not None and paid_fen is not None
        share = rate(paid_fen or 0, in_force or 0) if known else None
        form.put(here, blocks[2], share, RATE)
        whole = offset == 1 and line.outlook is not None
        foretold = line.outlook.amount if whole and line.outlook else None
        _amount(form, here, blocks[3], foretold, None)
        form.need(here, 20)
    form.need(row, 20)
    return row + 4


def _initial_budget(line: SpendingLine) -> int | None:
    """Return the budget of the year's beginning; that in force where no other is known."""
    return line.budget_fen if line.initial_budget_fen is None else line.initial_budget_fen


def _amount(
    form: FormSheet, row: int, block: tuple[int, int], fen: int | None, absent: str | None
) -> None:
    if fen is None:
        form.put(row, block, absent, CENTERED)
    else:
        form.put(row, block, exact_wan(fen), AMOUNT)


def _objectives(form: FormSheet, row: int, report: QuarterReport, project: str) -> int:
    known = report.project(project)
    goals = known.objectives
    numbered = len(goals) > 1
    text = "\n".join(f"目标{n}：{goal}" if numbered else goal for n, goal in enumerate(goals, 1))
    form.put(row, (SIDE, LEVEL2), "年度总体目标", LABEL)
    form.put(row, (LEVEL3, LAST), text or None, TEXT)
    form.need(row, 36)
    return row + 1


def _indicator_header(form: FormSheet, row: int, report: QuarterReport) -> int:
    months = months_so_far(report.checkpoint.month)
    singles = (
        (LEVEL1, "一级指标"),
        (LEVEL2, "二级指标"),
        (LEVEL3, "三级指标"),
        (TARGET, "年度指标值"),
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
    form: FormSheet, row: int, header: int, indicators: tuple[IndicatorLine, ...]
) -> int:
    # a form without indicators keeps one empty line to write on
    count = max(len(indicators), 1)
    for offset in range(count):
        line = indicators[offset] if offset < len(indicators) else None
        here = row + offset
        values = _values(line) if line else {}
        for column in range(LEVEL3, LAST + 1):
            form.put(here, (column, column), values.get(column), CELL)
        form.need(here, min(max(ROOM_FOR_INDICATORS / count, 24), 38))
    levels1 = [line.level1 or "" for line in indicators] or [""]
    levels2 = [line.level2 or "" for line in indicators] or [""]
    merged = count <= MERGED_AT_MOST
    _level(form, row, LEVEL1, levels1, levels1, merged)
    _level(form, row, LEVEL2, levels2, list(zip(levels1, levels2, strict=True)), merged)
    if merged:
        form.put(header, (SIDE, SIDE), SIDE_LABEL, LABEL, rows=2 + count)
    else:
        form.put(header, (SIDE, SIDE), SIDE_LABEL, NARROW_LABEL, rows=2)
        form.put(row, (SIDE, SIDE), None, LABEL, rows=count)
        form.need(header, 26)
        form.need(header + 1, 28)
    return row + count


def _values(line: IndicatorLine) -> dict[int, str]:
    """Return what the form says of an indicator, by column.

    A cause is ticked where staff gave one; what the system makes of the data is marked as its own.
    """
    values = {LEVEL3: line.name, TARGET: line.raw_target, ACTUAL: _actual(line)}
    foretold = line.outlook
    if foretold is not None and foretold.point is not None:
        between = f"\n（{foretold.interval}）" if foretold.interval else ""
        values[FORECAST] = f"{foretold.point}{between}"
    if foretold is not None and foretold.likelihood is not None:
        values[LIKELY + list(Likelihood).index(foretold.likelihood)] = TICK
    why = line.explanation
    if why.cause in CAUSES:
        values[CAUSE + CAUSES.index(why.cause)] = TICK
        values[WHY] = f"{why.words}\n改进措施：{why.measures}" if why.measures else why.words or ""
    elif why.hint:
        values[WHY] = f"（系统提示）{why.hint}"
    return values


def _level(
    form: FormSheet,
    row: int,
    column: int,
    names: list[str],
    groups: Sequence[object],
    merged: bool,
) -> None:
    """Write a level's names; neighbours of one group share a cell, as on the official form.

    A form of several pages names the level on each row, since a shared cell may be cut in two.
    """
    start = 0
    for index in range(1, len(names) + 1):
        if merged and index < len(names) and groups[index] == groups[start]:
            continue
        form.put(row + start, (column, column), names[start], CELL, rows=index - start)
        start = index


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
    figures = "、".join(indicator.figure for indicator in indicators)
    version = f"，报告第{report.version}版" if report.version is not None else ""
    said = [
        NOTES,
        f"数据来源：{report.checkpoint.name}绩效运行监控，评价第{report.monitoring_version}版{version}。"
        f"追溯号：项目资金 {line.figure}"
        + (f"；绩效指标自上而下 {figures}。" if figures else "。"),
    ]
    if line.note:
        said.append(f"预算执行：{line.note}。")
    if line.explanation.said:
        said.append(f"预算执行偏差原因：{line.explanation.said}")
    elif line.explanation.hint:
        said.append(f"预算执行（系统提示）：{line.explanation.hint}。")
    if line.ledger_moved_on:
        said.append(
            "支付台账在本版评价之后有变动：执行数为评价时的数，分来源的数待重新评价后填列。"
        )
    for offset, text in enumerate(said):
        form.put(row + offset, (1, LAST), text, SOURCE)
    signatures = row + len(said)
    form.put(signatures, (1, LEVEL3), "填表人：", SOURCE)
    form.put(signatures, (TARGET, FORECAST), "联系电话：", SOURCE)
    form.put(signatures, (CAUSE, WHY), "单位负责人：", SOURCE)
    form.put(signatures, (LIKELY, LAST), "填表日期：　　　年　　月　　日", SOURCE)
    form.need(signatures, 26)
    return signatures
