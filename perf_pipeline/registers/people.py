"""What is told of a row in quarantine names nobody: its reason and value, masked by its own cells.

The row's text stays whole: it is given back to the department whose row it is, and is erased once
the row is mended.
"""

from __future__ import annotations

from perf_pipeline.domain.personal import Personal, masked, told_by, without_numbers
from perf_pipeline.registers.declaration import Register
from perf_pipeline.registers.row_text import NamedCells

SHORTEST = {Personal.IDENTITY: 6, Personal.PHONE: 6}  # signs that such a value has at least


def kind_of(declared: Register, label: str) -> Personal | None:
    """Return what of people the column of a label holds: as declared, else by its heading."""
    for column in declared.columns:
        if column.label == label:
            return column.personal
    return told_by(label)


def without_people(text: str, declared: Register, cells: NamedCells) -> str:
    """Return a text about a row in which no cell that names people stands as it was written."""
    for label, cell in cells.items():
        kind = kind_of(declared, label)
        said = str(cell).strip()
        # 电话费 of 5 yuan is no phone: a short number would be taken out of all others
        least = SHORTEST.get(kind, 2) if kind else 0
        if kind is not None and len(said) >= least and said in text:
            text = text.replace(said, masked(said, kind))
    return without_numbers(text)
