"""Numbers and ranges: ≥95%, 不超过80万元, 每人每月530元, 2-3次, 大于10小于20."""

from __future__ import annotations

import re
from decimal import Decimal

from perf_pipeline.domain.numerals import CHINESE, DIGITS, canonical, chinese_number
from perf_pipeline.domain.share import MULTIPLES
from perf_pipeline.domain.target import CEILINGS, FLOORS, Operator, Target, TargetKind
from perf_pipeline.domain.target_grammar.measure_words import (
    NOTE,
    is_measure_word,
    is_noun,
    is_time,
    split_unit,
)
from perf_pipeline.domain.target_grammar.signs import COMPARISON, read_leading

_NUMBER = re.compile(DIGITS)
_SIGNED = re.compile(f"-?{DIGITS}")
_CHINESE = re.compile(
    rf"(?P<number>[{CHINESE}]+)(?P<unit>[^0-9{CHINESE}]+?)"
    "(?P<tail>[及或]?以上|[及或]?以下|以内|之内|内|左右)?"
)
_NO_CHINESE = set("分级度点方号月部门类里层")  # 十分, 一级, 三方, 三月 are no counts
_TAIL = re.compile("(?:及|或|含|等)?(?P<word>以上|以下|以内|之内|之间|左右|上下)")
_MORE = re.compile("(?P<times>[万亿千百]?)(?:[余多]|几(?!十))(?=[㐀-鿿])")
_GRADE = re.compile("类(?:地[表下])?水|级[甲乙丙]")  # 3类水质 and 3级甲等 count nothing
_WITHIN = re.compile("(?P<unit>[^内]{1,4})内")
_TAILS = {
    "以上": Operator.GE,
    "以下": Operator.LE,
    "以内": Operator.LE,
    "之内": Operator.LE,
}
_TAIL_IN_BRACKETS = re.compile(r"\((含?及?以[上下内])\)")
_TO = re.compile("[-~至到]")
_BETWEEN = re.compile(
    rf"(?P<low>{DIGITS})(?P<unit>[^0-9<>=≤≥]{{0,6}})[<≤](?P<name>[^0-9<>=≤≥]{{0,10}})[<≤](?P<rest>.+)"
)
_NAME = re.compile(r"[㐀-鿿A-Za-z“”\"、:的]{1,16}")
_BEGINNING = re.compile(f"{COMPARISON.pattern}|[0-9]")
_NO_NAME = re.compile(
    "第$|前$|[不未无]$|不为$|^每|近$|级$|[A-Za-z]$|发生(?!率)|出现|杜绝|防止|避免"
    "|按照?|根据|依据|参照|遵照|依照"  # what a rule says is no value of the indicator
)
_REACHING = re.compile("达到(?=.)")
_PLUS_MINUS = re.compile(
    rf"(?P<name>[㐀-鿿:≤]{{0,14}})(?:(?P<middle>{DIGITS})(?P<of>[^0-9±+/]{{0,4}}?))?(?:±|正负|\+/?-)"
    rf"(?P<number>{DIGITS})(?P<rest>.*)"
)
_TOLERANCE = re.compile(r"\(((?:±|正负|\+/?-)[^()]*)\)")  # 100%（±5%）
_NOT_INCLUDED = re.compile(r"\(不(?:含|包含|包括)[^()]*\)")
_STRICT = {Operator.GE: Operator.GT, Operator.LE: Operator.LT}


def read_number(text: str) -> Target | None:
    """Read one number with its operator and unit; None where the text is something else."""
    operator, signed, per, start = read_leading(text)
    found = _SIGNED.match(text, start)
    if found is None:
        return _read_chinese(text, operator, per, start) or _read_named(text)
    rest = text[found.end() :]
    return _number(found[0], rest, operator, signed, per) or _read_named(text)


def read_range(text: str) -> Target | None:
    """Read two ends of a range, both included: 2-3次, 90%至95%, ≥90%且≤95%, ±3%以内."""
    return _read_plus_minus(text) or _read_pair(text) or _read_enclosed(text) or _read_bounds(text)


def _number(
    number: str, rest: str, operator: Operator | None, signed: bool, per: str
) -> Target | None:
    parts = _unit_and_tail(_without_notes(rest))
    if parts is None or means_date(number, parts[0], operator if signed else None):
        return None
    unit, tail = parts
    if not signed:
        operator = tail or operator
    if operator is not None and _NOT_INCLUDED.search(rest):
        operator = _STRICT.get(operator, operator)
    value = canonical(number)
    if value == "0" and operator is None and unit and not is_measure_word(unit) and "/" not in unit:
        unit = None  # 0事故
    if per:
        unit = f"{unit or ''}{per}"
    return Target(TargetKind.NUMBER, operator or Operator.EQ, value, None, unit)


def _without_notes(rest: str) -> str:
    return NOTE.sub("", _TAIL_IN_BRACKETS.sub(r"\1", rest))


def means_date(number: str, unit: str | None, sign: Operator | None) -> bool:
    """Tell whether 12月 or 2024年 is meant; ≥6月 is a length of time."""
    if unit == "月":
        return sign not in (Operator.GE, Operator.GT, Operator.EQ)
    return unit in ("年", "年度") and _is_year(number)


def _unit_and_tail(rest: str) -> tuple[str | None, Operator | None] | None:
    """Split what follows a number into its unit and the operator of 以上, 以内, 余."""
    if _GRADE.match(rest):
        return None
    if more := _MORE.match(rest):  # 100余人
        split = split_unit(more["times"] + rest[more.end() :])
        return None if split is None else (split[0], Operator.GE)
    tail = _TAIL.search(rest)
    if tail is not None and is_noun(rest[tail.end() :].removeprefix("的")):
        split = split_unit(rest[: tail.start()])
        if split is not None and not split[1]:
            return split[0], _TAILS.get(tail["word"])
    within = _WITHIN.match(rest)
    if within and _may_be_within(within["unit"], rest[within.end() :]):
        return within["unit"], Operator.LE
    split = split_unit(rest)
    return None if split is None else (split[0], None)


def _may_be_within(unit: str, noun: str) -> bool:
    """Tell 3天内完成 and 10万元内 from 省内 and 5个县内企业."""
    return is_noun(noun) if is_time(unit) else not noun and (is_measure_word(unit) or unit == "%")


def _read_chinese(text: str, operator: Operator | None, per: str, start: int) -> Target | None:
    """Read 三次, 不少于两批次, 二十日内; 十分满意 and 一次性 hold no number."""
    found = _CHINESE.fullmatch(text, start)
    number = chinese_number(found["number"]) if found else None
    if found is None or number is None or found["unit"] in _NO_CHINESE:
        return None
    if not is_measure_word(found["unit"].split("/")[0]):
        return None
    return _number(str(number), found["unit"] + (found["tail"] or ""), operator, False, per)


def _read_named(text: str) -> Target | None:
    """Read a number behind its name: 满意度达到95%以上, 达标率100%."""
    for found in _BEGINNING.finditer(text, 1):
        operator, signed, per, start = read_leading(text, found.start())
        number = _NUMBER.match(text, start)
        if number is not None:
            name = text[: found.start()]
            reaching = _REACHING.match(name)  # 达到年度任务90%
            bounds = {
                each[0] for each in COMPARISON.finditer(name, reaching.end() if reaching else 0)
            }
            if not _NAME.fullmatch(name) or _NO_NAME.search(name) or bounds - {"达"}:
                return None  # 至少给120人 is more than a name and a number
            operator = operator or (Operator.GE if reaching else None)
            return _number(number[0], text[number.end() :], operator, signed, per)
    return None


def _read_plus_minus(text: str) -> Target | None:
    found = _PLUS_MINUS.fullmatch(_TOLERANCE.sub(r"\1", text))
    parts = _unit_and_tail(_without_notes(found["rest"])) if found else None
    if found is None or parts is None or parts[1] is Operator.GE or _NO_NAME.search(found["name"]):
        return None
    middle = Decimal(canonical(found["middle"] or "0"))
    width = Decimal(canonical(found["number"]))
    unit, of = parts[0], found["of"]
    points = of == "%" and unit in ("百分点", "个百分点")
    either = unit == "%" and not of and middle not in (0, 100)  # 200±5%
    either = either or bool(found["middle"] and "≤" in found["name"])
    if either or not (of == unit or points or not of):
        return None
    return _range(f"{middle - width:f}", "", f"{middle + width:f}", of or unit, "")


def _read_pair(text: str) -> Target | None:
    operator, _, per, start = read_leading(text)
    low = _SIGNED.match(text, start)
    if low is None or operator is not None:
        return None
    to = _TO.search(text, low.end())
    high = _SIGNED.match(text, to.end()) if to else None
    if to is None or high is None:
        return None
    parts = _unit_and_tail(_without_notes(text[high.end() :]))
    if parts is None or parts[1] is Operator.GE:
        return None
    return _range(low[0], text[low.end() : to.start()], high[0], parts[0], per)


def _read_enclosed(text: str) -> Target | None:
    found = _BETWEEN.fullmatch(text)
    high = _SIGNED.match(found["rest"]) if found else None
    if found is None or high is None:
        return None
    parts = _unit_and_tail(found["rest"][high.end() :])
    return None if parts is None else _range(found["low"], found["unit"], high[0], parts[0], "")


def _read_bounds(text: str) -> Target | None:
    second = None
    for found in COMPARISON.finditer(text, 1):
        if text[found.start() - 1] not in "不未于或得":
            second = found.start()
    if second is None:
        return None
    low = _bound(text[:second].rstrip("且并,;、和与"))
    high = _bound(text[second:])
    if low is None or high is None or low.value is None or high.value is None:
        return None
    if low.operator in CEILINGS:
        low, high = high, low
    rising = low.operator in FLOORS
    if not rising or high.operator not in CEILINGS:
        return None
    return _range(low.value or "", low.unit or "", high.value or "", high.unit, "")


def _bound(text: str) -> Target | None:
    operator, signed, per, start = read_leading(text)
    number = _SIGNED.match(text, start)
    return number and _number(number[0], text[number.end() :], operator, signed, per)


def _range(low: str, low_unit: str, high: str, high_unit: str | None, per: str) -> Target | None:
    low, high = canonical(low), canonical(high)
    unit = high_unit or low_unit or None
    if Decimal(low) > Decimal(high):
        return None
    if low_unit and not (is_measure_word(low_unit) and _same_unit(low_unit, unit or "")):
        return None
    if unit in ("月", "年", "日") and (unit != "年" or _is_year(high)):
        return None
    if per:
        unit = f"{unit or ''}{per}"
    return Target(TargetKind.RANGE, Operator.BETWEEN, low, high, unit)


def _same_unit(low: str, high: str) -> bool:
    return low == high or (low in MULTIPLES and high.startswith(low))  # 5万-8万元


def _is_year(number: str) -> bool:
    return re.fullmatch(r"0*(?:19|20)[0-9]{2}", number) is not None
