"""Forms drawn as text, made into real Word files, workbooks, web pages and plain text.

Cells are parted by bars; `^` continues the cell above and `<` the cell to the left.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from docx import Document
from docx.table import Table
from openpyxl import Workbook

Grid = list[list[str]]
Block = tuple[int, int, int, int, str]  # first row, first column, last row, last column, text


def grid(drawn: str) -> Grid:
    rows = [line.strip() for line in drawn.strip().splitlines()]
    return [[cell.strip().replace("\\n", "\n") for cell in row.split("|")] for row in rows]


def blocks(cells: Grid) -> Iterator[Block]:
    for r, row in enumerate(cells):
        for c, text in enumerate(row):
            if text in ("^", "<"):
                continue
            right, bottom = c, r
            while right + 1 < len(row) and row[right + 1] == "<":
                right += 1
            while bottom + 1 < len(cells) and c < len(cells[bottom + 1]):
                if cells[bottom + 1][c] != "^":
                    break
                bottom += 1
            yield r, c, bottom, right, text


def word(path: Path, *parts: str) -> Path:
    """Each part is a paragraph, or a drawing where it holds a bar."""
    document = Document()
    for part in parts:
        if "|" in part:
            cells = grid(part)
            _fill(document.add_table(len(cells), max(map(len, cells))), cells)
        else:
            document.add_paragraph(part)
    document.save(str(path))
    return path


def _fill(table: Table, cells: Grid) -> None:
    for top, left, bottom, right, text in blocks(cells):
        cell = table.cell(top, left)
        if (top, left) != (bottom, right):
            cell = cell.merge(table.cell(bottom, right))
        cell.text = text


def workbook(path: Path, *parts: str) -> Path:
    book = Workbook()
    sheet = book.active
    row = 1
    for part in parts:
        if "|" not in part:
            sheet.cell(row, 1, part)
            row += 1
            continue
        cells = grid(part)
        for top, left, bottom, right, text in blocks(cells):
            cell = sheet.cell(row + top, left + 1, text or None)
            cell.data_type = "s" if text else "n"  # "=10个" is text, no formula
            if (top, left) != (bottom, right):
                sheet.merge_cells(
                    start_row=row + top,
                    end_row=row + bottom,
                    start_column=left + 1,
                    end_column=right + 1,
                )
        row += len(cells) + 1
    book.save(path)
    return path


def page(path: Path, *parts: str) -> Path:
    made = []
    for part in parts:
        if "|" not in part:
            made.append(f"<p>{part}</p>")
            continue
        cells = grid(part)
        rows = [""] * len(cells)
        for top, left, bottom, right, text in blocks(cells):
            text = text.replace("<", "&lt;").replace("\n", "<br>")
            rows[top] += f"<td rowspan={bottom - top + 1} colspan={right - left + 1}>{text}</td>"
        made.append(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")
    path.write_text(f"<html><body>{''.join(made)}</body></html>", "utf-8")
    return path


def tabbed(path: Path, *parts: str) -> Path:
    """As a converter writes it: a row a line, merged cells empty but for their first."""
    lines = []
    for part in parts:
        if "|" in part:
            rows = [["" if c in ("^", "<") else c.replace("\n", "") for c in r] for r in grid(part)]
            lines += ["\t".join(row) for row in rows]
            lines.append("")
        else:
            lines.append(part)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


MAKERS: dict[str, Callable[..., Path]] = {
    ".docx": word,
    ".xlsx": workbook,
    ".html": page,
    ".txt": tabbed,
}
