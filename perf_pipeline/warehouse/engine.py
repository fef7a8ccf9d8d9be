"""Opening the warehouse: SQLite in WAL mode or PostgreSQL, always at the newest schema.

Readers never wait for a writer, on either database. Writers take their turn: a writing
transaction holds the one write lock from its first statement, so what it reads is still true
when it writes, and two runs at once leave what one after the other would have left.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    URL,
    Connection,
    Date,
    Engine,
    NullPool,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError, ProgrammingError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from perf_pipeline.domain.errors import ConfigurationError, UnreachableError
from perf_pipeline.domain.faults import disk_words
from perf_pipeline.warehouse.address import shown, without_secrets
from perf_pipeline.warehouse.compiled import KEPT, share_compiled
from perf_pipeline.warehouse.complaints import complaint
from perf_pipeline.warehouse.plans import interpret
from perf_pipeline.warehouse.revisions import REVISIONS, bring_up_to_date, is_compared, revision_of
from perf_pipeline.warehouse.seals.deed import Acting, Deed, What
from perf_pipeline.warehouse.seals.record import (
    ACTING,
    add_act,
    is_begun,
    newest_rows,
    record,
    take_over,
)
from perf_pipeline.warehouse.typed import Expression

MAKING_LOCK = 0x70657266  # "perf": the key of the advisory lock of those who make or change tables
SQLITE_WAIT_MS = 60_000
READER_WAIT_SECONDS = 5
CONNECT_WAIT_SECONDS = 30
SQLITE_CACHE_KB = 64 * 1024  # with SQLite's own 2 MB a large load writes its indexes many times
_WRITES = "perf_pipeline_writes"

event.listen(Engine, "engine_connect", share_compiled)  # of Dagster's engines, too


def open_warehouse(url: str, acting: Acting | None = None) -> Engine:
    """Open the warehouse at a SQLAlchemy URL and bring its schema up to date.

    `acting` says who stands behind what is written; without it the system's user does.
    Raises ConfigurationError when the URL cannot be used, UnreachableError when the database does
    not answer; the message never holds the password.
    """
    engine = connect(url)
    engine.update_execution_options(**{ACTING: acting})
    with answering(engine):
        upgrade(engine)
    return engine


def connect_to(url: str, acting: Acting | None = None) -> Engine:
    """Make the engine for a URL whose database answers, without touching its schema.

    `acting` and what is raised are those of `open_warehouse`.
    """
    engine = connect(url)
    engine.update_execution_options(**{ACTING: acting})
    with answering(engine), engine.connect():
        return engine


@contextmanager
def answering(engine: Engine) -> Iterator[None]:
    """Tell of a database that does not answer in words that hold no password.

    Raises UnreachableError, or ConfigurationError for a file that is damaged or no database.
    """
    try:
        yield
    except DatabaseError as error:
        if getattr(error.orig, "sqlite_errorname", "") in ("SQLITE_NOTADB", "SQLITE_CORRUPT"):
            raise ConfigurationError(f"{shown(engine.url)}：{complaint(error)}") from error
        if not isinstance(error, OperationalError | ProgrammingError):
            raise
        if isinstance(error, ProgrammingError) and getattr(error.orig, "sqlstate", None):
            raise  # the database answers, and objects to a statement of ours
        said = without_secrets(str(error.orig), engine.url.render_as_string(hide_password=False))
        raise UnreachableError(f"数据仓库 {shown(engine.url)} 无法连接：{said}") from None


def connect(url: str) -> Engine:
    """Make the engine for a URL without touching its schema."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "postgresql":
        return _postgresql(parsed, CONNECT_WAIT_SECONDS, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        folder = Path(parsed.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            said = f"数据仓库的文件夹 {folder} 建不了：{disk_words(error)}"
            raise ConfigurationError(said) from error
    engine = create_engine(parsed, hide_parameters=True, connect_args={"cached_statements": KEPT})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def connect_read_only(url: str) -> Engine:
    """Make an engine that can only read, makes no file and keeps no connection open."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "postgresql":
        read_only = {"postgresql_readonly": True}
        return _postgresql(
            parsed, READER_WAIT_SECONDS, poolclass=NullPool, execution_options=read_only
        )
    sqlite = parsed.set(
        database=f"file:{quote(parsed.database or '')}", query={"mode": "ro", "uri": "true"}
    )
    return create_engine(
        sqlite,
        poolclass=NullPool,
        hide_parameters=True,  # rows name people, and what a database objects to is logged
        connect_args={"timeout": READER_WAIT_SECONDS},
    )


def _postgresql(parsed: URL, seconds: int, **options: object) -> Engine:
    """Wait so long for a server that says nothing, if the address names no other time."""
    from perf_pipeline.warehouse.patience import wait_patiently  # where it is SQLite, no psycopg

    named = {} if "connect_timeout" in parsed.query else {"connect_timeout": seconds}
    engine = create_engine(parsed, hide_parameters=True, connect_args=named, **options)
    wait_patiently(engine)
    event.listen(engine, "connect", interpret)
    return engine


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # their words hold the address
        raise ConfigurationError("PERF_WAREHOUSE_URL 不是有效的数据库地址") from None
    if parsed.get_backend_name() == "postgresql":
        if url.count("@") > 1:  # what follows the first is taken for the host, and told
            raise ConfigurationError("PERF_WAREHOUSE_URL 里有多个 @：密码里的 @ 请写成 %40")
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite" and (parsed.host or parsed.username):
        raise ConfigurationError("PERF_WAREHOUSE_URL 不是有效的数据库地址")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise ConfigurationError(
            f"不支持的数据库 {parsed.drivername}：数据仓库可用 sqlite 或 postgresql"
        )
    return parsed


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where SQLAlchemy says, not the driver
    for pragma in (
        f"busy_timeout = {SQLITE_WAIT_MS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        f"cache_size = -{SQLITE_CACHE_KB}",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def write_transaction(engine: Engine, deed: Deed | None = None) -> Iterator[Connection]:
    """Give a connection in the one writing transaction; commit on leaving, roll back on error.

    What was written is sealed as one act: a person's deed, where one is given.
    """
    with engine.connect() as connection, writing(connection, deed):
        yield connection


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose every read sees the warehouse as it was at its first."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


@contextmanager
def schema_transaction(engine: Engine) -> Iterator[Connection]:
    """Give a connection in the one writing transaction, in which tables may be rebuilt.

    SQLite rebuilds a table by making another in its place, which references to it forbid: they are
    not enforced meanwhile, and looked at as a whole before all is committed.
    """
    if engine.dialect.name != "sqlite":
        with engine.connect() as connection, _turn(connection, making=True):
            yield connection
        return
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with _turn(connection):
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise ConfigurationError(f"更新后表 {broken[0]} 有行指向不存在的行，没有更新")
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


@contextmanager
def writing(connection: Connection, deed: Deed | None = None) -> Iterator[None]:
    """Make the next transaction of a connection the one that writes, and seal what it wrote."""
    with _turn(connection):
        before = newest_rows(connection)
        yield
        if connection.in_transaction():  # not where the caller took all of it back
            record(connection, before, deed)


@contextmanager
def _turn(connection: Connection, *, making: bool = False) -> Iterator[None]:
    """Make the next transaction of a connection the one that writes.

    On PostgreSQL it locks a table as only those can who may write (`rights`): anybody may hold an
    advisory lock, which is left to whoever finds no table yet.
    """
    connection.execution_options(**{_WRITES: True})
    try:
        with connection.begin():
            if connection.dialect.name == "postgresql":
                if making:
                    connection.execute(select(func.pg_advisory_xact_lock(MAKING_LOCK)))
                if not making or revision_of(connection) is not None:
                    connection.exec_driver_sql(f"LOCK {REVISIONS} IN SHARE ROW EXCLUSIVE MODE")
            yield
    finally:
        connection.execution_options(**{_WRITES: False})


@contextmanager
def staging_connection(engine: Engine) -> Iterator[Connection]:
    """Give a connection that may hold temporary tables; after an error it is closed with them."""
    with engine.connect() as connection:
        try:
            yield connection
        except BaseException:
            connection.invalidate()
            raise


def upgrade(engine: Engine) -> None:
    """Run the migrations that this warehouse has not had yet, and add what registers declare.

    Raises ConfigurationError for a warehouse that a newer version of the software has upgraded.
    """
    with engine.connect() as connection:
        if is_compared(connection):
            return
    with schema_transaction(engine) as connection:
        before = revision_of(connection)
        bring_up_to_date(connection)
        after = revision_of(connection)
        if not is_begun(connection):
            take_over(connection, Deed(What.BEGUN if before is None else What.UPGRADED))
        elif before != after:
            add_act(connection, Deed(What.UPGRADED, f"{before} → {after}"), [])


def as_utc(stored: datetime) -> datetime:
    """Return a moment read from the warehouse as UTC; SQLite gives it back without a zone."""
    return stored.replace(tzinfo=UTC) if stored.tzinfo is None else stored.astimezone(UTC)


class add_days(FunctionElement[date]):  # noqa: N801 - reads as the SQL function that it is
    """A date so many days later, in each database's own words."""

    type = Date()
    inherit_cache = True

    def __init__(self, day: Expression, days: Expression | int) -> None:
        """Add `days`, a number or a whole-number column, to the date `day`."""
        super().__init__(day, days)


@compiles(add_days, "sqlite")
def _add_days_sqlite(element: add_days, compiler: SQLCompiler, **options: object) -> str:
    day, days = (compiler.process(clause, **options) for clause in element.clauses)
    return f"date({day}, ({days}) || ' days')"


@compiles(add_days, "postgresql")
def _add_days_postgresql(element: add_days, compiler: SQLCompiler, **options: object) -> str:
    day, days = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(({day}) + CAST(({days}) AS INTEGER))"
