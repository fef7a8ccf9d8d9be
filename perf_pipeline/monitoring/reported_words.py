"""What the words around a reported number say of it (填报口径): a level, or something else.

95% is a level; 同比提高95%, 计划95% and 去年95% are not, whatever the number is. An indicator that
is itself a change (投诉下降率, 同比增长5%) is answered by a change the same way.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from perf_pipeline.domain.result_words import HOPED

_UP_WORDS = "提高|提升|上升|(?<!负)增长|增加|增幅|涨幅|升幅|扩大|上浮|上涨|增进|翻"
_DOWN_WORDS = (
    "下降|降低|减少|降幅|跌幅|压减|压缩|缩减|核减|缩小|缩短|下浮|下跌|节约|节省|下调"
    "|下滑|回落|滑落|负增长"
)
_NOT_YET_THERE = r"(?!了?(?:到|至|为))"  # 提高到95% names where it stands
_UP = re.compile(rf"(?:{_UP_WORDS}){_NOT_YET_THERE}|[↑+](?=\d)|(?:(?<![新净])增|[升涨])了?(?=\d)")
_DOWN = re.compile(
    rf"(?:{_DOWN_WORDS}){_NOT_YET_THERE}|↓(?=\d)|(?:[降减跌]|(?<![至最不])少)了?(?=\d)"
)
_ARRIVED = re.compile(rf"(?:{_UP_WORDS}|{_DOWN_WORDS}|[升降涨跌减压])了?[到至为]")
_BOUND = re.compile("以[上下内]|之?内$|左右")
_RATE_OF_CHANGE = re.compile(
    rf"(?:{_UP_WORDS}|{_DOWN_WORDS})(?:率|幅度?|比例|比率|百分比|百分点|程度)|同比|环比|[增降涨跌升]幅"
)
_AGAINST_ANOTHER = re.compile(
    r"同比|环比|(?:[较比]|高于|低于|高出|少于|多于)(?:上|去|前|同|往|年初|基期|计划|目标|预算|预期|全国|全省|全市)"
)
# what is left, over or out of a budget is not what was reached
_REST = re.compile(
    r"剩余|结余|结转|超支|超出|[尚还仍](?:差|余|欠|缺|有)|(?:^|[,;、])[差欠缺]了?(?=\d)|未完成|收窄|[-+]{2}"
)
_SHORT_OF_IT = re.compile("[未不](?:能|曾)?达|没有?达")
_FOREIGN = re.compile(r"[美欧日港澳台加]元|美金|[港澳台]币|英镑|卢布")
_NEARLY = re.compile(
    r"(?<![节签预合履违公])约(?![谈定束])|大概|左右|上下|将近|接近|近\d|基本(?:达到|达标|完成|实现)"
)
_INTENDED = re.compile(r"计划|预期|目标|应[达完]|将[达完会]")
_OF_ANOTHER = re.compile(
    r"[上去前往]年|上[期季月]|基期|同期|年初数|基准|基线|(?:全[国省市区县州]|行业)平均|剔除|扣除"
    r"|新增.*\d%"
)


_SHARES = re.compile("率|满意|比[例重]|占比|覆盖|安全感|度$")


class Change(StrEnum):
    """Which way an indicator that is itself a change goes; EITHER where it only says 同比.

    What is reported of such a one may say a rise: a fall is asked about, as its sign is not told.
    """

    UP = "up"
    DOWN = "down"
    EITHER = "either"


@lru_cache(maxsize=1 << 14)
def change_meant(name: str, raw_target: str, *, percent: bool) -> Change | None:
    """Tell whether an indicator is a change, by its name and its target as written.

    A share is one only where its name says so of a rate (下降率): 提高群众满意度 is a level. A
    number of things may be named by its verb (增加就业岗位).
    """
    found = _way(raw_target)
    if found in (Change.UP, Change.DOWN):
        return found
    if percent and found is None and not _RATE_OF_CHANGE.search(name):
        return None
    return _way(name) or found or (Change.EITHER if _RATE_OF_CHANGE.search(name) else None)


@lru_cache(maxsize=1 << 14)
def names_a_level(name: str, raw_target: str, *, percent: bool) -> bool:
    """Tell whether a target is a change of what its name calls by its level.

    签约率 | 较上年提高3个百分点: is 80% how far it rose, or where it stands? Nobody knows; that a
    number of visitors grew by 12% is clear.
    """
    change = _way(raw_target) in (Change.UP, Change.DOWN)
    if not change or _way(name) is not None or _RATE_OF_CHANGE.search(name):
        return False
    return not percent or "百分点" in raw_target or _SHARES.search(name) is not None


def says_a_change(text: str) -> bool:
    """Tell whether what is reported says that it is a change: 提高4%, 3.5个百分点."""
    return _way(unicodedata.normalize("NFKC", text)) is not None or "百分点" in text


def sense(text: str, change: Change | None) -> int:
    """Tell how what is reported answers an indicator: 1 as asked, -1 a change the other way.

    0 where it does not state what the target asks for.
    """
    said = unicodedata.normalize("NFKC", text)
    if any(each.search(said) for each in (_REST, _FOREIGN, _NEARLY, HOPED, _INTENDED)):
        return 0
    way = _way(said)
    if change is None:
        return int(way is None and not _OF_ANOTHER.search(said))
    if change is not Change.EITHER and way not in (None, Change.EITHER, change):
        return -1
    return int(way in (None, Change.EITHER, Change.UP if change is Change.EITHER else change))


def says_short_of_it(text: str) -> bool:
    """Tell whether words say that the target is not reached: 95%（未达标）."""
    return _SHORT_OF_IT.search(text) is not None


def says_where(text: str) -> bool:
    """Tell whether a number is where a change arrived: 降至2.5%, but not 降至3%以下."""
    return bool(_ARRIVED.search(text)) and not _BOUND.search(text)


def _way(text: str) -> Change | None:
    up, down = _UP.search(text), _DOWN.search(text)
    if bool(up) != bool(down):
        return Change.UP if up else Change.DOWN
    against = _AGAINST_ANOTHER.search(text) and not _ARRIVED.search(text)
    return Change.EITHER if up or against else None
