"""Reading a register's file whole, by its declaration, and telling repeated keys apart.

The first row of a key keeps it; the others are quarantined and name the first. Where all rows of
a file are together differs: here in memory, in the warehouse in its staging table.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from perf_pipeline.registers.batches import QuarantinedRow, RegisterBatches
from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.files import rows_at


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

    @property
    def rows_read(self) -> int:
        """Number of rows below the headers."""
        return len(self.rows) + len(self.quarantined) + self.skipped


@dataclass(frozen=True)
class Repeat:
    """A row with the key of an earlier one: where both stand, and whether they say the same."""

    sheet: str | None
    row_number: int
    key: str
    first_sheet: str | None
    first_row_number: int
    same: bool


def read_register(
    path: Path,
    declared: Register,
    *,
    fiscal_year: int,
    known_projects: Collection[str] | None = None,
) -> RegisterReading:
    """Read all of a file that is small enough to hold.

    Raises what drawing from `RegisterBatches` raises.
    """
    batches = RegisterBatches(path, declared, fiscal_year, known_projects)
    names = [column.name for column in declared.columns]
    first: dict[str, RegisterRow] = {}
    repeats: list[Repeat] = []
    quarantined: list[QuarantinedRow] = []
    skipped = 0
    for batch in batches:
        skipped += batch.skipped
        quarantined += batch.quarantined
        values = zip(*batch.columns, strict=True)
        for number, key, of_row in zip(batch.row_numbers, batch.keys, values, strict=True):
            row = RegisterRow(batch.sheet, number, key, dict(zip(names, of_row, strict=True)))
            kept = first.setdefault(key, row)
            if kept is not row:
                same = kept.values == row.values
                repeats.append(Repeat(row.sheet, number, key, kept.sheet, kept.row_number, same))
    quarantined += repeated_rows(batches, repeats)
    rows = list(first.values())
    return RegisterReading(batches.notice, rows, quarantined, skipped, batches.ignored_columns)


def repeated_rows(batches: RegisterBatches, repeats: Sequence[Repeat]) -> list[QuarantinedRow]:
    """Say of each repeat which row had its key first, with its cells, which are read again."""
    if not repeats:
        return []
    declared = batches.declared
    raw = rows_at(batches.path, {(each.sheet, each.row_number) for each in repeats})
    label = declared.column(declared.key[0]).label
    return [
        QuarantinedRow(
            each.sheet,
            each.row_number,
            label,
            each.key,
            _repetition(declared, each),
            batches.row_text(each.sheet, raw[each.sheet, each.row_number]),
        )
        for each in repeats
    ]


def _repetition(declared: Register, repeat: Repeat) -> str:
    sheet = f"工作表“{repeat.first_sheet}”" if repeat.first_sheet else ""
    where = f"{sheet}第{repeat.first_row_number}行"
    if repeat.same:
        return f"重复行：与{where}重复，内容完全相同"
    labels = "、".join(declared.column(name).label for name in declared.key)
    return f"{labels}与{where}重复，而内容不同"
