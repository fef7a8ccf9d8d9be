"""Units of one kind and how large each is, exactly: 3500米 are 3.5公里, 50000公斤 are 50吨.

Lengths of time longer than an hour are none: a day may be a working one, and a month has no length.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

_KINDS = {  # of each kind its units, and how many of the first one each is
    "米": "米 m 1, 千米 公里 km ㎞ 1000, 里 500, 厘米 cm 1/100, 毫米 mm 1/1000",
    "克": "克 g 1, 千克 公斤 kg 1000, 斤 500, 吨 t 1000000, 毫克 mg 1/1000, 微克 μg 1/1000000",
    "平方米": "平方米 平米 ㎡ m² m2 1, 平方公里 平方千米 km² 1000000, 公顷 10000, 亩 2000/3",
    "立方米": "立方米 立方 方 m³ m3 1",
    "升": "升 L 1, 毫升 ml 1/1000",
    "千瓦时": "千瓦时 度 kWh 1, 兆瓦时 MWh 1000",
    "千瓦": "千瓦 kW 1, 兆瓦 MW 1000",
    "秒": "秒 s 1, 分钟 min 60, 小时 h 3600",
}
_SIZES = {
    unit: (kind, Fraction(size))
    for kind, units in _KINDS.items()
    for *alike, size in (each.split() for each in units.split(","))
    for unit in alike
}


def kind_of(unit: str | None) -> str | None:
    """Return what a unit measures, by the first unit of its kind; None for what is not measured."""
    return _SIZES.get(counted(unit), (None,))[0]


@lru_cache(maxsize=1 << 12)
def size_of(unit: str | None, other: str | None) -> Fraction:
    """Return how many of another unit one is, without their 万: 1 where they are not of a kind."""
    kind, size = _SIZES.get(counted(unit), (None, Fraction(1)))
    wanted, its = _SIZES.get(counted(other), (None, Fraction(1)))
    return size / its if kind == wanted else Fraction(1)


def counted(unit: str | None) -> str:
    """Return what a unit counts, without multiples before it: 公斤 of 万公斤/日, 千克 as it is."""
    said = (unit or "").partition("/")[0]
    while said not in _SIZES and said[:1] in tuple("十百千万亿"):
        said = said[1:]
    return said
