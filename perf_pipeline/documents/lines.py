"""Lines of forms: rows of tables on their grid, each with the place where it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from perf_pipeline.documents.labels import label
from perf_pipeline.documents.model import Cell, Row, Where


@dataclass(frozen=True)
class Line:
    """A row of a form."""

    cells: Row
    where: Where
    loose: bool = False

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Each cell's bare label."""
        return tuple(label(cell.text) for cell in self.cells)

    @cached_property
    def filled(self) -> Row:
        """The cells that say something here: not empty, not merged from above."""
        return tuple(cell for cell in self.cells if cell.text.strip() and not cell.continues)

    @property
    def text(self) -> str:
        """What the row says, for messages."""
        return " ".join(cell.text.strip() for cell in self.filled)

    def covers_left(self) -> bool:
        """Tell whether the leftmost cell says something here."""
        return bool(self.filled) and self.filled[0] is self.cells[0]

    def within(self, columns: range) -> list[Cell]:
        """Return the cells that begin in columns, else the one that reaches over the first."""
        begun = [cell for cell in self.cells if cell.column in columns]
        covering = None if begun else self.covering(columns.start)
        return [covering] if covering is not None else begun

    def covering(self, column: int) -> Cell | None:
        """Return the cell that covers a column of the grid."""
        for cell in self.cells:
            if cell.column <= column < cell.column + cell.width:
                return cell
        return None

    def under(self, upper: Cell) -> Row:
        """Return the cells that begin below a cell of an upper row."""
        end = upper.column + upper.width
        return tuple(cell for cell in self.cells if upper.column <= cell.column < end)

    def after(self, cell: Cell) -> Cell | None:
        """Return the cell to the right, past blanks that may be the rest of a merged one."""
        right = [each for each in self.cells if each.column > cell.column]
        if self.loose:
            right = [each for each in right if each.text.strip()] or right[:1]
        return right[0] if right else None

    def spread(self) -> Self:
        """Let each cell of a loose line reach over the blanks behind it."""
        if not self.loose or not self.filled:
            return self
        ends = [*(cell.column for cell in self.filled[1:]), self.cells[-1].column + 1]
        cells = (
            Cell(cell.text, cell.column, end - cell.column)
            for cell, end in zip(self.filled, ends, strict=True)
        )
        return replace(self, cells=tuple(cells))
