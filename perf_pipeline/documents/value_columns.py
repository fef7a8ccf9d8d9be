"""Columns of values: the year's, its sign and unit, and those of other terms (中期, 2026年)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from perf_pipeline.documents.body_columns import Column, best_of, is_said_done, is_unit
from perf_pipeline.documents.column_words import (
    Part,
    is_all_areas,
    is_area,
    is_of_years_value,
    is_term,
    names_level,
    promises,
)
from perf_pipeline.documents.labels import label, squeeze
from perf_pipeline.documents.lines import Line
from perf_pipeline.documents.packed_cells import says_something, stands_for_sign
from perf_pipeline.domain.target_grammar import is_sign
from perf_pipeline.domain.target_grammar.measure_words import is_measure_word

_IN_BRACKETS = re.compile(r"\((?:单位:)?(?!.*年|季|月)([^\d():]{1,6})\)$")
_CALLED_A_VALUE = 6
_SIGNED = 4
_CLEARLY = 2.5  # points by which a column without a name must be ahead
_AS_VALUES = {None: 1, Part.VALUE: _CALLED_A_VALUE, Part.DESCRIPTION: -1, Part.BASIS: -1}
_AS_VALUES |= {Part.OBJECTIVE: 1, Part.REMARK: -3, Part.LEVEL3: -2, Part.LEVEL2: -2}
_OF_THIS_YEAR = 3
_OF_THE_YEAR = re.compile(r"(?:20\d\d)?(?:年度|全年|当年|本年)")
_WHOLE_YEAR = re.compile(r"(?:全年|年度)(?:合计)?|.*[值标]\((?:全年|年度)\)")
_CHANGE = re.compile(
    "增[幅减速]|[涨降]幅|变[化动]|同比|差[额异]"
)  # below one heading with the target
_MEASURE = re.compile("标准|要求")  # of a target, or of what is good enough: nobody knows


def is_other_promise(column: Column, value: Column | None) -> bool:
    """Tell whether a column holds the targets of another term: 中期, 2026年, not 上年."""
    if value is None or column.is_done or column.targets < 0.5:
        return False
    if column.is_of_past:
        return False
    later = bool(column.year and value.year and column.year > value.year)
    return later or bool(column.term and column.part in (Part.VALUE, None))


def done_in_other_years(
    columns: Sequence[Column], value: Column | None, year: int | None
) -> list[Column]:
    """Return what was reached in another year than the value's, else the form's: 2022年实际."""
    done = [c for c in columns if c.is_done]
    years = [c.year or 0 for c in done]
    latest = max(years, default=0) if all(years) else 0  # 完成值 beside 2022年完成值
    asked = (value and value.year) or year or latest
    return [c for c in done if c.is_of_past or (c.year or asked) != asked]


def without_parts(columns: Sequence[Column]) -> list[Column]:
    """Leave out what each area reached, and what half a year did beside the whole year."""
    done = [c for c in columns if c.is_done]
    areas = {cell for c in done for cell in c.heading if is_area(cell.text)}
    whole = {c.part for c in done if not c.term}
    by_area = len(areas) > 1
    apart = [
        c for c in done if (by_area and areas & set(c.heading)) or (c.term and c.part in whole)
    ]
    return [c for c in columns if c not in apart]


def term_of(column: Column) -> str:
    """Return what a column of another term is called: 2026年 below 中期目标, 中期 over 指标值."""
    return label(column.lowest if is_term(column.lowest) else column.term or column.lowest)


def signs_among(right: Sequence[Column], trusted: bool) -> Column | None:
    """Find the column of signs (≥, ≤), one that is called so before one that only looks it."""
    shares = [(c, c.share(is_sign)) for c in right]
    signs = [c for c, n in shares if n >= 0.5 or (n >= 0.1 and c.share(stands_for_sign) == 1)]
    called = [c for c in right if trusted and c.part is Part.OPERATOR]
    return next(iter(sorted(signs, key=lambda c: c not in called) or called), None)


def values_among(
    right: Sequence[Column],
    sign: Column | None,
    year: int | None,
    trusted: bool,
    among_areas: bool,
) -> tuple[Column | None, bool]:
    """Find the column of the year's values, and tell whether another is as likely."""
    years = {c.year for c in right if c.year and not (c.is_done or c.is_of_past)}
    ours = year if year in years else max((y for y in years if y), default=None)
    which_year = len(years) > (1 if year else 2) and year not in years

    filled = any(c.targets >= 0.3 for c in right)  # else a template, with units to write before

    def points(column: Column) -> float:
        said = _said_of_values(column, ours) if trusted else 0
        if among_areas and column.part is not Part.VALUE:
            said -= 4
        beside = 4 if sign is not None and _next(right, sign.at) is column else 0
        signed = _SIGNED if column.signed else 0
        done = -_SIGNED if column.share(is_said_done) >= 0.5 else 0
        units = filled and column.share(is_measure_word) >= 0.5
        done -= 12 if units else 0  # 万亩, 元/亩
        return 5 * column.targets + said + beside + signed + done - 0.1 * right.index(column)

    best = best_of(right, points, 1)
    if best is None or among_areas:
        return best, False
    if trusted and which_year:
        return best, True
    if trusted and best.part is Part.VALUE:
        heads = [c for c in right if c.part is Part.VALUE and c.targets >= 0.5]
        of_part = not is_of_years_value(best.lowest)  # 一季度目标值 | 二季度目标值
        alike = [c for c in heads if of_part or label(c.lowest) == label(best.lowest)]
        alike = [c for c in alike if c.heading[-1].column != best.heading[-1].column]
        return best, any(points(c) > points(best) - 1 for c in alike)
    others = [c for c in right if c is not best and c.targets >= 0.3]
    if trusted and _is_measure(best) and any(map(_is_measure, others)):
        return best, True
    if sign is not None and _next(right, sign.at) is best:
        return best, any(c.shapes == best.shapes for c in others)
    alike = [c for c in others if _says_nothing(c) and c.shapes & best.shapes]
    alike = alike if _says_nothing(best) else []
    return best, bool(alike) or any(points(c) > points(best) - _CLEARLY for c in others)


def _is_measure(column: Column) -> bool:
    """Tell whether a column is one of standards (绩效标准, 考核要求), not of the year's."""
    words = label(column.lowest)
    of_year = _OF_THE_YEAR.match(words) or promises(words.replace("要求", ""))
    return _MEASURE.search(words) is not None and not of_year


def _says_nothing(column: Column) -> bool:
    """Tell whether no heading says what a column holds, not even of when."""
    of_when = column.year or column.term or column.is_of_past or column.is_when
    return column.part is None and not (of_when or column.is_promised or is_term(column.lowest))


def _said_of_values(column: Column, year: int | None) -> int:
    """Return the points that a column's headings give it as the values of a year."""
    said = _AS_VALUES.get(column.part, -5)
    other = column.term or column.is_when or _CHANGE.fullmatch(label(column.lowest))
    if other or (column.year and column.year != year):
        said -= 12
    if column.is_promised and "预计" not in column.lowest:  # what is expected beside what is asked
        said += 1
    of_targets = column.part in (Part.VALUE, Part.OBJECTIVE)
    of_year = of_targets and _OF_THE_YEAR.match(label(column.lowest))
    if of_year or _WHOLE_YEAR.fullmatch(squeeze(column.lowest)):
        said += _OF_THIS_YEAR  # 年度目标 beside 总体目标, 挑战目标 or 全省平均; 全年 beside 一季度
    return said + 8 * is_all_areas(column.lowest)


def _next(columns: Sequence[Column], at: int) -> Column | None:
    return next((c for c in columns if c.at > at and (c.texts or c.heading)), None)


def units_among(right: Sequence[Column], value: Column | None, trusted: bool) -> Column | None:
    """Find the column of units beside bare values."""
    called = next((c for c in right if trusted and c.part is Part.UNIT), None)
    if called is not None or value is None:
        return called
    before = next((c for c in reversed(right) if c.at < value.at), None)
    for beside in (_next(right, value.at), before):
        if beside is None or beside.share(is_unit) < 0.6 or not beside.share(is_measure_word):
            continue  # 计划标准, beside 10, is no unit
        same = bool(value.heading) and value.heading[-1:] == beside.heading[-1:]
        if same or beside.part in (None, Part.DESCRIPTION, Part.VALUE) or not trusted:
            return beside
    return None


def unit_in_heading(*of: Column | None) -> str:
    """Return the one unit in brackets over columns of values: of 目标值（万元）, not （年度）."""
    heads = [[squeeze(c.text) for c in column.heading] for column in of if column]
    found = [[_IN_BRACKETS.search(text) for text in (*each, "".join(each))] for each in heads]
    units = {next((m[1] for m in each if m and is_measure_word(m[1])), "") for each in found}
    return units.pop() if len(units) == 1 else ""


def whole_width(
    value: Column, every: Sequence[Column], taken: Sequence[Column], span: Mapping[int, range]
) -> range:
    """Reach over the columns below the value's heading that nothing else took."""
    end = span[value.at].stop
    for column in every:
        below = bool(value.heading) and column.heading == value.heading
        if column.at == end and below and column not in taken:
            end = span[column.at].stop
    return range(value.at, end)


_CONTENT = re.compile("(?:绩效)?指标内容")  # names, where no column is called 三级指标
_TIME = re.compile("[年期]")
_ANNUAL = re.compile(r"(?:\d{4}年?)?(?:年度|当年|本年).{0,8}|.*[(（]年度[)）]")  # no sentence


def one_term(
    columns: Sequence[Column], upper: Line | None
) -> tuple[tuple[Column, ...], tuple[int, ...], bool]:
    """Return the year's columns, the other set's columns of names, and whether the year's is blank.

    Where it is, the columns of the other set are returned, so that its rows can be told.
    """
    names = [c for c in columns if c.part is Part.LEVEL3]
    names = names or [
        c for c in columns if c.heading and _CONTENT.fullmatch(label(c.heading[-1].text))
    ]
    called = {c.heading[-1].column: c for c in reversed(names)}
    thirds = [called[at] for at in sorted(called)]
    if len(thirds) < 2:
        return tuple(columns), (), False
    before, after = thirds[0], thirds[1]
    between = [c for c in columns if before.at < c.at < after.at]
    firsts = [c.at for c in between if c.part in (Part.LEVEL1, Part.LEVEL2)]
    border = min(firsts, default=after.at)
    for column in reversed([c for c in between if c.at < border]):
        if column.share(names_level) < 0.5:
            break
        border = column.at  # a level of the second set, whatever it is called
    says = [(c.at, cell.text) for c in columns for cell in c.heading]
    says += [(cell.column, cell.text) for cell in (upper.filled if upper is not None else ())]
    sets = [{*filter(None, c.texts)} for c in (before, after)]
    if all(sets) and not set.intersection(*sets) and not any(_TIME.search(t) for _, t in says):
        return tuple(columns), (), True  # two projects beside each other, not 中期 and 年度
    years_first = any(_ANNUAL.fullmatch(label(text)) for at, text in says if at < border)
    seconds = [c for c in columns if c.part is Part.LEVEL2]
    shared = [c for c in columns if c.part is Part.LEVEL1]
    of_both = [*shared, *(seconds if len(seconds) == 1 else ())]
    left = [c for c in columns if c.at < border and c not in of_both]
    right = [c for c in columns if c.at >= border and c not in of_both]
    year, other = (left, right) if years_first else (right, left)
    blank = not any(c.share(says_something) for c in year if c in names)
    if blank := blank and any(c.share(says_something) for c in other if c in names):
        year, other, years_first = other, [], not years_first
    ours = [c for c in shared if (c.at < border) is years_first] or shared[:1]
    ours += [c for c in of_both if c not in shared]
    kept = sorted([*ours, *year], key=lambda c: c.at)
    return tuple(kept), tuple(c.at for c in other if c in names), blank
