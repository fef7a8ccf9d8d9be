"""The cells of some rows of a sheet, column by column, with what is wrong of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from perf_pipeline.registers.cells import Cell, Value
from perf_pipeline.registers.files import Row


@dataclass
class Columns:
    """Some rows, column by column: cells, values, and what is wrong with them by row."""

    rows: Sequence[Row]
    numbers: Sequence[int]
    cells: dict[str, Sequence[Cell]] = field(default_factory=dict)
    values: dict[str, list[Value]] = field(default_factory=dict)
    wrong: dict[str, dict[int, str]] = field(default_factory=dict)
