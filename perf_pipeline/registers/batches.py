"""Reading a register's file in batches: typed rows, or quarantined ones, never neither.

The file is read in a reader's process (`sheet_reading`), some thousand rows at a time, column by
column, so that neither the memory nor the work for each row grows with the file. What it gives is
typed already; here it only arrives.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from perf_pipeline.foreign.process import call, stream
from perf_pipeline.registers.batch import At, Batch, Told
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.header import NOTHING_KNOWN, Known
from perf_pipeline.registers.identity import KEY_MARK as KEY_MARK


class _ReadAgainError(Exception):
    """Rows are to be read again of a file that was to be read once: somebody waits meanwhile."""


class RegisterBatches:
    """One pass over every sheet of a file that has the register's header.

    A sheet whose header lacks a required column, beside one that has them all, is one quarantined
    row: its header. Drawing batches raises UnreadableFileError for a file that cannot be read,
    LayoutError for one in which no sheet has the register's columns, or that can be read in two
    ways. `told` is known when all batches are drawn. With `once` nothing is read again.
    """

    def __init__(
        self,
        path: Path,
        declared: Register,
        fiscal_year: int,
        known: Known = NOTHING_KNOWN,
    ) -> None:
        """Remember what to read, and by what; nothing is opened yet."""
        self.path = path
        self.declared = declared
        self.told = Told()
        self.once = False
        self._job = declared, fiscal_year, known

    def __iter__(self) -> Iterator[Batch]:
        """Give the batches, in the order of the file."""
        from perf_pipeline.registers.sheet_reading import read_batches

        for each in stream(self.path, read_batches, self.path.absolute(), *self._job):
            if isinstance(each, Told):
                self.told = each
            else:
                yield each

    def row_texts(self, places: Collection[At]) -> dict[At, str]:
        """Read rows again: their filled cells by the labels of their columns, as JSON.

        Raises an error of its own where the file was to be read `once`.
        """
        if self.once:
            raise _ReadAgainError
        from perf_pipeline.registers.sheet_reading import read_row_texts

        wanted = tuple(places)
        return call(self.path, read_row_texts, self.path.absolute(), *self._job, wanted)
