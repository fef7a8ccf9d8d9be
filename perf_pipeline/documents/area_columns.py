"""Columns of areas (区域目标值) and grades: each holds a target of its own beside the year's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from perf_pipeline.documents.body_columns import Column, is_said_done
from perf_pipeline.documents.column_words import (
    Part,
    is_all_areas,
    is_area,
    is_area_of_targets,
    is_grade,
    is_term,
    part_of,
)
from perf_pipeline.documents.labels import label
from perf_pipeline.documents.loose_heading import is_target
from perf_pipeline.documents.value_columns import is_done, is_promised

_NO_AREA = re.compile(
    "[已未应]|[上下]限|最[高低]|完成|实际|现状|结果|要求|标准|[得分权评]|占比|比重|水平|平均|目标|指标|预期|计划"
    "|量化|描述|定[性量]|文字|数[值字]"
)


def area_columns(right: Sequence[Column], trusted: bool) -> list[Column]:
    """Find the columns that hold a target each for an area.

    Where an area has several (2024年目标 | 2025年目标), nobody knows which is meant.
    """
    if not trusted:
        return []
    named = [c for c in right if is_area(c.lowest) and not is_done(c)]
    areas = {label(c.lowest) for c in named}
    if len(areas) < len(named):  # 某县 over 计划 | 完成
        named = [c for c in named if c.part is Part.VALUE or is_promised(c)] or named
    if len(areas) > 1:
        return [c for c in right if c in named or _is_like(c, named[0])]
    grades = [c for c in right if is_grade(c.lowest)]
    if len(grades) > 2:  # 优 | 良 | 中 | 差: what each asks for, none of them the year's value
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
    found = [c for c in right if c.share(is_target) >= 0.5]
    unknown = all(c.part is None and c.lowest and not is_term(c.lowest) for c in found)
    if len({label(c.lowest) for c in found}) < max(2, len(found)) or not unknown:
        return []
    weights = any(c.bare for c in found) and not all(c.bare for c in found)
    if weights or any(_NO_AREA.search(c.lowest) or c.share(is_said_done) for c in found):
        return []
    if not all(is_area_of_targets(c.lowest) for c in found):
        return []  # 某栏 | 一季度 | 二季度
    return [c for c in found if not is_all_areas(c.lowest)]


def _is_like(column: Column, area: Column) -> bool:
    """Tell whether a column of no known name beside areas is one too: 一校区 | 二校区 | 小学."""
    words = column.lowest
    known = part_of(words) is not None and label(words) != "其他"
    if not words or known or is_term(words) or is_all_areas(words):
        return False
    above, as_area = ([c.text for c in of.heading[:-1]] for of in (column, area))
    if is_done(column) or _NO_AREA.search(words) or above != as_area:
        return False
    return bool(column.shapes & area.shapes) and column.share(is_target) >= 0.5
