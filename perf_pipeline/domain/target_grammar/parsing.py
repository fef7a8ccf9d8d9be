"""Reading a target value from one cell, or from the three cells of a form that splits it."""

from __future__ import annotations

import re
from dataclasses import replace

from perf_pipeline.domain.target import Operator, Target, TargetKind
from perf_pipeline.domain.target_grammar.dates import Span, read_date, read_span
from perf_pipeline.domain.target_grammar.measure_words import (
    MULTIPLIERS,
    NOTE,
    is_measure_word,
    is_unit,
)
from perf_pipeline.domain.target_grammar.numbers import means_date, read_number, read_range
from perf_pipeline.domain.target_grammar.numerals import with_fractions
from perf_pipeline.domain.target_grammar.signs import SIGNS, WORDS, normalise
from perf_pipeline.domain.target_grammar.words import (
    read_direction,
    read_grade,
    read_none_of,
    read_yes_no,
)

LONGEST = 80  # characters of a value; what is longer is a sentence
_UNIT_BEHIND = re.compile(r"(?<=\d)\((?:单位:)?([^()\d]{1,6})\)$")
_NUMBERS = (TargetKind.NUMBER, TargetKind.RANGE)
_WAYS = {"正向": Operator.GE, "反向": Operator.LE, "逆向": Operator.LE, "负向": Operator.LE}
_SCALES = {"好坏", "优良中差", "优良中低差", "高中低", "是否", "有无", "定性"}


def parse_target(raw: str, *, fiscal_year: int | None = None) -> Target:
    """Read one target value; a date without a year is in `fiscal_year`.

    Never fails: what the grammar does not know is a target of kind `text`. A bare value is `=` as
    written. `unit` is as written and the value is not scaled by it: 5万人次 is 5 of 万人次.
    """
    if len(raw) > 4 * LONGEST:
        return Target(TargetKind.TEXT)
    text = _spelled(raw)
    if not text or len(text) > LONGEST:
        return Target(TargetKind.TEXT)
    words = text.removeprefix("=")  # =是, =逐年增加: forms put a sign before each value
    return (
        read_yes_no(words)
        or read_date(NOTE.sub("", text), fiscal_year)
        or read_range(text)
        or read_number(text)
        or read_none_of(words)
        or read_grade(text)
        or read_direction(words)
        or Target(TargetKind.TEXT)
    )


def date_span(raw: str, fiscal_year: int) -> Span | None:
    """Return the first and the last day that a date may mean as written: 10月 is all October."""
    return read_span(NOTE.sub("", _spelled(raw)), fiscal_year)


def _spelled(raw: str) -> str:
    return with_fractions(_with_its_unit(normalise(raw)))


def _with_its_unit(text: str) -> str:
    """Write a unit that stands in brackets behind its number (≥18（个）) without them."""
    found = _UNIT_BEHIND.search(text)
    counted = found and is_measure_word(found[1]) and found[1] != "季度"  # 4季度 is a date
    return f"{text[: found.start()]}{found[1]}" if found and counted else text


def parse_split_target(
    sign: str, value: str, unit: str, *, fiscal_year: int | None = None
) -> Target:
    """Read a target that a form splits into 符号 (or 指标性质), 值 and 单位.

    `sign` may be ≥, 大于等于, 正向 (more is better: at least), 反向 (at most), 定性 or empty; a
    sign or unit inside `value` counts before the cell's. The scales of qualitative indicators
    (优良中差) are no unit. Behind ≥ or > a month is a length of time, as in one cell; else, behind
    正向 too, it is a day.
    """
    target = parse_target(value, fiscal_year=fiscal_year)
    measure = NOTE.sub("", normalise(unit))
    measure = "" if measure in _SCALES or not is_unit(measure) else measure
    if measure and target.unit is None:
        target = _with_unit(target, value, measure, fiscal_year, _signed(sign))
    elif target.unit in MULTIPLIERS and is_unit(target.unit + measure):
        target = replace(target, unit=target.unit + measure)
    operator = _operator(sign)
    if target.kind is TargetKind.NUMBER and target.operator is Operator.EQ and operator:
        return replace(target, operator=operator)
    return target


def _with_unit(
    target: Target, value: str, unit: str, fiscal_year: int | None, sign: Operator | None
) -> Target:
    joined = parse_target(value + unit, fiscal_year=fiscal_year)
    if joined.kind is TargetKind.DATE and sign in (Operator.GE, Operator.GT):
        signed = parse_target(f"{sign}{value}{unit}", fiscal_year=fiscal_year)
        joined = signed if signed.kind in _NUMBERS else joined
    if joined.kind is TargetKind.DATE or (joined.kind in _NUMBERS and target.kind not in _NUMBERS):
        return joined if target.kind in (*_NUMBERS, TargetKind.TEXT) else target  # 三 and 次
    unit = "个月" if unit == "月" else unit
    unit = "天" if unit == "日" and target.kind is TargetKind.RANGE else unit  # 3-5日 is of a month
    if target.kind not in _NUMBERS or means_date(target.upper or target.value or "", unit, None):
        return target
    return replace(target, unit=unit)


def _signed(sign: str) -> Operator | None:
    text = normalise(sign)
    return SIGNS.get(text) or WORDS.get(text)


def _operator(sign: str) -> Operator | None:
    return _signed(sign) or _WAYS.get(normalise(sign).removesuffix("指标"))
