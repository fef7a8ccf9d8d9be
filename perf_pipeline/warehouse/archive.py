"""The file of a backup (备份): a zip of one Arrow stream a table, and a manifest that sums it up.

It holds rows in the types that SQLite and PostgreSQL share, so that one kind of file serves both
and moves a warehouse from one to the other. Nothing is ever unpacked to disk.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal
from zipfile import BadZipFile, ZipFile

import pyarrow as pa
from pydantic import Field, ValidationError
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, Table, Text
from sqlalchemy.types import TypeEngine

from perf_pipeline.domain.declared import Declared
from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.domain.faults import disk_words

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MANIFEST = "manifest.json"
LARGEST_MANIFEST = 1024 * 1024
CHUNK = 1024 * 1024
COMPRESSED = pa.ipc.IpcWriteOptions(compression="zstd")
# moments are kept as UTC on both databases
_ARROW_TYPES: tuple[tuple[type[TypeEngine[Any]], pa.DataType], ...] = (
    (Boolean, pa.bool_()),
    (BigInteger, pa.int64()),
    (Integer, pa.int64()),
    (DateTime, pa.timestamp("us", tz="UTC")),
    (Date, pa.date32()),
    (Text, pa.string()),
)


class ArchivedTable(Declared):
    """One table in the file: its name, its number of rows, and the SHA-256 of its stream."""

    name: str = Field(pattern=r"^[a-z_][a-z0-9_]*$")
    rows: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    @property
    def member(self) -> str:
        """Name of the stream within the zip."""
        return f"{self.name}.arrows"


class Manifest(Declared):
    """What a backup holds: which schema, made when and by what, and each table's sum."""

    format: Literal["perf-pipeline warehouse 1"] = "perf-pipeline warehouse 1"
    schema_revision: str
    software: str
    database: str
    made_at: datetime
    tables: tuple[ArchivedTable, ...]

    @property
    def rows(self) -> int:
        """Number of rows in all tables together."""
        return sum(table.rows for table in self.tables)


def arrow_schema(table: Table) -> pa.Schema:
    """Return a table's columns in the types of the file."""
    return pa.schema([(column.name, _arrow_type(column.type)) for column in table.c])


def _arrow_type(column_type: TypeEngine[object]) -> pa.DataType:
    for kind, arrow in _ARROW_TYPES:
        if isinstance(column_type, kind):
            return arrow
    raise TypeError(f"no column of a warehouse has the type {column_type!r}")


class HashingFile(io.RawIOBase):
    """A file that is only written, with the SHA-256 of what was."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner = inner
        self._digest = hashlib.sha256()

    def writable(self) -> bool:
        """Say that this file is one to write to."""
        return True

    def write(self, content: ReadableBuffer) -> int:
        """Write bytes and take them into the sum."""
        self._digest.update(content)
        written: int = self._inner.write(content)
        return written

    @property
    def sha256(self) -> str:
        """The sum of all that was written so far."""
        return self._digest.hexdigest()


@contextmanager
def open_archive(path: Path) -> Iterator[tuple[ZipFile, Manifest]]:
    """Open a backup whose every table is there and is what the manifest says.

    Raises UnreadableFileError for a file that is no backup, is damaged, or was changed.
    """
    place = Place(file=str(path))
    try:
        with ZipFile(path) as archive:
            manifest = _read_manifest(archive)
            found = sorted(archive.namelist())
            if found != sorted([MANIFEST, *(table.member for table in manifest.tables)]):
                raise UnreadableFileError("备份里的文件与清单不符", place)
            for table in manifest.tables:
                if _sha256(archive, table.member) != table.sha256:
                    raise UnreadableFileError(f"{table.name} 的内容与清单的 SHA-256 不符", place)
            yield archive, manifest
    except (OSError, BadZipFile, KeyError, ValidationError, pa.ArrowInvalid) as error:
        raise UnreadableFileError(f"不是完好的备份：{_words(error)}", place) from error


def _words(error: Exception) -> str:
    if isinstance(error, OSError):
        return disk_words(error)
    whole = not isinstance(error, BadZipFile)
    return "没有清单，或者清单、内容的格式不对" if whole else "不是 .zip 文件，或没有传完整"


def _read_manifest(archive: ZipFile) -> Manifest:
    if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise BadZipFile(f"{MANIFEST} 大得不可能")
    return Manifest.model_validate_json(archive.read(MANIFEST))


def _sha256(archive: ZipFile, member: str) -> str:
    digest = hashlib.sha256()
    with archive.open(member) as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
