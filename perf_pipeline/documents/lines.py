"""Lines of forms: rows of tables on their grid, each with the place where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from perf_pipeline.documents.labels import label
from perf_pipeline.documents.model import Cell, Row, Where


@dataclass(frozen=True)
class Line:
    """A row of a form."""

    cells: Row
    where: Where

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
        """Return the cell to the right."""
        return next((each for each in self.cells if each.column > cell.column), None)
