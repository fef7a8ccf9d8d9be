"""Taking in what departments hand in: each file once, each content a version, nothing lost.

A file whose content and reading rules are those of its last version is not read again. A file that
cannot be read at all is recorded as refused, and the others are still taken in.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from perf_pipeline.domain.errors import (
    LayoutError,
    PerfPipelineError,
    Place,
    ReaderHeldUpError,
)
from perf_pipeline.warehouse.engine import staging_connection, writing
from perf_pipeline.warehouse.failures import FAILED
from perf_pipeline.warehouse.inbox import SMALL, InboxFile
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
from perf_pipeline.warehouse.staged_file import Asked, Staged
from perf_pipeline.warehouse.turn import Turn, Version, versions_of
from perf_pipeline.warehouse.typed import StoredRow

log = logging.getLogger(__name__)

_UNIT = "上一版的金额按“{}”读，这一版按“{}”读；请核对单位"
TOGETHER, TOGETHER_BYTES = 50, 10 * SMALL  # of small files, which one transaction writes
FIRST = 10  # of them, so that writing begins soon: each transaction then has twice as many


def last_versions(
    engine: Engine, files: Iterable[InboxFile], names: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the newest version of each file that has one, by path: all of it, or some columns."""
    with engine.connect() as connection:
        return versions_of(connection, files, names)


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
                turn = _turn(connection, files)
                for each in files:
                    written.append(each.known or _write(turn, each, _stage(turn, each)))
                turn.write()
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


def _turn(connection: Connection, files: Iterable[Opened]) -> Turn:
    return Turn(connection, [each.incoming.file for each in files if each.known is None])


def _stage(turn: Turn, opened: Opened) -> Staged:
    """Stage what a file says, some of which may be read meanwhile (rows that repeat others)."""
    file = opened.incoming.file
    staged = Staged(turn, is_first=turn.is_first(opened.incoming))
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
            staged = _stage(_turn(connection, [opened]), opened)
            staged.lay_down()  # what cannot be is said of this file
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
            turn = _turn(connection, [opened])
            told = _write(turn, opened, staged, outcome, reason)
            turn.write()
            return told


def _write(
    turn: Turn,
    opened: Opened,
    staged: Staged,
    outcome: str = "loaded",
    reason: str | None = None,
) -> FileOutcome:
    """Write a new version of a file, unless another run has done so meanwhile."""
    incoming, looked = opened.incoming, opened.looked
    file, kind = incoming.file, incoming.kind
    last = turn.last.get(file.relative)
    known = opened.as_last(last)
    if known is None and not _failed_before(last, looked.digest, reason):
        if last and last.unit and staged.unit and last.unit != staged.unit:
            staged.notices = [*staged.notices, _UNIT.format(last.unit, staged.unit)]
        facts = {
            "version": last.version + 1 if last is not None else 1,
            "sha256": looked.digest,
            "size": looked.size,
            "read_with": opened.rules,
            "outcome": outcome,
            "reason": reason,
        }
        version = Version(incoming, facts, staged)
        if turn.may_wait(incoming, staged):
            turn.wait(version)
        else:
            (recorded,) = turn.record([version])
            if outcome == "loaded":
                like = recorded.department_id, recorded.fiscal_year, kind
                waits = like in turn.in_quarantine
                is_first = last is None
                make_current(incoming, recorded, staged, is_first=is_first, something_waits=waits)
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
