"""Restoring (恢复): a backup becomes the whole content of a warehouse, or nothing changes.

All is one writing transaction: the schema as the backup had it, its rows, and then the migrations
that came since. Both databases undo tables with a transaction as they do rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    func,
    inspect,
    literal_column,
    select,
)
from sqlalchemy.exc import DBAPIError

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.warehouse.archive import ArchivedTable, Manifest, open_archive
from perf_pipeline.warehouse.backup import stored_tables
from perf_pipeline.warehouse.bulk import copy_in
from perf_pipeline.warehouse.declared_tables import FOLLOWING
from perf_pipeline.warehouse.engine import schema_transaction
from perf_pipeline.warehouse.revisions import REVISIONS, bring_up_to_date, migrate
from perf_pipeline.warehouse.schema import metadata
from perf_pipeline.warehouse.seals.declared import is_of_chain
from perf_pipeline.warehouse.seals.deed import Deed, What
from perf_pipeline.warehouse.seals.record import add_act, is_begun, take_over


def restore(engine: Engine, path: Path, *, replace: bool = False) -> Manifest:
    """Fill a warehouse from a backup, at the newest schema; return what the backup held.

    Raises UnreadableFileError for a file that is not a whole backup, and ConfigurationError for a
    warehouse that holds rows (unless they are to be replaced), a database that holds something
    else, and a backup with a table or column that this installation does not declare. Nothing is
    changed then.
    """
    with open_archive(path) as (archive, manifest):
        try:
            with schema_transaction(engine) as connection:
                _make_room(connection, replace=replace)
                migrate(connection, manifest.schema_revision)
                early, late = _by_presence(connection, manifest)
                _load(connection, archive, early)
                bring_up_to_date(connection)
                _load(connection, archive, late)
                deed = Deed(What.RESTORED, manifest.made_at.isoformat(timespec="seconds"))
                if is_begun(connection):
                    add_act(connection, deed, [])
                else:
                    take_over(connection, deed)
        except DBAPIError as error:
            raise ConfigurationError(f"恢复没有完成，数据仓库未动：{error.orig}") from error
    return manifest


def _make_room(connection: Connection, *, replace: bool) -> None:
    """Drop the tables of a warehouse that is empty or to be replaced."""
    names = set(inspect(connection).get_table_names())
    if not names:
        return
    if not {REVISIONS, "source_file"} <= names:
        raise ConfigurationError("这个数据库里有别的表，不是数据仓库；请用一个空的数据库")
    tables = stored_tables(connection)
    # that it was begun is an act in the log: it is empty all the same
    log = {name for name, table in metadata.tables.items() if is_of_chain(table)}
    filled = [t.name for t in tables if t.name not in log and _has_rows(connection, t)]
    if filled and not replace:
        raise ConfigurationError(
            f"数据仓库里已有数据（{filled[0]} 等 {len(filled)} 张表）；"
            "要用备份取代它，请先另做一份备份，再加 --replace"
        )
    quote = connection.dialect.identifier_preparer.quote
    with_views_on_it = " CASCADE" if connection.dialect.name == "postgresql" else ""
    for view in inspect(connection).get_view_names():  # no table goes from under one
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {quote(view)}{with_views_on_it}")
    there = MetaData()
    there.reflect(connection)
    there.drop_all(connection)


def _has_rows(connection: Connection, table: Table) -> bool:
    return connection.scalar(select(literal_column("1")).select_from(table).limit(1)) is not None


def _by_presence(
    connection: Connection, manifest: Manifest
) -> tuple[list[ArchivedTable], list[ArchivedTable]]:
    """Part the backup's tables: those of its own schema, and those that declarations add later."""
    present = set(inspect(connection).get_table_names())
    early = [table for table in manifest.tables if table.name in present]
    return early, [table for table in manifest.tables if table.name not in present]


def _load(connection: Connection, archive: ZipFile, tables: Iterable[ArchivedTable]) -> None:
    for archived in tables:
        with archive.open(archived.member) as member, pa.ipc.open_stream(member) as stream:
            table = _ready_table(connection, archived.name, stream.schema.names)
            for batch in stream:
                columns = [each.to_pylist() for each in batch.columns]
                copy_in(connection, table, stream.schema.names, columns)
        _compare_count(connection, table, archived)
        _count_on(connection, table)


def _ready_table(connection: Connection, name: str, columns: list[str]) -> Table:
    """Return the table to load into, with the columns that its declaration added to it."""
    declared = metadata.tables[name] if name in FOLLOWING else None
    if not inspect(connection).has_table(name):
        raise ConfigurationError(
            f"备份里的表 {name} 没有声明：请把 PERF_DECLARATIONS 设为原来的文件夹"
        )
    stored = {column["name"] for column in inspect(connection).get_columns(name)}
    operations = Operations(MigrationContext.configure(connection))
    for column in columns:
        if column in stored:
            continue
        if declared is None or column not in declared.c or not declared.c[column].nullable:
            raise ConfigurationError(
                f"备份里的 {name}.{column} 没有声明：请用做备份时的版本和声明恢复，再升级"
            )
        operations.add_column(name, Column(column, declared.c[column].type, nullable=True))
    return Table(name, MetaData(), autoload_with=connection, resolve_fks=False)


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after the restored ones, as SQLite does by itself."""
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        last = select(func.max(table.c.id)).scalar_subquery()
        connection.execute(select(func.setval(sequence, last)))
        connection.exec_driver_sql(f"ANALYZE {table.name}")


def _compare_count(connection: Connection, table: Table, archived: ArchivedTable) -> None:
    found = connection.scalar(select(func.count()).select_from(table))
    if found != archived.rows:
        raise ConfigurationError(
            f"{archived.name} 恢复出 {found} 行，清单为 {archived.rows} 行；数据仓库未动"
        )
