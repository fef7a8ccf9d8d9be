"""The whole warehouse as it was at a moment: whoever reads it then sees nothing that came since.

Nothing that is written goes away, and the log of acts says which rows each act wrote. So the past
is each table without the rows of later acts, and without the closings, renamings and placings that
came with them. A connection to the past has a temporary view of each table's name before the table:
every select that reads the present reads the past there.

What is not kept is as it is now: a department's name, a checkpoint's place in the calendar, and
what was erased (docs/trust.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Table,
    case,
    column,
    event,
    func,
    literal,
    select,
)
from sqlalchemy import table as named_table
from sqlalchemy.engine.interfaces import DBAPIConnection

from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.warehouse.engine import as_utc, connect_read_only
from perf_pipeline.warehouse.schema import act, departure, erasure, metadata, seal, source_file
from perf_pipeline.warehouse.seals.declared import may_change
from perf_pipeline.warehouse.seals.stored import first_paths

Newest = Mapping[str, int]  # the number of a table's newest row


def as_it_was(engine: Engine, moment: datetime) -> Engine:
    """Make an engine that reads the warehouse as it was at a moment, and can write nothing.

    Raises ConfigurationError for a moment before the first act, of which nothing can be known.
    """
    with engine.connect() as connection:
        newest = _newest_rows(connection, moment)
        views = list(_views(connection, newest))
    past = connect_read_only(engine.url.render_as_string(hide_password=False))

    @event.listens_for(past, "connect")
    def look_back(raw: DBAPIConnection, _record: object) -> None:
        cursor = raw.cursor()
        for view in views:
            cursor.execute(view, ())  # psycopg takes %% for % where there are parameters
        raw.commit()

    return past


def moment_asked(said: str) -> datetime:
    """Return the moment (UTC) that is asked for in local time: of a day alone, its end.

    A time of midnight is that moment, not a day.
    """
    try:
        local = datetime.fromisoformat(said)
    except ValueError:
        raise ConfigurationError(f"“{said}”不是日期，应写作 2024-06-30") from None
    moment = local if local.tzinfo else local.replace(tzinfo=LOCAL)
    if moment > datetime.now(LOCAL):
        raise ConfigurationError(f"{said} 还没有到，无从得知")
    if len(said) <= len("2024-06-30"):
        moment += timedelta(days=1, microseconds=-1)
    return moment.astimezone(UTC)


def _newest_rows(connection: Connection, moment: datetime) -> Newest:
    """Return which row of each table was the newest at a moment, 0 where it had none."""
    acts = connection.execute(select(act.c.id, act.c.happened_at).order_by(act.c.id)).all()
    done = [row.id for row in acts if as_utc(row.happened_at) <= moment]
    if not done:
        since = f"{as_utc(acts[0].happened_at).astimezone(LOCAL):%Y-%m-%d %H:%M:%S}" if acts else ""
        raise ConfigurationError(f"操作记录从 {since} 开始，更早的情况无从得知")
    rows = (
        select(seal.c.table_name, func.max(seal.c.first_id + seal.c.rows - 1))
        .where(seal.c.kind == "rows", seal.c.act_id <= done[-1])
        .group_by(seal.c.table_name)
    )
    newest = dict.fromkeys(metadata.tables, 0)
    newest |= {name: int(number) for name, number in connection.execute(rows)}
    of_last = select(func.max(seal.c.id)).where(seal.c.act_id <= done[-1])
    erased = connection.scalar(select(func.max(erasure.c.id))) or 0  # what is gone is gone there
    last = {act.name: done[-1], seal.name: connection.scalar(of_last) or 0}
    return newest | last | {erasure.name: erased}


def _views(connection: Connection, newest: Newest) -> Iterator[str]:
    """Spell a view of each table, by the table's own name, that shows what it held then."""
    dialect = connection.dialect
    schema = (
        "main" if dialect.name == "sqlite" else connection.scalar(select(func.current_schema()))
    )
    was_called = _renamed_since(connection, newest[departure.name])
    for table in metadata.sorted_tables:
        stored = named_table(table.name, *(column(c.name, c.type) for c in table.c), schema=schema)
        columns = [_as_then(each, stored.c[each.name], newest).label(each.name) for each in table.c]
        if table is source_file and was_called:
            path = case(was_called, value=stored.c.id, else_=stored.c.path)
            columns = [path.label("path") if c.name == "path" else c for c in columns]
        query = select(*columns).where(stored.c.id <= newest[table.name])
        spelled = query.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        name = dialect.identifier_preparer.quote(table.name)
        yield f"CREATE TEMPORARY VIEW {name} AS {spelled}"


def _as_then(
    declared: Column[int], stored: ColumnElement[int], newest: Newest
) -> ColumnElement[int]:
    """Return a column; of one that was made to refer to a later row since, nothing."""
    if declared.name not in may_change(declared.table) or not declared.foreign_keys:
        return stored
    (key,) = declared.foreign_keys
    referred: Table = key.column.table
    return case((stored <= newest[referred.name], stored), else_=None)


def _renamed_since(connection: Connection, last: int) -> dict[int, ColumnElement[str]]:
    """Return the paths, by file, of files that were renamed after a row of `departure`."""
    now = dict(connection.execute(select(source_file.c.id, source_file.c.path)).all())
    then = first_paths(connection, after=last)
    return {file: literal(path) for file, path in then.items() if path != now[file]}
