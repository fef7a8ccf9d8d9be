"""What one file says beside what others and its own last version said (文件之间): told, with rows.

One key in two files with different content: the later word stands. Vouchers of different months
that share a number are no such case: their numbers begin again each month, and they are kept apart
before rows are merged; but where nothing else differs, the later may be the earlier corrected. Rows
that the last version of a file had and this one lacks no longer count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cache

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Table,
    Text,
    Update,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from perf_pipeline.domain.errors import Place
from perf_pipeline.domain.money import format_yuan
from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.declaration import Register, register
from perf_pipeline.registers.identity import KEY_MARK
from perf_pipeline.warehouse.inbox import InboxFile
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.merging import closed_elsewhere
from perf_pipeline.warehouse.running_sums import running_on
from perf_pipeline.warehouse.schema import department, source_file
from perf_pipeline.warehouse.staging import Staging
from perf_pipeline.warehouse.typed import Query, StoredRow

MOST_TOLD = 5
MOST_ASKED = 500  # void rows


_MOVED = "{}“{}”：{}与本文件{}只有日期不同，都已计入；是更正日期的，请删去旧文件里的那一行"
_VOID = "{}“{}”在本文件里没有计入（作废等），而{}照样计入；不该计入的请在那个文件里删去后重交"
_SAME = "{}行与文件“{}”的行完全相同，又没有{}，只计一次；确是另外几笔的请加上{}后重交"
_OVER = (
    "{}行没有“{}”，而别的文件里已有（“{}”里的“{}”等），按已办完的计入；重新办理的请在那个文件里改正"
)
_LEFT = "上次交的{}行这次没有了{}，不再计入；分次交的请另起文件名，与以前的文件一并放着"


def beside_others(
    staged: Staging,
    declared: Register,
    file: InboxFile,
    void: Sequence[tuple[str, Value]],
    *,
    by_content: bool,
) -> tuple[list[str], bool]:
    """Name rows of a ledger anew whose number others have; say what may count twice or wrongly.

    `void` are the keys and days of rows of the file that do not count, `by_content` says that its
    rows have no numbers. Tells also whether others have any of the numbers.
    """
    meaning = declared.amount
    if meaning is None:
        return [], False
    mine = whose(file)
    connection, target = staged.connection, staged.target
    label, told = declared.column(meaning.number).label, []
    if void:
        asked = {each for key, day in void[:MOST_ASKED] for each in _names(key, day)}
        names = sorted({name for name, _ in asked})
        rows = connection.execute(_void_elsewhere(target, meaning.day), {**mine, "void": names})
        told = [
            _VOID.format(label, row.row_key.partition(KEY_MARK)[0], _place(row))
            for row in rows
            if {(row.row_key, f"{row.day:%Y-%m}"), (row.row_key, None)} & asked
        ]
    if not staged.rows:
        return _first(told), False
    what = (meaning.column, meaning.whose, *meaning.told_by)
    if by_content:
        told += running_on(staged, meaning, of_others(target), mine, Place(file.path.name))
    met = _met(target, staged.table, meaning.number, meaning.day)
    if connection.execute(met, mine).first() is None:
        return _first(told), False
    connection.execute(_as_others(target, staged.table, meaning.number, meaning.day), mine)
    for row in connection.execute(_moved(target, staged.table, meaning.day, what), mine):
        here = Place(None, row.own_sheet, row.own_number)
        told.append(_MOVED.format(label, row.row_key, _place(row), here))
    connection.execute(_numbered_anew(target, staged.table, meaning.day), mine)
    for row in connection.execute(_there_too(target, staged.table), mine) if by_content else ():
        told.append(_SAME.format(row.same, row.path.rpartition("/")[2], label, label))
    return _first(told), True


def whose(file: InboxFile) -> dict[str, str | int]:
    """Name a file as `of_others` asks."""
    return {"code": file.department, "year": file.fiscal_year, "own_path": file.relative}


def _names(key: str, day: Value) -> list[tuple[str, str | None]]:
    """Return what files may call a voucher, each with its month, where that is known."""
    if not isinstance(day, date):
        return [(key, None)]
    month = f"{day:%Y-%m}"
    return [(key, month), (f"{key}{KEY_MARK}{month}", month)]


def _first(told: list[str]) -> list[str]:
    more = [f"还有{len(told) - MOST_TOLD}条同类的提示"] if len(told) > MOST_TOLD else []
    return told[:MOST_TOLD] + more


def _place(row: StoredRow) -> Place:
    return Place(row.path.rpartition("/")[2], row.sheet, row.row_number)


def _whose_department() -> ScalarSelect[int]:
    return select(department.c.id).where(department.c.code == bindparam("code")).scalar_subquery()


@cache
def of_others(target: Table, counting: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """Hold for the rows that count of a department and year, but for those of the file itself."""
    own = select(source_file.c.id).where(source_file.c.path == bindparam("own_path"))
    return and_(
        target.c.department_id == _whose_department(),
        target.c.fiscal_year == bindparam("year"),
        target.c.source_file_id.not_in(own),
        current(target) if counting is None else counting,
    )


@cache
def _void_elsewhere(target: Table, day: str) -> Query:
    return (
        select(
            target.c.row_key,
            target.c[day].label("day"),
            target.c.sheet,
            target.c.row_number,
            source_file.c.path,
        )
        .join(source_file, source_file.c.id == target.c.source_file_id)
        .where(target.c.row_key.in_(bindparam("void", expanding=True)), of_others(target))
        .order_by(target.c.id)
    )


def month_of(day: ColumnElement[date]) -> ColumnElement[str]:
    """Return the month of a day: 2024-03."""
    return func.substr(cast(day, Text), 1, 7)


@cache
def _met(target: Table, mine: Table, number: str, day: str) -> Query:
    """Select one of a file's rows, if there is one, whose number others have."""
    others = select(source_file.c.id).where(
        source_file.c.department_id == _whose_department(),
        source_file.c.fiscal_year == bindparam("year"),
        source_file.c.kind == target.name,
        source_file.c.path != bindparam("own_path"),
    )
    # `exists` for each name, not a join: SQLite would go through the department's rows for each
    known = (
        exists().where(target.c.row_key == name, of_others(target))
        for name in (mine.c.row_key, _name_by_others(mine, number, day))
    )
    return select(mine.c.nth).where(others.exists(), or_(*known)).limit(1)


def _name_by_others(mine: Table, number: str, day: str) -> ColumnElement[str]:
    """Name a file's rows by what else they may be called: 3 for 3｜2024-02, 3｜2024-02 for 3.

    A file of a month says 3 where one of several months says 3｜2024-02.
    """
    month = literal(KEY_MARK) + month_of(mine.c[day])
    rest = func.substr(mine.c.row_key, func.length(mine.c[number]) + 1)
    size = len(KEY_MARK) + len("2024-02")
    dated = func.substr(rest, 1, size) == month
    return mine.c[number] + case((dated, func.substr(rest, size + 1)), else_=month + rest)


@cache
def _as_others(target: Table, mine: Table, number: str, day: str) -> Update:
    """Call a file's rows as others call those of the same month, whichever it is."""
    name = _name_by_others(mine, number, day)
    # `exists`, not a join: SQLite would go through the department's rows for each row of the file
    theirs = exists().where(
        target.c.row_key == name,
        of_others(target),
        month_of(target.c[day]) == month_of(mine.c[day]),
    )
    return update(mine).where(theirs).values(row_key=name)


@cache
def _numbered_anew(target: Table, mine: Table, day: str) -> Update:
    """Name a file's rows by their month, too, whose number others have in another month."""
    anew = mine.c.row_key + literal(KEY_MARK) + month_of(mine.c[day])
    apart = month_of(mine.c[day]) != month_of(target.c[day])
    theirs = exists().where(mine.c.row_key == target.c.row_key, apart, of_others(target))
    return update(mine).where(theirs).values(row_key=anew)


def pairs(mine: Table, target: Table, *conditions: ColumnElement[bool]) -> Query:
    """Select a file's staged rows with stored ones of the same key, in the file's order.

    Columns: nth, row_key; own_sheet and own_number, where the row stands; sheet, row_number and
    path, where the other does. Without conditions the others are those that count of other files.
    """
    return (
        select(
            mine.c.nth,
            mine.c.row_key,
            mine.c.sheet.label("own_sheet"),
            mine.c.row_number.label("own_number"),
            target.c.sheet,
            target.c.row_number,
            source_file.c.path,
        )
        .select_from(mine)
        .join(target, target.c.row_key == mine.c.row_key)
        .join(source_file, source_file.c.id == target.c.source_file_id)
        .where(*(conditions or (of_others(target),)))
        .order_by(mine.c.nth)
    )


@cache
def _moved(target: Table, mine: Table, day: str, what: tuple[str, ...]) -> Query:
    alike = and_(*(mine.c[name].is_not_distinct_from(target.c[name]) for name in what))
    return pairs(mine, target).where(month_of(mine.c[day]) != month_of(target.c[day]), alike)


@cache
def _there_too(target: Table, mine: Table) -> Query:
    """Count a file's rows that other files have whole."""
    both = pairs(mine, target).subquery()
    return select(both.c.path, func.count().label("same")).group_by(both.c.path).order_by("path")


def rows_gone(staged: Staging, file_id: int, own_paths: Collection[str]) -> Iterator[str]:
    """Say how many rows of a file's last version it no longer has, and what they add up to."""
    table, declared = staged.target, register(staged.target.name)
    meaning = declared.amount
    known_by = "row_key" if meaning is None else meaning.number
    old, new, other = (table.alias(name) for name in ("old_row", "new_row", "other_row"))
    again = select(new.c[known_by]).where(new.c.source_file_id == file_id, current(new))
    elsewhere = exists().where(
        other.c.department_id == old.c.department_id,
        other.c.fiscal_year == old.c.fiscal_year,
        other.c.row_key == old.c.row_key,
        current(other),
    )
    amount = old.c[meaning.column] if meaning is not None else literal(0)
    query = (
        select(func.count().label("rows"), cast(func.sum(amount), BigInteger).label("fen"))
        .join(source_file, source_file.c.id == old.c.source_file_id)
        .where(
            old.c.closed_by_id == file_id,
            source_file.c.path.in_(own_paths),
            old.c[known_by].not_in(again),
            ~elsewhere,
        )
    )
    gone = staged.connection.execute(query).one()
    if gone.rows:
        yield _LEFT.format(gone.rows, f"（共{format_yuan(gone.fen)}元）" if meaning else "")


def still_open_here(staged: Staging, file: InboxFile) -> Iterator[str]:
    """Say which cases of a file others say are over: they stay so."""
    over = closed_elsewhere(staged.target, staged.table)
    query = None if over is None else pairs(staged.table, staged.target).where(over)
    found = [] if query is None else staged.connection.execute(query, whose(file)).all()
    if found:
        declared = register(staged.target.name)
        label = declared.column(str(declared.closed_by)).label
        yield _OVER.format(len(found), label, found[0].path.rpartition("/")[2], found[0].row_key)


def contradictions(staged: Staging, file_id: int, own_paths: Collection[str]) -> Iterator[str]:
    """Say which rows of other files this file's rows have just taken the place of.

    `own_paths` are those of the file and of what it replaces: correcting oneself is no conflict.
    """
    table = staged.target
    others = table.c.closed_by_id == file_id, source_file.c.path.not_in(own_paths)
    found = staged.connection.execute(pairs(staged.table, table, *others)).all()
    declared = register(table.name)
    labels = "、".join(declared.column(name).label for name in declared.key)
    for row in found[:MOST_TOLD]:
        here = Place(None, row.own_sheet, row.own_number)
        yield f"{labels}“{row.row_key}”：{_place(row)} 与本文件{here} 内容不同，现以本文件为准"
    if len(found) > MOST_TOLD:
        yield f"还有{len(found) - MOST_TOLD}行与别的文件{labels}相同而内容不同，现以本文件为准"
