"""Columns of indicators that are called otherwise, known by what stands below them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from perf_pipeline.documents.indicator_labels import Part, first_level_of, is_first_level
from perf_pipeline.documents.labels import label
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Cell
from perf_pipeline.domain.target import TargetKind
from perf_pipeline.domain.target_grammar import is_sign, parse_target

Found = list[tuple[Cell, Part | None]]

ROWS_LOOKED_AT = 12
LEVELS: set[Part | None] = {Part.LEVEL1, Part.LEVEL2, Part.LEVEL3}
_MOSTLY = 0.5
_OPEN = (None, Part.DESCRIPTION, Part.BASIS, Part.OBJECTIVE)  # what a column of values may seem
# what stands for the third level where no column is called so, and the surer ones among them
_INSTEAD = ("指标内容", "绩效指标", "绩效指标内容", "指标", "三级指标内容", "具体内容", "指标描述")
_SURE = ("指标内容", "绩效指标内容")
# what stands for the value where no column is called so and nothing below one tells
_ONLY_VALUES = ("绩效标准", "目标", "年度目标", "绩效目标")
_OTHER_TERM = re.compile(
    r"上年|上一?年|前[一二三]?年|去年|往年|历史|基期|半年|中期|实施期|实施周期|长期|总目标|三年|项目期|全周期"
)


def by_content(found: Found, rows: Sequence[Line]) -> tuple[Found, bool]:
    """Name the columns of a header that their labels leave open; tell whether one was guessed."""
    guessed = False
    if Part.LEVEL3 not in {part for _, part in found}:
        found, guessed = _with_names(found, rows)
    return _with_values(_with_signs(_with_levels(found, rows), rows), rows), guessed


def of_other_term(cell: Cell) -> bool:
    """Tell whether a heading is of last year, half a year or several years (上年, 中期, 实施期)."""
    return _OTHER_TERM.match(label(cell.text)) is not None


def _with_names(found: Found, rows: Sequence[Line]) -> tuple[Found, bool]:
    """Find the column of the indicators' names where none is called 三级指标."""
    for words in _INSTEAD:
        for cell, _ in found:
            if label(cell.text) == words and not _is_side(cell, rows):
                return _named(found, cell, Part.LEVEL3), words not in _SURE
    second = next((cell for cell, part in found if part is Part.LEVEL2), None)
    if second is not None and Part.LEVEL1 in {part for _, part in found}:
        return _named(found, second, Part.LEVEL3), True  # a form of two levels
    return found, False


def _with_levels(found: Found, rows: Sequence[Line]) -> Found:
    """Call a column of second levels so, where it is the only one and is headed 一级指标."""
    first = next((cell for cell, part in found if part is Part.LEVEL1), None)
    if first is None or Part.LEVEL2 in {part for _, part in found}:
        return found
    second = any(
        first_level_of(text) and not is_first_level(label(text), "") for text in _texts(first, rows)
    )
    return _named(found, first, Part.LEVEL2) if second else found


def _with_signs(found: Found, rows: Sequence[Line]) -> Found:
    """Call a column of signs (≥, 小于等于) so, whatever its heading."""
    if Part.OPERATOR in {part for _, part in found}:
        return found
    for cell, part in found:
        if part is None and _share(cell, rows, is_sign) >= _MOSTLY:
            return _named(found, cell, Part.OPERATOR)
    return found


def _with_values(found: Found, rows: Sequence[Line]) -> Found:
    """Find the year's values: the column called so, else the one with the most of them."""
    third = next((cell for cell, part in found if part is Part.LEVEL3), None)
    values = [cell for cell, part in found if part is Part.VALUE]
    if third is None or any(not of_other_term(cell) for cell in values):
        others = [cell for cell in values if of_other_term(cell)]
        return [(c, None if c in others and len(values) > len(others) else p) for c, p in found]
    ends = {c.column + c.width for c, part in found if part is Part.OPERATOR}
    begins = {c.column for c, part in found if part is Part.UNIT}
    best, most = None, 0.0
    for cell, part in found:
        if cell.column <= third.column or part not in _OPEN or of_other_term(cell):
            continue
        share = _share(cell, rows, _is_target)
        framed = cell.column in ends or cell.column + cell.width in begins  # between ≥ and %
        if share + framed > most:
            best, most = cell, share + framed
    if best is not None and most >= _MOSTLY:
        return _named(found, best, Part.VALUE)
    if not values:
        found = [(c, Part.VALUE if label(c.text) in _ONLY_VALUES else p) for c, p in found]
    return found


def _named(found: Found, cell: Cell, part: Part) -> Found:
    return [(each, part if each is cell else known) for each, known in found]


def _is_side(cell: Cell, rows: Sequence[Line]) -> bool:
    """Tell a label that stands beside all rows (绩效指标) from the heading of a column."""
    return bool(rows) and not _texts(cell, rows)


def _texts(cell: Cell, rows: Sequence[Line]) -> list[str]:
    below = (row.covering(cell.column) for row in rows)
    return [each.text for each in below if each and each.text.strip() and not each.continues]


def _share(cell: Cell, rows: Sequence[Line], says: Callable[[str], bool]) -> float:
    below = _texts(cell, rows)
    return sum(map(says, below)) / len(below) if below else 0.0


def _is_target(text: str) -> bool:
    return parse_target(text).kind is not TargetKind.TEXT
