"""A reported value against a target that is no number: reached, not reached, or incomparable."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from perf_pipeline.domain.result_words import Degree, degree_of, is_weaker, plain_words
from perf_pipeline.domain.target import Operator, Target, TargetKind
from perf_pipeline.domain.target_grammar import date_span, parse_target

GRADES = {"优": 4, "好": 4, "良": 3, "较好": 3, "中": 2, "合格": 2, "一般": 2, "差": 1}
_NUMBERS = (TargetKind.NUMBER, TargetKind.RANGE)
_DONE = re.compile("完成|达|实现|落实")
_AS_ASKED = re.compile("按[期时]|如期|提前|及时|达|年度|全年|预期|目标|要求|计划")
# not 没有投诉 and 未超支, which are good news; nor 未发现 and 未发生, which may be
_NOT_YET = re.compile("(?:尚未|还未|仍未|未能?|还?没能?)(?!有|发现|发生|出现|超|逾期|拖欠)(..+)")
_PROMISED = re.compile("^(?:按[时期]|如期|及时|依法|全面|全部|完整|有效|顺利)+")
_LATE = re.compile(
    "(?:[完竣]成?工?时间|工期|日期)?(?:[延逾超]期|延迟|延后|滞后|推迟|拖期)"
    "(?:完成|办结|竣工|验收|交付|[至到](?P<day>.*))?"
)
# 有待提高 asks for what 不断提高 promised, and does not say that it came
_WANTING = re.compile(
    "(?:目前|现在|还|仍|尚|亟)*(?:有?待(?!遇)|需要?(?!求)|应当?(?:进一步|继续))|不够|有所欠缺|欠缺"
)
# words about a change that is wished for or foretold, before or behind it: 满意度有待提高
_TO_COME = re.compile(
    "[有尚仍还亟期]待|^待|[仍尚还亟]需|需要|^需|[升高善]空间|[明下来]年|今后|未来|缓慢|停止|不够"
    "|(?<![较比])(?:需|将|拟|须|可|计划|预计|预期|力争|争取|难以?)(?=进一步|继续|持续|不断|逐步|提|改|增|下?降|减)"
    "|(?<![响相对适])[应要](?=进一步|继续)"
)
_IN_TIME = re.compile("^(?:按[期时]|如期|及时)")
_REACHED = re.compile("^(?:达到|符合|满足|实现)")
_NOTHING = ("无", "没有", "暂无")
_COUNTED = (*_NOTHING, "有")
_DENIES = re.compile("不|无|未|零|杜绝|避免|防止")


@lru_cache(maxsize=1 << 16)
def says_reached(
    target_kind: str, value: str | None, raw: str, text: str, reported_on: date
) -> bool | None:
    """Tell whether what staff wrote says that the target is reached; None where it cannot be told.

    A date is compared with a date: in time or late. A grade is compared with a grade, a direction
    with a direction; words of `result_words` say it of any of them, of a date where they say when.
    A number says nothing about words but 无, nor an expected day (after the day of the report) that
    anything is done.
    """
    said = parse_target(text, fiscal_year=reported_on.year)
    if target_kind == TargetKind.DATE and said.kind is TargetKind.DATE:
        return _in_time(value, text, reported_on)
    if _WANTING.match(plain_words(text)):
        return None
    if said.kind in _NUMBERS:
        return _is_nothing(said) if plain_words(raw) in _NOTHING else None
    if said.kind is TargetKind.YES_NO:
        if (
            target_kind != TargetKind.YES_NO
            and _DENIES.match(raw)
            and plain_words(text) in _COUNTED
        ):
            return None  # 不得发生: 无 may be a good answer, and 有 none
        return said.value == (value if target_kind == TargetKind.YES_NO else "是")
    if target_kind == TargetKind.GRADE and said.kind is TargetKind.GRADE:
        wanted, given = GRADES.get(value or ""), GRADES.get(said.value or "")
        return None if wanted is None or given is None else given >= wanted
    if target_kind == TargetKind.DIRECTION and said.kind is TargetKind.DIRECTION:
        if plain_words(text) != plain_words(raw) and _TO_COME.search(plain_words(text)):
            return None
        return None if said.value == value and is_weaker(text, raw) else said.value == value
    if (denied := _same_words(raw, text)) is not None:
        return not denied
    if late := _LATE.fullmatch(plain_words(text)):
        return False if _is_late(target_kind, value, raw, late["day"] or "", reported_on) else None
    keeps = "持平" in raw or "不变" in raw
    degree = degree_of(
        text, way=value if target_kind == TargetKind.DIRECTION and not keeps else None
    )
    if degree is Degree.ATTAINED and target_kind == TargetKind.DATE:
        return _done_in_words(value, text, reported_on)
    if degree is not None:
        return degree is Degree.ATTAINED
    return _by_grade(said) if target_kind == TargetKind.DIRECTION and value == "提高" else None


def _is_late(kind: str, due: str | None, raw: str, until: str, reported_on: date) -> bool:
    """Tell whether 延期 breaks a target: 推迟至6月25日 is still in time of 6月底前."""
    if kind != TargetKind.DATE or due is None:
        return bool(_IN_TIME.match(raw))
    if any(map(str.isdigit, until)):
        return _in_time(due, until, reported_on) is False
    return due < reported_on.isoformat()


def _is_nothing(said: Target) -> bool | None:
    """Tell whether a bare count answers 无; a bound or a range may be either."""
    return said.value == "0" if said.operator is Operator.EQ else None


def _same_words(raw: str, text: str) -> bool | None:
    """Tell whether the target's own words are denied (及时: 不及时); None for other words."""
    wanted, said = plain_words(raw), plain_words(text)
    if _REACHED.sub("", said) == _REACHED.sub("", wanted):
        return False
    denied = {f"{no}{wanted}" for no in ("不", "未", "没有", "未得到", "没有得到")}
    part = _NOT_YET.match(said)  # 尚未建立 of 建立健全, but not 未超支 of 控制超支
    of_it = part is not None and _PROMISED.sub("", wanted).startswith(part[1])
    of_it = of_it and not _DENIES.search(wanted)
    return True if said in denied or of_it else None


def _in_time(due: str | None, text: str, reported_on: date) -> bool | None:
    """Tell whether a date is in time: all days that it may mean are, or none is.

    A day after the report's is an expectation until the last one has passed.
    """
    span = date_span(text, reported_on.year)
    if due is None or span is None:
        return None
    last, (first, latest) = date.fromisoformat(due), span
    if latest <= last:
        return True if latest <= reported_on else None
    return False if last < first and last <= reported_on else None


def _done_in_words(due: str | None, text: str, reported_on: date) -> bool | None:
    """Tell whether words of completion answer a date: 已完成, said after it, does not say when."""
    if not _DONE.search(text) or due is None:
        return None
    in_time = reported_on <= date.fromisoformat(due) or _AS_ASKED.search(text)
    return True if in_time else None


def _by_grade(said: Target) -> bool | None:
    """Read the best and the worst grade as answers to 不断提高; what lies between tells nothing."""
    return (
        {"优": True, "差": False}.get(said.value or "") if said.kind is TargetKind.GRADE else None
    )
