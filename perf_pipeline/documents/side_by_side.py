"""Indicators side by side, written again as one row an indicator and read as any other table.

Either a row holds a project and an indicator of each group (成本指标 | 产出指标 | 效益指标, each
with names and values), or a row is an area and a column an indicator, or the whole table lies on
its side: its headings (三级指标, 指标值) stand below each other, and a column is an indicator.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from perf_pipeline.documents.column_words import (
    LEVELS,
    NAMES_INSTEAD,
    Part,
    is_all_areas,
    is_area,
    names_level,
    of_other_term,
    part_of,
)
from perf_pipeline.documents.labels import label
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Cell

_UNDER = (Part.LEVEL2, Part.LEVEL3, Part.VALUE, Part.WEIGHT)
_ABOUT = LEVELS | {Part.OPERATOR, Part.VALUE, Part.UNIT, Part.WEIGHT, Part.DESCRIPTION}


class _Group(NamedTuple):
    level: Cell
    under: Mapping[Part, Cell]  # the names and values, maybe with second levels and weights


def one_below_the_other(lines: Sequence[Line]) -> list[Line]:
    """Return a form's lines with such groups one below the other; others as they are."""
    for at, (upper, lower) in enumerate(itertools.pairwise(lines)):
        if turned := _repeated(lines, at):
            return [*lines[:at], *turned]
        if _is_headed_at_its_left(upper) and (turned := _on_its_side(lines[at:])):
            return [*lines[:at], *turned]
        if len(groups := _groups(upper, lower)) > 1:
            left = groups[0].level.column
            beside = [cell.column for cell in lower.cells if cell.column < left]
            heads = [_over(lines[: at + 1], column) for column in beside]
            parts = [p for p in _UNDER if any(p in group.under for group in groups)]
            named = [next(g.under[p].text for g in groups if p in g.under) for p in parts]
            heading = [*heads, "一级指标", *named]
            top = next(n for n in range(at + 1) if _goes_down(lines[n : at + 1], left))
            body = list(itertools.takewhile(lambda line: not line.is_foot, lines[at + 2 :]))
            # a second level of its own is merged down from row to row of its group
            each_alone = [[g] for g in groups] if Part.LEVEL2 in parts else [groups]
            turned = [
                row
                for some in each_alone
                for line in body
                for row in _rows(line, some, parts, left)
            ]
            return [*lines[:top], _line(lower, heading), *turned, *lines[at + 2 + len(body) :]]
        if turned := _areas_below(upper, lower, lines, at + 2):
            return [*lines[:at], *turned]
    return list(lines)


def _repeated(lines: Sequence[Line], at: int) -> list[Line]:
    """Set parts of a table that have the same headings, side by side, below each other.

    Where first levels stand in them they must be others: those of 中期 and 年度 are the same.
    """
    line = lines[at]
    if line.parts.count(Part.VALUE) < 2:
        return []
    heads = [(cell, _as_name(cell.text)) for cell in line.cells if _as_name(cell.text)]
    named = [part for _, part in heads]
    width = named.index(named[0], 1) if named[0] in named[1:] else len(named)
    parts = named[:width]
    if parts * (len(named) // width) != named or not {Part.LEVEL3, Part.VALUE} <= {*parts}:
        return []
    sets = [[cell for cell, _ in heads[n : n + width]] for n in range(0, len(heads), width)]
    body = list(itertools.takewhile(lambda line: not line.is_foot, lines[at + 1 :]))
    above = [cell for each in lines[max(at - 1, 0) : at + 1] for cell in each.cells]
    if len(sets) < 2 or any(of_other_term(cell.text) for cell in above):
        return []
    if Part.LEVEL1 in parts:
        at_level = [heads[parts.index(Part.LEVEL1)].column for heads in sets]
        cells = [[each.covering(column) for each in body] for column in at_level]
        levels = [{c.text for c in column if c} for column in cells]
        if set.intersection(*levels) - {""}:
            return []
    elif {*parts} & LEVELS != {Part.LEVEL3} or not _are_others(sets, body):
        return []
    elif any(names_level(cell.text) for cell in above) or any(
        cell.column < heads[0][0].column for row in body for cell in row.filled
    ):
        return []  # of which level or project each is stands beside or above them
    turned = [_line(line, [cell.text for cell in sets[0]])]
    for each in sets:
        for row in body:
            said = [row.covering(head.column) for head in each]
            turned.append(_line(row, ["" if c is None or c.continues else c.text for c in said]))
    return [*(each for each in turned if each.filled), *lines[at + 1 + len(body) :]]


def _as_name(text: str) -> Part | None:
    """Return what a column holds; one of names, too, where none is called 三级指标."""
    return Part.LEVEL3 if label(text) in NAMES_INSTEAD else part_of(text)


def _are_others(sets: Sequence[Sequence[Cell]], body: Sequence[Line]) -> bool:
    """Tell whether columns of names side by side hold each its own: 指标 | 值 | 指标 | 值."""
    at = [next(c.column for c in heads if _as_name(c.text) is Part.LEVEL3) for heads in sets]
    names = [{c.text for row in body if (c := row.covering(column))} - {""} for column in at]
    return not set.intersection(*names)


def _groups(upper: Line, lower: Line) -> list[_Group]:
    """Return the groups that two heading rows show: a level over a name and a value each."""
    found = []
    for level in (cell for cell in upper.spread().filled if names_level(cell.text)):
        cells = lower.under(level)
        under = {part: cell for cell in cells if (part := _as_name(cell.text)) in _UNDER}
        if len(under) < len(cells) or not {Part.LEVEL3, Part.VALUE} <= {*under}:
            return []
        found.append(_Group(level, under))
    return found


def _on_its_side(lines: Sequence[Line]) -> list[Line]:
    """Turn a table whose headings stand below each other at its left; none for another."""
    rows = list(itertools.takewhile(_is_headed_at_its_left, lines))
    parts = [part_of(row.filled[0].text) for row in rows]
    if len(rows) < 3 or Part.VALUE not in parts or not {*parts} & LEVELS:
        return []
    turned = [_line(rows[0], [row.filled[0].text for row in rows])]
    left = {row.filled[0].column + row.filled[0].width for row in rows}
    ends = sorted({cell.column for row in rows for cell in row.cells if cell.column >= max(left)})
    for column in ends:
        cells = [row.covering(column) for row in rows]
        texts = ("" if c is None or c.column < column else c.text for c in cells)
        turned.append(_line(rows[0], list(texts)))
    return [*turned, *lines[len(rows) :]]


def _is_headed_at_its_left(line: Line) -> bool:
    """Tell whether a row says first what the others of its cells are: 三级指标 | 植树 | 成活率."""
    first, *others = line.filled or (None,)
    return (
        first is not None
        and len(others) > 1
        and (part_of(first.text) in _ABOUT or label(first.text) == "绩效指标")
        and not any(part_of(cell.text) for cell in others)
    )


def _areas_below(upper: Line, lower: Line, lines: Sequence[Line], begin: int) -> list[Line]:
    """Turn a table whose columns are indicators and whose rows are areas; none for another."""
    levels = upper.spread()
    heads = [cell for cell in levels.filled if names_level(cell.text)]
    names = [cell for head in heads for cell in lower.under(head) if cell.text.strip()]
    if len(names) < 2 or any(part_of(cell.text) for cell in names):
        return []
    rows = list(itertools.takewhile(_says_more, itertools.islice(lines, begin, None)))
    areas = [_area_of(row, names[0].column) for row in rows]
    totals = sum(map(is_all_areas, areas))
    if len(areas) < 2 or not all(areas) or len({*areas}) < len(areas) or totals > 1:
        return []  # a row that is of no known area, or of one of several: nobody knows whose
    turned = [_line(lower, ["类别", "三级指标", *areas])]
    for name in names:
        head, said = levels.covering(name.column), [row.covering(name.column) for row in rows]
        texts = [cell.text if cell is not None else "" for cell in (head, name, *said)]
        turned.append(_line(lower, texts))
    return [*turned, *lines[begin + len(rows) :]]


def _says_more(line: Line) -> bool:
    filled = line.filled
    return len(filled) > 1 and (not line.is_foot or is_all_areas(filled[0].text))


def _area_of(line: Line, end: int) -> str:
    """Return the area that stands left of a row's values, the nearest: 某市 | 某县."""
    left = [cell.text for cell in line.filled if cell.column < end]
    return next((t for t in reversed(left) if is_area(t) or is_all_areas(t)), "")


def _over(lines: Sequence[Line], column: int) -> str:
    cells = (line.covering(column) for line in reversed(lines))
    return next((cell.text for cell in cells if cell is not None and cell.text.strip()), "")


def _goes_down(lines: Sequence[Line], left: int) -> bool:
    """Tell whether lines are the heading: what is left of the groups is merged or blank below."""
    below = (cell for line in lines[1:] for cell in line.cells if cell.column < left)
    return all(cell.continues or not cell.text.strip() for cell in below)


def _rows(line: Line, groups: Sequence[_Group], parts: Sequence[Part], end: int) -> Iterator[Line]:
    left = [cell for cell in line.cells if cell.column < end]
    begun = False
    for level, under in groups:
        said = [line.covering(under[p].column) if p in under else None for p in parts]
        texts = ["" if cell is None or cell.continues else cell.text for cell in said]
        if any(text.strip() for text in texts):
            own = [cell.text if not begun and not cell.continues else "" for cell in left]
            yield _line(line, [*own, level.text, *texts])
            begun = True


def _line(line: Line, texts: Sequence[str]) -> Line:
    cells = tuple(Cell(text, column) for column, text in enumerate(texts))
    return replace(line, cells=cells)
