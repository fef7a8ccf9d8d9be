"""Telling repeated keys of a register's file apart, once all of its rows are together.

What becomes of rows that share a key is decided by `identity.settle`; here is what it is given, and
how it is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from perf_pipeline.domain.personal import without_numbers
from perf_pipeline.registers.batch import QuarantinedRow
from perf_pipeline.registers.batches import RegisterBatches
from perf_pipeline.registers.cells import Value
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.identity import Keyed, Repeat
from perf_pipeline.registers.notices import Notice


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
