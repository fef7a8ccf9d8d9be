"""Backing up (备份): all tables of a warehouse as they stood at one moment, in one file.

The moment is that of one reading transaction, so that a run may go on writing meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile

import pyarrow as pa
from sqlalchemy import Connection, DateTime, Engine, MetaData, Table, select
from sqlalchemy.exc import DBAPIError

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.warehouse.archive import (
    COMPRESSED,
    MANIFEST,
    ArchivedTable,
    HashingFile,
    Manifest,
    arrow_schema,
)
from perf_pipeline.warehouse.engine import as_utc, one_moment
from perf_pipeline.warehouse.revisions import REVISIONS, revision_of

BATCH = 20_000


def back_up(engine: Engine, path: Path) -> Manifest:
    """Write every table of the warehouse into a new file; return what the file holds.

    The file appears whole or not at all, and only its owner may read it. The schema is left as it
    is, so that an old warehouse can be backed up before it is upgraded. Raises ConfigurationError
    where the file is there already, the database does not answer or is no warehouse.
    """
    if path.exists():
        raise ConfigurationError(f"{path} 已经存在；备份不覆盖任何文件，请换一个名字")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with one_moment(engine) as connection, _private_file(partial) as file:
            manifest = _write(connection, file)
        partial.replace(path)
    except (OSError, DBAPIError) as error:
        said = error.orig if isinstance(error, DBAPIError) else error
        raise ConfigurationError(f"备份没有完成：{said}") from error
    finally:
        partial.unlink(missing_ok=True)
    return manifest


@contextmanager
def _private_file(path: Path) -> Iterator[BinaryIO]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _write(connection: Connection, file: BinaryIO) -> Manifest:
    revision = revision_of(connection)
    if revision is None:
        raise ConfigurationError("这个数据库里没有数据仓库，没有可备份的内容")
    with ZipFile(file, "w") as archive:
        manifest = Manifest(
            schema_revision=revision,
            software=version("perf-pipeline"),
            database=connection.dialect.name,
            made_at=datetime.now(UTC),
            tables=tuple(
                _write_table(connection, archive, table) for table in stored_tables(connection)
            ),
        )
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=2))
    return manifest


def stored_tables(connection: Connection) -> list[Table]:
    """Return the tables that the database has, as it has them, each after those it refers to."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name != REVISIONS)
    return found.sorted_tables


def _write_table(connection: Connection, archive: ZipFile, table: Table) -> ArchivedTable:
    schema = arrow_schema(table)
    moments = [isinstance(column.type, DateTime) for column in table.c]
    rows = 0
    reading = connection.execution_options(stream_results=True, yield_per=BATCH)
    with archive.open(f"{table.name}.arrows", "w", force_zip64=True) as member:
        hashed = HashingFile(member)
        with pa.ipc.new_stream(hashed, schema, options=COMPRESSED) as stream:
            found = reading.execute(select(table).order_by(*table.primary_key))
            for part in found.partitions():
                columns = [
                    [as_utc(value) if value else None for value in column] if moment else column
                    for column, moment in zip(zip(*part, strict=True), moments, strict=True)
                ]
                stream.write_batch(_batch(columns, schema))
                rows += len(part)
    return ArchivedTable(name=table.name, rows=rows, sha256=hashed.sha256)


def _batch(columns: Iterable[Sequence[object]], schema: pa.Schema) -> pa.RecordBatch:
    arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
