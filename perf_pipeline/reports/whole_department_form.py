"""The common lines of the whole-department form (部门整体绩效共性指标表), as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from perf_pipeline.domain.scoring import write_points
from perf_pipeline.domain.whole_department import ScoredLine
from perf_pipeline.monitoring.whole_department.evaluate import WholeDepartment
from perf_pipeline.reports.files import ReportFolder
from perf_pipeline.reports.form_blocks import TITLE, points
from perf_pipeline.reports.sheet import CENTERED, LABEL, TEXT, FormSheet, Look, Value
from perf_pipeline.reports.workbook import write_workbook

NAME = "部门整体绩效共性指标表"
WIDTHS = (5, 20, 12, 12, 9, 9, 40, 46)
HEADS = ("序号", "指标", "目标", "完成值", "分值", "得分", "数据", "口径和依据")
MARKS = Look(format="0.00")


def write_whole_departments(
    found: Sequence[WholeDepartment], fiscal_year: int, out: Path
) -> list[Path]:
    """Write each department's lines to `out/<department>/<year>/`; return the paths."""
    paths = []
    for each in found:
        folder = ReportFolder(out, each.code, str(fiscal_year))
        folder.write(f"{NAME}.xlsx", whole_department_form(each, fiscal_year))
        paths.append(folder.path / f"{NAME}.xlsx")
    return paths


def whole_department_form(found: WholeDepartment, fiscal_year: int) -> bytes:
    """Return a department's lines as an .xlsx file."""
    form = FormSheet("共性指标", WIDTHS)
    last = len(WIDTHS)
    row = form.line(1, [((1, last), f"{found.name}{fiscal_year}年{NAME}", TITLE)], least=30)
    header = row
    row = form.line(row, [((n, n), head, LABEL) for n, head in enumerate(HEADS, 1)], least=26)
    for nth, line in enumerate(found.lines, 1):
        row = form.line(row, _row(nth, line), least=24)
    missing = found.missing_centi
    said = f"不完整：{write_points(missing)}分的指标无数据" if missing else ""
    total: list[tuple[tuple[int, int], Value, Look]] = [
        ((1, 4), "合计", LABEL),
        ((5, 5), points(found.points_centi), MARKS),
        ((6, 6), points(found.score_centi), MARKS),
        ((7, last), said, TEXT),
    ]
    row = form.line(row, total, least=24)
    form.footer = f"{fiscal_year}　{found.name}"
    form.finish(row - 1, repeated=(header, header))
    return write_workbook(f"{NAME}（{found.name}）", [form])


def _row(nth: int, line: ScoredLine) -> list[tuple[tuple[int, int], Value, Look]]:
    score = None if line.score_centi is None else points(line.score_centi)
    return [
        ((1, 1), Decimal(nth), CENTERED),
        ((2, 2), line.declared.label, CENTERED),
        ((3, 3), line.declared.limit, CENTERED),
        ((4, 4), line.text, CENTERED),
        ((5, 5), points(line.points_centi), MARKS),
        ((6, 6), "无数据" if score is None else score, MARKS),
        ((7, 7), line.words, TEXT),
        ((8, 8), line.declared.source, TEXT),
    ]
