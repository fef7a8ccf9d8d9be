"""Values that are of their column's type and still wrong: of another year, of no project."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from functools import partial

from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.declaration import Column, ColumnType
from perf_pipeline.registers.rules import empty_words

# years before and after the file's that a day may lie in
_EARLIEST, LATEST, _AHEAD = 60, 1, 20
_OVER = 5  # so many years after a case came in it may be closed at last


def misfit(
    column: Column, fiscal_year: int, projects: Collection[str] | None, over: bool
) -> Callable[[Value], str | None] | None:
    """Return what says why a value is none of this year or of these projects, if anything does."""
    if column.type is ColumnType.DATE:
        latest = _AHEAD if column.lies_ahead else _OVER if over else LATEST
        first, last = fiscal_year - _EARLIEST, fiscal_year + latest
        if column.in_fiscal_year:
            first, last = first if column.carried_over_until else fiscal_year, fiscal_year
        return partial(_of_another_year, fiscal_year, range(first, last + 1))
    if column.known_project and projects is not None:
        return partial(_of_no_project, projects)
    return empty_words if column.says_something else None


def _of_another_year(fiscal_year: int, years: range, value: Value) -> str | None:
    if not isinstance(value, date) or value.year in years:
        return None
    if len(years) == 1 or years.start <= value.year <= fiscal_year + LATEST:
        return f"日期不在{fiscal_year}年度内"
    return f"日期{value}离{fiscal_year}年度太远，像是写错了年份"


def _of_no_project(projects: Collection[str], value: Value) -> str | None:
    if value is None or value in projects:
        return None
    return f"项目“{value}”不在绩效目标文件中，没有预算和目标"
