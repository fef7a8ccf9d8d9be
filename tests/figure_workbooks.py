"""Workbooks of the year's end that show results: scores of self-evaluations, and their re-check.

A column is found by its declared label, or by the end of it (复核等级 under 等级).
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from perf_pipeline.domain.recheck import RecheckRules
from perf_pipeline.monitoring.recheck.results import read_results
from perf_pipeline.reports.publication import write_publication
from perf_pipeline.reports.write_year import write_year
from perf_pipeline.warehouse.derived import DepartmentScore, ProjectScore, ScoredLine
from perf_pipeline.warehouse.rechecks import RecheckFault, RecheckForm, RecheckLine
from perf_pipeline.warehouse.result import Result
from tests.figure_writings import Figure, Said, Truth
from tests.year import DEPARTMENT, QUARTERS

EVALUATED = "evaluations"
Lines = list[list[Any]]


def write_evaluations(engine: Engine, folder: Path) -> None:
    """Write the self-evaluation forms and what is published of their re-check."""
    write_year(engine, QUARTERS[-1], folder / EVALUATED)
    with engine.connect() as connection:
        results = read_results(connection, QUARTERS[-1])
    write_publication(results, 2024, RecheckRules(), folder / EVALUATED)


def in_the_scored_forms(folder: Path) -> Said:
    """The sheets of arithmetic, mark by mark, and the totals of projects and department."""
    said: Said = []
    truth = Truth(folder)
    marks, projects, departments = (
        sorted(truth.rows[of.table.name].values(), key=lambda row: row["id"])
        for of in (ScoredLine, ProjectScore, DepartmentScore)
    )
    for project in projects:
        name = project["project_name"]
        form, basis = sheets(folder, DEPARTMENT, f"项目支出绩效自评表-{name}.xlsx")
        mine = [row for row in marks if row["project_name"] == name]
        said += list(under_labels(basis, ScoredLine, mine))
        said += list(total(form, ProjectScore, project["id"]))
        [whole] = (line[0] for line in basis if str(line[0]).startswith("合计："))
        words = whole.removeprefix("合计：").removesuffix("。")
        said.append((Figure("project_score", project["id"], "arithmetic"), words))
    for department in departments:
        [form] = sheets(folder, DEPARTMENT, "部门整体支出绩效自评表.xlsx")
        said += list(total(form, DepartmentScore, department["id"]))
    return said


def in_the_recheck_sheets(folder: Path) -> Said:
    """A department's re-check sheets with their totals and faults, and the published results."""
    said: Said = []
    truth = Truth(folder)
    forms, lines, faults = (
        sorted(truth.rows[of.table.name].values(), key=lambda row: row["id"])
        for of in (RecheckForm, RecheckLine, RecheckFault)
    )
    *checked, listed = sheets(folder, DEPARTMENT, "绩效自评复核表.xlsx")
    by_form = [row for row in forms if row["sampled"] and row["path"]]
    for form, sheet in zip_longest(by_form, checked[: len(by_form)]):
        mine = [row for row in lines if row["project_name"] == form["project_name"]]
        if sheet is None:
            figures = (Figure("recheck_line", row["id"], "level1") for row in mine)
            said += [(each, "没有这张表") for each in figures]
        else:
            said += list(under_labels(sheet, RecheckLine, mine))
    order = {row["project_name"]: nth for nth, row in enumerate(forms)}
    faults.sort(key=lambda row: (order[row["project_name"]], row["id"]))
    said += list(under_labels(listed, RecheckFault, faults))
    _, published = sheets(folder, ".", "2024年绩效自评复核结果.xlsx")
    projects = [row for row in forms if row["project_name"]]
    said += list(under_labels(published, RecheckForm, projects))
    return said


def sheets(folder: Path, of: str, name: str) -> list[Lines]:
    book = CalamineWorkbook.from_path(folder / EVALUATED / of / "2024" / name)
    return [sheet.to_python() for sheet in map(book.get_sheet_by_name, book.sheet_names)]


def under_labels(
    lines: Lines, of: type[Result], rows: Sequence[dict[str, Any]]
) -> Iterator[tuple[Figure, Any]]:
    """Give what stands below the heads of a sheet, row by row."""
    top, heads = next(
        (nth, found)
        for nth, line in enumerate(lines)
        if len(found := dict(labelled(line, of))) >= 3
    )
    below = lines[top + 1 :]
    for nth, row in enumerate(rows):
        for at, column in heads.items():
            value = below[nth][at] if nth < len(below) else "没有这一行"
            value = Decimal(str(value)) if isinstance(value, float) else value
            yield Figure(of.table.name, row["id"], column), value


def labelled(line: Iterable[Any], of: type[Result]) -> Iterator[tuple[int, str]]:
    labels = {told.label: column for column, told in of.columns.items()}
    for at, head in enumerate(line):
        mine = [column for label, column in labels.items() if head and label.endswith(str(head))]
        if head in labels or len(mine) == 1:
            yield at, labels.get(str(head)) or mine[0]


def total(lines: Lines, of: type[Result], id: int) -> Iterator[tuple[Figure, Any]]:
    """Give the score and the grade of a form's last row."""
    heads = next(line for line in lines if "得分" in line and "实际完成值" in line)
    last = next(line for line in lines if "总分" in line)
    value = Decimal(str(last[heads.index("得分")]))
    yield Figure(of.table.name, id, "score_centi"), value
    grade = next(str(cell) for cell in last if str(cell).startswith("自评等级："))
    yield Figure(of.table.name, id, "grade"), grade.partition("：")[2]
