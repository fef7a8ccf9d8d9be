"""Reading a register's file whole, by its declaration, and telling repeated keys apart.

Where all rows of a file are together differs: here in memory, in the warehouse in its staging
table. What becomes of rows that share a key is decided by `identity.settle` for both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from perf_pipeline.domain.personal import without_numbers
from perf_pipeline.registers.batch import QuarantinedRow
from perf_pipeline.registers.batches import RegisterBatches
from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.header import Known
from perf_pipeline.registers.identity import Keyed, Repeat, settle
from perf_pipeline.registers.notices import Notice


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


def keyed(
    declared: Register,
    ordinal: int,
    sheet: str | None,
    row_number: int,
    key: str,
    content: tuple[Value, ...],
) -> Keyed:
    """Return a row that shares its key with others as `settle` wants it."""
    day = None
    if declared.amount is not None:
        names = [column.name for column in declared.columns]
        found = content[names.index(declared.amount.day)]
        day = found if isinstance(found, date) else None
    stated = any(column.ends_month for column in declared.columns)  # two values of one day
    contested = stated or (declared.change is not None and bool(declared.change.entered_in))
    return Keyed(ordinal, sheet, row_number, key, content, day, contested)


def of_lines(declared: Register, vouchers: int) -> Iterator[Notice]:
    """Tell of vouchers that have several lines, or whose numbers begin again."""
    if vouchers:
        label = declared.column(declared.key[0]).label
        words = (
            f"{vouchers}个“{label}”各有几行，都已计入："
            "同日的按一张凭证的几行，不同月的按编号重新开始"
        )
        yield Notice("lines_of_a_voucher", words)


def repeated_rows(batches: RegisterBatches, repeats: Sequence[Repeat]) -> list[QuarantinedRow]:
    """Say of each repeat which row had its key first, with its cells, which are read again."""
    if not repeats:
        return []
    declared = batches.declared
    texts = batches.row_texts({(each.sheet, each.row_number) for each in repeats})
    label = declared.column(declared.key[0]).label
    return [
        QuarantinedRow(
            each.sheet,
            each.row_number,
            label,
            without_numbers(each.key),
            without_numbers(_repetition(declared, each)),
            texts[each.sheet, each.row_number],
        )
        for each in repeats
    ]


def _repetition(declared: Register, repeat: Repeat) -> str:
    sheet = f"工作表“{repeat.first_sheet}”" if repeat.first_sheet else ""
    file = f"文件“{repeat.first_file}”" if repeat.first_file else ""
    where = f"{file}{sheet}第{repeat.first_row_number}行"
    if repeat.same:
        return f"重复行：与{where}重复，内容完全相同"
    labels = "、".join(declared.column(name).label for name in declared.key)
    return f"{labels}与{where}重复，而内容不同"
