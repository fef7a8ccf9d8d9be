"""The self-evaluation form (自评表) of one project as a workbook, laid out as its declaration says.

One sheet more says how each point comes about, where the declaration wants it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.scoring import CENTI, Verdict, write_points
from perf_pipeline.reports.evaluated_year import EvaluatedYear, ScoredProject
from perf_pipeline.reports.form_blocks import (
    CELL,
    SMALL_LABEL,
    TITLE,
    cell,
    heading,
    notes,
    points,
    sources,
    write_indicators,
    write_levels,
)
from perf_pipeline.reports.form_declaration import SelfEvaluationForm, form_declaration
from perf_pipeline.reports.form_heads import Cell, facts_of, wanted_of, write_heads, write_identity
from perf_pipeline.reports.form_money import write_funding
from perf_pipeline.reports.form_parts import Goals, IndicatorColumn, IndicatorHead, MoneyColumn
from perf_pipeline.reports.model import IndicatorLine
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
from perf_pipeline.warehouse.derived import ScoredLine
from perf_pipeline.warehouse.judgements import Explained

UNDECIDED = "未定（数据不全）"
BASIS_WIDTHS = (5, 24, 14, 14, 8, 8, 60)
LOOKS = {
    IndicatorColumn.POINTS: MARKS,
    IndicatorColumn.SCORE: MARKS,
    IndicatorColumn.REASON: TEXT,
}


def self_evaluation_form(
    year: EvaluatedYear, project: str, declared: SelfEvaluationForm | None = None
) -> bytes:
    """Return the form of a project as an .xlsx file, the national one unless another is given.

    Raises KeyError where the project was not scored, ConfigurationError where it was scored by
    other weights than the form's.
    """
    declared = declared or form_declaration(SelfEvaluationForm)
    sheets = self_evaluation_sheets(year, project, declared)
    return write_workbook(f"{declared.name}（{project}）", sheets)


def self_evaluation_sheets(
    year: EvaluatedYear, project: str, declared: SelfEvaluationForm
) -> list[FormSheet]:
    """Lay out a project's form and its scores' arithmetic; raises as `self_evaluation_form`."""
    scored = year.project(project)
    given = scored.execution.points_centi
    if given != declared.execution_points * CENTI:
        raise ConfigurationError(
            f"{declared.place}的表预算执行率占{declared.execution_points}分，评分用的是"
            f"{write_points(given)}分：请先设 PERF_SCORING__WEIGHTS 再运行 score"
        )
    sheets = [_form(year, scored, declared)]
    return [*sheets, _basis(year, scored)] if declared.basis else sheets


def why(line: Explained, mark: ScoredLine | None = None) -> str | None:
    """Write 偏差原因分析及改进措施: what staff said, or what the data say, marked as such."""
    if line.said:
        return line.said
    hint = line.hint
    if mark is not None and mark.verdict is Verdict.OVER_FULFILLED:
        hint = mark.arithmetic
    return f"（系统提示）{hint}" if hint else None


def _form(year: EvaluatedYear, scored: ScoredProject, declared: SelfEvaluationForm) -> FormSheet:
    form = FormSheet("绩效自评表", declared.widths, landscape=declared.landscape)
    report, name = year.report, scored.line.project_name
    row = heading(form, declared.name, report)
    row = write_identity(form, row, declared.identity, facts_of(report, name))
    execution_row, row = write_funding(form, row, scored, declared.money)
    goals = numbered(report.project(name).objectives)
    row = write_goals(form, row, declared.goals, goals, f"（系统统计）{scored.done}")
    header, indicators = row, report.indicators_of(name)
    row = write_heads(form, row, declared.heads, least=28)
    marks = scored.marks
    levels, below = write_indicators(
        form, row, indicators, declared.indicators, LOOKS, lambda line: values_of(line, marks)
    )
    row = _total(form, header, below, execution_row, scored, declared)
    said = [
        declared.note,
        f"自评得分（第{year.version}版）：{scored.score.arithmetic}。",
        *sources(report, scored.line, indicators, declared.indicators),
    ]
    last = notes(form, row, said, [(each.span, each.label) for each in declared.signs])
    write_levels(form, levels, below, len(declared.levels), header)
    form.header, form.footer = report.notice_line, f"{report.checkpoint.fiscal_year}　{name}"
    form.finish(last, repeated=(header, header))
    return form


def write_goals(form: FormSheet, row: int, goals: Goals, wanted: str, done: str | None) -> int:
    """Write what was wanted of the year, and what was reached; return the next row."""
    form.put(row, goals.wanted.span, goals.wanted.label, SMALL_LABEL)
    form.put(row, goals.done.span, goals.done.label, SMALL_LABEL)
    texts: list[Cell] = [(goals.wanted.span, wanted, TEXT), (goals.done.span, done, TEXT)]
    below = form.line(row + 1, texts, least=36)
    form.put(row, goals.side.span, goals.side.label, LABEL, rows=below - row)
    form.need(row, 18)
    return below


def values_of(
    line: IndicatorLine, marks: Mapping[str, ScoredLine]
) -> Callable[[IndicatorHead], Value]:
    """Return what each column says of an indicator; without marks where it was not scored."""
    mark = marks.get(line.indicator_key)
    values = wanted_of(line) | {
        IndicatorColumn.ACTUAL: line.actual_text or "无数据",
        IndicatorColumn.POINTS: points(mark.points_centi) if mark else None,
        IndicatorColumn.SCORE: points(mark.score_centi) if mark else None,
        IndicatorColumn.REASON: why(line, mark),
        IndicatorColumn.REMARK: f"（系统提示）{line.note}" if line.note else None,
    }
    return lambda head: values.get(head.value)


def _total(
    form: FormSheet,
    header: int,
    row: int,
    execution: int,
    scored: ScoredProject,
    declared: SelfEvaluationForm,
) -> int:
    """Add up live what the rows above say, that of execution included."""

    def added(value: IndicatorColumn, of_execution: MoneyColumn, centi: int) -> Cell:
        column = declared.column(value)
        rows = f"{cell(header + 1, column)}:{cell(row - 1, column)}"
        more = cell(execution, declared.money.column(of_execution))
        return (column, column), Formula(f"=SUM({rows})+{more}", points(centi)), MARKS

    grade = f"自评等级：{scored.score.grade or UNDECIDED}" if declared.total.grade else None
    cells: list[Cell] = [
        (declared.total.label.span, declared.total.label.label, LABEL),
        added(IndicatorColumn.POINTS, MoneyColumn.POINTS, scored.points_centi),
        added(IndicatorColumn.SCORE, MoneyColumn.SCORE, scored.score.score_centi),
        (declared.total.grade_at, grade, CENTERED),
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
    row = sheet.line(row, [((1, last), f"合计：{scored.score.arithmetic}。", TEXT)], least=20)
    sheet.header = year.report.notice_line
    sheet.footer = f"{year.report.checkpoint.fiscal_year}　{scored.line.project_name}"
    sheet.finish(row - 1, repeated=(2, 2))
    return sheet
