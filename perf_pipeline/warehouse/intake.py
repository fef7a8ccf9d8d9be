"""Taking in what departments hand in: each file once, each content a version, nothing lost.

The inbox is laid out as `<year>/<department>/targets/` and `<year>/<department>/registers/`. A
file whose content and reading rules are those of its last version is not read again. A file that
cannot be read at all is recorded as refused, and the others are still taken in.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert, select, update

from perf_pipeline.domain.errors import LayoutError, PerfPipelineError, Place
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.registers.matching import register_for_file
from perf_pipeline.warehouse import mending
from perf_pipeline.warehouse.dimensions import department_id
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import SourcedRow, content_hash, merge_rows, now
from perf_pipeline.warehouse.schema import quarantined_row, source_file

log = logging.getLogger(__name__)

TARGETS = "targets"
REGISTERS = "registers"


@dataclass(frozen=True)
class InboxFile:
    """A file in the inbox, and whose it is."""

    path: Path
    relative: str
    fiscal_year: int
    department: str


@dataclass(frozen=True)
class Quarantined:
    """A row (or a part of a document) that could not be taken in, and why."""

    sheet: str | None
    row_number: int | None
    column_label: str | None
    value: str | None
    reason: str
    row_text: str | None = None
    hint: str | None = None


@dataclass(frozen=True)
class Contents:
    """What reading a file gave: rows for each table, and what was quarantined or skipped.

    `mended` are the marks of quarantined rows that the file's rows take the place of.
    """

    rows: Mapping[Table, Sequence[SourcedRow]]
    quarantined: Sequence[Quarantined] = ()
    skipped: int = 0
    mended: Collection[str] = ()
    notice: str | None = None
    department_name: str | None = None
    replaces: frozenset[str] = frozenset()  # paths of files that no longer say anything


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file of the inbox."""

    kind: str
    department: str
    fiscal_year: int
    path: str
    outcome: str  # loaded, refused, unchanged
    reason: str | None = None
    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    rows_skipped: int = 0


def inbox_files(inbox: Path, part: str) -> tuple[InboxFile, ...]:
    """List the files of one part (targets or registers) of every department and year, by path.

    Hidden files, office lock files (~$…) and whatever resolves outside the inbox are left out.
    """
    root = inbox.resolve()
    found = []
    for path in sorted(inbox.glob(f"[0-9][0-9][0-9][0-9]/*/{part}/*")):
        if path.name.startswith((".", "~$")) or not path.is_file():
            continue
        if not path.resolve().is_relative_to(root):
            log.warning("%s 指向收件文件夹之外，未读取", path)
            continue
        year, department = path.parts[-4], path.parts[-3]
        relative = path.relative_to(inbox).as_posix()
        found.append(InboxFile(path, relative, int(year), department))
    return tuple(found)


Reader = Callable[[Path], Contents]


def take_in(
    engine: Engine, file: InboxFile, kind: str, read_with: str, read: Reader
) -> FileOutcome:
    """Read one file and make its rows current, unless its last version said the same.

    `read_with` sums up the rules it is read by: when they change, the file is read again. Files
    are read outside the transaction; all that a file brings is written in one.
    """
    digest, size = _fingerprint(file.path)
    rules = content_hash(read_with)
    with engine.connect() as connection:
        last = _last_version(connection, file)
        if last is not None and (last.sha256, last.read_with) == (digest, rules):
            if last.outcome == "refused":
                return _outcome(file, kind, "refused", last)
            return _outcome(file, kind, "unchanged", last)
    try:
        contents, outcome, reason = read(file.path), "loaded", None
    except PerfPipelineError as error:
        contents, outcome, reason = Contents({}), "refused", str(error)
        log.warning("拒收 %s：%s", file.relative, reason)
    loaded = sum(len(rows) for rows in contents.rows.values())
    counts = {
        "rows_read": loaded + len(contents.quarantined) + contents.skipped,
        "rows_loaded": loaded,
        "rows_quarantined": len(contents.quarantined),
        "rows_skipped": contents.skipped,
    }
    with write_transaction(engine) as connection:
        last = _last_version(connection, file)
        values = {
            "department_id": department_id(connection, file.department, contents.department_name),
            "fiscal_year": file.fiscal_year,
            "kind": kind,
            "path": file.relative,
            "sha256": digest,
            "size": size,
            "read_with": rules,
            "version": last.version + 1 if last is not None else 1,
            "outcome": outcome,
            "reason": reason,
            "notice": contents.notice,
            "loaded_at": now(),
            **counts,
        }
        added = insert(source_file).values(values).returning(source_file.c.id)
        file_id = connection.execute(added).scalar_one()
        if outcome == "loaded":
            for table, rows in contents.rows.items():
                merge_rows(
                    connection, table, file_id=file_id, rows=rows, replaces=contents.replaces
                )
            _quarantine(connection, file, file_id, contents.quarantined)
            mending.close_mended(connection, file_id, contents.mended)
    return FileOutcome(
        kind, file.department, file.fiscal_year, file.relative, outcome, reason, **counts
    )


def _fingerprint(path: Path) -> tuple[str, int]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return digest, stream.tell()


def _last_version(connection: Connection, file: InboxFile) -> Any:
    return connection.execute(
        select(source_file)
        .where(source_file.c.path == file.relative)
        .order_by(source_file.c.version.desc())
        .limit(1)
    ).one_or_none()


def _outcome(file: InboxFile, kind: str, outcome: str, last: Any) -> FileOutcome:
    return FileOutcome(
        kind,
        file.department,
        file.fiscal_year,
        file.relative,
        outcome,
        last.reason,
        last.rows_read,
        last.rows_loaded,
        last.rows_quarantined,
        last.rows_skipped,
    )


def _quarantine(
    connection: Connection, file: InboxFile, file_id: int, rows: Sequence[Quarantined]
) -> None:
    """Put a file's unreadable rows in quarantine; those of its earlier versions leave it."""
    earlier = select(source_file.c.id).where(
        source_file.c.path == file.relative, source_file.c.id != file_id
    )
    connection.execute(
        update(quarantined_row)
        .where(
            quarantined_row.c.source_file_id.in_(earlier), quarantined_row.c.closed_by_id.is_(None)
        )
        .values(closed_by_id=file_id)
    )
    if rows:
        marks = mending.marks([row.row_text or row.reason for row in rows])
        connection.execute(
            insert(quarantined_row),
            [
                {"source_file_id": file_id, "mark": mark, **asdict(row)}
                for row, mark in zip(rows, marks, strict=True)
            ],
        )


def refuse_unmatched(engine: Engine, inbox: Path) -> tuple[FileOutcome, ...]:
    """Record the files among the registers whose name fits no register, as refused."""

    def refuse(path: Path) -> Contents:
        labels = "、".join(declared.label for declared in load_registers())
        raise LayoutError(
            f"文件名与任何台账都不符；文件名应以台账名开头：{labels}", Place(path.name)
        )

    return tuple(
        take_in(engine, file, "unknown", "unmatched", refuse)
        for file in inbox_files(inbox, REGISTERS)
        if register_for_file(file.path) is None
    )
