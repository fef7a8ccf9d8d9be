"""Labels of forms (栏目名称), however they are spaced, numbered and punctuated."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from perf_pipeline.domain.money import FEN_OF_UNIT
from perf_pipeline.domain.traditional import simplified

LONGEST_LABEL = 100  # with the blanks and line breaks inside

_NUMBERING = re.compile(
    r"^(?:[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．:：]|[(（](?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）]"
    r"|\d{1,2}[、.．](?!\d)|[①-⑳])"
)
_MONEY = "|".join(sorted((u for u in FEN_OF_UNIT if u.endswith("元")), key=len, reverse=True))
_UNIT = re.compile(rf"\((?:单位:?)?(?:人民币)?({_MONEY}|%)\)|单位:?(?:人民币)?({_MONEY})(?![/每])")
_BRACKETS = re.compile(r"\([^()]*\)$")


def without_blanks(text: str) -> str:
    """Write a text as it is but without blanks and line breaks."""
    return re.sub(r"\s+", "", text)


def squeeze(text: str) -> str:
    """Write a label without blanks and line breaks, half-width, in simplified characters."""
    return _squeezed(text) if len(text) <= LONGEST_LABEL else _squeeze(text)


def _squeeze(text: str) -> str:
    return without_blanks(simplified(unicodedata.normalize("NFKC", text)))


_squeezed = lru_cache(maxsize=8192)(_squeeze)


def one_line(text: str) -> str:
    """Write a cell's text on one line."""
    return "".join(line.strip() for line in text.split("\n"))


def label(text: str) -> str:
    """Return a label's bare words: "（一）项 目 资 金（万元）：" is 项目资金.

    A text longer than any label has none.
    """
    return _label(text) if len(text) <= LONGEST_LABEL else ""


@lru_cache(maxsize=8192)  # forms repeat their labels
def _label(text: str) -> str:
    bare = _NUMBERING.sub("", squeeze(text)).rstrip(":")
    while (shorter := _BRACKETS.sub("", bare)) != bare:
        bare = shorter
    return bare.strip(":;,.*※★/-")


def unit_of(text: str) -> str | None:
    """Return the one money unit that a label or caption names: 项目资金（万元）, 单位：元."""
    found = _UNIT.findall(squeeze(text)) if len(text) <= LONGEST_LABEL else []
    units = {inside or behind for inside, behind in found}
    return units.pop() if len(units) == 1 else None


def after_colon(text: str) -> tuple[str, str] | None:
    """Split "项目名称：农村公路养护" into label and value; None where it is no such pair."""
    head, colon, tail = text.strip().partition("：")
    if not colon:
        head, colon, tail = text.strip().partition(":")
    return (label(head), tail.strip()) if colon and tail.strip() and len(head) <= 24 else None
