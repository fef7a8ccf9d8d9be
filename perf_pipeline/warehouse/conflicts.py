"""What one file says beside what others and its own last version said (文件之间): told, with rows.

One key in two files with different content: the later word stands. Vouchers of different months
that share a number are no such case: their numbers begin again each month, and they are kept apart
before rows are merged; but where nothing else differs, the later may be the earlier corrected. The
same payments under other numbers may be another system's export of them. Rows that the last version
of a file had and this one lacks no longer count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    select,
)

from perf_pipeline.domain.errors import Place
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.registers.declaration import Register, register
from perf_pipeline.registers.identity import KEY_MARK, Settled
from perf_pipeline.warehouse.inbox import InboxFile
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.schema import department, source_file
from perf_pipeline.warehouse.staging import Staging

MOST_TOLD = 5
MOST_ASKED = 500  # void rows


_MOVED = "{}“{}”：{}与本文件{}只有日期不同，都已计入；是更正日期的，请删去旧文件里的那一行"
_VOID = "{}“{}”在本文件里没有计入（作废等），而{}照样计入；不该计入的请在那个文件里删去后重交"
_ALIKE = "{}行与文件“{}”的行只有{}不同，都已计入；是同一批支付从两处导出的，请只交一处"
_SAME = "{}行与文件“{}”的行完全相同，又没有{}，只计一次；确是另外几笔的请加上{}后重交"
_LEFT = "上次交的{}行这次没有了{}，不再计入；分次交的请另起文件名，与以前的文件一并放着"


def beside_others(
    staged: Staging, declared: Register, file: InboxFile, void: Sequence[str], *, by_content: bool
) -> list[str]:
    """Name rows of a ledger anew whose number others have; say what may count twice or wrongly.

    `void` are the keys of rows of the file that do not count, `by_content` says that its rows have
    no numbers.
    """
    meaning = declared.amount
    whose = {"code": file.department, "year": file.fiscal_year, "own_path": file.relative}
    connection, target = staged.connection, staged.target
    if meaning is None or connection.execute(_any_other(target), whose).first() is None:
        return []
    label, told = declared.column(meaning.number).label, []
    if void:
        rows = connection.execute(_void_elsewhere(target), {**whose, "void": void[:MOST_ASKED]})
        told = [_VOID.format(label, row.row_key, _place(row)) for row in rows]
    if not staged.rows:
        return _first(told)
    what = (meaning.column, meaning.whose, *meaning.told_by)
    renamed = {}
    for row in connection.execute(
        _same_numbers(target, staged.table, meaning.day, what), whose
    ).all():
        if (row.day.year, row.day.month) != (row.other.year, row.other.month):
            renamed[row.nth] = f"{row.row_key}{KEY_MARK}{row.day:%Y-%m}"
            if row.alike:
                here = Place(None, row.own_sheet, row.own_number)
                told.append(_MOVED.format(label, row.row_key, _place(row), here))
    staged.settle(Settled(renamed, (), (), 0))
    alike = _same_content(target, staged.table, (meaning.day, *what))
    for row in connection.execute(alike, whose):
        name = row.path.rpartition("/")[2]
        if 2 * row.others >= staged.rows:
            told.append(_ALIKE.format(row.others, name, label))
        if by_content and row.same:
            told.append(_SAME.format(row.same, name, label, label))
    return _first(told)


def _first(told: list[str]) -> list[str]:
    more = [f"还有{len(told) - MOST_TOLD}条同类的提示"] if len(told) > MOST_TOLD else []
    return told[:MOST_TOLD] + more


def _place(row: Any) -> Place:
    return Place(row.path.rpartition("/")[2], row.sheet, row.row_number)


@cache
def _of_others(target: Table) -> ColumnElement[bool]:
    """Hold for the rows that count of a department and year, but for those of the file itself."""
    whose = select(department.c.id).where(department.c.code == bindparam("code"))
    own = select(source_file.c.id).where(source_file.c.path == bindparam("own_path"))
    return and_(
        target.c.department_id == whose.scalar_subquery(),
        target.c.fiscal_year == bindparam("year"),
        target.c.source_file_id.not_in(own),
        current(target),
    )


@cache
def _any_other(target: Table) -> Select[Any]:
    return select(target.c.id).where(_of_others(target)).limit(1)


@cache
def _void_elsewhere(target: Table) -> Select[Any]:
    return (
        select(target.c.row_key, target.c.sheet, target.c.row_number, source_file.c.path)
        .join(source_file, source_file.c.id == target.c.source_file_id)
        .where(target.c.row_key.in_(bindparam("void", expanding=True)), _of_others(target))
        .order_by(target.c.id)
    )


@cache
def _same_numbers(target: Table, mine: Table, day: str, what: tuple[str, ...]) -> Select[Any]:
    alike = and_(*(mine.c[name].is_not_distinct_from(target.c[name]) for name in what))
    return (
        select(
            mine.c.nth,
            mine.c.row_key,
            mine.c[day].label("day"),
            target.c[day].label("other"),
            mine.c.sheet.label("own_sheet"),
            mine.c.row_number.label("own_number"),
            target.c.sheet,
            target.c.row_number,
            source_file.c.path,
            case((alike, 1), else_=0).label("alike"),
        )
        .join(target, mine.c.row_key == target.c.row_key)
        .join(source_file, source_file.c.id == target.c.source_file_id)
        .where(_of_others(target))
        .order_by(mine.c.nth)
    )


@cache
def _same_content(target: Table, mine: Table, what: tuple[str, ...]) -> Select[Any]:
    """Count a file's rows that other files have but for their number, and those they have whole."""
    columns = (target.c[name] for name in ("source_file_id", "row_key", *what))
    of_others = select(*columns).where(_of_others(target))
    theirs = of_others.cte("theirs").prefix_with("MATERIALIZED")
    same = [mine.c[name].is_not_distinct_from(theirs.c[name]) for name in what[2:]]
    same += [mine.c[name] == theirs.c[name] for name in what[:2]]
    apart = case((theirs.c.row_key != mine.c.row_key, mine.c.nth))
    whole = case((theirs.c.row_key == mine.c.row_key, mine.c.nth))
    return (
        select(
            source_file.c.path,
            func.count(apart.distinct()).label("others"),
            func.count(whole.distinct()).label("same"),
        )
        .select_from(theirs.join(mine, and_(*same)))
        .join(source_file, source_file.c.id == theirs.c.source_file_id)
        .group_by(source_file.c.path)
        .order_by(source_file.c.path)
    )


def rows_gone(
    connection: Connection, table: Table, file_id: int, own_paths: Collection[str]
) -> Iterator[str]:
    """Say how many rows of a file's last version it no longer has, and what they add up to."""
    declared = register(table.name)
    meaning = declared.amount
    known_by = "row_key" if meaning is None else meaning.number
    old, new = table.alias("old_row"), table.alias("new_row")
    again = exists().where(
        new.c.source_file_id == file_id, new.c[known_by] == old.c[known_by], current(new)
    )
    amount = old.c[meaning.column] if meaning is not None else literal(0)
    query = (
        select(func.count().label("rows"), cast(func.sum(amount), BigInteger).label("fen"))
        .join(source_file, source_file.c.id == old.c.source_file_id)
        .where(old.c.closed_by_id == file_id, source_file.c.path.in_(own_paths), ~again)
    )
    gone = connection.execute(query).one()
    if gone.rows:
        yield _LEFT.format(gone.rows, f"（共{format_yuan(gone.fen)}元）" if meaning else "")


def contradictions(
    connection: Connection, table: Table, file_id: int, own_paths: Collection[str]
) -> Iterator[str]:
    """Say which rows of other files this file's rows have just taken the place of.

    `own_paths` are those of the file and of what it replaces: correcting oneself is no conflict.
    """
    old, new = table.alias("old_row"), table.alias("new_row")
    query = (
        select(
            old.c.row_key,
            source_file.c.path,
            old.c.sheet,
            old.c.row_number,
            new.c.sheet.label("new_sheet"),
            new.c.row_number.label("new_row_number"),
        )
        .join(source_file, source_file.c.id == old.c.source_file_id)
        .join(
            new,
            (new.c.row_key == old.c.row_key)
            & (new.c.department_id == old.c.department_id)
            & (new.c.fiscal_year == old.c.fiscal_year)
            & (new.c.source_file_id == file_id)
            & current(new),
        )
        .where(old.c.closed_by_id == file_id, source_file.c.path.not_in(own_paths))
        .order_by(old.c.id)
    )
    found = connection.execute(query).all()
    declared = register(table.name)
    labels = "、".join(declared.column(name).label for name in declared.key)
    for row in found[:MOST_TOLD]:
        there = Place(row.path.rpartition("/")[2], row.sheet, row.row_number)
        here = Place(None, row.new_sheet, row.new_row_number)
        yield f"{labels}“{row.row_key}”：{there} 与本文件{here} 内容不同，现以本文件为准"
    if len(found) > MOST_TOLD:
        yield f"还有{len(found) - MOST_TOLD}行与别的文件{labels}相同而内容不同，现以本文件为准"
