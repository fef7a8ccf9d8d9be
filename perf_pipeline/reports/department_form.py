"""The official self-evaluation form of a department (部门整体支出绩效自评表), as a workbook.

Its yearly tasks are the projects. The department's own indicators have no points by rule: the
score weighs those of the projects by their budgets, as a live formula.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from perf_pipeline.domain.scoring import CENTI
from perf_pipeline.domain.status import STATUS_LABELS
from perf_pipeline.reports.amounts import exact_wan
from perf_pipeline.reports.evaluated_year import EvaluatedYear, ScoredProject
from perf_pipeline.reports.form_blocks import (
    CELL,
    MISSING,
    SMALL_LABEL,
    Levels,
    amount,
    cell,
    execution_rate,
    heading,
    least_height,
    notes,
    points,
    write_levels,
)
from perf_pipeline.reports.form_money import MARKS
from perf_pipeline.reports.model import IndicatorLine, QuarterReport
from perf_pipeline.reports.self_evaluation_form import UNDECIDED, why
from perf_pipeline.reports.sheet import (
    CENTERED,
    LABEL,
    TEXT,
    Columns,
    FormSheet,
    Formula,
    Look,
    Value,
    numbered,
)
from perf_pipeline.reports.workbook import write_workbook

FORM_NAME = "部门整体支出绩效自评表"
NOTES = (
    "填表说明：灰底为栏目名称；“实际完成情况”“偏差原因分析及改进措施”由部门核定和补充，标有“系统提示”“系统统计”"
    "的不代替原因说明。年度主要任务为各项目，其得分见各项目支出绩效自评表；各项目得分按全年预算数加权；"
    "部门自身指标的分值由设置确定、平均分配，项目得分按余下的分值折算。金额单位：万元。"
)
MOST_DOCUMENTS = 5  # named one by one; of more the number is told
SIDE, LEVEL1, LEVEL2, LEVEL3, DONE = range(1, 6)
BUDGET, PAID, RATE, MARK = 6, 9, 12, 13  # 总额 first, then 财政拨款 and 其他资金
WIDTHS = (4, 16, 12, 26, 22, *(11.5,) * 6, 9.5, 9.5)
LAST = len(WIDTHS)
SOURCES = ("总额", "财政拨款", "其他资金")

Cells = list[tuple[Columns, Value, Look]]


def department_form(year: EvaluatedYear) -> bytes:
    """Return the department's form as an .xlsx file."""
    return write_workbook(f"{FORM_NAME}（{year.report.department}）", [department_sheet(year)])


def department_sheet(year: EvaluatedYear) -> FormSheet:
    """Lay out the department's form."""
    form = FormSheet("部门整体绩效自评表", WIDTHS)
    report = year.report
    row = heading(form, FORM_NAME, report)
    who: Cells = [
        ((SIDE, LEVEL2), "部门（单位）名称", LABEL),
        ((LEVEL3, LAST), report.department, CENTERED),
    ]
    row = form.line(row, who, least=22)
    tasks, row = _tasks(form, row, year)
    indicators = tuple(line for line in report.indicators if not line.project_name)
    row = _objectives(form, row, report, indicators)
    header = row
    levels, below = _indicators(form, row, indicators, year)
    row = _total(form, below, tasks, levels, year)
    signs = (
        ((SIDE, LEVEL2), "填表人："),
        ((LEVEL3, LEVEL3), "联系电话："),
        ((DONE, BUDGET), "部门负责人："),
        ((PAID, LAST), "填表日期：　　　年　　月　　日"),
    )
    said = [NOTES, f"自评得分（第{year.version}版）：{year.arithmetic}。", *_sources(report)]
    last = notes(form, row, said, signs)
    write_levels(form, levels, below, SIDE, header)
    form.header = report.notice
    form.footer = f"{report.checkpoint.fiscal_year}　{report.department}"
    form.finish(last, repeated=(header, header))
    return form


def _tasks(form: FormSheet, row: int, year: EvaluatedYear) -> tuple[range, int]:
    """Write the yearly tasks; return their rows, and the row below their sums."""
    top = row
    heads: tuple[tuple[Columns, str], ...] = (
        ((LEVEL1, LEVEL2), "任务名称"),
        ((LEVEL3, LEVEL3), "主要内容"),
        ((DONE, DONE), "完成情况"),
        ((RATE, RATE), "执行率"),
        ((MARK, MARK), "自评得分"),
    )
    for columns, label in heads:
        form.put(row, columns, label, SMALL_LABEL, rows=2)
    form.put(row, (BUDGET, PAID - 1), "预算数（万元）", SMALL_LABEL)
    form.put(row, (PAID, RATE - 1), "执行数（万元）", SMALL_LABEL)
    for column in range(BUDGET, RATE):
        label = SOURCES[(column - BUDGET) % len(SOURCES)]
        form.put(row + 1, (column, column), label, SMALL_LABEL)
    row += 2
    first = row
    for each in year.projects:
        purpose = year.report.project(each.line.project_name).purpose
        row = form.line(row, _task(row, each, purpose), least=30)
    below = _sums(form, row, range(first, row), year.projects)
    form.put(top, (SIDE, SIDE), "年\n度\n主\n要\n任\n务", LABEL, rows=below - top)
    return range(first, row), below


def _task(row: int, scored: ScoredProject, purpose: str | None) -> Cells:
    line = scored.line
    rate = execution_rate((line.paid_fen, row, PAID), (line.budget_fen, row, BUDGET))
    return [
        ((LEVEL1, LEVEL2), line.project_name, CENTERED),
        ((LEVEL3, LEVEL3), purpose, TEXT),
        ((DONE, DONE), scored.done, TEXT),
        *(
            ((column, column), *amount(fen, MISSING if column in (BUDGET, PAID) else None))
            for column, fen in enumerate(_money(scored), start=BUDGET)
        ),
        ((RATE, RATE), *rate),
        ((MARK, MARK), points(scored.score_centi), MARKS),
    ]


def _money(scored: ScoredProject) -> tuple[int | None, ...]:
    """Return budget and spending, each whole, fiscal and other; not the parts of a changed one."""
    line = scored.line
    kept = line.initial_budget_fen in (None, line.budget_fen)
    budget, paid = line.budget_by_source, line.paid_by_source
    by_source = (budget.fiscal_fen, budget.other_fen) if kept else (None, None)
    return line.budget_fen, *by_source, line.paid_fen, paid.fiscal_fen, paid.other_fen


def _sums(form: FormSheet, row: int, rows: range, projects: Sequence[ScoredProject]) -> int:
    """Add up live what is known of every project; what is not known of all is left empty."""
    columns = list(zip(*(_money(each) for each in projects), strict=True))
    sums = [None if None in each else sum(fen or 0 for fen in each) for each in columns]
    sums += [None] * (RATE - BUDGET - len(sums))
    cells: Cells = [((LEVEL1, DONE), "金额合计", LABEL)]
    for column, fen in enumerate(sums, start=BUDGET):
        added = f"=SUM({cell(rows[0], column)}:{cell(rows[-1], column)})" if rows else ""
        known = None if fen is None or not rows else Formula(added, exact_wan(fen))
        cells.append(((column, column), known, amount(0)[1]))
    rate = execution_rate((sums[PAID - BUDGET], row, PAID), (sums[0], row, BUDGET))
    cells += [((RATE, RATE), *rate), ((MARK, MARK), "—", CENTERED)]
    return form.line(row, cells, least=22)


def _objectives(
    form: FormSheet, row: int, report: QuarterReport, indicators: Sequence[IndicatorLine]
) -> int:
    counted = Counter(line.status for line in indicators)
    parts = "、".join(f"{STATUS_LABELS[status]}{count}项" for status, count in counted.items())
    done = f"（系统统计）部门指标{len(indicators)}项：{parts}。" if indicators else None
    form.put(row, (LEVEL1, DONE), "预期目标", SMALL_LABEL)
    form.put(row, (BUDGET, LAST), "实际完成情况", SMALL_LABEL)
    goals = numbered(section for section in report.sections if section)
    texts: Cells = [((LEVEL1, DONE), goals, TEXT), ((BUDGET, LAST), done, TEXT)]
    below = form.line(row + 1, texts, least=36)
    form.put(row, (SIDE, SIDE), "总\n体\n目\n标", LABEL, rows=below - row)
    form.need(row, 18)
    return below


def _indicators(
    form: FormSheet, row: int, indicators: Sequence[IndicatorLine], year: EvaluatedYear
) -> tuple[list[Levels], int]:
    heads: tuple[tuple[Columns, str], ...] = (
        ((LEVEL1, LEVEL1), "一级指标"),
        ((LEVEL2, LEVEL2), "二级指标"),
        ((LEVEL3, LEVEL3), "三级指标"),
        ((DONE, DONE), "年度指标值"),
        ((BUDGET, BUDGET + 1), "实际完成值"),
        ((BUDGET + 2, BUDGET + 2), "分值"),
        ((PAID, PAID), "得分"),
        ((PAID + 1, LAST), "偏差原因分析及改进措施"),
    )
    row = form.line(row, [(columns, label, SMALL_LABEL) for columns, label in heads], least=24)
    levels = []
    # a form without indicators keeps one empty line to write on
    for line in indicators or (None,):
        first = (line.level1 or line.section or "") if line else ""
        levels.append(Levels(first, (line.level2 or "") if line else "", row))
        texts: tuple[Value, ...] = (None,) * 6
        if line is not None:
            reached = line.actual_text or "无数据"
            mark = year.marks.get(line.indicator_key)
            scored = (points(mark.points_centi), points(mark.score_centi)) if mark else (None, None)
            texts = (line.name, line.raw_target, reached, *scored, why(line, mark))
        looks = (*(CELL,) * 3, MARKS, MARKS, TEXT)
        cells: Cells = [
            (columns, text, look)
            for (columns, _), text, look in zip(heads[2:], texts, looks, strict=True)
        ]
        row = form.line(row, cells, least=least_height(max(len(indicators), 1)))
    return levels, row


def _total(
    form: FormSheet, row: int, tasks: range, own: Sequence[Levels], year: EvaluatedYear
) -> int:
    """Weigh the projects' scores by their budgets, and add the own indicators' marks, live."""
    score: Value = "无法加权"
    if year.score_centi is not None:
        marks = f"{cell(tasks[0], MARK)}:{cell(tasks[-1], MARK)}"
        money = f"{cell(tasks[0], BUDGET)}:{cell(tasks[-1], BUDGET)}"
        formula = f"=ROUND(SUMPRODUCT({marks},{money})/SUM({money}),2)"
        if year.marks:
            left = 100 - sum(mark.points_centi for mark in year.marks.values()) // CENTI
            earned = f"{cell(own[0].row, PAID)}:{cell(own[-1].row, PAID)}"
            formula = f"=ROUND({formula[1:]}*{left}/100,2)+SUM({earned})"
        score = Formula(formula, points(year.score_centi))
    cells: Cells = [
        ((SIDE, BUDGET + 1), "总分", LABEL),
        ((BUDGET + 2, BUDGET + 2), Decimal(100), MARKS),
        ((PAID, PAID), score, MARKS),
        ((PAID + 1, LAST), f"自评等级：{year.grade or UNDECIDED}", CENTERED),
    ]
    return form.line(row, cells, least=24)


def _sources(report: QuarterReport) -> list[str]:
    documents = list(dict.fromkeys(each.document for each in report.projects if each.document))
    more = f"等{len(documents)}份" if len(documents) > MOST_DOCUMENTS else ""
    said = [
        f"数据来源：{report.checkpoint.name}绩效运行监控，评价第{report.monitoring_version}版；"
        f"各数字的追溯号见各项目的自评表和报告页。"
    ]
    if documents:
        said.append(f"绩效目标文件：{'；'.join(documents[:MOST_DOCUMENTS])}{more}。")
    return said
