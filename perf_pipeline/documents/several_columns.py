"""Values in several columns: one between them (the first target and what it was changed to in the
year, figures and words), or one an area (区域目标值) or a grade, beside the year's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from perf_pipeline.documents.body_columns import Column, is_number, is_said_done
from perf_pipeline.documents.column_words import (
    Part,
    is_all_areas,
    is_area,
    is_area_of_targets,
    is_grade,
    is_term,
    part_of,
)
from perf_pipeline.documents.heading import Heading
from perf_pipeline.documents.labels import label, one_line, squeeze
from perf_pipeline.documents.loose_heading import is_target
from perf_pipeline.documents.model import Cell
from perf_pipeline.documents.packed_cells import is_said
from perf_pipeline.documents.value_columns import unit_in_heading
from perf_pipeline.domain.target_grammar import is_sign
from perf_pipeline.domain.target_grammar.measure_words import is_measure_word

_OF_TARGETS = "(?:年度|全年|绩效|项目|指标|目标|预期|计划)"
_REVISED = re.compile(  # not 调整后分值, 调整日期, 调整比例
    rf"(?!是否).*(?:调整|变更|修订|修改)(?:[后为]的?{_OF_TARGETS}*(?:[值量]|数量?|数值|标准)?|{_OF_TARGETS}*值?)[)]?"
)
_NEXT_YEAR = re.compile("[下次明后]一?年")
_BY_HOW_MUCH = re.compile("[-+±增减]")
_UNCHANGED = re.compile(  # written where others leave the changed target blank
    "(?:维持|保持)?(?:原[值样目标指]*|年初)?不变|[未不无](?:作|做|予|进行|需)?(?:调整|变更|变化|变动|修订|修改)"
    "|[同与](?:左|前|上|原值?|年初(?:目标|指标)?值?)(?:一致|相同)?"
)
_FIGURES = re.compile("(?:定量|量化|数值|数字)(?:指标|目标|表述|描述)?值?")
_IN_WORDS = re.compile("(?:定性|非量化|文字|描述)(?:指标|目标|表述|描述|说明)?值?")


def revised_among(right: Sequence[Column], trusted: bool, year: int | None) -> list[Column]:
    """Find the columns of targets changed in the year (调整后指标值), beside the first ones'.

    What last year's was changed to is none, nor by how much a target was.
    """
    kept = [c for c in right if not c.is_done and (c.part is Part.VALUE or c.targets >= 0.5)]
    ours = year or max((c.year for c in kept if c.year), default=None)
    found = [
        c
        for c in kept
        if _REVISED.fullmatch("".join(label(cell.text) for cell in c.heading))
        and c.part in (None, Part.VALUE, Part.OBJECTIVE)
        and not (c.is_of_past or any(_NEXT_YEAR.search(label(cell.text)) for cell in c.heading))
        and c.year in (None, ours)
        and not c.share(_BY_HOW_MUCH.match)
    ]
    return found if trusted and len(found) < len(kept) else []


def has_several_signs_or_units(right: Sequence[Column], *of: Column | None) -> bool:
    """Tell whether the first targets and those changed later have signs or units of their own."""
    headed = {unit_in_heading(column) for column in of} - {""}  # （万元） | 调整后（亿元）
    signs = [c for c in right if c.part is Part.OPERATOR or c.share(is_sign) >= 0.5]
    units = [c for c in right if c.part is Part.UNIT or c.share(is_measure_word) >= 0.5]
    return any(len(each) > 1 for each in (signs, units, headed))


def figures_and_words(right: Sequence[Column]) -> tuple[Column, ...]:
    """Find two columns of which a row fills one, figures first: 目标值 over 量化 | 描述."""
    for figures in (c for c in right if _is_called(c, _FIGURES)):
        upper = figures.heading[:-1]
        below_one = bool(upper) and part_of(upper[-1].text) is Part.VALUE
        for words in (c for c in right if _is_called(c, _IN_WORDS)):
            of_values = all(label(c.lowest).endswith("值") for c in (figures, words))
            if of_values or (words.heading[:-1] == upper and below_one):
                return figures, words
    return ()


def _is_called(column: Column, pattern: re.Pattern[str]) -> bool:
    """Tell whether a column's lowest heading fits, or its whole (定性 over 指标值)."""
    whole = "".join(label(cell.text) for cell in column.heading)
    return any(pattern.fullmatch(words) for words in (label(column.lowest), whole))


def filling_up(value: Column | None, rest: Sequence[Column], heading: Heading) -> Column | None:
    """Find the column of words that says something just where that of the values is blank."""
    if value is None or len(value.texts) == value.rows:
        return None
    words = (None, Part.DESCRIPTION, Part.VALUE)
    fits = [c for c in rest if part_of(c.lowest) in words and c is not value]
    fits = [c for c in fits if len(c.texts) + len(value.texts) == c.rows and c.texts]
    fits = [c for c in fits if not c.share(is_number)]  # weights
    rows = [row for row in heading.body if len(row.filled) > 1]
    both = ([{cell.column for cell in row.filled} & {c.at, value.at} for row in rows] for c in fits)
    each = (all(len(said) == 1 for said in by_row) for by_row in both)
    return next((column for column, alone in zip(fits, each, strict=True) if alone), None)


def choose_value(cells: dict[Part, list[Cell]], spans: Sequence[range]) -> str:
    """Keep of a value's cells the one that counts, and return the target that was changed.

    `spans` are the columns of the value: figures, else words.
    """
    if len(spans) > 1:
        each = [[c for c in cells.get(Part.VALUE, ()) if c.column in span] for span in spans]
        said = [own for own in each if any(is_said(c.text) for c in own)]
        cells[Part.VALUE] = said[0] if said else []
        cells.setdefault(Part.DESCRIPTION, []).extend(c for own in said[1:] for c in own)
    revised = (c for c in cells.get(Part.REVISED, ()) if is_said(c.text))
    changed = [c for c in revised if not _UNCHANGED.fullmatch(squeeze(c.text))]
    if not changed:
        return ""
    first = one_line(" ".join(c.text for c in cells.get(Part.VALUE, ())))
    cells[Part.VALUE] = changed[-1:]
    return first


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
    named = [c for c in right if is_area(c.lowest) and not c.is_done]
    areas = {label(c.lowest) for c in named}
    if len(areas) < len(named):  # 某县 over 计划 | 完成
        named = [c for c in named if c.part is Part.VALUE or c.is_promised] or named
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
    if column.is_done or _NO_AREA.search(words) or above != as_area:
        return False
    return bool(column.shapes & area.shapes) and column.share(is_target) >= 0.5
