"""One sheet on its way through the readers: what it is read by, and where what is told goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perf_pipeline.domain.errors import Place
from perf_pipeline.registers.cells import Cell
from perf_pipeline.registers.columns_read import Columns, cells_at
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.files import OpenedSheet
from perf_pipeline.registers.habits import Habits
from perf_pipeline.registers.header import Header, Known
from perf_pipeline.registers.headings import label_key
from perf_pipeline.registers.journals import Runs
from perf_pipeline.registers.notices import Tally
from perf_pipeline.registers.spelling import Spellings


@dataclass(frozen=True)
class OneSheet:
    """A sheet whose header, unit and habits are known.

    Of its file are `tally`, `runs` and `spellings`: they go on from sheet to sheet. `before_fen` is
    what a ledger's sheets before it come to.
    """

    declared: Register
    sheet: OpenedSheet
    header: Header
    unit: str | None
    habits: Habits
    fiscal_year: int
    known: Known
    place: Place
    tally: Tally
    runs: Runs
    spellings: Spellings
    before_fen: int = 0

    def unused(self, read: Columns) -> Iterator[tuple[str, str, Sequence[Cell]]]:
        """Give each column that the register does not know: heading, its key, and cells."""
        for at, heading in self.header.unused.items():
            yield heading, label_key(heading), cells_at(read.rows, at)

    def tell(self, code: str, words: str, number: int) -> None:
        """Count a row, by its number, under a notice; {} in the words stands for how many."""
        self.tally.add(code, words, self.sheet.name, number)
