"""Shares (比例) in basis points (万分之一), how they are written, and what a unit is of."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from math import prod

WHOLE_BP = 10_000  # 100 %


def percent(bp: int) -> str:
    """Write basis points as a percentage: 4567 is 45.67%."""
    return f"{points(bp)}%"


def points(bp: int) -> str:
    """Write basis points as percentage points: -1234 is -12.34."""
    sign = "-" if bp < 0 else ""
    return f"{sign}{abs(bp) // 100}.{abs(bp) % 100:02d}"


def is_percent(unit: str | None) -> bool:
    """Tell whether a unit is a share, kept in per cent: %, ‰, 百分比, 个百分点."""
    return unit is not None and ("%" in unit or "‰" in unit or "百分" in unit)


_OF_A_YEAR = re.compile(r"[/·](?:年|年度)$")


def of_a_year(unit: str | None) -> str | None:
    """Return a unit without the year that a year's figure is of anyway: 次 of 次/年."""
    return unit and (_OF_A_YEAR.sub("", unit) or None)


_ALIKE = r"(?:[册本份套件台部个张块片幅面枚支把条篇项株棵根辆艘架起宗例]|只)"
_NOT_EACH = re.compile(  # one word or the other for the same things, times, and how long one takes
    rf"[百千万亿]*(?:{_ALIKE}/{_ALIKE}|(?:[场期批班车人]|{_ALIKE})/次)"
    r"|(?:个?工作日|个?自然日|小时|分钟|秒|天|日|个月)/[件次起宗例个项单]"
    r"|[^/]+/[0-9].*"  # 起/10万人: a rate, told without its base
)


def is_for_each(unit: str | None) -> bool:
    """Tell whether a unit is so many for each (次/村, 元/台): not of two (张/册), nor of a year.

    What nobody has thought of is for each, and what may be of all is asked about.
    """
    of = of_a_year(unit) or ""
    return "/" in of and not _NOT_EACH.fullmatch(of)


MULTIPLES = {  # before a unit, or for whatever is counted
    **{"百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6},
    **{"千万": 10**7, "亿": 10**8, "万亿": 10**12},
}
# 千克 and 千瓦 are units of their own, 百分 and 千分 are parts; 百米 is a hundred of one
_PREFIXED = r"(?:[克瓦米伏卡帕赫焦安升兆比]|分(?!钟)|字节)"
_LARGE = re.compile(rf"(?:万亿|[十百千]?[万亿])(?=.)|[十百](?!分(?!钟)|$)|千(?!{_PREFIXED}|$)")


@lru_cache(maxsize=1 << 12)
def multiple(unit: str | None) -> Fraction:
    """Return how many counted things one of a unit is: 万人次 is 10000, 千元 is 1000, others 1.

    A share is kept in per cent, so that ‰ is a tenth. 3百人 are three of 百人, and 300.
    """
    if unit is None:
        return Fraction(1)
    if "‰" in unit:
        return Fraction(1, 10)
    large = _LARGE.match(unit)
    signs = large[0] if large else ""
    return Fraction(prod(10 if each == "十" else MULTIPLES[each] for each in signs))
