"""The official self-evaluation form (项目支出绩效自评表) of one project, as a workbook.

Layout after the form of 财预〔2020〕10号, with one sheet more: how each point comes about.
"""

from __future__ import annotations

from decimal import Decimal

from perf_pipeline.domain.scoring import CENTI, Verdict
from perf_pipeline.reports.evaluated_year import EvaluatedYear, Mark, ScoredProject
from perf_pipeline.reports.form_blocks import (
    CELL,
    MISSING,
    SMALL_LABEL,
    SOURCE_LABEL,
    TITLE,
    Levels,
    amount,
    cell,
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
from perf_pipeline.reports.model import IndicatorLine, SpendingLine
from perf_pipeline.reports.sheet import (
    CENTERED,
    LABEL,
    TEXT,
    FormSheet,
    Formula,
    Look,
    Value,
    numbered,
)
from perf_pipeline.reports.workbook import write_workbook
from perf_pipeline.warehouse.derived import ScoredLine
from perf_pipeline.warehouse.judgements import Explained

FORM_NAME = "项目支出绩效自评表"
NOTES = (
    "填表说明：灰底为栏目名称；“实际完成情况”“偏差原因分析及改进措施”由项目单位核定和补充，标有“系统提示”"
    "“系统统计”的不代替原因说明。得分按财预〔2020〕10号计算，算式见“评分依据”表。金额单位：万元。"
)
SIDE, LEVEL1, LEVEL2, LEVEL3, TARGET, ACTUAL, POINTS, SCORE, WHY = range(1, 10)
WIDTHS = (4, 9.5, 11.5, 17, 12.5, 12.5, 7.5, 7.5, 8.5, 8.5, 8.5)
LAST = len(WIDTHS)
MARKS = Look(format="0.00")
UNDECIDED = "未定（数据不全）"
BASIS_WIDTHS = (5, 24, 14, 14, 8, 8, 60)


def self_evaluation_form(year: EvaluatedYear, project: str) -> bytes:
    """Return the form of a project as an .xlsx file; raises KeyError where it was not scored."""
    return write_workbook(f"{FORM_NAME}（{project}）", self_evaluation_sheets(year, project))


def self_evaluation_sheets(year: EvaluatedYear, project: str) -> list[FormSheet]:
    """Lay out a project's form and its scores' arithmetic; KeyError where it was not scored."""
    scored = year.project(project)
    return [_form(year, scored), _basis(year, scored)]


def points(centi: int) -> Decimal:
    """Return hundredths of a point as a number for a cell."""
    return Decimal(centi) / CENTI


def why(line: Explained, mark: Mark | None = None) -> str | None:
    """Write 偏差原因分析及改进措施: what staff said, or what the data say, marked as such."""
    if line.said:
        return line.said
    hint = line.hint
    if mark is not None and mark.verdict is Verdict.OVER_FULFILLED:
        hint = mark.arithmetic
    return f"（系统提示）{hint}" if hint else None


def _form(year: EvaluatedYear, scored: ScoredProject) -> FormSheet:
    form = FormSheet("绩效自评表", WIDTHS, landscape=False)
    report, name = year.report, scored.line.project_name
    row = heading(form, FORM_NAME, report)
    row = _identity(form, row, year, name)
    execution_row, row = _funding(form, row, scored)
    row = _objectives(form, row, year, scored)
    header, indicators = row, report.indicators_of(name)
    levels, below = _indicators(form, row, scored, indicators)
    row = _total(form, header, below, execution_row, scored)
    said = [
        NOTES,
        f"自评得分（第{year.version}版）：{scored.arithmetic}。",
        *sources(report, scored.line, indicators),
    ]
    signs = (
        ((SIDE, LEVEL2), "填表人："),
        ((LEVEL3, TARGET), "联系电话："),
        ((ACTUAL, SCORE), "单位负责人："),
        ((WHY, LAST), "填表日期：　　年　月　日"),
    )
    last = notes(form, row, said, signs)
    write_levels(form, levels, below, SIDE, (header, 1))
    form.header, form.footer = report.notice, f"{report.checkpoint.fiscal_year}　{name}"
    form.finish(last, repeated=(header, header))
    return form


def _identity(form: FormSheet, row: int, year: EvaluatedYear, name: str) -> int:
    report = year.report
    project = [
        ((SIDE, LEVEL2), "项目名称", LABEL),
        ((LEVEL3, LAST), named(report, name), CENTERED),
    ]
    row = form.line(row, project, least=22)
    units = [
        ((SIDE, LEVEL2), "主管部门及代码", LABEL),
        ((LEVEL3, TARGET), f"{report.department}（{report.department_code}）", CENTERED),
        ((ACTUAL, SCORE), "实施单位", LABEL),
        ((WHY, LAST), report.department, CENTERED),
    ]
    return form.line(row, units, least=22)


def _funding(form: FormSheet, row: int, scored: ScoredProject) -> tuple[int, int]:
    """Write the money; return the row of the total, whose execution is scored, and the next."""
    line, mark = scored.line, scored.execution
    heads = (
        head(SpendingLine, "initial_budget_fen"),
        head(SpendingLine, "budget_fen"),
        f"全年{head(SpendingLine, 'paid_fen')}",
        head(ScoredLine, "points_centi"),
        head(SpendingLine, "actual_bp"),
        head(ScoredLine, "score_centi"),
    )
    blocks = (
        (TARGET, TARGET),
        (ACTUAL, ACTUAL),
        (POINTS, SCORE),
        *((column, column) for column in range(WHY, LAST + 1)),
    )
    form.put(row, (SIDE, LEVEL1), "项目资金\n（万元）", LABEL, rows=5)
    form.put(row, (LEVEL2, LEVEL3), None, LABEL)
    for block, label in zip(blocks, heads, strict=True):
        form.put(row, block, label, LABEL)
    initial = initial_budget(line)
    kept = line.budget_fen == initial  # of a budget that was changed only the total is known
    budget, paid, carried = line.budget_by_source, line.paid_by_source, line.carry_over_fen
    fiscal, spent = budget.fiscal_fen, paid.fiscal_fen
    if carried and fiscal is not None:
        fiscal, spent = fiscal - carried, None  # the ledger does not tell the two apart
    amounts = (
        ("年度资金总额", initial, line.budget_fen, line.paid_fen, MISSING),
        ("其中：当年财政拨款", fiscal, fiscal if kept else None, spent, None),
        ("上年结转资金", carried if kept else None, carried, None, None),
        ("其他资金", budget.other_fen, budget.other_fen if kept else None, paid.other_fen, None),
    )
    for here, (label, planned, in_force, executed, absent) in enumerate(amounts, start=row + 1):
        form.put(here, (LEVEL2, LEVEL3), label, SOURCE_LABEL)
        form.put(here, blocks[0], *amount(planned, absent))
        form.put(here, blocks[1], *amount(in_force, absent))
        form.put(here, blocks[2], *amount(executed, absent))
        whole = here == row + 1
        rate = execution_rate((executed, here, POINTS), (in_force, here, ACTUAL))
        earned = _earned(here, mark, rate[0]) if whole else "—"
        form.put(here, blocks[3], points(mark.points_centi) if whole else "—", MARKS)
        form.put(here, blocks[4], *rate)
        form.put(here, blocks[5], earned, MARKS)
    for each in range(row, row + 5):
        form.need(each, 20)
    return row + 1, row + 5


def _earned(row: int, mark: Mark, rate: Value) -> Value:
    """Return the marks of execution, live: points × paid ÷ budget; set where it is overspent."""
    if not isinstance(rate, Formula) or mark.verdict is Verdict.UNMET:
        return points(mark.score_centi)
    share = f"{cell(row, POINTS)}/{cell(row, ACTUAL)}"
    formula = f"=ROUND({cell(row, WHY)}*MAX(MIN({share},1),0),2)"
    return Formula(formula, points(mark.score_centi))


def _objectives(form: FormSheet, row: int, year: EvaluatedYear, scored: ScoredProject) -> int:
    goals = numbered(year.report.project(scored.line.project_name).objectives)
    form.put(row, (LEVEL2, ACTUAL), "预期目标", SMALL_LABEL)
    form.put(row, (POINTS, LAST), "实际完成情况", SMALL_LABEL)
    texts = [
        ((LEVEL2, ACTUAL), goals, TEXT),
        ((POINTS, LAST), f"（系统统计）{scored.done}", TEXT),
    ]
    below = form.line(row + 1, texts, least=36)
    form.put(row, (SIDE, LEVEL1), "年度总体目标", LABEL, rows=below - row)
    form.need(row, 18)
    return below


def _indicators(
    form: FormSheet, row: int, scored: ScoredProject, indicators: tuple[IndicatorLine, ...]
) -> tuple[list[Levels], int]:
    heads = (
        ((LEVEL1, LEVEL1), head(IndicatorLine, "level1")),
        ((LEVEL2, LEVEL2), head(IndicatorLine, "level2")),
        ((LEVEL3, LEVEL3), head(IndicatorLine, "name")),
        ((TARGET, TARGET), head(IndicatorLine, "raw_target")),
        ((ACTUAL, ACTUAL), head(IndicatorLine, "actual_text")),
        ((POINTS, POINTS), head(ScoredLine, "points_centi")),
        ((SCORE, SCORE), head(ScoredLine, "score_centi")),
        ((WHY, LAST), "偏差原因分析及改进措施"),
    )
    row = form.line(row, [(columns, label, SMALL_LABEL) for columns, label in heads], least=28)
    levels = []
    # a form without indicators keeps one empty line to write on
    for line in indicators or (None,):
        mark = scored.marks[line.indicator_key] if line else None
        levels.append(Levels(*((line.level1 or "", line.level2 or "") if line else ("", "")), row))
        cells: list[tuple[tuple[int, int], Value, Look]] = [
            ((LEVEL3, LEVEL3), line.name if line else None, CELL),
            ((TARGET, TARGET), line.raw_target if line else None, CELL),
            ((ACTUAL, ACTUAL), (line.actual_text or "无数据") if line else None, CELL),
            ((POINTS, POINTS), points(mark.points_centi) if mark else None, MARKS),
            ((SCORE, SCORE), points(mark.score_centi) if mark else None, MARKS),
            ((WHY, LAST), why(line, mark) if line else None, TEXT),
        ]
        row = form.line(row, cells, least=least_height(max(len(indicators), 1)))
    return levels, row


def _total(form: FormSheet, header: int, row: int, execution: int, scored: ScoredProject) -> int:
    """Add up live what the rows above say, that of execution included."""

    def added(column: int, of_execution: int, centi: int) -> Formula:
        rows = f"{cell(header + 1, column)}:{cell(row - 1, column)}"
        return Formula(f"=SUM({rows})+{cell(execution, of_execution)}", points(centi))

    grade = f"自评等级：{scored.grade or UNDECIDED}"
    cells: list[tuple[tuple[int, int], Value, Look]] = [
        ((SIDE, ACTUAL), "总分", LABEL),
        ((POINTS, POINTS), added(POINTS, WHY, scored.points_centi), MARKS),
        ((SCORE, SCORE), added(SCORE, LAST, scored.score_centi), MARKS),
        ((WHY, LAST), grade, CENTERED),
    ]
    return form.line(row, cells, least=24)


def _basis(year: EvaluatedYear, scored: ScoredProject) -> FormSheet:
    """Lay out how each point comes about."""
    sheet = FormSheet("评分依据", BASIS_WIDTHS, frozen=(3, 1))
    last = len(BASIS_WIDTHS)
    sheet.put(1, (1, last), f"{scored.line.project_name}：得分是怎样算出来的", TITLE)
    heads = ("序号", "评分项", "目标", "实际", "分值", "得分", "算式和理由")
    for column, label in enumerate(heads, start=1):
        sheet.put(2, (column, column), label, SMALL_LABEL)
    sheet.need(2, 22)
    row = 3
    for number, mark in enumerate((scored.execution, *scored.marks.values()), start=1):
        texts = (str(number), mark.name, mark.raw_target or "", mark.actual_text or "无数据")
        marks = (points(mark.points_centi), points(mark.score_centi))
        cells: list[tuple[tuple[int, int], Value, Look]] = [
            *(((c, c), text, CELL) for c, text in enumerate(texts, start=1)),
            *(((c, c), value, MARKS) for c, value in enumerate(marks, start=5)),
            ((last, last), mark.arithmetic, TEXT),
        ]
        row = sheet.line(row, cells, least=20)
    row = sheet.line(row, [((1, last), f"合计：{scored.arithmetic}。", TEXT)], least=20)
    sheet.header = year.report.notice
    sheet.footer = f"{year.report.checkpoint.fiscal_year}　{scored.line.project_name}"
    sheet.finish(row - 1, repeated=(2, 2))
    return sheet
