"""Reading a target value from one cell."""

from __future__ import annotations

import re
from functools import lru_cache

from perf_pipeline.domain.numerals import with_fractions
from perf_pipeline.domain.target import Target, TargetKind
from perf_pipeline.domain.target_grammar.dates import Span, read_date, read_span
from perf_pipeline.domain.target_grammar.measure_words import (
    NOTE,
    is_measure_word,
)
from perf_pipeline.domain.target_grammar.numbers import read_number, read_range
from perf_pipeline.domain.target_grammar.signs import normalise
from perf_pipeline.domain.target_grammar.words import (
    read_direction,
    read_grade,
    read_none_of,
    read_yes_no,
)

LONGEST = 80  # characters of a value; what is longer is a sentence
_UNIT_BEHIND = re.compile(r"(?<=\d)\((?:单位:)?([^()\d]{1,6})\)$")


def parse_target(raw: str, *, fiscal_year: int | None = None) -> Target:
    """Read one target value; a date without a year is in `fiscal_year`.

    Never fails: what the grammar does not know is a target of kind `text`. A bare value is `=` as
    written. `unit` is as written and the value is not scaled by it: 5万人次 is 5 of 万人次.
    """
    return _parsed(raw, fiscal_year) if len(raw) <= 4 * LONGEST else Target(TargetKind.TEXT)


@lru_cache(maxsize=8192)  # a table is looked at several times, and its values recur
def _parsed(raw: str, fiscal_year: int | None) -> Target:
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
