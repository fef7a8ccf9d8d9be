"""Ledgers that hold each other's payments (月报与年报): what only one of them has is told.

Offices hand in a file a month, and then one of the year so far. A payment of the month that the
later file no longer has, though it covers that day, was corrected or cancelled there, or was
forgotten: it counts until somebody takes it out, and both files are named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache

from sqlalchemy import Table, and_, bindparam, case, exists, func, or_, select

from perf_pipeline.domain.money import format_yuan
from perf_pipeline.registers.declaration import register
from perf_pipeline.warehouse.conflicts import month_of, of_others, pairs, whose
from perf_pipeline.warehouse.inbox import InboxFile
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.same import another
from perf_pipeline.warehouse.schema import also_in_file, source_file
from perf_pipeline.warehouse.staging import Staging
from perf_pipeline.warehouse.tables import Id
from perf_pipeline.warehouse.typed import Query

FEW = 2  # payments in common are no chance
_OTHERS = (
    "{}行的“{}”上次就有，“{}”却都不同，像是另外几行：上次的不再计入；"
    "分次交的请另起文件名，与以前的文件一并放着"
)
_FILE = bindparam("merged_file", type_=Id)
_ONLY = (
    "“{}”有{}笔（共{}元）本文件没有，月份却在本文件的范围内，照样计入；"
    "已更正或取消的请在那个文件里删去"
)
_HERE = (
    "本文件有{1}笔（共{2}元）“{0}”没有，月份却在它的范围内，也计入；已更正或取消的请在本文件里删去"
)


def only_in_one(staged: Staging, file_id: int, file: InboxFile) -> Iterator[str]:
    """Say, once a file is merged, what only it or another has of payments that both may hold."""
    meaning = register(staged.target.name).amount
    if meaning is None or staged.rows < FEW:
        return
    asked = whose(file) | {_FILE.key: file_id}
    columns = (meaning.whose, meaning.day, meaning.column)
    compared = _compared(staged.target, staged.table, *columns)
    found = staged.connection.execute(compared, asked).all()
    both = sum(row.both for row in found)
    covers = both >= max(FEW, sum(row.only for row in found))  # the months that others are of
    for row in found:
        name = row.path.rpartition("/")[2]
        alike = row.both >= FEW and 2 * row.both >= min(row.rows, staged.rows)
        if row.only and (covers or alike):
            yield _ONLY.format(name, row.only, format_yuan(int(row.only_fen)))
        if not alike:
            continue
        their = {"other_path": row.path, "since": row.since, "until": row.until}
        mine = staged.connection.execute(_only_mine(staged.target, *columns), asked | their).one()
        if mine.rows:
            yield _HERE.format(name, mine.rows, format_yuan(int(mine.fen)))


@cache
def _compared(target: Table, mine: Table, project: str, day: str, amount: str) -> Query:
    """Compare a file with each other of its department and year.

    Columns: path; rows; both, the rows that both have; only and only_fen, those of the other alone
    that are of the file's projects and months; since and until, the other's months.
    """
    superseded = target.c.closed_by_id == _FILE
    here = exists().where(mine.c.row_key == target.c.row_key)
    first, last = (select(of(mine.c[day])).scalar_subquery() for of in (func.min, func.max))
    of_projects = target.c[project].in_(select(mine.c[project]))
    only = and_(~here, of_projects, target.c[day].between(first, last))
    return (
        select(
            source_file.c.path,
            func.count().label("rows"),
            func.sum(case((here, 1), else_=0)).label("both"),
            func.sum(case((only, 1), else_=0)).label("only"),
            func.sum(case((only, target.c[amount]), else_=0)).label("only_fen"),
            month_of(func.min(target.c[day])).label("since"),
            month_of(func.max(target.c[day])).label("until"),
        )
        .join(source_file, source_file.c.id == target.c.source_file_id)
        .where(of_others(target, or_(current(target), superseded)))
        .group_by(source_file.c.path)
        .order_by(source_file.c.path)
    )


@cache
def _only_mine(target: Table, project: str, day: str, amount: str) -> Query:
    """Count a file's rows that another lacks, of its projects and months: rows, fen."""
    of_mine, of_other = another(source_file, "of_mine"), another(source_file, "of_other")
    old, link = another(target, "superseded"), another(also_in_file, "theirs_too")
    theirs = of_other.c.path == bindparam("other_path")
    row = another(target, "a_row_of_theirs")
    projects = select(row.c[project]).where(row.c.source_file_id == of_other.c.id, theirs)
    taken = exists().where(
        old.c.closed_by_id == _FILE,
        old.c.row_key == target.c.row_key,
        old.c.source_file_id == of_other.c.id,
        theirs,
    )
    told_too = exists().where(
        link.c.table_name == target.name,
        link.c.row_id == target.c.id,
        link.c.source_file_id == of_other.c.id,
        current(link),
        theirs,
    )
    return (
        select(func.count().label("rows"), func.sum(target.c[amount]).label("fen"))
        .join(of_mine, of_mine.c.id == target.c.source_file_id)
        .where(
            of_mine.c.path == bindparam("own_path"),
            current(target),
            target.c[project].in_(projects),
            month_of(target.c[day]).between(bindparam("since"), bindparam("until")),
            ~taken,
            ~told_too,
        )
    )


def others_by_number(staged: Staging, file_id: int, own_paths: Collection[str]) -> Iterator[str]:
    """Say where a file's numbers are those of its last version, but most of the rows are others.

    An office that numbers each month from 1 and hands in the month alone under the same name: what
    it told before is gone, though each number is still there. A row is another by its day.
    """
    table, declared = staged.target, register(staged.target.name)
    day = next((each.name for each in declared.days), None)
    if day is None or day in declared.key:
        return
    before = or_(
        table.c.closed_by_id == file_id, and_(current(table), table.c.source_file_id != file_id)
    )
    moved = table.c[day] != staged.table.c[day]
    same = pairs(staged.table, table, before, source_file.c.path.in_(own_paths))
    counted = same.with_only_columns(func.count(), func.sum(case((moved, 1), else_=0)))
    known, others = staged.connection.execute(counted.order_by(None)).one()
    if (others or 0) >= FEW and 2 * others > known:
        label = declared.column(declared.key[0]).label
        yield _OTHERS.format(others, label, declared.column(day).label)
