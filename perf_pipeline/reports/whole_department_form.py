"""The common lines of the whole-department form (部门整体绩效共性指标表), as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from perf_pipeline.domain.figures import share_beside
from perf_pipeline.domain.scoring import write_points
from perf_pipeline.domain.whole_department import ScoredLine
from perf_pipeline.monitoring.whole_department.evaluate import WholeDepartment
from perf_pipeline.reports.files import ReportFolder
from perf_pipeline.reports.form_blocks import TITLE, notes, points
from perf_pipeline.reports.form_declaration import (
    NATIONAL,
    CommonLinesForm,
    LineColumn,
    form_declaration,
)
from perf_pipeline.reports.form_heads import Cell
from perf_pipeline.reports.notices import made_up
from perf_pipeline.reports.sheet import CENTERED, LABEL, MARKS, TEXT, FormSheet, Value
from perf_pipeline.reports.workbook import write_workbook

COUNTED = "定量指标"
LOOKS = {
    LineColumn.POINTS: MARKS,
    LineColumn.SCORE: MARKS,
    LineColumn.WORDS: TEXT,
    LineColumn.SOURCE: TEXT,
}


def write_whole_departments(
    found: Sequence[WholeDepartment], fiscal_year: int, out: Path, form: str = NATIONAL
) -> list[Path]:
    """Write each department's lines to `out/<department>/<year>/`, by a declared form."""
    declared = form_declaration(CommonLinesForm, form)
    paths = []
    for each in found:
        folder = ReportFolder(out, each.code, str(fiscal_year))
        folder.write(f"{declared.name}.xlsx", whole_department_form(each, fiscal_year, declared))
        paths.append(folder.path / f"{declared.name}.xlsx")
    return paths


def whole_department_form(
    found: WholeDepartment, fiscal_year: int, declared: CommonLinesForm | None = None
) -> bytes:
    """Return a department's lines as an .xlsx file, in the national form unless another is given.

    The total stands under points and score, its label before them.
    """
    declared = declared or form_declaration(CommonLinesForm)
    form = FormSheet("共性指标", declared.widths, landscape=declared.landscape)
    last = len(declared.widths)
    title = f"{found.name}　{fiscal_year}年度　{declared.name}"
    row = form.line(1, [((1, last), title, TITLE)], least=30)
    row = header = form.mark(row, made_up(found.notices))
    row = form.line(row, [(each.span, each.label, LABEL) for each in declared.columns], least=26)
    for nth, line in enumerate(found.lines, 1):
        values = _values(nth, line)
        cells: list[Cell] = [
            (each.span, values.get(each.value), LOOKS.get(each.value, CENTERED))
            for each in declared.columns
        ]
        row = form.line(row, cells, least=24)
    row = form.line(row, _total(found, declared), least=24)
    if declared.note or declared.signs:
        said = [declared.note] if declared.note else []
        signs = [(each.span, each.label) for each in declared.signs]
        row = notes(form, row, said, signs) + 1
    form.header, form.footer = made_up(found.notices), f"{fiscal_year}　{found.name}"
    form.finish(row - 1, repeated=(header, header))
    return write_workbook(f"{declared.name}（{found.name}）", [form])


def _total(found: WholeDepartment, declared: CommonLinesForm) -> list[Cell]:
    missing = found.missing_centi
    said = f"不完整：{write_points(missing)}分的指标无数据" if missing else ""
    first, second = (declared.span(each) for each in (LineColumn.POINTS, LineColumn.SCORE))
    return [
        ((1, first[0] - 1), "合计", LABEL),
        (first, points(found.points_centi), MARKS),
        (second, points(found.score_centi), MARKS),
        ((second[1] + 1, len(declared.widths)), said, TEXT),
    ]


def _values(nth: int, line: ScoredLine) -> dict[LineColumn, Value]:
    earned = line.score_centi
    share = None
    if earned is not None and line.points_centi:
        share = share_beside(earned, line.points_centi, [Fraction(100)])
    return {
        LineColumn.NUMBER: Decimal(nth),
        LineColumn.NAME: line.declared.label,
        LineColumn.UNIT: "%",
        LineColumn.NATURE: COUNTED,
        LineColumn.LIMIT: line.declared.limit,
        LineColumn.ACTUAL: line.text,
        LineColumn.SHARE: share,
        LineColumn.POINTS: points(line.points_centi),
        LineColumn.SCORE: "无数据" if earned is None else points(earned),
        LineColumn.WORDS: line.words,
        LineColumn.SOURCE: line.declared.source,
    }
