"""A file of the inbox as it is opened: how it stands, and what it says, where it is small."""

from __future__ import annotations

from dataclasses import dataclass

from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.warehouse.inbox import InboxFile, Looked, stand_of
from perf_pipeline.warehouse.staged_file import Filler, Read


class ChangedError(UnreadableFileError):
    """A file that changed while it was read: whatever it holds then is read by the next run."""


@dataclass(frozen=True)
class Incoming:
    """A file to be taken in: its kind, what sums up the rules it is read by, and how it is read."""

    file: InboxFile
    kind: str
    read_with: str
    fill: Filler


def read(incoming: Incoming, looked: Looked, *, shares: bool) -> Read:
    """Return what a file says, to be staged, some of which may be read only then.

    One that `shares` a transaction, if it is whole, is not read again in it.
    Raises UnreadableFileError for a file that has a fault.
    """
    if looked.fault:
        raise UnreadableFileError(looked.fault, Place(incoming.file.relative.rpartition("/")[2]))
    return incoming.fill(incoming.file.path, shares)


def refuse_changed(file: InboxFile, looked: Looked) -> None:
    """Raise ChangedError for a file that was written to since: it will be read again, whole."""
    path = file.path
    after = path.stat() if path.exists() else None
    if after is None:
        raise ChangedError("读取期间被移走或改名；请放回后再接入", Place(path.name))
    assert looked.before is not None  # what was not opened was refused
    if stand_of(looked.before) != stand_of(after):
        raise ChangedError("读取期间文件有变动，请写完后再接入", Place(path.name))
