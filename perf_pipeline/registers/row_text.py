"""The text of a quarantined row: its cells by the labels of their columns, to be given back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from perf_pipeline.registers.cells import Cell, is_blank
from perf_pipeline.registers.declaration import Register

if TYPE_CHECKING:
    from perf_pipeline.registers.header import Header

NamedCells = dict[str, str | int | float | bool]


def name_cells(declared: Register, header: Header | None, cells: Sequence[Cell]) -> NamedCells:
    """Name each filled cell of a row: a declared column's label, else its own heading.

    A cell without a heading is named by its position (第9列), all are where there is no header.
    Numbers stay numbers, so that what
    is given back reads as what came in; dates are written as text.
    """
    known: dict[int, str] = {}
    labels: Sequence[Cell] = ()
    if header is not None:
        known = {at: declared.column(name).label for name, at in header.positions.items()}
        labels = header.rows[-1]
    named: NamedCells = {}
    for position, cell in enumerate(cells):
        if is_blank(cell):
            continue
        heading = str(labels[position] or "").strip() if position < len(labels) else ""
        label = known.get(position) or heading or f"第{position + 1}列"
        plain = cell if isinstance(cell, str | int | float) else str(cell)
        named[label] = plain.removesuffix(" 00:00:00") if isinstance(plain, str) else plain
    return named


def row_text(named: NamedCells) -> str:
    """Write a row's filled cells by the labels of their columns, as JSON."""
    return json.dumps(named, ensure_ascii=False)


def cells_of(row_text: str | None) -> Mapping[str, str | int | float]:
    """Return a quarantined row's cells by label; none where the row's text does not tell."""
    try:
        cells = json.loads(row_text or "{}")
    except ValueError:
        return {}
    return cells if isinstance(cells, dict) else {}
