"""Which column of a file may be one that is missing: by its heading and by what stands below it.

A proposal is sure where heading and content both say so and no other column does: it is taken, and
told. Any other is only named, in the question that the file waits with.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from perf_pipeline.registers.cells import Cell, CellError, read_cell
from perf_pipeline.registers.declaration import Column, ColumnType
from perf_pipeline.registers.habits import is_foreign_amount, is_short_date

ALIKE = 0.6
_CONTAINED = 0.85
_PLAIN = (ColumnType.MONEY, ColumnType.DATE, ColumnType.CHOICE)


@dataclass(frozen=True)
class Proposal:
    """A file's column that may be a declared one, with its certainty between 0 and 1."""

    column: str
    heading: str
    position: int
    certainty: float
    sure: bool


def propose(
    missing: Sequence[Column],
    headings: Mapping[int, str],
    below: Sequence[Sequence[Cell]],
    projects: Collection[str] | None,
    key: Callable[[Cell], str],
) -> list[Proposal]:
    """Return a proposal for each missing column that has one.

    `headings` are the columns that nothing is known of, by position; `below` are the first rows
    under the header; `projects` those of the department, where they are known.
    """
    found: list[Proposal] = []
    for column in missing:
        scored = []
        for position, heading in headings.items():
            cells = [r[position] for r in below if position < len(r) and not _blank(r[position])]
            fits = _fits(column, cells, projects)
            alike = _alike(column, heading, key)
            scored.append((fits * 0.5 + alike * 0.5, fits, alike, position, heading))
        scored.sort(key=lambda each: -each[0])
        if not scored or scored[0][0] < ALIKE / 2:
            continue
        certainty, fits, alike, position, heading = scored[0]
        rivals = [each for each in scored[1:] if each[1] == 1 and each[2] >= ALIKE]
        told_by_content = column.known_project and bool(projects)
        others = [each for each in scored[1:] if each[1] == 1]
        sure = fits == 1 and not rivals and (alike >= ALIKE or (told_by_content and not others))
        sure = sure and (column.type in _PLAIN or told_by_content)
        found.append(Proposal(column.name, heading, position, certainty, sure))
    taken = [each.position for each in found]
    return [
        each
        if taken.count(each.position) == 1
        else Proposal(each.column, each.heading, each.position, each.certainty, sure=False)
        for each in found
    ]


def _alike(column: Column, heading: str, key: Callable[[Cell], str]) -> float:
    said = key(heading)
    best = 0.0
    for label in (column.label, *column.aliases):
        one = key(label)
        if len(one) >= 2 and one in said:
            best = max(best, _CONTAINED)
        best = max(best, fuzz.ratio(one, said) / 100)
    return best


def _fits(column: Column, cells: Sequence[Cell], projects: Collection[str] | None) -> float:
    if not cells:
        return 0.0
    if column.known_project and projects:
        return sum(str(cell).strip() in projects for cell in cells) / len(cells)
    return sum(_readable(cell, column) for cell in cells) / len(cells)


def _readable(cell: Cell, column: Column) -> bool:
    if column.type is ColumnType.DATE and is_short_date(cell):
        return True
    if column.type is ColumnType.MONEY and is_foreign_amount(cell):
        return True
    try:
        return read_cell(cell, column) is not None
    except CellError:
        return False


def _blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
