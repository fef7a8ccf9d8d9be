"""The unit of a file's amounts (计量单位): 单位：万元 above or below the table, or in its names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.domain.money import FEN_OF_UNIT

_WORD = (
    "(?:千万元|百万元|十亿元|万亿元|亿元|十万元|万元|千元|百元|仟元|萬元|元|角|分"
    "|千万|百万|万|亿|千)"
)
_AFTER = r"(?![一-鿿A-Za-z])"
# 单位：万元; 金额单位为人民币万元; （万元）; (单位:千元)
_STATED = re.compile(
    rf"(?:单位|计量)(?:[:：为是]|\(|（)*(?:人民币|RMB|CNY)*[:：(（]*(?P<unit>{_WORD}){_AFTER}", re.I
)
_BRACKETED = re.compile(
    rf"[(（\[【](?:(?:金额)?单位[:：为]?)?(?:人民币)?(?P<unit>{_WORD})[)）\]】]", re.I
)
_SLASHED = re.compile(rf"[/／_\-—](?P<unit>{_WORD})$")
_ALONE = re.compile(rf"(?:人民币)?(?P<unit>{_WORD})")
_FOREIGN = re.compile(
    r"(?:单位|币种|金额)[:：(（]*(?P<unit>美元|欧元|港元|港币|日元|英镑|卢布"
    r"|USD|EUR|HKD|JPY|GBP)",
    re.I,
)
_ENGLISH = re.compile(  # of texts without blanks
    r"(?:unit|in|amounts?|rmb|cny|yuan|¥)[^a-z]{0,4}(?:in)?(?:rmb|cny|yuan|¥)?[^a-z]{0,3}"
    r"(?P<unit>thousands?|millions?|'?000s?|10,?000|tenthousand)(?![0-9])",
    re.I,
)
_ENGLISH_UNITS = {"thousand": "千元", "million": "百万元", "000": "千元", "10000": "万元"}
_SAME = {"仟元": "千元", "萬元": "万元", "万": "万元", "亿": "亿元", "千": "千元"}
_SAME |= {"百万": "百万元", "千万": "千万元", "tenthousand": "万元"}


def unit_in_heading(heading: str) -> str | None:
    """Return the unit that a column's heading names: 金额（万元）, 支付金额/千元."""
    found = _BRACKETED.search(heading) or _SLASHED.search(heading) or _STATED.search(heading)
    return _named(found["unit"]) if found else _english(heading)


def without_unit(heading: str) -> str:
    """Return a heading without the unit that it names."""
    return _SLASHED.sub("", _BRACKETED.sub("", heading))


def units_stated(lines: Iterable[Sequence[str]]) -> frozenset[str]:
    """Return the units that captions state; each line is the texts of one row, without blanks."""
    found = set()
    for texts in lines:
        said = "".join(texts)
        if foreign := _FOREIGN.search(said):
            found.add(foreign["unit"])
        found |= {_named(each["unit"]) for each in _STATED.finditer(said)}
        found |= {_named(each["unit"]) for each in _BRACKETED.finditer(said)}
        if english := _english(said):
            found.add(english)
        if len(texts) <= 2:
            found |= {_named(m["unit"]) for t in texts if (m := _ALONE.fullmatch(t))}
    return frozenset(found)


def one_unit(stated: Iterable[tuple[str, str]], place: Place) -> str | None:
    """Return the one unit that is stated, as (unit, where); None where none is.

    Raises LayoutError where two are stated, or one that amounts cannot be read in.
    """
    where = dict(stated)
    if len(where) > 1:
        said = "，".join(f"{place}写“{unit}”" for unit, place in where.items())
        raise LayoutError(f"金额单位前后不一：{said}；不知按哪个读，请改成一致后重交", place)
    for unit, stands in where.items():
        if unit not in FEN_OF_UNIT:
            raise LayoutError(f"{stands}写金额单位“{unit}”，不能按它读；请换算成元后重交", place)
        return unit
    return None


def _named(unit: str) -> str:
    return _SAME.get(unit, unit)


def _english(text: str) -> str | None:
    found = _ENGLISH.search(re.sub(r"\s", "", text))
    if found is None:
        return None
    key = re.sub(r"[\s,']", "", found["unit"].lower())
    key = "000" if key.startswith("000") else key.removesuffix("s")
    return _ENGLISH_UNITS.get(key) or _SAME.get(key)
