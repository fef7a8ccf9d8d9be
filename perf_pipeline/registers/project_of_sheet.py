"""A ledger of one project (一个项目一张账): its name stands above the table, or names the sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from perf_pipeline.registers.captions import texts
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.files import OpenedSheet, Row
from perf_pipeline.registers.header import Known
from perf_pipeline.registers.missing_columns import MissingColumnsError
from perf_pipeline.registers.other_rows import is_blank_row

_AND_OTHERS = "[等及和与、,，]"


def project_named(
    sheet: OpenedSheet, path: Path, declared: Register, known: Known, error: MissingColumnsError
) -> str | None:
    """Return the one project that a ledger without a column of projects is named after, if any."""
    whose = declared.amount.whose if declared.amount else None
    if whose is None or whose not in {column.name for column in error.lacking}:
        return None
    above = [text for row in islice(sheet.rows(), error.row) for text in texts(row)]
    said = "\n".join((sheet.name or "", path.stem, *above))
    projects = sorted(known.projects or (), key=len, reverse=True)
    found = set()
    for name in projects:
        if name in said and not re.search(re.escape(name) + _AND_OTHERS, said):
            found.add(name)
            said = said.replace(name, "")
    return found.pop() if len(found) == 1 else None


def with_project(sheet: OpenedSheet, declared: Register, row: int, project: str) -> OpenedSheet:
    """Return a sheet with a column of its project behind the others of its header, at a row."""
    assert declared.amount is not None
    label = declared.column(declared.amount.whose).label
    width = max(map(len, islice(sheet.rows(), row + 1)))

    def rows() -> Iterator[Row]:
        for number, cells in enumerate(sheet.rows()):
            if number < row or len(cells) > width or is_blank_row(cells):
                yield cells
            else:
                rest = [None] * (width - len(cells))
                yield [*cells, *rest, label if number == row else project]

    return replace(sheet, rows=rows)
