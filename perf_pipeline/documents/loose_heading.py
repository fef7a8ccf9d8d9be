"""Headings of loose lines, as text leaves them: set over the columns that they are of.

Text writes one cell of a heading that spans several columns, and what follows moves left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from perf_pipeline.documents.column_words import (
    ABOUT_INDICATORS,
    LEVELS,
    Part,
    names_level,
    part_of,
)
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Cell
from perf_pipeline.domain.target import TargetKind
from perf_pipeline.domain.target_grammar import is_sign, parse_target

ANY_YEAR = 2024  # with one, 6月底前 is a date


def widened(rows: tuple[Line, ...], body: Sequence[Line], upper: Line | None) -> tuple[Line, ...]:
    """Set a loose heading over its columns.

    Text leaves one cell of a heading that spans several columns, and what follows moves left, as
    many places as the row is short of the one below it. A blank cell may be the rest of a heading
    of the row above.
    """
    first = rows[0]
    if len(rows) == 1:
        rows = (first := _over_what_agrees(first, body),)
    if len(rows) > 1:
        first = _over_its_columns(first, rows[1])
        rows = (_spread(first, rows[1]), *rows[1:])
    elif upper is not None and any(not cell.text.strip() for cell in first.cells):
        blanks = [cell for cell in first.cells if not cell.text.strip()]
        heads = [c for c in upper.filled if part_of(c.text) in ABOUT_INDICATORS - LEVELS]
        known = {part_of(cell.text) for cell in first.cells}
        heads = [cell for cell in heads if part_of(cell.text) not in known]
        if len(heads) == len(blanks):
            named = {b.column: h.text for b, h in zip(blanks, heads, strict=True)}
            cells = (c._replace(text=named.get(c.column, c.text)) for c in first.cells)
            rows = (replace(first, cells=tuple(cells)),)
    return rows


def _over_what_agrees(line: Line, body: Sequence[Line]) -> Line:
    """Let that heading span several columns below which its others agree with the body best."""
    short = max((len(row.cells) for row in body), default=0) - len(line.cells)
    if short < 1:
        return line
    columns: dict[int, list[str]] = {}
    for cell in (cell for row in body for cell in row.filled):
        columns.setdefault(cell.column, []).append(cell.text)

    def moved(after: int) -> Line:
        cells = (
            cell._replace(column=cell.column + short * (n > after), width=1 + short * (n == after))
            for n, cell in enumerate(line.cells)
        )
        return replace(line, cells=tuple(cells))

    def agreement(head: Line) -> float:
        return sum(_agreement(cell.text, columns.get(cell.column, ())) for cell in head.cells)

    spans = [moved(after) for after in reversed(range(len(line.cells) - 1))]
    return max([line, *spans], key=agreement)


def _agreement(heading: str, texts: Sequence[str]) -> float:
    """Return how far what stands in a column is what its heading says, from 0 to 1."""
    part = part_of(heading)
    holds = _HOLDS.get(part) if part is not None else None
    return sum(map(holds, texts)) / len(texts) if holds is not None and texts else 0.0


def is_target(text: str) -> bool:
    """Tell whether a text is a target, not only words."""
    return parse_target(text, fiscal_year=ANY_YEAR).kind is not TargetKind.TEXT


def is_name(text: str) -> bool:
    """Tell whether a text may be an indicator's name: words or a tendency (收入提升), no level."""
    kind = parse_target(text, fiscal_year=ANY_YEAR).kind
    return kind in (TargetKind.TEXT, TargetKind.DIRECTION) and not names_level(text)


_HOLDS: dict[Part, Callable[[str], bool]] = {
    **dict.fromkeys((Part.LEVEL1, Part.LEVEL2), names_level),
    **dict.fromkeys((Part.LEVEL3, Part.DESCRIPTION, Part.BASIS), is_name),
    **dict.fromkeys((Part.VALUE, Part.ACTUAL, Part.WEIGHT, Part.SCORE), is_target),
    Part.OPERATOR: is_sign,
}


def _spread(line: Line, below: Line) -> Line:
    """Let a heading reach over the blanks behind it where the row below stands there.

    Below a heading that goes down to the next row (三级指标) nothing stands.
    """
    under = {cell.column for cell in below.filled}
    cells: list[Cell] = []
    for cell in line.cells:
        if cell.text.strip() or not cells or not {cells[-1].column, cell.column} <= under:
            cells.append(cell)
        elif cells[-1].column + cells[-1].width == cell.column:
            cells[-1] = cells[-1]._replace(width=cells[-1].width + cell.width)
    return replace(line, cells=tuple(cells))


def _over_its_columns(line: Line, below: Line) -> Line:
    subs = below.filled
    begin, more = subs[0].column, len(subs) - 1
    short = below.cells[-1].column - line.cells[-1].column
    above = line.covering(begin)
    if not more or short != more or subs[-1].column != begin + more or above is None:
        return line
    cells = (
        cell._replace(width=len(subs))
        if cell is above
        else cell._replace(column=cell.column + more)
        for cell in line.cells
        if cell.column >= begin
    )
    return replace(line, cells=(*(c for c in line.cells if c.column < begin), *cells))
