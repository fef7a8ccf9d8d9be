"""Golden forms: the workbooks cell by cell, as text that a person can compare.

Look at the difference, then renew them: make golden
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import Engine, select

from perf_pipeline.domain.scoring import ScoringRules
from perf_pipeline.monitoring.self_evaluation import evaluate_year
from perf_pipeline.reports.department_form import department_form
from perf_pipeline.reports.evaluated_year import EvaluatedYear, load_years
from perf_pipeline.reports.model import QuarterReport
from perf_pipeline.reports.monitoring_form import monitoring_form
from perf_pipeline.reports.query import load_reports
from perf_pipeline.reports.self_evaluation_form import self_evaluation_form
from perf_pipeline.warehouse.engine import open_warehouse, write_transaction
from perf_pipeline.warehouse.schema import department
from tests.integration.reports_fixture import fill, judge
from tests.integration.reports_year import Q2, Q4

GOLDEN = Path(__file__).parent / "golden"


def judged_year(engine: Engine) -> tuple[QuarterReport, EvaluatedYear]:
    """Fill a warehouse with the tests' department; return its half-year and its scored year."""
    fill(engine)
    with write_transaction(engine) as connection:
        judge(connection, connection.scalars(select(department.c.id)).one(), Q4)
    evaluate_year(engine, Q4, ScoringRules())
    with engine.connect() as connection:
        (half,) = load_reports(connection, Q2)
        whole = load_reports(connection, Q4)
    (year,) = load_years(engine, Q4, whole)
    return half, year


def golden_forms(half: QuarterReport, year: EvaluatedYear) -> dict[str, bytes]:
    """Return one form of each kind, by the name of its golden file."""
    return {
        "项目支出绩效目标执行监控表.txt": monitoring_form(half, "综治重点工作经费"),
        "项目支出绩效自评表.txt": self_evaluation_form(year, "信访维稳经费"),
        "部门整体支出绩效自评表.txt": department_form(year),
    }


def describe(workbook: bytes) -> str:
    """Write a workbook down: cells with values and styles, merged cells, sizes, print setup."""
    live = load_workbook(io.BytesIO(workbook))
    known = load_workbook(io.BytesIO(workbook), data_only=True)
    lines = [f"title {live.properties.title}"]
    for sheet in live:
        assert isinstance(sheet, Worksheet)
        lines += ["", f"sheet {sheet.title}", *_page(sheet)]
        lines += _cells(sheet, known[sheet.title])
    return "\n".join(lines) + "\n"


def _page(sheet: Worksheet) -> Iterator[str]:
    setup, fit = sheet.page_setup, sheet.sheet_properties.pageSetUpPr
    yield f"paper {setup.paperSize} {setup.orientation} fit {bool(fit and fit.fitToPage)}"
    yield f"pages wide {_or_one(setup.fitToWidth)} high {_or_one(setup.fitToHeight)}"
    margins = sheet.page_margins
    yield f"margins {margins.left} {margins.right} {margins.top} {margins.bottom}"
    yield f"print area {sheet.print_area} repeated {sheet.print_title_rows}"
    yield f"header {_furniture(sheet.oddHeader)} footer {_furniture(sheet.oddFooter)}"
    yield f"gridlines {sheet.sheet_view.showGridLines} frozen {sheet.freeze_panes}"
    widths = sorted((key, each.width) for key, each in sheet.column_dimensions.items())
    yield "widths " + " ".join(f"{key}={width:.4g}" for key, width in widths)
    heights = sorted((row, each.height) for row, each in sheet.row_dimensions.items())
    yield "heights " + " ".join(f"{row}={height:.6g}" for row, height in heights if height)
    yield "merged " + " ".join(sorted(str(each) for each in sheet.merged_cells.ranges))


def _or_one(pages: int | None) -> int:
    return 1 if pages is None else pages  # what the format leaves out


def _furniture(item: Any) -> str:
    parts = (item.left.text, item.center.text, item.right.text)
    return " | ".join(str(part) for part in parts if part)


def _cells(live: Worksheet, known: Worksheet) -> Iterator[str]:
    styles: dict[str, str] = {}
    for row in live.iter_rows():
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            style = styles.setdefault(_style(cell), f"s{len(styles) + 1}")
            value = "" if cell.value is None else f" {cell.value!r}"
            if cell.data_type == "f":
                value += f" is {known[cell.coordinate].value!r}"
            yield f"{cell.coordinate} {style}{value}"
    for style, name in styles.items():
        yield f"{name}: {style}"


def _style(cell: Any) -> str:
    font, place, border = cell.font, cell.alignment, cell.border
    sides = (border.left, border.right, border.top, border.bottom)
    color = font.color.rgb if font.color is not None and font.color.type == "rgb" else None
    return (
        f"font {font.name} {font.sz} bold={bool(font.b)} color={color} charset={font.charset}"
        f" fill={cell.fill.fill_type} {cell.fill.fgColor.rgb}"
        f" align={place.horizontal} {place.vertical} wrap={place.wrap_text} indent={place.indent}"
        f" border={'/'.join(str(side.style if side else None) for side in sides)}"
        f" format={cell.number_format} locked={cell.protection.locked} quoted={cell.quotePrefix}"
    )


def main() -> None:
    """Renew the golden files."""
    GOLDEN.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        engine = open_warehouse(f"sqlite:///{folder}/warehouse.db")
        for name, workbook in golden_forms(*judged_year(engine)).items():
            (GOLDEN / name).write_text(describe(workbook), "utf-8")
            print(GOLDEN / name)
        engine.dispose()


if __name__ == "__main__":
    main()
