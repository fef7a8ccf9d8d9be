"""The grammar of target values as people write them: ≥95%, 95%以上, 零脱漏管, 12月底前, 不断提高.

Full-width and half-width signs, blanks and line breaks inside a cell read alike. A bare value is
`=` as written; 以上, 达到 and 不低于 are at least; 以下 and 不超过 are at most.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from perf_pipeline.domain.calendar import month_end
from perf_pipeline.domain.target import Operator, Target, TargetKind

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNIT = r"[^\d\s,;,;、。<>=≤≥()至以之内的~-]{1,8}(?:/[^\d\s,;、。<>=≤≥()]{1,6})?"
_TAIL = r"(?P<after>\(?含\)?|以上|及以上|以下|及以下|以内|之内|左右)?"

_SIGNS = {
    ">=": Operator.GE,
    "≥": Operator.GE,
    "≧": Operator.GE,
    "⩾": Operator.GE,
    "=>": Operator.GE,
    "<=": Operator.LE,
    "≤": Operator.LE,
    "≦": Operator.LE,
    "⩽": Operator.LE,
    "=<": Operator.LE,
    ">": Operator.GT,
    "<": Operator.LT,
    "=": Operator.EQ,
}
_WORDS = {
    "不低于": Operator.GE,
    "不少于": Operator.GE,
    "不小于": Operator.GE,
    "不得低于": Operator.GE,
    "大于等于": Operator.GE,
    "大于或等于": Operator.GE,
    "达到": Operator.GE,
    "达": Operator.GE,
    "至少": Operator.GE,
    "需达到": Operator.GE,
    "不超过": Operator.LE,
    "不高于": Operator.LE,
    "不多于": Operator.LE,
    "不大于": Operator.LE,
    "不得超过": Operator.LE,
    "小于等于": Operator.LE,
    "小于或等于": Operator.LE,
    "控制在": Operator.LE,
    "高于": Operator.GT,
    "超过": Operator.GT,
    "大于": Operator.GT,
    "多于": Operator.GT,
    "低于": Operator.LT,
    "小于": Operator.LT,
    "少于": Operator.LT,
    "等于": Operator.EQ,
}
_AFTER = {
    "以上": Operator.GE,
    "及以上": Operator.GE,
    "以下": Operator.LE,
    "及以下": Operator.LE,
    "以内": Operator.LE,
    "之内": Operator.LE,
}
_BEFORE = "|".join(re.escape(sign) for sign in sorted((*_SIGNS, *_WORDS), key=len, reverse=True))

_ONE_NUMBER = re.compile(rf"(?P<before>{_BEFORE})?(?P<value>{_NUMBER})(?P<unit>{_UNIT})?{_TAIL}")
_RANGE = re.compile(
    rf"(?P<low>{_NUMBER})(?P<low_unit>{_UNIT})?(?:-|~|—|–|至|到)(?P<high>{_NUMBER})(?P<unit>{_UNIT})?"
    r"(?:之间|以内)?"
)
_ZERO = re.compile(r"零(?P<what>[一-鿿]{2,})|0(?P<fault>[一-鿿]{3,})")
_NONE_OF = re.compile(  # of what must not happen; 无明显变化 is not a count
    r"无[一-鿿]{0,8}(?:犯罪|事故|案件|上访|投诉|违规|违纪|脱管|漏管|舆情|拖欠|差错|泄密|伤亡|死亡|隐患)"
)
_DATE = re.compile(
    r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号]|底|末)?"
    r"(?P<by>之?前|以前|底前|末前|完成|前完成|之前完成)?(?:完成|到位|竣工)?"
)
_YEAR_END = re.compile(r"(?:(?P<year>\d{4})年|当年|年)?(?:年)?(?:底|末)(?:之?前|以前)?(?:完成)?")
_UP = ("提高", "提升", "增强", "增加", "改善", "好转", "增长", "加强", "优化", "上升")
_DOWN = ("降低", "减少", "下降", "缩减", "压减", "减轻")
_HOW = r"(?:不断|逐步|持续|有效|显著|明显|稳步|进一步|逐年|大幅|有所|得到|较上年|同比|比上年)*"
_DIRECTION = re.compile(rf"{_HOW}(?P<way>{'|'.join((*_UP, *_DOWN))})")
_GRADE = re.compile(r"(?P<grade>优秀|优良|优|良好|良|中|合格|差)(?P<after>及以上|以上)?")
_GRADES = {"优秀": "优", "优良": "良", "优": "优", "良好": "良", "良": "良", "中": "中", "差": "差"}
_YES = {"是", "√", "有"}
_NO = {"否", "×", "无"}


def parse_target(raw: str, *, fiscal_year: int | None = None) -> Target:
    """Read one target value; a date without a year is in `fiscal_year`.

    Never fails: what the grammar does not know is a target of kind `text`.
    """
    written = normalise(raw)
    for read in (_read_yes_no, _read_zero, _read_range, _read_number, _read_direction, _read_grade):
        target = read(written)
        if target is not None:
            return target
    return _read_date(written, fiscal_year) or Target(TargetKind.TEXT)


def normalise(raw: str) -> str:
    """Write a value with half-width signs and without blanks and line breaks."""
    plain = unicodedata.normalize("NFKC", raw.replace("％", "%").replace("﹪", "%"))
    return re.sub(r"\s", "", plain).replace("＝", "=").strip("。;；")


def canonical(number: str) -> str:
    """Write a decimal without separators and without idle zeros: 50,000.0 is 50000."""
    value = Decimal(number.replace(",", ""))
    text = format(value.normalize(), "f")
    return "0" if text in ("-0", "") else text


def _read_yes_no(text: str) -> Target | None:
    if text in _YES:
        return Target(TargetKind.YES_NO, Operator.EQ, "是")
    if text in _NO:
        return Target(TargetKind.YES_NO, Operator.EQ, "否")
    return None


def _read_range(text: str) -> Target | None:
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    low, high = canonical(found["low"]), canonical(found["high"])
    unit = found["unit"] or found["low_unit"]
    if Decimal(low) > Decimal(high) or (found["low_unit"] or unit) != unit:
        return None
    return Target(TargetKind.RANGE, Operator.BETWEEN, low, high, unit)


def _read_number(text: str) -> Target | None:
    found = _ONE_NUMBER.fullmatch(text)
    if found is None:
        return None
    before, after, unit = found["before"], found["after"], found["unit"]
    if unit and re.fullmatch(r"[月年]|[月年]?[底末].*|[月日年].*前.*", unit):
        return None  # 12月底前 is a date
    operator = _AFTER.get((after or "").strip("()"))
    if before is not None:
        named = _SIGNS.get(before) or _WORDS[before]
        # 达到95%以上, 不超过5%以内: the word behind says the same again
        operator = named if operator is None or before in _SIGNS else operator
    return Target(TargetKind.NUMBER, operator or Operator.EQ, canonical(found["value"]), None, unit)


def _read_zero(text: str) -> Target | None:
    if _ZERO.fullmatch(text) or _NONE_OF.fullmatch(text):
        return Target(TargetKind.NUMBER, Operator.EQ, "0")
    return None


def _read_direction(text: str) -> Target | None:
    found = _DIRECTION.fullmatch(text)
    if found is None:
        return None
    return Target(TargetKind.DIRECTION, None, "降低" if found["way"] in _DOWN else "提高")


def _read_grade(text: str) -> Target | None:
    found = _GRADE.fullmatch(text)
    if found is None or found["grade"] not in _GRADES:
        return None
    operator = Operator.GE if found["after"] else Operator.EQ
    return Target(TargetKind.GRADE, operator, _GRADES[found["grade"]])


def _read_date(text: str, fiscal_year: int | None) -> Target | None:
    found = _DATE.fullmatch(text)
    end_of_year = None if found else _YEAR_END.fullmatch(text)
    if found is None and end_of_year is None:
        return None
    year = int((found or end_of_year)["year"] or fiscal_year or 0)  # type: ignore[index]
    if year == 0:
        return None
    month = int(found["month"]) if found else 12
    if not 1 <= month <= 12:
        return None
    day = month_end(year, month)
    if found and found["day"]:
        try:
            day = date(year, month, int(found["day"]))
        except ValueError:
            return None
    return Target(TargetKind.DATE, Operator.LE, day.isoformat())
