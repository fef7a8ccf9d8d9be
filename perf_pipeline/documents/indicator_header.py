"""The header of a table of indicators: which column says what, however it is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from perf_pipeline.documents.indicator_content import (
    LEVELS,
    ROWS_LOOKED_AT,
    Found,
    by_content,
    is_term,
    of_this_year,
)
from perf_pipeline.documents.indicator_labels import Part, level_alone, part_of
from perf_pipeline.documents.labels import label
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Cell

_ANNUAL = re.compile(r"(?:\d{4}年?)?(?:年度|当年|本年).{0,8}")  # a heading, not a sentence
_GROUPS = (Part.REASON, Part.LIKELIHOOD, Part.VALUE, Part.WEIGHT, Part.ACTUAL)
_SEVERAL = (Part.REASON, Part.LIKELIHOOD, Part.OPERATOR)  # one thing said in several columns
_BEHIND = (Part.ACTUAL, Part.OUTLOOK, Part.WEIGHT, Part.SCORE, Part.REASON, Part.REMARK)

Columns = dict[Part, tuple[Cell, ...]]


@dataclass(frozen=True)
class Header:
    """Where the columns of a table of indicators stand.

    `subs` are the labels below a heading that spans several columns (经费保障, 确定能). `lines` is
    how many rows the header takes. `guessed` tells that a column was taken by likeness.
    `midterm` are the columns of a second set of indicators beside the year's (中期指标).
    """

    columns: Columns
    subs: tuple[Cell, ...] = ()
    lines: int = 1
    guessed: bool = False
    midterm: tuple[Cell, ...] = ()


def read_header(lines: Sequence[Line], at: int) -> Header | None:
    """Return the header that begins at a line of a form, or None where none begins there.

    A column is known by its label; one that is called otherwise, by what stands below it. The row
    above may say which of two sets of columns is the year's.
    """
    if not any("级" in each or "指标" in each for each in lines[at].labels):
        return None
    following = _as_merged(lines[at + 1], lines[at]) if at + 1 < len(lines) else None
    line = _over_its_columns(lines[at], following)
    upper = lines[at - 1] if at else None
    found: Found = [(cell, part_of(cell.text)) for cell in line.cells if cell.text.strip()]
    called = {part for _, part in found} - {None}
    below_a_level = following is not None and level_alone(following)
    if len(called) < 2 or not (called & (LEVELS | {Part.VALUE}) or below_a_level):
        return None
    found, guessed = by_content(found, lines[at + 1 : at + 1 + ROWS_LOOKED_AT])
    named = {part for _, part in found}
    if Part.LEVEL3 not in named or len(named - {None}) < 3:
        return None
    if not named & {Part.VALUE, Part.ACTUAL, Part.OPERATOR, Part.LEVEL2}:
        return None
    if not (called & LEVELS or named & {Part.LEVEL1, Part.LEVEL2} or below_a_level):
        return None
    found, midterm = _one_set(_without_side(found), upper)
    subs, taken = _subheader(found, following)
    if not taken and line.loose and following is not None:
        parts = {cell.column: part for cell, part in found}
        spread = line.spread().cells
        wider = [(cell, parts[cell.column]) for cell in spread if cell.column in parts]
        subs, taken = _subheader(wider, following)
        found = wider if taken else found
    if line.loose and upper is not None:
        found += _from_above(line, upper, {part for _, part in found})
    columns: dict[Part, tuple[Cell, ...]] = {}
    for cell, part in found:
        below = [each for each in subs if cell.column <= each.column < cell.column + cell.width]
        finer = [(each, part_of(each.text)) for each in below]
        terms = of_this_year(below)
        if part is Part.VALUE and 0 < len(terms) < len(below):
            columns[part] = tuple(terms)  # the year's, not the last one's or that of all years
        elif part is Part.VALUE and any(p in (Part.OPERATOR, Part.UNIT) for _, p in finer):
            for each, sub in finer:
                columns[sub or Part.VALUE] = (*columns.get(sub or Part.VALUE, ()), each)
        elif part is Part.WEIGHT and Part.LEVEL3 in columns:
            columns[part] = (cell,)  # those before are of the levels above
        elif part is not None and (part not in columns or part in _SEVERAL):
            columns[part] = (*columns.get(part, ()), cell)
    return Header(columns, tuple(subs), 1 + taken, guessed, midterm)


def _as_merged(line: Line, upper: Line) -> Line:
    """Take what a heading's second row says again as merged with the row above."""
    heads = {cell.column: cell.text for cell in upper.filled}
    again = [heads.get(cell.column) == cell.text for cell in line.cells]
    if not any(again):
        return line
    cells = (
        cell._replace(continues=cell.continues or said)
        for cell, said in zip(line.cells, again, strict=True)
    )
    return replace(line, cells=tuple(cells))


def _over_its_columns(line: Line, following: Line | None) -> Line:
    """Let a heading of a loose line reach over the headings below it, as many as the row is short.

    Text leaves one cell of a heading that spans several columns, and what follows moves left.
    """
    if not line.loose or following is None or not following.filled:
        return line
    subs = following.filled
    begin, more = subs[0].column, len(subs) - 1
    end = begin + len(subs)
    short = following.cells[-1].column - line.cells[-1].column
    above = line.covering(begin)
    if not more or short != more or subs[-1].column != end - 1 or above is None:
        return line
    cells = (
        cell._replace(width=len(subs))
        if cell is above
        else cell._replace(column=cell.column + more)
        for cell in line.cells
        if cell.column >= begin
    )
    return replace(line, cells=(*(c for c in line.cells if c.column < begin), *cells))


def _from_above(line: Line, upper: Line, known: set[Part | None]) -> Found:
    """Name a header's blank cells by the row above, whose headings reach down over both rows."""
    blanks = [cell for cell in line.cells if not cell.text.strip()]
    heads = [
        part
        for cell in upper.cells
        if (part := part_of(cell.text)) in _BEHIND and part not in known
    ]
    return list(zip(blanks, heads, strict=True)) if len(blanks) == len(heads) else []


def _without_side(found: Found) -> Found:
    """Leave out what stands left of the levels, but for the columns of a list of projects."""
    first = min(cell.column for cell, part in found if part in LEVELS)
    of_list = (Part.PROJECT, Part.UNIT_NAME, Part.OBJECTIVE, Part.AMOUNT)
    return [(cell, part) for cell, part in found if cell.column >= first or part in of_list]


def _one_set(found: Found, upper: Line | None) -> tuple[Found, tuple[Cell, ...]]:
    """Keep the year's columns where a form has 中期 and 年度 indicators side by side."""
    thirds = [cell for cell, part in found if part is Part.LEVEL3]
    if len(thirds) < 2:
        return found, ()
    firsts = [
        cell
        for cell, part in found
        if part in (Part.LEVEL1, Part.LEVEL2) and thirds[0].column < cell.column < thirds[1].column
    ]
    border = min((cell.column for cell in firsts), default=thirds[1].column)
    above = upper.filled if upper is not None else ()
    says = [*above, *(cell for cell, _ in found)]
    years_first = any(_ANNUAL.fullmatch(label(cell.text)) for cell in says if cell.column < border)
    shared: Found = [(c, p) for c, p in found if p is Part.LEVEL1]
    left: Found = [(c, p) for c, p in found if c.column < border and p is not Part.LEVEL1]
    right: Found = [(c, p) for c, p in found if c.column >= border and p is not Part.LEVEL1]
    year, other = (left, right) if years_first else (right, left)
    firsts_of_year = [each for each in shared if (each[0].column < border) is years_first]
    return (
        (firsts_of_year or shared[:1]) + year,
        tuple(cell for cell, part in other if part is Part.LEVEL3),
    )


def _subheader(found: Found, following: Line | None) -> tuple[list[Cell], int]:
    """Return the cells of a second header row, and 1 where there is one."""
    if following is None or not following.filled:
        return [], 0
    wide = [cell for cell, part in found if cell.width > 1 or part in _GROUPS]
    merged_down = any(cell.continues and part_of(cell.text) is not None for cell in following.cells)
    terms = all(is_term(cell.text) for cell in following.filled)
    merged_down |= following.loose and (terms or not re.search(r"[\d√]", following.text))
    below = [
        each
        for each in following.filled
        if any(cell.column <= each.column < cell.column + cell.width for cell in wide)
    ]
    if len(below) != len(following.filled):
        return [], 0
    spread = any(sum(c.column <= b.column < c.column + c.width for b in below) > 1 for c in wide)
    return (below, 1) if merged_down and (spread or len(below) > 1) else ([], 0)
