"""Writing the registers' files, the same bytes every time, each saying that it is made up."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from same_bytes import FIXED, with_fixed_dates

from sample_year.notice import NOTICE

Value = str | int | date | None
Rows = Sequence[Sequence[Value]]

_HEAD = PatternFill("solid", fgColor="DCE6F1")
_LINE = Border(*(Side(style="thin", color="BFBFBF"),) * 4)


def yuan(fen: int) -> str:
    """Write fen in yuan, as ledgers do."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def write_csv(path: Path, title: str, header: Sequence[str], rows: Rows) -> None:
    """Write a text table in UTF-8 with a byte order mark, its first line the notice."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([f"{title}（{NOTICE}）"])
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(b"\xef\xbb\xbf" + stream.getvalue().encode())


def write_workbook(
    path: Path, title: str, header: Sequence[str], rows: Rows, total: Sequence[Value] | None = None
) -> None:
    """Write a workbook: a title row that says what it is, the header, the rows, a total."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    sheet["A1"] = f"{title}（{NOTICE}）"
    sheet["A1"].font = Font(name="宋体", size=14, bold=True)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(header))
    for line in (header, *rows, *([total] if total else [])):
        sheet.append([_cell(value) for value in line])
    for cell in sheet[2]:
        cell.font, cell.fill = Font(name="宋体", bold=True), _HEAD
        cell.border, cell.alignment = _LINE, Alignment(horizontal="center")
    for number, column in enumerate(zip(header, *rows[:50], strict=True), start=1):
        width = max(sum(2 if ord(c) > 255 else 1 for c in str(value or "")) for value in column)
        sheet.column_dimensions[get_column_letter(number)].width = min(44, width + 3)
    sheet.freeze_panes = "A3"
    about = book.create_sheet("说明")
    about["A1"] = f"{title}：{NOTICE}。"
    about["A2"] = "由 scripts/build_sample_year.py 生成，重新运行得到完全相同的文件。"
    about.column_dimensions["A"].width = 80
    book.properties.creator = "perf_pipeline"
    book.properties.created = book.properties.modified = FIXED
    stream = io.BytesIO()
    book.save(stream)
    path.write_bytes(with_fixed_dates(stream.getvalue()))


def _cell(value: Value) -> str | int | datetime | None:
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else value
