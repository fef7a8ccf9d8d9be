"""Documents a second, beside the libraries' own way of reaching every cell in the same session.

Usage: make bench, or python -m tests.benchmarks.bench_extract [FORMS]. The Word file is one of
forty pages: a form a page. python-docx is asked as its manual shows: table.rows, row.cells,
cell.text; openpyxl likewise: every cell's value.
"""

import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from docx import Document
from openpyxl import load_workbook

from perf_pipeline.documents.extract import extract_document, read_and_tell
from perf_pipeline.documents.reading import read_opened
from tests.grids import word, workbook

RUNS = 3
PAGES = 40
INDICATORS = 16


def form(number: int) -> tuple[str, str]:
    """Draw one form with merged levels, a plan and a budget."""
    lines = [
        f"项目编码|5301{number:04}|<|项目名称|项目{number}|<|<",
        "预算数|80万|其中：财政资金|80万|其他资金||",
        "资金支出计划（累计%）|<|<|3月底|6月底|9月底|12月底",
        "^|<|<|10%|40%|70%|100%",
        f"绩效目标|完成第{number}项工作，群众满意。|<|<|<|<|<",
        "一级指标|二级指标|三级指标|绩效指标描述|指标值|指标值确定依据|分值",
    ]
    for n in range(INDICATORS):
        first = "产出指标" if n == 0 else "^"
        second = "数量指标" if n % 4 == 0 else "^"
        name = f"第{number}项指标{n}"
        lines.append(f"{first}|{second}|{name}|{name}的说明文字|≥{n + 1}次|工作计划|5")
    return f"项目{number}绩效目标表", "\n".join(lines)


def all_cells_by_python_docx(path: Path) -> int:
    """Read every cell's text as the library's manual shows."""
    document = Document(str(path))
    return sum(
        len(cell.text) for table in document.tables for row in table.rows for cell in row.cells
    )


def all_cells_by_openpyxl(path: Path) -> int:
    """Read every cell's value as the library's manual shows."""
    book = load_workbook(path)
    return sum(
        len(str(cell.value))
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    )


def seconds(work: Callable[[Path], object], path: Path) -> float:
    """Return the median time of a few runs."""
    taken = []
    for _ in range(RUNS):
        begun = time.process_time()
        work(path)
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


def main(pages: int) -> None:
    """Measure a Word file and a workbook of the same forms."""
    parts = ["2024年部门整体绩效目标", *(part for n in range(pages) for part in form(n))]
    with TemporaryDirectory() as folder:
        files = (
            (word(Path(folder) / "a.docx", *parts), "python-docx", all_cells_by_python_docx),
            (workbook(Path(folder) / "a.xlsx", *parts), "openpyxl", all_cells_by_openpyxl),
        )
        print(f"{pages} forms, {pages * INDICATORS} indicators; medians of {RUNS}")
        print(
            f"{'':8}{'cells s':>10}{'all s':>10}{'documents/s':>13}{'baseline s':>12}"
            f"{'x cells':>9}{'x all':>7}  baseline"
        )
        for path, name, baseline in files:
            found = extract_document(path)
            drawn = Counter({f"≥{n + 1}次": pages for n in range(INDICATORS)})
            read = Counter(i.raw_value for p in found.projects for i in p.indicators)
            print(
                f"{path.suffix}: {(drawn & read).total()} values read, "
                f"{(read - drawn).total()} read wrongly, {(drawn - read).total()} not read, "
                f"{found.rows.not_understood} rows told as not understood"
            )
            assert read == drawn
            cells = seconds(read_opened, path)
            everything = seconds(partial(read_and_tell, assumed_year=None), path)
            base = seconds(baseline, path)
            print(
                f"{path.suffix:8}{cells:10.3f}{everything:10.3f}{1 / everything:13.2f}{base:12.3f}"
                f"{base / cells:9.1f}{base / everything:7.1f}  {name}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PAGES)
