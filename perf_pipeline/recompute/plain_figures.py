"""Figures computed from plain rows, one row at a time: dates, fractions and ifs.

Follows what registers declare of their measures, and the rules of docs/decisions/judgement.md.
Imports neither the warehouse nor the measures: what both paths share is the declaration alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from perf_pipeline.recompute.plain_file import NotPlain, PlainRow, Value
from perf_pipeline.registers.declaration import Register, TimeLimit
from perf_pipeline.registers.measure_declaration import Condition, Kind, MeasureDeclaration, Reach

Cells = Mapping[str, Value]
Figure = tuple[int, int] | None  # numerator and denominator; None: no data
WHOLE_BP = 10_000


@dataclass(frozen=True)
class Span:
    """What a figure looks at: from a day to the day as of which it is asked."""

    begins: date
    ends: date

    def has(self, day: Any) -> bool:
        """Tell whether a date lies in it; nothing does not."""
        return day is not None and self.begins <= day <= self.ends


def refuse_repeats(rows: Sequence[PlainRow], register: Register) -> None:
    """Refuse rows of which only the product's own rules can say which one counts.

    Lines of one voucher in one ledger may repeat its number; nothing else may repeat its key.
    """
    seen: dict[tuple[object, ...], PlainRow] = {}
    for row in rows:
        key = tuple(row.cells.get(name) for name in register.key)
        first = seen.setdefault(key, row)
        same = first.cells == row.cells
        if first is not row and (register.amount is None or same or first.file != row.file):
            raise NotPlain(
                f"{row.file} 第{row.number}行：与 {first.file} 第{first.number}行同一主键"
            )


def newest_years(
    by_year: Mapping[int, Sequence[PlainRow]], register: Register
) -> tuple[PlainRow, ...]:
    """Return one row a case, as the newest year's export tells of it.

    One that was over before that year counts where it closes what last year's holds open.
    """
    came_in, over = register.came_in, str(register.closed_by)
    assert came_in is not None
    cases: dict[tuple[object, ...], tuple[int, PlainRow]] = {}
    for year, rows in sorted(by_year.items()):
        for row in rows:
            came: Any = row.cells.get(came_in.name)
            closed = row.cells.get(over)
            key = *(row.cells.get(name) for name in register.key), came and came.year
            last, before = cases.get(key, (None, None))
            waits = before is not None and before.cells.get(over) is None and last == year - 1
            if waits or not (isinstance(closed, date) and closed.year < year):
                cases[key] = year, row
    return tuple(row for _, row in cases.values())


def figure_of(
    declared: MeasureDeclaration,
    register: Register,
    rows: Iterable[PlainRow],
    span: Span,
    project: str | None,
) -> Figure:
    """Compute a measure again for a project, or for a department where rows name no project."""
    if declared.kind is Kind.PYTHON:
        raise NotPlain(f"度量“{declared.label}”是程序里的算法，复算没有另一种算法")
    columns = {each.name for each in register.columns}
    whole = declared.of_department or declared.kind is Kind.DISTINCT
    by_project = not whole and "project_name" in columns
    counted = [
        row.cells
        for row in rows
        if (not by_project or row.cells.get("project_name") == project)
        and _in_span(declared, register, row.cells, span)
        and all(_holds(each, register, row.cells, span.ends) for each in declared.where)
    ]
    if declared.newest is not None:
        counted = _newest(counted, declared.newest.column, declared.newest.of_each)
    numerator, denominator = _sums(declared, register, counted, span.ends)
    return (numerator, denominator) if denominator > 0 else None


def _sums(
    declared: MeasureDeclaration, register: Register, counted: Sequence[Cells], day: date
) -> tuple[int, int]:
    match declared.kind:
        case Kind.RATE:
            hits = [
                all(_holds(each, register, cells, day) for each in declared.hit)
                for cells in counted
            ]
            return sum(hits), len(hits)
        case Kind.SHARE_IN_TIME:
            limit = register.limit(declared.decided or "")
            return sum(_in_time(limit, cells) for cells in counted), len(counted)
        case Kind.QUOTIENT:
            over = _total(counted, declared.denominator) * declared.denominator_times
            return _total(counted, declared.numerator), over
        case Kind.DISTINCT:
            return len(_distinct(counted, declared.column or "")), 1
        case _:
            return (_total(counted, declared.column) if declared.column else len(counted)), 1


def _total(counted: Iterable[Cells], column: str | None) -> int:
    return sum(int(value) for cells in counted if isinstance(value := cells.get(column or ""), int))


def _distinct(counted: Iterable[Cells], column: str) -> set[Value]:
    values = {cells.get(column) for cells in counted} - {None}
    for value in values:
        if (
            isinstance(value, str)
            and "".join(unicodedata.normalize("NFKC", value).split()) != value
        ):
            raise NotPlain(f"“{value}”有空格或全角字符，复算不判断与哪个相同")
    return values


def _newest(counted: Sequence[Cells], column: str, of_each: Sequence[str]) -> list[Cells]:
    newest: dict[tuple[Value, ...], Any] = {}
    for cells in counted:
        thing = tuple(cells.get(name) for name in of_each)
        day: Any = cells[column]
        newest[thing] = max(newest.get(thing, day), day)
    return [
        cells
        for cells in counted
        if cells[column] == newest[tuple(cells.get(name) for name in of_each)]
    ]


def _in_span(declared: MeasureDeclaration, register: Register, cells: Cells, span: Span) -> bool:
    if declared.decided:
        limit = register.limit(declared.decided)
        runs = all(_holds(each, register, cells, span.ends) for each in limit.where)
        return runs and span.has(_decided_on(limit, cells))
    if declared.standing:
        since: Any = cells.get(declared.standing.since)
        until: Any = cells.get(declared.standing.until)
        return since is not None and since <= span.ends and (until is None or until > span.ends)
    return span.has(cells.get(declared.newest.column if declared.newest else declared.date or ""))


def _due_on(limit: TimeLimit, cells: Cells) -> date | None:
    start: Any = cells.get(limit.counts_from)
    granted: Any = cells.get(limit.extended_by or "") or 0
    return None if start is None else start + timedelta(days=limit.days + granted)


def _in_time(limit: TimeLimit, cells: Cells) -> bool:
    done: Any = cells.get(limit.done_by)
    due = _due_on(limit, cells)
    return done is not None and due is not None and done <= due


def _decided_on(limit: TimeLimit, cells: Cells) -> Any:
    """Return the day of a decision: done, or the day after the limit, whichever was first."""
    due = _due_on(limit, cells)
    if due is None:
        return None
    return cells[limit.done_by] if _in_time(limit, cells) else due + timedelta(days=1)


def _holds(condition: Condition, register: Register, cells: Cells, day: date) -> bool:
    if condition.limit is not None:
        limit = register.limit(condition.limit)
        done: Any = cells.get(limit.done_by)
        by_then = done is not None and done <= day
        return by_then and (condition.reached is Reach.DONE or _in_time(limit, cells))
    value: Any = cells.get(condition.column or "")
    if condition.filled is not None:
        return (value is not None) == condition.filled
    if condition.happened is not None:
        return (value is not None and value <= day) == condition.happened
    if condition.not_in is not None:
        return value is None or value not in condition.not_in
    if value is None:
        return False
    if condition.is_ is not None:
        return bool(value == condition.is_)
    if condition.in_ is not None:
        return value in condition.in_
    low, high = (_bound(each, cells) for each in (condition.at_least, condition.at_most))
    compared: Callable[[], bool] = (
        (lambda: value >= low) if condition.at_least is not None else (lambda: value <= high)
    )
    return (low if condition.at_least is not None else high) is not None and compared()


def _bound(bound: object, cells: Cells) -> Any:
    return cells[bound] if isinstance(bound, str) and bound in cells else bound


def light_of(
    paid: int, budget: int, planned_bp: int, yellow_bp: int, red_bp: int, ahead_bp: int
) -> tuple[str, ...]:
    """Return the lights that payments may have against a plan; ahead needs the next point too."""
    deviation = Fraction(paid * WHOLE_BP, budget) - planned_bp
    if paid > budget or deviation < red_bp:
        return ("red",)
    if deviation < yellow_bp:
        return ("yellow",)
    return ("ahead", "green") if deviation > ahead_bp else ("green",)
