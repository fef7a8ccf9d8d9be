"""Columns of indicators that are called otherwise, known by what stands below them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from perf_pipeline.documents.indicator_labels import (
    Part,
    first_level_of,
    is_first_level,
    names_level,
)
from perf_pipeline.documents.labels import label
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.model import Cell
from perf_pipeline.domain.target import TargetKind
from perf_pipeline.domain.target_grammar import is_sign, parse_target

Found = list[tuple[Cell, Part | None]]

ROWS_LOOKED_AT = 12
LEVELS: set[Part | None] = {Part.LEVEL1, Part.LEVEL2, Part.LEVEL3}
_MOSTLY = 0.5
_ENOUGH = 0.6
_A_HINT = 0.3  # what a heading's words count beside what stands below it
_PROMISES = re.compile(r"目标|预期|预计|计划|应达|要求|当年|本年")
_OPEN = (None, Part.DESCRIPTION, Part.BASIS, Part.OBJECTIVE)  # what a column of values may seem
# what stands for the third level where no column is called so, and the surer ones among them
_INSTEAD = ("指标内容", "绩效指标", "绩效指标内容", "指标", "三级指标内容", "具体内容", "指标描述")
_SURE = ("指标内容", "绩效指标内容")
# what stands for the value where no column is called so and nothing below one tells
_ONLY_VALUES = ("绩效标准", "目标", "年度目标", "绩效目标")
_YEAR = re.compile(r"20\d{2}(?=年|$)")
_OTHER_TERM = re.compile(
    r"上年|上一?年|前[一二三]?年|去年|往年|历史|基期|半年|中期|实施期|实施周期|长期|总目标|三年|项目期|全周期"
)

_TERM = re.compile(
    rf"(?:{_OTHER_TERM.pattern}|20\d{{2}}年?|年度|全年|当年|本年度?|预计当年)(?:[度末]|平均|实现|目标值?|指标值|值)*"
)


def by_content(found: Found, rows: Sequence[Line]) -> tuple[Found, bool]:
    """Name the columns of a header that their labels leave open; tell whether one was guessed."""
    found = _with_levels(found, rows)
    guessed = False
    if Part.LEVEL3 not in {part for _, part in found}:
        found, guessed = _with_names(found, rows)
    return _with_values(_with_signs(_with_second(found, rows), rows), rows), guessed


def of_other_term(cell: Cell) -> bool:
    """Tell whether a heading is of last year, half a year or several years (上年, 中期, 实施期)."""
    return _OTHER_TERM.match(label(cell.text)) is not None


def of_this_year(headings: Sequence[Cell]) -> list[Cell]:
    """Keep the headings of the year: neither 上年 nor 中期, and of 2023年 and 2024年 the latter."""
    ours = [cell for cell in headings if not of_other_term(cell)]
    years = [_YEAR.match(label(cell.text)) for cell in ours]
    last = max((year[0] for year in years if year), default="")
    return [cell for cell, year in zip(ours, years, strict=True) if year is None or year[0] == last]


def is_term(text: str) -> bool:
    """Tell whether a heading names a time only: 2024年, 上年, 中期, 年度."""
    return _TERM.fullmatch(label(text)) is not None


def _with_levels(found: Found, rows: Sequence[Line]) -> Found:
    """Find the columns of levels, by the names of levels below them."""
    for cell, part in found:
        if part is None and _share(cell, rows, names_level) >= _MOSTLY:
            level = Part.LEVEL2 if _are_second_levels(cell, rows) else Part.LEVEL1
            if level not in {known for _, known in found}:
                found = _named(found, cell, level)
    return found


def _with_second(found: Found, rows: Sequence[Line]) -> Found:
    """Call an only column of levels the second, where it holds those though headed 一级指标."""
    first = next((cell for cell, part in found if part is Part.LEVEL1), None)
    alone = first is not None and Part.LEVEL2 not in {part for _, part in found}
    if first is not None and alone and _are_second_levels(first, rows):
        return _named(found, first, Part.LEVEL2)
    return found


def _are_second_levels(cell: Cell, rows: Sequence[Line]) -> bool:
    below = _texts(cell, rows)
    return any(first_level_of(each) and not is_first_level(label(each), "") for each in below)


def _with_names(found: Found, rows: Sequence[Line]) -> tuple[Found, bool]:
    """Find the column of the indicators' names where none is called 三级指标."""
    levels = [(cell, part) for cell, part in found if part in LEVELS]
    last, level = max(levels, key=lambda each: each[0].column, default=(None, None))
    right = [cell for cell, _ in found if last is None or cell.column > last.column]
    for words in _INSTEAD:
        for cell in right:
            if label(cell.text) == words and not _is_side(cell, rows):
                return _named(found, cell, Part.LEVEL3), words not in _SURE
    if last is None:
        return found, False
    if len(levels) > 1 and level is Part.LEVEL2 and _share(last, rows, names_level) < _MOSTLY:
        return _named(found, last, Part.LEVEL3), True  # a form of two levels
    for cell, part in found:
        if cell.column > last.column and part in _OPEN and _are_names(cell, rows):
            return _named(found, cell, Part.LEVEL3), True
    return found, False


def _are_names(cell: Cell, rows: Sequence[Line]) -> bool:
    """Tell whether names stand below a heading: words, each another."""
    below = _texts(cell, rows)
    words = [each for each in below if not _is_target(each) and not is_sign(each)]
    return len(words) > len(below) * _MOSTLY and len(set(words)) == len(words)


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
        hints = bool(_PROMISES.search(label(cell.text))) + (part is None)
        likely = share + framed + _A_HINT * hints
        if likely > most:
            best, most = cell, likely
    if best is not None and most >= _ENOUGH:
        rest: Found = [(cell, None if part is Part.VALUE else part) for cell, part in found]
        return _named(rest, best, Part.VALUE)
    if not values:
        found = [(c, Part.VALUE if label(c.text) in _ONLY_VALUES else p) for c, p in found]
    return found


def _named(found: Found, cell: Cell, part: Part) -> Found:
    return [(each, part if each is cell else known) for each, known in found]


def _is_side(cell: Cell, rows: Sequence[Line]) -> bool:
    """Tell a label that stands beside all rows (绩效指标) from the heading of a column."""
    return bool(rows) and not _texts(cell, rows)


def _texts(cell: Cell, rows: Sequence[Line]) -> list[str]:
    below = (row.covering(cell.column) for row in rows if len(row.filled) > 1)
    return [each.text for each in below if each and each.text.strip() and not each.continues]


def _share(cell: Cell, rows: Sequence[Line], says: Callable[[str], bool]) -> float:
    below = _texts(cell, rows)
    return sum(map(says, below)) / len(below) if below else 0.0


def _is_target(text: str) -> bool:
    return parse_target(text).kind not in (TargetKind.TEXT, TargetKind.YES_NO)
