"""Taking in what departments hand in: each file once, each content a version, nothing lost.

A file whose content and reading rules are those of its last version is not read again. A file that
cannot be read at all is recorded as refused, and the others are still taken in.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.exc import DBAPIError, OperationalError

from perf_pipeline.domain.errors import (
    LayoutError,
    PerfPipelineError,
    Place,
    ReaderHeldUpError,
)
from perf_pipeline.warehouse.among import among
from perf_pipeline.warehouse.dimensions import Departments
from perf_pipeline.warehouse.engine import staging_connection, writing
from perf_pipeline.warehouse.failures import FAILED
from perf_pipeline.warehouse.history import now
from perf_pipeline.warehouse.inbox import SMALL, InboxFile
from perf_pipeline.warehouse.mending import in_quarantine
from perf_pipeline.warehouse.new_version import make_current
from perf_pipeline.warehouse.opened import (
    ChangedError,
    Incoming,
    Opened,
    open_file,
    read_ahead,
    refuse_changed,
)
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.same import another
from perf_pipeline.warehouse.schema import source_file
from perf_pipeline.warehouse.staged_file import Asked, Staged
from perf_pipeline.warehouse.typed import StoredRow

log = logging.getLogger(__name__)

_VERSION = another(source_file, "a_version")
_NEW_VERSION = insert(source_file).returning(source_file)
_UNIT = "上一版的金额按“{}”读，这一版按“{}”读；请核对单位"
TOGETHER, TOGETHER_BYTES = 50, 10 * SMALL  # of small files, which one transaction writes
FIRST = 10  # of them, so that writing begins soon: each transaction then has twice as many


def last_versions(engine: Engine, files: Iterable[InboxFile]) -> dict[str, Any]:
    """Return the newest version of each file that has one, by path."""
    with engine.connect() as connection:
        return _versions(connection, files)


def _versions(connection: Connection, files: Iterable[InboxFile]) -> dict[str, Any]:
    theirs = among(_VERSION.c.path, [each.relative for each in files])
    newest = select(func.max(_VERSION.c.id)).where(theirs).group_by(_VERSION.c.path)
    query = select(source_file).where(source_file.c.id.in_(newest))
    return {row.path: row for row in connection.execute(query)}


def take_in(engine: Engine, batches: Iterable[Iterable[Incoming]]) -> list[FileOutcome]:
    """Read files and make their rows current, unless a file's last version said the same.

    Files are read before the write lock is taken, those of the next batch, too, while those before
    them are written, and large ones staged: no batch may be read by what another one says. All that
    a file brings is written in one transaction, which small files share. A file that is found again
    as it was writes nothing.
    """
    outcomes: list[FileOutcome] = []
    small: list[Opened] = []
    most = min(FIRST, TOGETHER)
    with closing(read_ahead(_with_last(engine, batches))) as every:
        for opened in every:
            if opened.is_shared:
                small.append(opened)
            size = sum(each.looked.size for each in small)
            if len(small) == most or size > TOGETHER_BYTES or not opened.is_shared:
                outcomes += _together(engine, small)
                small, most = [], min(2 * most, TOGETHER)
            if not opened.is_shared:
                outcomes.append(_alone(engine, opened))
    return outcomes + _together(engine, small)


def _with_last(
    engine: Engine, batches: Iterable[Iterable[Incoming]]
) -> Iterator[tuple[Incoming, Any]]:
    """Give the files of batches, each with its last version, for which is asked once a batch."""
    for batch in map(list, batches):
        last = last_versions(engine, (each.file for each in batch))
        yield from ((each, last.get(each.file.relative)) for each in batch)


def _together(engine: Engine, files: Sequence[Opened]) -> list[FileOutcome]:
    """Write what small files say in one transaction, but for one that fails or is read again.

    Who waits for the write lock waits for no file: that one is read by itself before it is taken.
    """
    known = [each.known for each in files if each.known is not None]
    if len(known) == len(files):
        return known
    written: list[FileOutcome] = []
    with staging_connection(engine) as connection:
        try:
            with writing(connection):
                turn = _Turn(connection, files)
                for each in files:
                    written.append(each.known or _write(turn, each, _stage(turn, each)))
            return written
        except OperationalError:
            raise  # the warehouse does not answer
        except Exception as error:  # what it says may name people; its file's log tells it
            log.info("%d个文件分开接入：%s", len(files), type(error).__name__)
    at = min(len(written), len(files) - 1)  # the one that failed; the last if all did together
    apart = files[at]
    return [
        *_together(engine, files[:at]),
        apart.known or _alone(engine, open_file(apart.incoming, None, shares=False)),
        *_together(engine, files[at + 1 :]),
    ]


class _Turn(Asked):
    """A transaction, and what is asked in it of the warehouse once for all its files."""

    def __init__(self, connection: Connection, files: Sequence[Opened]) -> None:
        """Ask nothing yet."""
        super().__init__(connection)
        self._files = [each.incoming.file for each in files if each.known is None]

    @cached_property
    def last(self) -> dict[str, Any]:
        """The newest version of each file that has one, by path."""
        return _versions(self.connection, self._files)

    @cached_property
    def departments(self) -> Departments:
        """The files' departments."""
        return Departments(self.connection, {each.department for each in self._files})

    @cached_property
    def in_quarantine(self) -> set[tuple[int, int, str]]:
        """Of which departments, years and kinds of files rows may be in quarantine."""
        return in_quarantine(self.connection, self.departments.ids)


def _stage(turn: _Turn, opened: Opened) -> Staged:
    """Stage what a file says, some of which may be read meanwhile (rows that repeat others)."""
    file, staged = opened.incoming.file, Staged(turn)
    if opened.error is not None:
        raise opened.error
    assert opened.read is not None
    opened.read.says(staged)
    refuse_changed(file, opened.looked)
    _refuse_emptied(turn.last.get(file.relative), file, staged)
    return staged


def _alone(engine: Engine, opened: Opened) -> FileOutcome:
    """Stage a file before the write lock is taken, and write what it says, or why it is refused."""
    incoming, outcome, reason = opened.incoming, "loaded", None
    with staging_connection(engine) as connection:
        try:
            staged = _stage(_Turn(connection, [opened]), opened)
        except DBAPIError:
            raise  # of the warehouse, not of the file
        except Exception as error:
            outcome, reason = _refusal(incoming.file, error)
            if isinstance(error, ChangedError):
                opened = replace(opened, looked=replace(opened.looked, digest=""))
            connection.rollback()  # and with it whatever was staged
            staged = Staged(Asked(connection))
        connection.commit()
        with writing(connection):
            return _write(_Turn(connection, [opened]), opened, staged, outcome, reason)


def _write(
    turn: _Turn,
    opened: Opened,
    staged: Staged,
    outcome: str = "loaded",
    reason: str | None = None,
) -> FileOutcome:
    """Write a new version of a file, unless another run has done so meanwhile."""
    file, kind, looked = opened.incoming.file, opened.incoming.kind, opened.looked
    last = turn.last.get(file.relative)
    known = opened.as_last(last)
    if known is None and not _failed_before(last, looked.digest, reason):
        if last and last.unit and staged.unit and last.unit != staged.unit:
            staged.notices = [*staged.notices, _UNIT.format(last.unit, staged.unit)]
        recorded = _record(
            turn,
            file,
            staged,
            version=last.version + 1 if last is not None else 1,
            kind=kind,
            sha256=looked.digest,
            size=looked.size,
            read_with=opened.rules,
            outcome=outcome,
            reason=reason,
        )
        if outcome == "loaded":
            like = recorded.department_id, recorded.fiscal_year, kind
            if staged.quarantine.rows:
                turn.in_quarantine.add(like)
            make_current(
                opened.incoming,
                recorded,
                staged,
                is_first=last is None,
                something_waits=like in turn.in_quarantine,
            )
    staged.drop()
    if known is not None:
        return known
    whose = file.department, file.fiscal_year, file.relative
    told: dict[str, Any] = staged.counts() | staged.told()
    return FileOutcome(kind, *whose, outcome, reason, **told)


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


def _record(turn: _Turn, file: InboxFile, staged: Staged, **facts: object) -> StoredRow:
    """Record a new version of a file, and return it."""
    values = {
        "department_id": turn.departments.id_of(file.department, staged.department_name),
        "fiscal_year": file.fiscal_year,
        "path": file.relative,
        "notice": staged.notice,
        "loaded_at": now(),
        **facts,
        **staged.counts(),
        **staged.kept(),
    }
    recorded = turn.last[file.relative] = turn.connection.execute(_NEW_VERSION, values).one()
    return recorded


def _failed_before(last: StoredRow | None, digest: str, reason: str | None) -> bool:
    """Tell whether the last try failed in the same way: that is recorded once."""
    said = None if last is None or reason is None else (last.sha256, last.outcome, last.reason)
    return said == (digest, FAILED, reason)


def _refuse_emptied(last: StoredRow | None, file: InboxFile, staged: Staged) -> None:
    """Refuse a file that says nothing more where it had rows: that is hardly ever meant.

    Taken at its word it would close all that it said before. A file that never had a row says
    that there is nothing to tell, and is taken in.
    """
    counts = staged.counts()
    if counts["rows_loaded"] + counts["rows_quarantined"]:
        return
    if last is not None and last.rows_loaded:
        raise LayoutError(
            f"只有表头，没有一行数据，而上一版有{last.rows_loaded}行；若确已作废，请写明后由人工处理",
            Place(file.path.name),
        )
