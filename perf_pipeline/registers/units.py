"""The unit of a file's amounts (计量单位): 单位：万元 above or below the table, or in its names.

A unit is stated where a text says that amounts are in it. Where a unit larger than the yuan is
named in another way, nobody knows what is meant: `units_named` finds it, and the file waits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from perf_pipeline.domain.errors import LayoutError, Place
from perf_pipeline.domain.money import FEN_OF_UNIT
from perf_pipeline.domain.traditional import simplified

_LARGE = "(?:千万元|百万元|十亿元|万亿元|亿元|十万元|万元|千元|百元)"
_WORD = f"(?:{_LARGE}|元|角|分|千万|百万|万|亿|千)"
_OURS = "(?:人民币|rmb|cny|renminbi|yuan|¥)"
_AFTER = r"(?![一-鿿a-z])"
# 单位：万元; 金额单位为人民币万元; （万元，人民币）; 以万元为单位; 均以千元列示
_STATED = re.compile(
    rf"(?:单位|计量|unit)(?:[:：为是均都皆一律|/\-]|\(|（|of)*{_OURS}*[:：(（]*(?P<unit>{_WORD})"
    rf"{_OURS}?{_AFTER}"
    rf"|金额[:：(（]{_OURS}*(?P<sum>{_LARGE})"
    rf"|[以按用](?:{_OURS})?(?P<by>{_LARGE})(?:{_OURS})?(?:为|作|计|列|反映|表示|填)"
)
_BRACKETED = re.compile(
    rf"[(（\[【](?:(?:金额)?单位[:：为]?)?{_OURS}?(?P<unit>{_WORD}){_OURS}?[)）\]】]"
)
_BEHIND = re.compile(rf"[/／_\-—,，、:：|](?P<unit>{_WORD})$|(?P<large>{_LARGE})$")
_ALONE = re.compile(rf"{_OURS}?(?P<unit>{_LARGE}|元|角|分){_OURS}?")
_NAMED = re.compile(rf"(?<![\d百十千几数多第每\-~至]){_LARGE}(?!以|级|户|左右|工程|项目|内|起)")
_FOREIGN_WORD = (
    r"美元|美金|欧元|港元|港币|日元|英镑|卢布|澳元|加元|台币|韩元|新元|瑞士法郎|外币|原币"
    r"|\b(?:usd|eur|hkd|jpy|gbp|aud|cad|chf|rub|krw|sgd|twd)\b|us ?\$|€|£|\b(?:us )?dollars?\b"
    r"|\beuros?\b"
)
_FOREIGN = re.compile(_FOREIGN_WORD)
_FOREIGN_STATED = re.compile(
    rf"(?:单位|币种|货币|金额|currency|units?|amounts?|in|计)[^a-z0-9一-鿿]{{0,4}}"
    rf"(?:in )?(?P<unit>{_FOREIGN_WORD})"
)

_SCALE = (
    r"(?P<{0}>hundreds? (?:of )?(?:millions?|thousands?)|tens of thousands|thousands?"
    r"|millions?|billions?|cents?|fen|ten[ -]thousands?|'?000'?s?"
    r"|10[, ]?000|1,?000|10k|wan|k|mn|mio|bn|m)"
)
_SPEAKS = r"(?:units?|amounts?|figures?|values?|expressed|shown|stated|sums?|in|all)"
_ENGLISH = re.compile(
    rf"(?<![a-z]){_OURS}[^a-z0-9]{{0,3}}(?:in )?[^a-z0-9]{{0,2}}"
    rf"{_SCALE.format('after')}(?![a-z0-9,.])"
    rf"|(?<![a-z0-9]){_SCALE.format('before')}[ -]?(?:of )?(?:chinese )?{_OURS}(?![a-z])"
    rf"|(?<![a-z]){_SPEAKS}[^a-z0-9']{{0,3}}(?:are |is )?(?:in )?{_OURS}?[^a-z0-9']{{0,3}}"
    rf"{_SCALE.format('said')}(?![a-z0-9,.])"
)
_ENGLISH_UNITS = {
    **dict.fromkeys(("thousand", "000", "1000", "k"), "千元"),
    **dict.fromkeys(("tenthousand", "10000", "10k", "wan"), "万元"),
    **dict.fromkeys(("million", "mn", "mio", "m"), "百万元"),
    **dict.fromkeys(("billion", "bn"), "十亿元"),
    **dict.fromkeys(("cent", "fen"), "分"),
    "hundredmillion": "亿元",
    "hundredthousand": "十万元",
}
_SAME = {"万": "万元", "亿": "亿元", "千": "千元", "百万": "百万元", "千万": "千万元"}
YEAR_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")  # 二〇二五年

_OWN_MONEY = re.compile(
    r"(?<!非)本位?币|人民币|折合|(?:in|amount) (?:local currency|lc\b)|local currency|accounted"
)


def with_digits(text: str) -> str:
    """Write years, months and days in digits: 二〇二四年十一月三十日."""
    digits = text.translate(YEAR_DIGITS)
    return re.sub(r"(\d?)十(\d?)", lambda each: f"{each[1] or 1}{each[2] or 0}", digits)


def unit_in_heading(heading: str) -> str | None:
    """Return the unit that a column's heading names: 金额（万元）, 支付金额/千元, 支付金额万元."""
    text = _bare(heading)
    for pattern in (_BRACKETED, _BEHIND, _STATED):
        if found := pattern.search(text):
            return _first(found)
    return _english(_spaced(heading))


@lru_cache(maxsize=2_048)
def without_unit(heading: str) -> str:
    """Return a heading without the unit that it names."""
    text = _spaced(heading)
    for sign in re.findall(r"[(\[【][^)\]】]*[)\]】]", text):
        if _BRACKETED.fullmatch(_bare(sign)) or _english(sign):
            text = text.replace(sign, "")
    bare = _BEHIND.sub("", text)
    return re.sub(r"[\s,:]*(?:金额|计量)?单位$", "", bare) if bare != text else text


def names_foreign_money(heading: str) -> bool:
    """Tell whether a heading of amounts names another currency: 金额（美元）, 原币金额."""
    return _FOREIGN.search(_spaced(heading)) is not None


def is_own_money(heading: str) -> bool:
    """Tell whether a heading says that its amounts are converted already: 本位币金额."""
    return _OWN_MONEY.search(heading.lower()) is not None


def is_unit(cell: object) -> str | None:
    """Return the unit, or the foreign currency, that is all that a cell says."""
    if not isinstance(cell, str) or len(cell) > 20:
        return None
    text = _spaced(cell)
    if found := _FOREIGN.fullmatch(text):
        return found[0]
    alone = re.fullmatch(f"{_LARGE}|元", _bare(cell))
    return alone[0] if alone else None


def units_stated(lines: Iterable[Sequence[str]]) -> frozenset[str]:
    """Return the units that captions state; each line is the texts of one row."""
    found = set()
    for texts in lines:
        said = " ".join(map(_spaced, texts))
        if foreign := _FOREIGN_STATED.search(said):
            found.add(foreign["unit"])
        bare = re.sub(r"\s", "", said)
        found |= {_first(each) for each in _STATED.finditer(bare)}
        found |= {_first(each) for each in _BRACKETED.finditer(bare)}
        if english := _english(said):
            found.add(english)
        if len(texts) <= 2:
            found |= {_first(m) for t in texts if (m := _ALONE.fullmatch(_bare(t)))}
    return frozenset(found)


def units_named(texts: Iterable[str]) -> frozenset[str]:
    """Return the large units that captions name in any way, an amount such as 80万元 set aside."""
    return frozenset(each[0] for text in texts for each in _NAMED.finditer(_bare(text)))


def one_unit(stated: Iterable[tuple[str, str]], place: Place) -> str | None:
    """Return the one unit that is stated, as (unit, where); None where none is.

    Raises LayoutError where two are stated, or one that amounts cannot be read in.
    """
    where: dict[str, str] = {}
    for unit, stands in stated:
        where.setdefault(unit, stands)
    if len(where) > 1:
        said = "，".join(f"{place}写“{unit}”" for unit, place in where.items())
        raise LayoutError(f"金额单位前后不一：{said}；不知按哪个读，请改成一致后重交", place)
    for unit, stands in where.items():
        if unit not in FEN_OF_UNIT:
            raise LayoutError(f"{stands}写金额单位“{unit}”，不能按它读；请换算成元后重交", place)
        return unit
    return None


def _first(found: re.Match[str]) -> str:
    unit = next(text for text in found.groupdict().values() if text)
    return _SAME.get(unit, unit)


def _spaced(text: object) -> str:
    plain = simplified(unicodedata.normalize("NFKC", str(text or ""))).lower()
    visible = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    return re.sub(r"\s+", " ", visible.replace("’", "'").replace("￥", "¥")).strip()


def _bare(text: object) -> str:
    return _spaced(text).replace(" ", "")


def _english(text: str) -> str | None:
    found = _ENGLISH.search(text)
    if found is None:
        return None
    scale = next(each for each in found.groupdict().values() if each)
    key = re.sub(r"[\s,'\-]|s(?=of|$)|of", "", re.sub(r"\s", "", scale))
    return _ENGLISH_UNITS.get("000" if key.startswith("000") else key)
