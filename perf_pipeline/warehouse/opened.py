"""Files of the inbox as they are opened: how they stand, and what they say, read ahead."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.warehouse.failures import FAILED
from perf_pipeline.warehouse.history import content_hash
from perf_pipeline.warehouse.inbox import SMALL, InboxFile, Looked, stand_of
from perf_pipeline.warehouse.outcomes import COUNTS, FileOutcome, listed
from perf_pipeline.warehouse.staged_file import Filler, Read
from perf_pipeline.warehouse.typed import StoredRow

AHEAD, AHEAD_BYTES = 50, 10 * SMALL  # of small files, that are read while others are written
READERS = 2  # and so many large ones at most: a process may wait with what is left of each


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
class Opened:
    """A file as it stood: what is known of it already, else what it says or why it is refused."""

    incoming: Incoming
    looked: Looked
    rules: str
    known: FileOutcome | None = None
    read: Read | None = None
    error: Exception | None = None

    @property
    def is_shared(self) -> bool:
        """Whether it may be written together with others."""
        whole = self.read is not None and self.read.is_whole
        return self.known is not None or (whole and self.looked.is_small)

    def as_last(self, last: StoredRow | None) -> FileOutcome | None:
        """Return what became of a file whose last version had this content and was read by this.

        Of what was not opened nothing is known but its fault: another one is told anew.
        """
        digest, fault = self.looked.digest, self.looked.fault
        if not digest and (last is None or not (last.reason or "").endswith(f"：{fault}")):
            return None
        if last is None or last.outcome == FAILED:
            return None
        if (last.sha256, last.read_with) != (digest, self.rules):
            return None
        return as_before(self.incoming.file, _told_again(last))


def open_file(incoming: Incoming, last: StoredRow | None, *, shares: bool = True) -> Opened:
    """Look at a file, and read of it, where it is new, what is read before it is staged.

    One that `shares` a transaction, where it is small and whole, is not read again in it.
    """
    file = incoming.file
    looked = file.look()
    opened = Opened(incoming, looked, content_hash(incoming.read_with))
    if known := opened.as_last(last):
        return replace(opened, known=known)
    try:
        if looked.fault:
            raise UnreadableFileError(looked.fault, Place(file.relative.rpartition("/")[2]))
        return replace(opened, read=incoming.fill(file.path, shares and looked.is_small))
    except Exception as error:  # nobody else's files wait for this one
        return replace(opened, error=error)


def read_ahead(
    files: Iterable[tuple[Incoming, StoredRow | None]],
) -> Generator[Opened, None, None]:
    """Look at files, and read what one draws of each: of those that follow while one is done with.

    With each comes its last version, where it has one.
    """
    readers, waiting = ThreadPoolExecutor(READERS), deque[tuple[int, Future[Opened]]]()
    try:
        for incoming, last in files:
            waiting.append((incoming.file.size(), readers.submit(open_file, incoming, last)))
            while len(waiting) > 1 and _enough([size for size, _ in waiting]):
                yield waiting.popleft()[1].result()
        while waiting:
            yield waiting.popleft()[1].result()
    finally:
        readers.shutdown(cancel_futures=True)


def _enough(sizes: Sequence[int]) -> bool:
    small = [size for size in sizes if size <= SMALL]
    is_full = len(sizes) > AHEAD or sum(small) > AHEAD_BYTES
    return is_full or len(sizes) - len(small) >= READERS


def refuse_changed(file: InboxFile, looked: Looked) -> None:
    """Raise ChangedError for a file that was written to since: it will be read again, whole."""
    path = file.path
    after = path.stat() if path.exists() else None
    if after is None:
        raise ChangedError("读取期间被移走或改名；请放回后再接入", Place(path.name))
    assert looked.before is not None  # what was not opened was refused
    if stand_of(looked.before) != stand_of(after):
        raise ChangedError("读取期间文件有变动，请写完后再接入", Place(path.name))


# what is told of a file that is found again
TOLD_AGAIN = ("path", "kind", "outcome", "reason", *COUNTS, "unit", "ignored_columns", "notices")
_told_again = attrgetter(*TOLD_AGAIN)


def as_before(file: InboxFile, last: Iterable[Any]) -> FileOutcome:
    """Tell of a file that is found again as its last version was, of which TOLD_AGAIN is given."""
    _, kind, outcome, reason, read, loaded, quarantined, skipped, unit, columns, notices = last
    whose = file.department, file.fiscal_year, file.relative
    told = "refused" if outcome == "refused" else "unchanged"
    counts = read, loaded, quarantined, skipped
    return FileOutcome(kind, *whose, told, reason, *counts, unit, listed(columns), listed(notices))
