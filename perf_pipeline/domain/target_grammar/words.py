"""Targets in words: yes and no, none of something, a direction, a grade."""

from __future__ import annotations

import re

from perf_pipeline.domain.name_words import LITTLE
from perf_pipeline.domain.target import Operator, Target, TargetKind

_YES = {"是", "√", "✓", "✔", "☑", "有"}
_NO = {"否", "×", "✗", "☒", "无", "没有", "暂无"}

_FAULTS = "|".join((*LITTLE.split(), *["案件", "死亡", "纠纷", "污染", "事件", "发生"]))
_ZERO = re.compile(
    r"零(?!距离|基础|容忍|门槛|散|星|售|碎|工|食|部件|配件|成本|增长|首付|关税)[㐀-鿿]{2,12}"
)
_NONE = re.compile(r"(?:[㐀-鿿]{2,8}[率数量])?(?:控制|保持|始终)?为?零")
_NOUGHT = re.compile(r"0[㐀-鿿]{3,12}")
_NONE_OF = re.compile(rf"无[㐀-鿿]{{0,10}}(?:{_FAULTS})(?:发生|现象|行为|问题)?")
# 不发生接待费用 speaks of money that is not spent; 不发生违规支出 and 乱收费 must not happen
_WRONG = rf"{_FAULTS}|超范围|超预算|虚[列报假]|乱|不合[理规法]|铺张|公款|套取|骗取|重复|滥"
_COSTS = rf"(?!(?!.*(?:{_WRONG})).*(?:费用|费|支出|开支|成本|花销|投入)$)"
_NEVER = re.compile(rf"(?:不发生|未发生|没有发生|不出现|未出现|杜绝){_COSTS}(?:[㐀-鿿]{{2,14}})?")

_UP = "提高|提升|增强|增加|改善|好转|增长|加强|优化|上升|完善|向好|扩大"
_DOWN = "负增长|降低|减少|下降|缩减|压减|减轻|缩小|缩短"
_HOW = (
    "不断|逐步|逐渐|持续|有效|显著|明显|稳步|进一步|逐年|大幅|大力|有所|得到|较上年|较上年度|较去年|比上年|"
    "比去年|同比|巩固|全面|切实|较大|极大|大大|充分|有力|继续|长期|稳定|较好|有序|促进|可|和|与|、"
)
_WAY = re.compile(rf"(?P<down>{_DOWN})|(?:{_UP})")
_ALL_WAYS = re.compile(rf"(?:{_HOW}|{_DOWN}|{_UP}|度|水平|程度|了|的)+")
_SUBJECT = re.compile(r"[㐀-鿿]{2,14}")
_DENIED = re.compile("[不未无没零]|防止|避免|控制|遏制|是否|程度|情况|影响|较小|有限")

_GRADES = {
    **dict.fromkeys(("优秀", "优", "优等", "优级"), "优"),
    **dict.fromkeys(("良好", "良", "良等", "优良"), "良"),
    **dict.fromkeys(("中等", "中"), "中"),
    **dict.fromkeys(("合格", "达标"), "合格"),
    **dict.fromkeys(("差", "较差", "不合格", "不达标"), "差"),
    "好": "好",
    "较好": "较好",
    "一般": "一般",
}
_GRADE = re.compile(
    rf"(?P<sign>≥|=|达到|不低于|达)?(?P<grade>{'|'.join(sorted(_GRADES, key=len, reverse=True))})"
    r"(?:等次|等级|级|水平)?(?P<after>\(?含\)?以上|及以上|以上)?(?:等次|等级|级|水平|标准)?"
)


def read_yes_no(text: str) -> Target | None:
    """Read 是 and 否 and the ticks that stand for them."""
    if text in _YES:
        return Target(TargetKind.YES_NO, Operator.EQ, "是")
    if text in _NO:
        return Target(TargetKind.YES_NO, Operator.EQ, "否")
    return None


def read_none_of(text: str) -> Target | None:
    """Read 零脱漏管, 无重大事故, 不发生群体性事件: none of what must not happen.

    无明显变化 is no count, nor are 零距离 and 零容忍.
    """
    if any(form.fullmatch(text) for form in (_ZERO, _NONE, _NOUGHT, _NONE_OF, _NEVER)):
        return Target(TargetKind.NUMBER, Operator.EQ, "0")
    return None


def read_direction(text: str) -> Target | None:
    """Read 不断提高, 持续改善, 群众安全感提升; a denied direction (不降低) is not one."""
    found = _WAY.search(text)
    if found is None or not _SUBJECT.fullmatch(text):
        return None
    rest = text[: found.start()] + text[found.end() :]
    bare = _ALL_WAYS.fullmatch(text.replace("不断", "持续"))
    if not bare and (_DENIED.search(rest.replace("不断", "")) or not _ends_or_begins(text)):
        return None
    return Target(TargetKind.DIRECTION, None, "降低" if found["down"] else "提高")


def thing_moved(text: str) -> str:
    """Return what a direction is said of: 投诉 of 投诉明显减少."""
    return _ALL_WAYS.sub("", text)


def _ends_or_begins(text: str) -> bool:
    ends = re.search(rf"(?:{_UP}|{_DOWN})$", text)
    begins = re.match(rf"(?:{_HOW})*(?:{_UP}|{_DOWN})", text)
    return bool(ends or begins)


def read_grade(text: str) -> Target | None:
    """Read 优, 良好以上, 合格; 优良 is good or better."""
    found = _GRADE.fullmatch(text)
    if found is None:
        return None
    least = found["after"] or found["sign"] in ("≥", "不低于") or found["grade"] == "优良"
    operator = Operator.GE if least else Operator.EQ
    return Target(TargetKind.GRADE, operator, _GRADES[found["grade"]])
