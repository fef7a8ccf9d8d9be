"""A Parquet file as rows of cells: the names of its columns first, then its values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pyarrow
import pyarrow.parquet

from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.domain.errors import Place, UnreadableFileError
from perf_pipeline.registers.cells import Cell

LARGEST_UNPACKED = 2 * 1024**3
MOST_COLUMNS = 1_000
ROWS_AT_ONCE = 10_000


def parquet_rows(path: Path, most_rows: int) -> Iterator[list[Cell]]:
    """Give the rows of a Parquet file, of which the first holds the columns' names.

    Raises UnreadableFileError for one that is damaged, too large, or holds what is no cell.
    """
    place = Place(path.name)
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            _refuse_oversized(file, most_rows, place)
            yield list(file.schema_arrow.names)
            for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, use_threads=False):
                columns = [_cells(column, place) for column in batch.columns]
                yield from map(list, zip(*columns, strict=True))
    except MemoryError:
        raise  # a dictionary can unpack to more than its metadata say
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise UnreadableFileError("不是可读的 Parquet 文件，或已损坏、没有传完整", place) from error


def _refuse_oversized(file: Any, most_rows: int, place: Place) -> None:
    facts = file.metadata
    if facts.num_rows > most_rows:
        raise UnreadableFileError(f"多于{most_rows}行", place)
    if facts.num_columns > MOST_COLUMNS:
        raise UnreadableFileError(f"有{facts.num_columns}列，最多{MOST_COLUMNS}列", place)
    unpacked = sum(facts.row_group(n).total_byte_size for n in range(facts.num_row_groups))
    if unpacked > LARGEST_UNPACKED:
        raise UnreadableFileError(f"解压后有{unpacked // 1024**2}MB，不读取", place)


def _cells(column: Any, place: Place) -> list[Cell]:
    kind = column.type
    if pyarrow.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if pyarrow.types.is_nested(kind) or pyarrow.types.is_binary(kind):
        raise UnreadableFileError(f"含有不是单元格的列（类型 {kind}）", place)
    if pyarrow.types.is_decimal(kind):  # written out whole, as a person would
        return [None if cell is None else format(cell, "f") for cell in column.to_pylist()]
    if pyarrow.types.is_timestamp(kind) or pyarrow.types.is_date(kind):
        return [_of_our_clock(cell) for cell in _moments(column)]
    cells: list[Cell] = column.to_pylist()
    return cells


def _moments(column: Any) -> list[Cell]:
    """Return dates and times; one that no calendar of Python's has is given as text."""
    try:
        cells: list[Cell] = column.to_pylist()
    except (ValueError, OverflowError, pyarrow.ArrowException):
        return [_moment(cell) for cell in column]
    return cells


def _of_our_clock(cell: Cell) -> Cell:
    """Return a time of another place's clock whose day is another one here as text: it is asked."""
    if isinstance(cell, datetime) and cell.tzinfo is not None:
        here = cell.astimezone(LOCAL)
        return here.replace(tzinfo=None) if here.date() == cell.date() else str(cell)
    return cell


def _moment(cell: Any) -> Cell:
    try:
        return cast(Cell, cell.as_py())
    except (ValueError, OverflowError, pyarrow.ArrowException):
        return f"时间戳{cell.value}"
