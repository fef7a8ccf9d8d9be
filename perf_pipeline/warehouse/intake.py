"""Taking in what departments hand in: each file once, each content a version, nothing lost.

A file whose content and reading rules are those of its last version is not read again. A file that
cannot be read at all is recorded as refused, and the others are still taken in.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, func, insert, literal, select, update
from sqlalchemy.exc import DBAPIError

from perf_pipeline.domain.errors import (
    LayoutError,
    PerfPipelineError,
    Place,
    ReaderHeldUpError,
    UnreadableFileError,
)
from perf_pipeline.registers.declaration import register
from perf_pipeline.warehouse import conflicts, mending
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.dimensions import department_id
from perf_pipeline.warehouse.engine import staging_connection, writing
from perf_pipeline.warehouse.failures import FAILED
from perf_pipeline.warehouse.history import content_hash, now
from perf_pipeline.warehouse.inbox import InboxFile
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.merging import Merge, merge
from perf_pipeline.warehouse.named_months import not_of_its_month
from perf_pipeline.warehouse.overlaps import only_in_one, others_by_number
from perf_pipeline.warehouse.same import another
from perf_pipeline.warehouse.schema import quarantined_row, register_tables, source_file
from perf_pipeline.warehouse.seals.erasing import erase_mended
from perf_pipeline.warehouse.staged_file import Filler, Staged
from perf_pipeline.warehouse.staging import Staging
from perf_pipeline.warehouse.typed import StoredRow

log = logging.getLogger(__name__)

_LAST_VERSION = (
    select(source_file)
    .where(source_file.c.path == bindparam("path"))
    .order_by(source_file.c.version.desc())
    .limit(1)
)
_VERSION = another(source_file, "a_version")
_NEW_VERSION = insert(source_file).returning(source_file)
_UNIT = "上一版的金额按“{}”读，这一版按“{}”读；请核对单位"
COUNTS = ("rows_read", "rows_loaded", "rows_quarantined", "rows_skipped")


class _ChangedError(UnreadableFileError):
    """A file that changed while it was read: whatever it holds then is read by the next run."""


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file of the inbox."""

    kind: str
    department: str
    fiscal_year: int
    path: str
    outcome: str  # loaded, refused, failed, unchanged
    reason: str | None = None
    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    rows_skipped: int = 0
    unit: str | None = None
    ignored_columns: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def last_versions(engine: Engine, files: Iterable[InboxFile]) -> dict[str, Any]:
    """Return the newest version of each file that has one, by path."""
    theirs = among(_VERSION.c.path, [each.relative for each in files])
    newest = select(func.max(_VERSION.c.id)).where(theirs).group_by(_VERSION.c.path)
    query = select(source_file).where(source_file.c.id.in_(newest))
    with engine.connect() as connection:
        return {row.path: row for row in connection.execute(query)}


def take_in(
    engine: Engine,
    file: InboxFile,
    kind: str,
    read_with: str,
    fill: Filler,
    last_known: Mapping[str, Any],
) -> FileOutcome:
    """Read one file and make its rows current, unless its last version said the same.

    `read_with` sums up the rules it is read by: when they change, the file is read again.
    `last_known` has its last version, as it was a while ago.
    Files are read and staged before the write lock is taken; all that a file brings is written in
    one transaction. A file that is found again as it was writes nothing.
    """
    digest, before, fault = _fingerprint(file)
    rules = content_hash(read_with)
    if known := _known(last_known.get(file.relative), file, kind, digest, rules, fault):
        return known
    with staging_connection(engine) as connection:
        outcome, reason = "loaded", None
        try:
            staged = Staged(connection)
            if fault:
                raise UnreadableFileError(fault, Place(file.relative.rpartition("/")[2]))
            fill(file.path, staged)
            _refuse_changed(file.path, before)
            _refuse_emptied(connection, file, staged)
        except DBAPIError:
            raise  # of the warehouse, not of the file
        except Exception as error:
            outcome, reason = _refusal(file, error)
            digest = "" if isinstance(error, _ChangedError) else digest
            connection.rollback()  # and with it whatever was staged
            staged = Staged(connection)
        connection.commit()
        with writing(connection):
            last = _last_version(connection, file)
            known = _known(last, file, kind, digest, rules, fault)  # by another run, meanwhile
            if known is None and not _failed_before(last, digest, reason):
                if last and last.unit and staged.unit and last.unit != staged.unit:
                    staged.notices = [*staged.notices, _UNIT.format(last.unit, staged.unit)]
                recorded = _record(
                    connection,
                    file,
                    staged,
                    version=last.version + 1 if last is not None else 1,
                    kind=kind,
                    sha256=digest,
                    size=before.st_size if before is not None else 0,
                    read_with=rules,
                    outcome=outcome,
                    reason=reason,
                )
                if outcome == "loaded":
                    if staged.before_merge is not None:
                        staged.before_merge(recorded.id)
                    for staging in (*staged.tables.values(), *staged.derived.values()):
                        merged = merge(connection, staging, recorded, staged.replaces)
                        if staging.target.name == kind:
                            _tell_contradictions(file, recorded.id, staged, staging, merged)
                    if last is not None:
                        _empty_quarantine(connection, file, recorded.id)
                    _quarantine(connection, recorded.id, staged.quarantine)
                    waits = mending.something_waits(connection, recorded.id)
                    if waits:
                        mending.close_mended(connection, recorded.id, staged.mended)
                        if kind in register_tables and staged.counts()["rows_loaded"]:
                            mending.close_arrived(connection, recorded.id, register(kind))
                    if waits or last is not None:
                        erase_mended(connection, recorded.id)
            staged.drop()
    return known or _outcome(file, kind, outcome, reason, staged.counts() | staged.told())


def _refusal(file: InboxFile, error: Exception) -> tuple[str, str]:
    """Return what becomes of a file that gave an error, and why.

    What nobody foresaw is a failure (读入失败) of ours: it stops this file alone, is logged whole,
    and the file is read again by the next run.
    """
    if isinstance(error, ReaderHeldUpError):
        log.error("%s", error)
        return FAILED, str(error)
    if isinstance(error, PerfPipelineError):
        log.warning("拒收 %s：%s", file.relative, error)
        return "refused", str(error)
    log.error("读入失败 %s", file.relative, exc_info=error)
    said = f"读入失败：程序没有预料到的情况（{type(error).__name__}），已记入日志，由系统管理员处理"
    return FAILED, f"{Place(file.path.name)}：{said}"


def _record(connection: Connection, file: InboxFile, staged: Staged, **facts: object) -> StoredRow:
    """Record a new version of a file, and return it."""
    values = {
        "department_id": department_id(connection, file.department, staged.department_name),
        "fiscal_year": file.fiscal_year,
        "path": file.relative,
        "notice": staged.notice,
        "loaded_at": now(),
        **facts,
        **staged.counts(),
        **staged.kept(),
    }
    return connection.execute(_NEW_VERSION, values).one()


def _tell_contradictions(
    file: InboxFile, file_id: int, staged: Staged, staging: Staging, merged: Merge
) -> None:
    """Add to a file's notices where it says otherwise than others did, or less than it did."""
    asked = (staging, file_id, {file.relative, *staged.replaces})
    told: list[str] = []
    if merged.met:
        told += [*conflicts.still_open_here(staging, file), *only_in_one(staging, file_id, file)]
    told += not_of_its_month(staging, file)
    looks = (conflicts.contradictions, conflicts.rows_gone, others_by_number)
    told += [said for look in looks for said in look(*asked)] if merged.closed else []
    if told:
        staged.notices = [*staged.notices, *told]
        of_file = update(source_file).values(notices="\n".join(staged.notices))
        staged.connection.execute(of_file.where(source_file.c.id == file_id))


def _fingerprint(file: InboxFile) -> tuple[str, os.stat_result | None, str | None]:
    """Return a file's SHA-256, how it stood before, and what keeps it from being read."""
    if not file.is_plain:
        return "", None, file.fault
    try:
        with file.path.open("rb") as stream:
            before = os.fstat(stream.fileno())
            return hashlib.file_digest(stream, "sha256").hexdigest(), before, file.fault
    except FileNotFoundError:
        return "", None, "读取前被移走或改名；请放回后再接入"
    except OSError:
        return "", None, "打不开，没有读取；请确认文件完好，并请系统管理员开放读取权限"


def _known(
    last: StoredRow | None, file: InboxFile, kind: str, digest: str, rules: str, fault: str | None
) -> FileOutcome | None:
    """Return what became of a file whose last version had this content and was read by this.

    Of what was not opened nothing is known but its fault: another one is told anew.
    """
    if not digest and (last is None or not (last.reason or "").endswith(f"：{fault}")):
        return None
    if last is None or (last.sha256, last.read_with) != (digest, rules) or last.outcome == FAILED:
        return None
    outcome = "refused" if last.outcome == "refused" else "unchanged"
    told = {name: last._mapping[name] for name in (*COUNTS, "unit")}
    told |= {name: listed(last._mapping[name]) for name in ("ignored_columns", "notices")}
    return _outcome(file, kind, outcome, last.reason, told)


def listed(stored: str | None) -> tuple[str, ...]:
    """Return what the warehouse keeps as lines: the unused columns or the notices of a file."""
    return tuple((stored or "").splitlines())


def _failed_before(last: StoredRow | None, digest: str, reason: str | None) -> bool:
    """Tell whether the last try failed in the same way: that is recorded once."""
    said = None if last is None or reason is None else (last.sha256, last.outcome, last.reason)
    return said == (digest, FAILED, reason)


def _refuse_changed(path: Path, before: os.stat_result | None) -> None:
    """Refuse a file that was written to while it was read: it will be read again, whole."""
    after = path.stat() if path.exists() else None
    if after is None:
        raise _ChangedError("读取期间被移走或改名；请放回后再接入", Place(path.name))
    assert before is not None  # what was not opened was refused
    if _stand(before) != _stand(after):
        raise _ChangedError("读取期间文件有变动，请写完后再接入", Place(path.name))


def _stand(state: os.stat_result) -> tuple[int, ...]:
    return state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


def _refuse_emptied(connection: Connection, file: InboxFile, staged: Staged) -> None:
    """Refuse a file that says nothing more where it had rows: that is hardly ever meant.

    Taken at its word it would close all that it said before. A file that never had a row says
    that there is nothing to tell, and is taken in.
    """
    counts = staged.counts()
    if counts["rows_loaded"] + counts["rows_quarantined"]:
        return
    last = _last_version(connection, file)
    if last is not None and last.rows_loaded:
        raise LayoutError(
            f"只有表头，没有一行数据，而上一版有{last.rows_loaded}行；若确已作废，请写明后由人工处理",
            Place(file.path.name),
        )


def _last_version(connection: Connection, file: InboxFile) -> StoredRow | None:
    return connection.execute(_LAST_VERSION, {"path": file.relative}).one_or_none()


def _outcome(
    file: InboxFile, kind: str, outcome: str, reason: str | None, told: Mapping[str, Any]
) -> FileOutcome:
    return FileOutcome(
        kind, file.department, file.fiscal_year, file.relative, outcome, reason, **told
    )


def _empty_quarantine(connection: Connection, file: InboxFile, file_id: int) -> None:
    """Let the unreadable rows of a file's earlier versions leave quarantine."""
    earlier = select(source_file.c.id).where(
        source_file.c.path == file.relative, source_file.c.id != file_id
    )
    connection.execute(
        update(quarantined_row)
        .where(quarantined_row.c.source_file_id.in_(earlier), current(quarantined_row))
        .values(closed_by_id=file_id)
    )


def _quarantine(connection: Connection, file_id: int, staged: Staging) -> None:
    """Put a file's unreadable rows in quarantine."""
    if not staged.rows:
        return
    rows = select(literal(file_id), *(staged.table.c[name] for name in staged.names))
    rows = rows.order_by(staged.table.c.nth)
    connection.execute(insert(quarantined_row).from_select(["source_file_id", *staged.names], rows))
