"""Keeping the star's views in the database: made after the schema, never part of its history.

SQLite rebuilds a table to alter it and refuses while a view looks at it, and PostgreSQL refuses to
alter a column that a view shows. So no migration makes a view: an upgrade drops ours before it
migrates and makes them anew, in its one transaction. An ordinary start finds the digest of their
text in the view `star_version` and writes nothing.

PostgreSQL keeps comments on views and columns; SQLite keeps none. The view `data_dictionary` holds
them on both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache

from sqlalchemy import (
    ClauseElement,
    Connection,
    Dialect,
    String,
    inspect,
    literal,
    select,
    table,
    values,
)
from sqlalchemy import column as named_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.warehouse import compared
from perf_pipeline.warehouse.schema import metadata, register_tables
from perf_pipeline.warehouse.star import STAR
from perf_pipeline.warehouse.star.view import type_name
from perf_pipeline.warehouse.typed import Query

VERSION = "star_version"
DICTIONARY = "data_dictionary"
OWN: dict[str, tuple[str, dict[str, str]]] = {
    VERSION: (
        "分析视图的版本；只有一行",
        {"digest": "全部视图文本的摘要，与程序不同时，下次启动重建视图"},
    ),
    compared.MARK: ("与声明比对过的程序和结构；只有一行", compared.COLUMNS),
    DICTIONARY: (
        "数据字典；每行是一个视图、一张表或其中一列",
        {
            "kind": "view 视图，table 表",
            "object_name": "视图或表的名称",
            "column_name": "列名；空串为视图或表本身",
            "data_type": "integer decimal text date moment boolean；视图或表本身为空串",
            "comment": "含义",
        },
    ),
}


def drop_views(connection: Connection) -> None:
    """Drop the views that this or an earlier version made; leave those of other people alone.

    Raises ConfigurationError where PostgreSQL refuses because somebody's own view rests on one.
    """
    for name in reversed(_made(connection)):
        _run(connection, f"DROP VIEW IF EXISTS {name}")


def create_views(connection: Connection) -> None:
    """Make all views, with their comments.

    Raises ConfigurationError where a table or view of somebody else has the name of one.
    """
    dialect = connection.dialect.name
    texts = _texts(dialect) | {compared.MARK: "SELECT '' AS digest"}  # set when all is made
    taken = {*inspect(connection).get_view_names(), *inspect(connection).get_table_names()}
    if clash := sorted(taken & texts.keys()):
        raise ConfigurationError(
            f"数据仓库里已有别人建的同名表或视图：{'、'.join(clash)}，请先改名，再启动"
        )
    for name, text in texts.items():
        _run(connection, f"CREATE VIEW {name} AS {text}")
    if dialect == "postgresql":
        _run(connection, ";\n".join(_comments()))


def _texts(dialect: str) -> dict[str, str]:
    return {
        **star_texts(dialect),
        DICTIONARY: _sql(_dictionary_select(), dialect),
        VERSION: f"SELECT '{_digest(dialect)}' AS digest",
    }


def are_as_declared(connection: Connection) -> bool:
    """Tell whether the database has all views, made from the text that the code declares."""
    if not {*star_texts(connection.dialect.name), *OWN} <= {*inspect(connection).get_view_names()}:
        return False
    kept: Query = select(named_column("digest")).select_from(table(VERSION))
    return bool(connection.scalar(kept) == _digest(connection.dialect.name))


def changed_views(connection: Connection) -> list[str]:
    """Return our views that somebody put another in the place of, or took away.

    SQLite keeps the text that a view was made from; PostgreSQL another, and lets nobody but the
    owner put one in its place.
    """
    if connection.dialect.name != "sqlite":
        return []
    kept = "SELECT sql FROM sqlite_master WHERE type = 'view'"
    there = {*connection.exec_driver_sql(kept).scalars()}
    ours = {name: f"CREATE VIEW {name} AS {text}" for name, text in _texts("sqlite").items()}
    if ours[VERSION] not in there:  # of another release: the next start makes all anew
        return []
    return [name for name, text in ours.items() if text not in there]


def foreign_triggers(connection: Connection) -> list[str]:
    """Return what somebody laid on our tables to happen there: table and name of each."""
    # a trigger's table is spelled as whoever made it did
    kept = "SELECT lower(tbl_name), name FROM sqlite_master WHERE type = 'trigger'"
    if connection.dialect.name == "postgresql":
        on = "JOIN pg_class c ON c.oid = {} WHERE c.relnamespace = 'public'::regnamespace"
        triggers = f"FROM pg_trigger {on.format('tgrelid')} AND NOT tgisinternal"
        rules = f"FROM pg_rewrite {on.format('ev_class')} AND rulename <> '_RETURN'"
        kept = f"SELECT relname, tgname {triggers} UNION SELECT relname, rulename {rules}"
    found = connection.exec_driver_sql(kept).all()
    return sorted(f"{name}.{laid}" for name, laid in found if name in metadata.tables)


def dictionary() -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the rows of `data_dictionary`: the views, and the tables that the code declares.

    Columns: kind, object_name, column_name, data_type, comment. Registers have a page of their
    own, made from their declarations (docs/registers.md).
    """
    for name, about, columns in _described_views():
        yield "view", name, "", "", about
        for column, kind, comment in columns:
            yield "view", name, column, kind, comment
    for declared in metadata.sorted_tables:
        if declared.name not in register_tables:
            yield "table", declared.name, "", "", declared.comment or ""
            for kept in declared.c:
                yield "table", declared.name, kept.name, type_name(kept.type), kept.comment or ""


def _described_views() -> Iterator[tuple[str, str, list[tuple[str, str, str]]]]:
    """Yield each view's name, what it is, and its columns with type and comment."""
    for each in STAR:
        columns = [(column.name, type_name(column.type), column.comment) for column in each.columns]
        yield each.name, f"{each.label}；每行是{each.grain}", columns
    for name, (about, told) in OWN.items():
        yield name, about, [(column, "text", comment) for column, comment in told.items()]


def _made(connection: Connection) -> list[str]:
    """Return the views in the database that its own dictionary says are ours, in its order."""
    there = set(inspect(connection).get_view_names())
    if DICTIONARY not in there:
        return []
    ours: Query = (
        select(named_column("object_name"))
        .select_from(table(DICTIONARY))
        .where(named_column("kind") == "view", named_column("column_name") == "")
    )
    return [name for name in connection.execute(ours).scalars() if name in there]


def _run(connection: Connection, statement: str) -> None:
    try:
        # no parameters: a per cent sign in a text is no placeholder
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == "2BP01":  # dependent objects still exist
            detail = getattr(getattr(error.orig, "diag", None), "message_detail", "")
            raise ConfigurationError(
                "数据仓库要更新分析视图，而另有自建的视图依赖它们，请先删除，更新后重建："
                f"{detail or statement}"
            ) from error
        raise


@cache
def star_texts(dialect: str) -> dict[str, str]:
    """Return the select of each view of the star, as a dialect writes it."""
    return {each.name: _sql(each.select, dialect) for each in STAR}


@cache
def _digest(dialect: str) -> str:
    whole = repr((star_texts(dialect), list(dictionary())))
    return hashlib.sha256(whole.encode()).hexdigest()


def _sql(element: ClauseElement, dialect: str) -> str:
    """Write an element with its values in it; with named parameters no per cent sign is doubled."""
    written: Dialect = (
        postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
        if dialect == "postgresql"
        else sqlite.dialect(paramstyle="named")
    )
    return str(element.compile(dialect=written, compile_kwargs={"literal_binds": True}))


def _comments() -> Iterator[str]:
    def quoted(text: str) -> str:
        return _sql(literal(text), "postgresql")

    for name, about, columns in _described_views():
        yield f"COMMENT ON VIEW {name} IS {quoted(about)}"
        for column, _, comment in columns:
            yield f"COMMENT ON COLUMN {name}.{column} IS {quoted(comment)}"


def _dictionary_select() -> Query:
    _, columns = OWN[DICTIONARY]
    named = [named_column(name, String) for name in columns]
    rows = values(*named, name="declared").data(list(dictionary())).cte()
    return select(*rows.c)
