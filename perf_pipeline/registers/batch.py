"""What reading a register's file gives: batches of rows, quarantined rows, what it says beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.notices import Notice

At = tuple[str | None, int]
SoFar = tuple[str, date, At | None]  # project, day, and the row where it is of its payee alone
MARK_LABEL = "隔离号"  # heads the column in which a row handed back bears its mark


@dataclass(frozen=True)
class QuarantinedRow:
    """A row, or a part of a document, that cannot be loaded: where it stood, what is wrong, why."""

    sheet: str | None
    row_number: int | None
    column_label: str | None
    value: str | None
    reason: str
    row_text: str | None = None  # its filled cells by label, as JSON
    hint: str | None = None  # what to do about it


@dataclass(frozen=True)
class Batch:
    """Some rows of one sheet: good ones as columns in declared order, bad ones, skipped ones.

    `rows_read` is counted as the file gives the rows, apart from what becomes of them, so that
    the warehouse's check of the two (nothing_lost) is one. `void` are the keys and days of skipped
    rows that say of themselves that they do not count.
    """

    sheet: str | None
    rows_read: int
    row_numbers: Sequence[int]
    keys: Sequence[str]
    columns: Sequence[Sequence[Value]]
    quarantined: Sequence[QuarantinedRow]
    skipped: int
    void: Sequence[tuple[str, Value]] = ()


@dataclass(frozen=True)
class Told:
    """What a file says beside its rows, known when all of them are read.

    `notice` is what stood above the headers, where it says what the figures are; `unit` that in
    which its amounts were read (None: it has none); `ignored_columns` are headings not used, and
    `lacking_columns` names of columns that some sheet of it is without; `marks` are those of
    quarantined rows that rows of it take the place of; `so_far` what it tells, in fen, of each
    project's or payee's year so far (累计).
    """

    notice: str | None = None
    ignored_columns: tuple[str, ...] = ()
    unit: str | None = None
    notices: tuple[Notice, ...] = ()
    lacking_columns: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()
    so_far: Mapping[SoFar, int] = field(default_factory=dict)
