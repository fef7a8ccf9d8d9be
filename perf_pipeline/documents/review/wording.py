"""When two indicators say the same: their words without what does not tell things apart."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

_IDLE = re.compile(
    r"[^\w]|[_的]|20\d\d年度?|情况|指标|程度|数量|占比|比率|比例|百分比|目标|预期|年度|全年|开展|组织|实施|进行"
    r"|完成(?=率)|[率度]$"
)
_DIGITS = re.compile(r"\d+")
_SAME = (
    (re.compile(r"及时|按时|准时|如期"), "按期"),
    (re.compile(r"案件|事件"), "事项"),
    (re.compile(r"居民|村民|百姓"), "群众"),
    (re.compile(r"结案"), "办结"),
)


@lru_cache(maxsize=8192)
def essence(name: str) -> str:
    """Reduce a name to what it is about: 信访案件及时受理率 and 信访事项按期受理情况 are one."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", name))
    for words, same in _SAME:
        plain = words.sub(same, plain)
    return _IDLE.sub("", _IDLE.sub("", plain))  # twice: what ends a name may show only then


def contains(longer: str, shorter: str) -> bool:
    """Tell whether all characters of one essence are in the other, in whatever order.

    Numbers tell things apart: 1号线 is not within 11号线.
    """
    if not set(shorter) <= set(longer) or _DIGITS.findall(longer) != _DIGITS.findall(shorter):
        return False
    return not Counter(shorter) - Counter(longer)
