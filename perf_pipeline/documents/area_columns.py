"""Columns that hold targets of their own beside the year's: areas, and other terms."""

from __future__ import annotations

import re
from collections.abc import Sequence

from perf_pipeline.documents.body_columns import Column, is_said_done
from perf_pipeline.documents.column_words import Part, is_all_areas, is_area, is_term, part_of
from perf_pipeline.documents.labels import label
from perf_pipeline.domain.target import TargetKind
from perf_pipeline.domain.target_grammar import parse_target

_GRADE = re.compile("优秀?|良好?|中等?|差|合格|不合格|及格|不及格|一般|较[好差]")
_NO_AREA = re.compile("[已未应]|完成|实际|现状|结果|要求|标准|[得分权评]|占比|比重")


def area_columns(right: Sequence[Column], trusted: bool) -> list[Column]:
    """Find the columns that hold a target each for an area."""
    if not trusted:
        return []
    named = [c for c in right if is_area(c.lowest)]
    if len(named) > 1:
        return named
    grades = [c for c in right if _GRADE.fullmatch(label(c.lowest))]
    if (
        len(grades) > 2
    ):  # 优 | 良 | 中 | 差: what each grade asks for, none of them the year's value
        return grades
    groups: dict[tuple[int, str], list[Column]] = {}
    for column in right:
        if len(column.heading) > 1 and column.targets >= 0.5 and part_of(column.lowest) is None:
            upper = column.heading[-2]
            if part_of(upper.text) is Part.VALUE and not is_term(column.lowest):
                groups.setdefault((upper.column, upper.text), []).append(column)
    groups = {k: [c for c in g if not is_all_areas(c.lowest)] for k, g in groups.items()}
    below_one = next((group for group in groups.values() if len(group) > 1), [])
    return below_one or _beside_each_other(right)


def _beside_each_other(right: Sequence[Column]) -> list[Column]:
    """Find columns of targets under names that nobody knows, where none else holds targets."""
    found = [c for c in right if c.share(_is_target) >= 0.5]
    unknown = all(c.part is None and c.lowest and not is_term(c.lowest) for c in found)
    if len({label(c.lowest) for c in found}) < max(2, len(found)) or not unknown:
        return []
    weights = any(c.bare for c in found) and not all(c.bare for c in found)
    if weights or any(_NO_AREA.search(c.lowest) or c.share(is_said_done) for c in found):
        return []
    return [c for c in found if not is_all_areas(c.lowest)]


def _is_target(text: str) -> bool:
    return parse_target(text).kind is not TargetKind.TEXT


def is_other_promise(column: Column, value: Column | None) -> bool:
    """Tell whether a column holds the targets of another term: 中期, 2026年, not 上年."""
    if value is None or is_done(column) or column.targets < 0.5:
        return False
    words = "".join(label(cell.text) for cell in column.heading)
    if any(past in words for past in ("上年", "上一年", "去年", "往年", "历史", "基期", "前一年")):
        return False
    later = bool(column.year and value.year and column.year > value.year)
    return later or (column.of_other_term and column.part in (Part.VALUE, None))


def is_done(column: Column) -> bool:
    """Tell whether a column holds what was reached, or its score."""
    return column.part in (Part.ACTUAL, Part.SCORE)
