"""A reported value against a target that is no number: reached, not reached, or incomparable."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from perf_pipeline.domain.name_words import Meaning, falls_well, is_ill, meaning_of
from perf_pipeline.domain.numerals import CHINESE, chinese_number
from perf_pipeline.domain.result_words import HOPED, Degree, degree_of, is_weaker, plain_words
from perf_pipeline.domain.target import NUMBERS, Operator, Target, TargetKind
from perf_pipeline.domain.target_grammar import date_span, parse_target
from perf_pipeline.domain.target_grammar.words import thing_moved

GRADES = {"优": 4, "好": 4, "良": 3, "较好": 3, "中": 2, "合格": 2, "一般": 2, "差": 1}
_DONE = re.compile("完成|达|实现|落实")
_AS_ASKED = re.compile("按[期时]|如期|提前|及时|达|年度|全年|预期|目标|要求|计划")
# not 没有投诉 and 未超支, which are good news; nor 未发现 and 未发生, which may be
_NOT_YET = re.compile("(?:尚未|还未|仍未|未能?|还?没能?)(?!有|发现|发生|出现|超|逾期|拖欠)(..+)")
_PROMISED = re.compile("^(?:按[时期]|如期|及时|依法|全面|全部|完整|有效|顺利)+")
_WORK = "(?:[完竣]成?工?时间|工期|日期)?"
_DAYS = "(?:了?(?:[0-9]+|[一二两三四五六七八九十]+|半)个?(?:工作日|小时|[天日周月]))?"
_DONE_THEN = "(?:完成|完工|办结|竣工|验收|交付|拨付|支付|到位)?"
_LATE = re.compile(
    rf"{_WORK}(?:[延逾超]期|延迟|延后|延误|滞后|推迟|拖期|超时|晚){_DAYS}"
    rf"(?:{_DONE_THEN}|[至到](?P<day>.*))"
)
_NOT_LATE = re.compile(
    rf"{_WORK}(?:(?:未|无|没有|未发生|未出现)(?:[延逾超拖]期|延误|延迟|超时|滞后)(?:现象|情况)?"
    rf"|(?:提前{_DAYS}|如期|按[期时]){_DONE_THEN})"
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
# mends an ill where more of it would be worse: 矛盾好转, but not 矛盾增加
_MENDS = re.compile("改善|好转|优化|完善|向好")
_STRENGTH = re.compile("(?:能力|意识|素质|效率|质量|力度|成效|效果)$")  # against an ill: 抗风险能力
_IN_TIME = re.compile("^(?:按[期时]|如期|及时)")
_RANK = re.compile(
    f"(?:在?(?P<of>全[国省市区县州镇]|全系统)|排名|位[列居]|名次)*(?:排名)?(?P<top>前|第)(?P<place>[0-9]+|[{CHINESE}]+)(?:[名位]|(?P<kind>梯队|方阵|档))?"
)
# 不高于上年: which of lower, the same and higher is good
_LAST_YEAR = re.compile(
    "(?P<no>不|未)?(?P<way>[高低]于|超过|多于|少于)(?:上年|去年|上一?年度|上年同期|去年同期)(?:同期)?(?:水平)?"
)
_SAME_AS_LAST = re.compile("(?:[与和较同]?(?:上年|去年)(?:度|同期)?)?(?:基本)?(?:持平|相同|一致)")
_ALL = re.compile("^(?:100%|全部)")
_REACHED = re.compile("^(?:达到|符合|满足|实现)")
_NOTHING = ("无", "没有", "暂无")
_COUNTED = (*_NOTHING, "有")
_DENIES = re.compile("(?:坚决|严格|全年|确保|切实)*(?:不|无|未|零|杜绝|避免|防止|严禁|禁止)")


@lru_cache(maxsize=1 << 16)
def says_reached(
    target_kind: str, value: str | None, raw: str, text: str, reported_on: date, name: str = ""
) -> bool | None:
    """Tell whether what staff wrote says that the target is reached; None where it cannot be told.

    A date is compared with a date: in time or late. A grade is compared with a grade, a direction
    with a direction; words of `result_words` say it of any of them, of a date where they say when.
    A number says nothing about words but 无, nor an expected day (after the day of the report) that
    anything is done.
    """
    answer = _answer(target_kind, value, raw, text, reported_on, name)
    hoped = answer and HOPED.search(text) and plain_words(text) != plain_words(raw)
    return None if hoped else answer


def _answer(
    target_kind: str, value: str | None, raw: str, text: str, reported_on: date, name: str
) -> bool | None:
    said = parse_target(text, fiscal_year=reported_on.year)
    if target_kind == said.kind and target_kind in _ALIKE:
        return _ALIKE[said.kind](value, said, raw, text, reported_on, name)
    if _WANTING.match(plain_words(text)):
        return None
    timed = target_kind == TargetKind.DATE or _IN_TIME.match(raw)
    if timed and _NOT_LATE.fullmatch(plain_words(text)):
        return True
    if late := _LATE.fullmatch(plain_words(text)):
        return False if _is_late(target_kind, value, raw, late["day"] or "", reported_on) else None
    if _ALL.sub("", plain_words(text)) == plain_words(raw):
        return True
    if said.kind in NUMBERS:
        return _is_nothing(said) if plain_words(raw) in _NOTHING else None
    if said.kind is TargetKind.YES_NO:
        if (
            target_kind != TargetKind.YES_NO
            and _DENIES.match(raw)
            and plain_words(text) in _COUNTED
        ):
            return None  # 不得发生: 无 may be a good answer, and 有 none
        return said.value == (value if target_kind == TargetKind.YES_NO else "是")
    if (denied := _same_words(raw, text)) is not None:
        return not denied
    if (placed := _placed(raw, text)) is not None:
        return placed
    keeps = "持平" in raw or "不变" in raw
    degree = degree_of(
        text, way=value if target_kind == TargetKind.DIRECTION and not keeps else None
    )
    if degree is Degree.ATTAINED and target_kind == TargetKind.DATE:
        return _done_in_words(value, text, reported_on)
    if degree is not None:
        return None if degree is Degree.MOSTLY else degree is Degree.ATTAINED
    return _by_grade(said) if target_kind == TargetKind.DIRECTION and value == "提高" else None


def _graded(wanted: str | None, said: Target, *_: object) -> bool | None:
    """Compare a grade with a grade; 优良 is good or better, and may be 优."""
    least, given = GRADES.get(wanted or ""), GRADES.get(said.value or "")
    if least is None or given is None:
        return None
    return given >= least or (None if said.operator is Operator.GE else False)


def _moved(way: str | None, said: Target, raw: str, text: str, _: date, name: str) -> bool | None:
    """Compare a direction with a direction."""
    words = plain_words(text)
    if _WANTING.match(words) or (words != plain_words(raw) and _TO_COME.search(words)):
        return None
    if thing_moved(words) not in raw and _is_turned(words, way, name):
        return None
    return None if said.value == way and is_weaker(text, raw) else said.value == way


def _is_turned(words: str, way: str | None, name: str) -> bool:
    """Tell whether what moved may be good where the target speaks of an ill, or the other way.

    隐患扩大 does not say that 持续改善 came, nor 投诉减少 that it did not, nor is 就业率下降
    what 逐年下降 asked for: less of what the indicator does not name must surely be good.
    """
    thing = thing_moved(words)
    if meaning_of(thing) is Meaning.SOUGHT:
        return way == "降低"
    if way == "降低":
        return thing not in name and not falls_well(thing)
    return is_ill(thing) and not _STRENGTH.search(thing) and not _MENDS.search(words)


_Comparison = Callable[[str | None, Target, str, str, date, str], bool | None]
_ALIKE: dict[TargetKind, _Comparison] = {
    TargetKind.GRADE: _graded,
    TargetKind.DIRECTION: _moved,
    TargetKind.DATE: lambda due, _said, _raw, text, on, _name: _in_time(due, text, on),
}


def _placed(raw: str, text: str) -> bool | None:
    """Compare a place with a place (第二名 of 前三名), and a figure with last year's (持平)."""
    wanted, given = _RANK.fullmatch(plain_words(raw)), _RANK.fullmatch(plain_words(text))
    alike = wanted and given and wanted["kind"] == given["kind"]
    if wanted and given and alike and (given["of"] or wanted["of"]) == wanted["of"]:
        last, place = (_count(each["place"]) for each in (wanted, given))
        if last is None or place is None:
            return None
        return place <= last or (None if given["top"] == "前" else False)
    limit, said = _LAST_YEAR.fullmatch(plain_words(raw)), plain_words(text)
    if limit is None:
        return None
    if _SAME_AS_LAST.fullmatch(said):
        return None if "基本" in said else bool(limit["no"])
    moved = _LAST_YEAR.fullmatch(said)
    if moved is None or moved["no"]:
        return None
    higher, good = (each["way"] not in ("低于", "少于") for each in (moved, limit))
    return (higher == good) != bool(limit["no"])


def _count(numeral: str) -> int | None:
    return int(numeral) if numeral.isascii() else chinese_number(numeral)


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
