"""A register's file read whole, in memory, as the warehouse reads it in its staging table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from perf_pipeline.registers.batch import QuarantinedRow
from perf_pipeline.registers.batches import RegisterBatches
from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.header import Known
from perf_pipeline.registers.identity import settle
from perf_pipeline.registers.notices import Notice
from perf_pipeline.registers.reading import keyed, of_lines, repeated_rows


@dataclass(frozen=True)
class RegisterRow:
    """A row that can be loaded: its key, its typed values, and where it stood."""

    sheet: str | None
    row_number: int
    key: str
    values: dict[str, Value]


@dataclass(frozen=True)
class RegisterReading:
    """All that a file held: rows_read = rows + quarantined + skipped (blank rows and totals)."""

    notice: str | None
    rows: Sequence[RegisterRow]
    quarantined: Sequence[QuarantinedRow]
    skipped: int
    ignored_columns: tuple[str, ...]
    unit: str | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def rows_read(self) -> int:
        """Number of rows below the headers."""
        return len(self.rows) + len(self.quarantined) + self.skipped


def read_register(
    path: Path,
    declared: Register,
    *,
    fiscal_year: int,
    known_projects: Collection[str] | None = None,
    sources: Mapping[str, str] | None = None,
) -> RegisterReading:
    """Read all of a file that is small enough to hold.

    Raises what drawing from `RegisterBatches` raises.
    """
    projects = None if known_projects is None else frozenset(known_projects)
    known = Known(projects, sources=dict(sources or {}))
    batches = RegisterBatches(path, declared, fiscal_year, known)
    names = [column.name for column in declared.columns]
    rows: list[RegisterRow] = []
    quarantined: list[QuarantinedRow] = []
    skipped = 0
    for batch in batches:
        skipped += batch.skipped
        quarantined += batch.quarantined
        values = zip(*batch.columns, strict=True)
        for number, key, of_row in zip(batch.row_numbers, batch.keys, values, strict=True):
            rows.append(
                RegisterRow(batch.sheet, number, key, dict(zip(names, of_row, strict=True)))
            )
    shared = {key for key, times in Counter(row.key for row in rows).items() if times > 1}
    settled = settle(
        [
            keyed(declared, n, row.sheet, row.row_number, row.key, tuple(row.values.values()))
            for n, row in enumerate(rows)
            if row.key in shared
        ]
    )
    quarantined += repeated_rows(batches, settled.repeats)
    kept = [
        replace(row, key=settled.renamed.get(n, row.key))
        for n, row in enumerate(rows)
        if n not in set(settled.taken_out)
    ]
    told = batches.told
    notices = (*told.notices, *of_lines(declared, settled.vouchers_of_lines))
    return RegisterReading(
        told.notice, kept, quarantined, skipped, told.ignored_columns, told.unit, notices
    )
