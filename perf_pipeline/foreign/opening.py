"""Opening a workbook of either kind: old (.xls) or zipped (.xlsx, .xlsm, .ods)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from perf_pipeline.domain.errors import Place
from perf_pipeline.foreign.old_workbook import old_sheets
from perf_pipeline.foreign.workbook import MOST_CELLS, OLE, Sheet
from perf_pipeline.foreign.zipped_workbook import zipped_sheets


def open_workbook(path: Path, *, most_cells: int = MOST_CELLS) -> Iterator[Sheet]:
    """Give a workbook's worksheets, hidden ones included.

    Raises UnreadableFileError for a file that is none, is encrypted or damaged, or has a sheet that
    is larger than it may be.
    """
    place = Place(path.name)
    with path.open("rb") as stream:
        old = stream.read(4) == OLE
    if old:
        yield from old_sheets(path, place, most_cells)
        return
    yield from zipped_sheets(path, place, most_cells)
