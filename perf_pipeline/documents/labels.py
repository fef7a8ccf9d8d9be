"""Labels of forms (栏目名称), however they are spaced, numbered and punctuated."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST_LABEL = 100  # with the blanks and line breaks inside

_NUMBERING = re.compile(
    r"^(?:[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．:：]|[(（](?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）]"
    r"|\d{1,2}[、.．](?!\d)|[①-⑳])"
)
_UNIT = re.compile(r"\((?:单位:?)?(?:人民币)?(亿元|万元|元|%)\)|单位:?(亿元|万元|元)")
_BRACKETS = re.compile(r"\([^()]*\)$")


def without_blanks(text: str) -> str:
    """Write a text as it is but without blanks and line breaks."""
    return re.sub(r"\s+", "", text)


def squeeze(text: str) -> str:
    """Write a label without blanks and line breaks, with half-width signs."""
    return without_blanks(unicodedata.normalize("NFKC", text))


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
    """Return the money unit that a label or caption names: 项目资金（万元）, 单位：元."""
    found = _UNIT.search(squeeze(text)) if len(text) <= LONGEST_LABEL else None
    return (found[1] or found[2]) if found else None


def after_colon(text: str) -> tuple[str, str] | None:
    """Split "项目名称：农村公路养护" into label and value; None where it is no such pair."""
    head, colon, tail = text.strip().partition("：")
    if not colon:
        head, colon, tail = text.strip().partition(":")
    return (label(head), tail.strip()) if colon and tail.strip() and len(head) <= 24 else None
