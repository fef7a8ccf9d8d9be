"""A file of the inbox as it is opened: how it stands, and what it says, where it is small."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass

from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.warehouse.inbox import InboxFile
from perf_pipeline.warehouse.staged_file import Filler, Says

SMALL = 64 * 1024  # bytes: such a file is read whole before anything of it is staged


class ChangedError(UnreadableFileError):
    """A file that changed while it was read: whatever it holds then is read by the next run."""


@dataclass(frozen=True)
class Incoming:
    """A file to be taken in: its kind, what sums up the rules it is read by, and how it is read."""

    file: InboxFile
    kind: str
    read_with: str
    fill: Filler


@dataclass(frozen=True)
class Looked:
    """How a file stood before it was read: its SHA-256, size and times, and what is wrong.

    `digest` is "" and `before` is None for what cannot be opened.
    """

    digest: str
    before: os.stat_result | None
    fault: str | None

    @property
    def is_small(self) -> bool:
        """Whether it may be read whole at once."""
        return self.before is not None and self.before.st_size <= SMALL


def look_at(file: InboxFile) -> Looked:
    """Take a file's fingerprint."""
    if not file.is_plain:
        return Looked("", None, file.fault)
    try:
        with file.path.open("rb") as stream:
            before = os.fstat(stream.fileno())
            return Looked(hashlib.file_digest(stream, "sha256").hexdigest(), before, file.fault)
    except FileNotFoundError:
        return Looked("", None, "读取前被移走或改名；请放回后再接入")
    except OSError:
        return Looked("", None, "打不开，没有读取；请确认文件完好，并请系统管理员开放读取权限")


def read(incoming: Incoming, looked: Looked, *, whole: bool) -> Says | None:
    """Return what a file says, to be staged: read by now, or else while it is staged.

    None for one to be read whole that has too many rows for it.
    Raises UnreadableFileError for a file that has a fault.
    """
    if looked.fault:
        raise UnreadableFileError(looked.fault, Place(incoming.file.relative.rpartition("/")[2]))
    return incoming.fill(incoming.file.path, whole)


def refuse_changed(file: InboxFile, looked: Looked) -> None:
    """Raise ChangedError for a file that was written to since: it will be read again, whole."""
    path = file.path
    after = path.stat() if path.exists() else None
    if after is None:
        raise ChangedError("读取期间被移走或改名；请放回后再接入", Place(path.name))
    assert looked.before is not None  # what was not opened was refused
    if _stand(looked.before) != _stand(after):
        raise ChangedError("读取期间文件有变动，请写完后再接入", Place(path.name))


def _stand(state: os.stat_result) -> tuple[int, ...]:
    return state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns
