"""Thousands of forms beside the same forms written with plain openpyxl, in time and memory.

Usage: make bench, or python -m tests.benchmarks.bench_forms [FORMS]. Both ways write the same
sheets: each cell's text, font, border, fill, alignment and number format, merged cells, widths,
heights, print setup. openpyxl is used as its manual shows, with the styles made once. Each way
runs in a process of its own, for a tenth of the forms and for all, and tells its peak of memory.
"""

from __future__ import annotations

import io
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from perf_pipeline.reports.evaluated_year import EvaluatedYear
from perf_pipeline.reports.form_declaration import (
    MonitoringForm,
    SelfEvaluationForm,
    form_declaration,
)
from perf_pipeline.reports.model import QuarterReport
from perf_pipeline.reports.monitoring_form import monitoring_sheet
from perf_pipeline.reports.self_evaluation_form import self_evaluation_sheets
from perf_pipeline.reports.sheet import Block, FormSheet, Formula, Look
from perf_pipeline.reports.workbook import write_workbook
from perf_pipeline.warehouse.engine import open_warehouse
from tests.golden_forms import judged_year

FORMS = 3_000
RUNS = 3
Write = Callable[[str, Sequence[FormSheet]], bytes]
THIN = Side(style="thin")
GRID, NO_GRID = Border(THIN, THIN, THIN, THIN), Border()
LABEL, OPEN = PatternFill("solid", "FFF2F2F2"), PatternFill("solid", "FFFFFBE6")
UNLOCKED = Protection(locked=False)


@cache
def font(look: Look) -> Font:
    return Font(
        name=look.font,
        size=look.size,
        bold=look.bold,
        color=f"FF{look.color[1:]}",
        charset=134,
        family=3,
    )


@cache
def place(look: Look) -> Alignment:
    return Alignment(look.align, "center", wrap_text=True, indent=look.indent)


def write_plainly(title: str, sheets: Sequence[FormSheet]) -> bytes:
    """Write the sheets with openpyxl."""
    book = Workbook()
    book.properties.title = title
    for number, sheet in enumerate(sheets):
        drawn = book.create_sheet(sheet.name) if number else book.active
        assert isinstance(drawn, Worksheet)
        drawn.title = sheet.name
        for column, width in enumerate(sheet.widths, start=1):
            drawn.column_dimensions[get_column_letter(column)].width = width
        for row, height in sheet.needs.items():
            drawn.row_dimensions[row].height = height
        for block in sheet.blocks:
            fill_block(drawn, block)
        drawn.print_area = f"A1:{get_column_letter(len(sheet.widths))}{sheet.last_row}"
        assert sheet.repeated is not None
        drawn.print_title_rows = f"{sheet.repeated[0]}:{sheet.repeated[1]}"
        drawn.page_setup.orientation = "landscape" if sheet.landscape else "portrait"
        drawn.page_setup.paperSize = 9
        drawn.page_setup.fitToHeight = int(sheet.fits_a_page)
        drawn.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        drawn.print_options.horizontalCentered = True
        drawn.sheet_view.showGridLines = False
        drawn.oddHeader.center.text = sheet.header
        drawn.oddFooter.left.text = sheet.footer
        drawn.oddFooter.right.text = "第&P页 共&N页"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def fill_block(drawn: Worksheet, block: Block) -> None:
    first, last = block.columns
    look, value = block.look, block.value
    for row in range(block.row, block.row + block.rows):
        for column in range(first, last + 1):
            cell = drawn.cell(row, column)
            cell.font = font(look)
            cell.alignment = place(look)
            cell.border = GRID if look.grid else NO_GRID
            if look.format != "General":
                cell.number_format = look.format
            if look.fill:
                cell.fill = LABEL
            if not look.locked:
                cell.fill, cell.protection = OPEN, UNLOCKED
    cell = drawn.cell(block.row, first)
    if isinstance(value, Formula):
        cell.value = value.text
    elif value is not None and value != "":
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
            cell.quotePrefix = value[0] in "=+-@"
    if block.rows > 1 or last > first:
        drawn.merge_cells(
            start_row=block.row,
            end_row=block.row + block.rows - 1,
            start_column=first,
            end_column=last,
        )


WAYS: dict[str, Write] = {"forms": write_workbook, "openpyxl": write_plainly}


def forms(
    half: QuarterReport, year: EvaluatedYear, count: int
) -> Iterator[tuple[str, list[FormSheet]]]:
    """Lay out so many monitoring and self-evaluation forms, no two with the same texts."""
    names = [line.project_name for line in half.spending]
    for number in range(count):
        project = names[number // 2 % len(names)]
        if number % 2:
            sheets = self_evaluation_sheets(year, project, form_declaration(SelfEvaluationForm))
        else:
            sheets = [monitoring_sheet(half, project, form_declaration(MonitoringForm))]
        name = f"{project}（第{number}批）"
        sheets[0].put(sheets[0].last_row + 1, (1, len(sheets[0].widths)), name)
        yield name, sheets


def measure(way: str, count: int, folder: Path) -> tuple[float, float]:
    """Write so many forms into a folder; return seconds of work and the peak of memory in MB."""
    engine = open_warehouse(f"sqlite:///{folder / 'warehouse.db'}")
    half, year = judged_year(engine)
    engine.dispose()
    write = WAYS[way]
    begun = time.process_time()
    for name, sheets in forms(half, year, count):
        (folder / "form.xlsx").write_bytes(write(name, sheets))
    taken = time.process_time() - begun
    return taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured_apart(way: str, count: int) -> tuple[float, float]:
    """Measure in a process of its own, so that the peak of memory is its own."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_forms", way, str(count)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(told[0]), float(told[1])


def check_equal() -> None:
    """Make sure that both ways give the same cells, looks and merged cells."""
    with TemporaryDirectory() as folder:
        engine = open_warehouse(f"sqlite:///{folder}/warehouse.db")
        half, year = judged_year(engine)
        engine.dispose()
    for name, sheets in forms(half, year, 2):
        own, plain = (load_workbook(io.BytesIO(write(name, sheets))) for write in WAYS.values())
        for sheet in own.sheetnames:
            assert described(own[sheet]) == described(plain[sheet])


def described(sheet: Worksheet) -> tuple[object, ...]:
    cells = [
        [
            *(cell.coordinate, cell.value, cell.data_type, cell.number_format, cell.quotePrefix),
            *(cell.font.name, cell.font.sz, cell.font.b, cell.fill.fgColor.rgb),
            *(cell.alignment.horizontal, cell.alignment.vertical, cell.alignment.wrap_text),
            cell.border.left.style if cell.border.left else None,
        ]
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell, Cell)
    ]
    return cells, {str(merged) for merged in sheet.merged_cells}, sheet.print_title_rows


def main(count: int) -> None:
    """Measure both ways for a tenth of the forms and for all."""
    check_equal()
    few = max(count // 10, 1)
    print(f"{count} forms, medians of {RUNS} for {few}; processor time, peak of memory")
    print(f"{'':10}{'ms a form':>11}{f'{few}, MB':>10}{f'{count} s':>10}{f'{count}, MB':>10}")
    all_seconds = {}
    for way in WAYS:
        short = [measured_apart(way, few) for _ in range(RUNS)]
        seconds, peak = measured_apart(way, count)
        all_seconds[way] = seconds
        each = statistics.median(taken for taken, _ in short) / few * 1000
        least = min(memory for _, memory in short)
        print(f"{way:10}{each:11.2f}{least:10.0f}{seconds:10.1f}{peak:10.0f}")
    print(f"forms are written {all_seconds['openpyxl'] / all_seconds['forms']:.1f} x as fast")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        with TemporaryDirectory() as scratch:
            print(*measure(sys.argv[1], int(sys.argv[2]), Path(scratch)))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else FORMS)
