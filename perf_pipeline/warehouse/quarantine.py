"""What is in quarantine, given back: a workbook for each department's register, to be mended."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sqlalchemy import Engine, select

from perf_pipeline.domain.errors import Place
from perf_pipeline.registers.declaration import register
from perf_pipeline.registers.handed_back import SUFFIX, HandedBack, mending_workbook
from perf_pipeline.registers.row_text import cells_of
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.schema import quarantined_row, register_tables, source_file
from perf_pipeline.warehouse.typed import Query, StoredRow


@dataclass(frozen=True)
class HandedBackFiles:
    """The workbooks written, each with its number of rows; and what no workbook can mend.

    The latter are sheets whose header cannot be read and parts of target documents, each with its
    place, reason and hint: their files must be handed in again as a whole.
    """

    workbooks: list[tuple[Path, int]]
    whole_files: list[tuple[str, str, str]]


def hand_back(engine: Engine, folder: Path) -> HandedBackFiles:
    """Write the rows that are in quarantine as workbooks, laid out below `folder` as an inbox is.

    A workbook never takes the name of a file that was handed in or that is there already.
    """
    with engine.connect() as connection:
        rows = connection.execute(_in_quarantine()).all()
        taken = set(connection.execute(select(source_file.c.path)).scalars())
    mendable: list[StoredRow] = []
    whole: list[StoredRow] = []
    for row in rows:
        by_row = row.kind in register_tables and row.column_label is not None
        by_row = by_row or (row.kind in register_tables and _has_columns(row))
        (mendable if by_row else whole).append(row)
    workbooks = []
    for (parent, kind), group in groupby(
        mendable, key=lambda row: (row.path.rpartition("/")[0], row.kind)
    ):
        declared = register(kind)
        handed = [_handed_back(row) for row in group]
        path = _free_name(folder, parent, declared.label, taken)
        path.parent.mkdir(parents=True, exist_ok=True)
        mending_workbook(declared, handed).save(path)
        workbooks.append((path, len(handed)))
    return HandedBackFiles(workbooks, [(_place(row), row.reason, row.hint or "") for row in whole])


def _has_columns(row: StoredRow) -> bool:
    """Tell whether a row's cells are known by the register's columns: a refused sheet's are not."""
    labels = {column.label for column in register(row.kind).columns}
    return bool(labels & cells_of(row.row_text).keys())


def _in_quarantine() -> Query:
    return (
        select(quarantined_row, source_file.c.path, source_file.c.kind)
        .join(source_file, source_file.c.id == quarantined_row.c.source_file_id)
        .where(current(quarantined_row))
        .order_by(
            source_file.c.fiscal_year,
            source_file.c.department_id,
            source_file.c.kind,
            source_file.c.path,
            quarantined_row.c.id,
        )
    )


def _handed_back(row: StoredRow) -> HandedBack:
    return HandedBack(
        row.mark or "", _place(row), row.column_label, row.reason, row.hint or "", row.row_text
    )


def _place(row: StoredRow) -> str:
    return str(Place(row.path, row.sheet, row.row_number, row.column_label))


def _free_name(folder: Path, parent: str, label: str, taken: set[str]) -> Path:
    stem, number = f"{label}{SUFFIX}", 1
    while True:
        name = f"{stem}.xlsx" if number == 1 else f"{stem}{number}.xlsx"
        path = folder / parent / name
        if f"{parent}/{name}" not in taken and not path.exists():
            return path
        number += 1
