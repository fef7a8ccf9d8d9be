"""The self-evaluation form of a department (部门整体支出绩效自评表), as its declaration says.

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
    MISSING,
    SMALL_LABEL,
    Levels,
    amount,
    cell,
    execution_rate,
    heading,
    notes,
    points,
    write_indicators,
    write_levels,
)
from perf_pipeline.reports.form_declaration import (
    DepartmentForm,
    TaskColumn,
    Tasks,
    form_declaration,
)
from perf_pipeline.reports.form_heads import (
    Cell,
    facts_of,
    write_heads,
    write_identity,
)
from perf_pipeline.reports.form_parts import IndicatorColumn
from perf_pipeline.reports.model import IndicatorLine, QuarterReport
from perf_pipeline.reports.self_evaluation_form import LOOKS, UNDECIDED, values_of, write_goals
from perf_pipeline.reports.sheet import (
    CENTERED,
    LABEL,
    MARKS,
    TEXT,
    FormSheet,
    Formula,
    Look,
    Value,
    numbered,
)
from perf_pipeline.reports.workbook import write_workbook

MOST_DOCUMENTS = 5  # named one by one; of more the number is told
MONEY = (
    *(TaskColumn.BUDGET, TaskColumn.BUDGET_FISCAL, TaskColumn.BUDGET_OTHER),
    *(TaskColumn.PAID, TaskColumn.PAID_FISCAL, TaskColumn.PAID_OTHER),
)
HEAD_HEIGHT = 24  # points of the indicators' heads
Cells = list[Cell]
Told = dict[TaskColumn, tuple[Value, Look]]


def department_form(year: EvaluatedYear, declared: DepartmentForm | None = None) -> bytes:
    """Return the department's form as an .xlsx file, the national one unless another is given."""
    declared = declared or form_declaration(DepartmentForm)
    return write_workbook(f"{declared.name}（{year.report.department}）", [_sheet(year, declared)])


def _sheet(year: EvaluatedYear, declared: DepartmentForm) -> FormSheet:
    form = FormSheet("部门整体绩效自评表", declared.widths, landscape=declared.landscape)
    report = year.report
    row = heading(form, declared.name, report)
    row = write_identity(form, row, declared.identity, facts_of(report))
    tasks, row = _tasks(form, row, year, declared.tasks)
    indicators = tuple(line for line in report.indicators if not line.project_name)
    goals = numbered(section for section in report.sections if section)
    header = row = write_goals(form, row, declared.goals, goals, _done(indicators))
    row = write_heads(form, row, declared.heads, least=HEAD_HEIGHT)
    heads = row - header
    levels, below = write_indicators(
        form, row, indicators, declared.indicators, LOOKS, lambda line: values_of(line, year.marks)
    )
    row = _total(form, below, tasks, levels, year, declared)
    said = [
        declared.note,
        f"自评得分（第{year.version}版）：{year.score.arithmetic}。",
        *_sources(report),
    ]
    last = notes(form, row, said, [(each.span, each.label) for each in declared.signs])
    write_levels(form, levels, below, len(declared.levels), header)
    form.header = report.notice_line
    form.footer = f"{report.checkpoint.fiscal_year}　{report.department}"
    form.finish(last, repeated=(header, header + heads - 1))
    return form


def _tasks(form: FormSheet, row: int, year: EvaluatedYear, declared: Tasks) -> tuple[range, int]:
    """Write the yearly tasks; return their rows, and the row below their sums."""
    top = row
    first = row = write_heads(form, row, declared.columns, below=SMALL_LABEL)
    for each in year.projects:
        purpose = year.report.project(each.line.project_name).purpose
        told = _task(row, each, purpose, declared)
        cells: Cells = [(head.span, *told[head.value]) for head in declared.columns]
        row = form.line(row, cells, least=30)
    below = _sums(form, row, range(first, row), year.projects, declared)
    form.put(top, declared.side.span, declared.side.label, LABEL, rows=below - top)
    return range(first, row), below


def _task(row: int, scored: ScoredProject, purpose: str | None, declared: Tasks) -> Told:
    line = scored.line
    at = declared.column(TaskColumn.PAID), declared.column(TaskColumn.BUDGET)
    whole = (TaskColumn.BUDGET, TaskColumn.PAID)
    return {
        TaskColumn.NAME: (line.project_name, CENTERED),
        TaskColumn.PURPOSE: (purpose, TEXT),
        TaskColumn.DONE: (scored.done, TEXT),
        **{
            column: amount(fen, MISSING if column in whole else None)
            for column, fen in zip(MONEY, _money(scored), strict=True)
        },
        TaskColumn.RATE: execution_rate((line.paid_fen, row, at[0]), (line.budget_fen, row, at[1])),
        TaskColumn.SCORE: (points(scored.score.score_centi), MARKS),
    }


def _money(scored: ScoredProject) -> tuple[int | None, ...]:
    """Return budget and spending, each whole, fiscal and other; not the parts of a changed one."""
    line = scored.line
    kept = line.initial_budget_fen in (None, line.budget_fen)
    budget, paid = line.budget_by_source, line.paid_by_source
    by_source = (budget.fiscal_fen, budget.other_fen) if kept else (None, None)
    return line.budget_fen, *by_source, line.paid_fen, paid.fiscal_fen, paid.other_fen


def _sums(
    form: FormSheet, row: int, rows: range, projects: Sequence[ScoredProject], declared: Tasks
) -> int:
    """Add up live what is known of every project; what is not known of all is left empty."""
    of_projects = list(zip(*(_money(each) for each in projects), strict=True))
    known = [None if None in each else sum(fen or 0 for fen in each) for each in of_projects]
    sums = dict(zip(MONEY, known, strict=False))
    at = declared.column(TaskColumn.PAID), declared.column(TaskColumn.BUDGET)
    cells: Cells = [(declared.sums.span, declared.sums.label, LABEL)]
    for head in declared.columns:
        fen = sums.get(head.value)
        if head.value is TaskColumn.RATE:
            paid, budget = sums.get(TaskColumn.PAID), sums.get(TaskColumn.BUDGET)
            cells.append((head.span, *execution_rate((paid, row, at[0]), (budget, row, at[1]))))
        elif head.value is TaskColumn.SCORE:
            cells.append((head.span, "—", CENTERED))
        elif head.value in MONEY:
            column = head.span[0]
            added = f"=SUM({cell(rows[0], column)}:{cell(rows[-1], column)})" if rows else ""
            told = None if fen is None or not rows else Formula(added, exact_wan(fen))
            cells.append((head.span, told, amount(0)[1]))
    return form.line(row, cells, least=22)


def _done(indicators: Sequence[IndicatorLine]) -> str | None:
    counted = Counter(line.status for line in indicators)
    parts = "、".join(f"{STATUS_LABELS[status]}{count}项" for status, count in counted.items())
    return f"（系统统计）部门指标{len(indicators)}项：{parts}。" if indicators else None


def _total(
    form: FormSheet,
    row: int,
    tasks: range,
    own: Sequence[Levels],
    year: EvaluatedYear,
    declared: DepartmentForm,
) -> int:
    """Weigh the projects' scores by their budgets, and add the own indicators' marks, live."""
    at_points = declared.column(IndicatorColumn.POINTS)
    at_score = declared.column(IndicatorColumn.SCORE)
    score: Value = "无法加权"
    if year.score.score_centi is not None:
        marks, money = (
            f"{cell(tasks[0], column)}:{cell(tasks[-1], column)}"
            for column in map(declared.tasks.column, (TaskColumn.SCORE, TaskColumn.BUDGET))
        )
        formula = f"=ROUND(SUMPRODUCT({marks},{money})/SUM({money}),2)"
        if year.marks:
            left = 100 - sum(mark.points_centi for mark in year.marks.values()) // CENTI
            earned = f"{cell(own[0].row, at_score)}:{cell(own[-1].row, at_score)}"
            formula = f"=ROUND({formula[1:]}*{left}/100,2)+SUM({earned})"
        score = Formula(formula, points(year.score.score_centi))
    grade = f"自评等级：{year.score.grade or UNDECIDED}" if declared.total.grade else None
    cells: Cells = [
        (declared.total.label.span, declared.total.label.label, LABEL),
        ((at_points, at_points), Decimal(100), MARKS),
        ((at_score, at_score), score, MARKS),
        (declared.total.grade_at, grade, CENTERED),
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
