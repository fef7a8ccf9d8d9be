"""How a workbook's numbers look: 0.95 formatted as 0% is shown, and was meant, as 95%."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache

# number formats that every workbook has without declaring them
BUILT_IN = {9: "0%", 10: "0.00%", 17: "mmm-yy", 55: 'yyyy"年"m"月"', 57: 'yyyy"年"m"月"'}
_EXACT = 15  # digits that a workbook's numbers keep
_IDLE = re.compile(r"\[[^\]]*\]|_.|\*.|\\")
_LITERAL = r'((?:"[^"]*"|[^#0?.,"%@])*)'
_PATTERN = re.compile(rf"{_LITERAL}([#0?.,]+){_LITERAL}(%?){_LITERAL}")
_WORDS = re.compile(r"[^\s¥￥()\-+;]+")
_CURRENCY = re.compile(r"\[\$([^\]\-]*)[^\]]*\]")  # [$€-407]: a sign, and a country's habits
_GENERAL = re.compile(r"General|G/通用格式")
_BESIDE_TEXT = re.compile(rf"{_LITERAL}@{_LITERAL}")
_MOVED_POINT = re.compile(  # 0!.0, shows 12345 as 1.2: a point that is drawn
    r"""[0#?](?:[!\\]\.|"\.")(0+)"""
)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)\]")
_HOLDS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "<>": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}
_BRACKETS = re.compile(r'[\s"]*\([\s"]* [\s"]*\)[\s"]*')  # what a first section draws around
_QUOTED = re.compile('"[^"]*"')
_OTHERS = re.compile(r"[@ymdhs年月日]", re.I)  # in formats of texts and of dates
_MONTH = re.compile(r"[ym年月./\-\s]*m[ym年月./\-\s]*", re.I)
_SCALED = {3: "千", 4: "万", 6: "百万", 8: "亿", 9: "十亿"}
_OWN_CURRENCY = frozenset({"", "¥", "￥", "元", "CNY", "RMB", "人民币"})

Value = int | float | str | bool | date | datetime | time | timedelta | None


@cache
def tells(number_format: str | None) -> bool:
    """Tell whether a format changes what a cell means: a percent sign, a unit, a month."""
    code = number_format or ""
    if not code or code == "General":
        return False
    first = code.split(";")[0]
    if _CONDITION.search(code) or any(beside_text(code)) or shows_month(first):
        return True
    looks = _parts(first)
    if looks is None:
        return _is_words(first)
    before, digits, between, percent, after, moved = looks
    if _BRACKETS.fullmatch(f"{before} {between}{after}"):
        return True  # a number above nought that is shown as one below
    beside = any(map(_words, (before, between, after)))
    return bool(percent or moved or digits.endswith(",") or beside)


@cache
def beside_text(number_format: str) -> tuple[str, str]:
    """Return what a format writes before and behind a text: "≥"@ shows 95% as ≥95%."""
    for section in number_format.split(";"):
        if found := _BESIDE_TEXT.fullmatch(_IDLE.sub("", section)):
            return _words(found[1]), _words(found[2])
    return "", ""


@cache
def shows_month(code: str) -> bool:
    """Tell whether a format shows of a day its month and year alone: 2024年6月, kept as 1 June."""
    bare = _IDLE.sub("", code.split(";")[0]).replace('"', "")
    return "y" in bare.lower() and _MONTH.fullmatch(bare) is not None


def shown(value: Value, number_format: str | None = None) -> str:
    """Write a cell's value as a reader of the sheet sees it, with all digits that it holds."""
    if value is None:
        return ""
    if isinstance(value, str):
        before, behind = beside_text(number_format or "") if value.strip() else ("", "")
        return f"{before}{value}{behind}"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, date):
        day = "" if value.day == 1 and shows_month(number_format or "") else f"{value.day}日"
        return f"{value.year}年{value.month}月{day}"
    return str(value)


def _number(value: int | float, number_format: str | None) -> str:
    if isinstance(value, float) and value != value:
        return ""
    number = Decimal(repr(value))
    section = _section(number_format or "", number)
    looks = _parts(section)
    if looks is None or number_format == "General":
        if _is_words(section):
            return _words(_IDLE.sub("", section))
        before, behind = beside_text(section)
        return f"{before}{_plain(number)}{behind}"
    before, digits, between, percent, after, moved = looks
    thousands = len(digits) - len(digits.rstrip(","))
    scale = (2 if percent else 0) - 3 * thousands - moved
    text = _plain(number.scaleb(scale) if scale else number)
    words = _words(before), _words(between), percent, _words(after)
    # a format that only moves the point: what is shown is in thousands, ten thousands or millions
    unit = "" if any(words) else _SCALED.get(-scale, "")
    said = f"{words[0]}{text}{words[1]}{percent}{words[3]}{unit}"
    return f"({said})" if _BRACKETS.fullmatch(f"{before} {between}{after}") and number > 0 else said


def _section(code: str, number: Decimal) -> str:
    """Return the part of a format that a number is shown by: [<1]0%;0"次" and "是";"是";"否".

    Where digits are shown the first part stands for numbers below nought, too: their sign stays.
    """
    sections = code.split(";")
    if len(sections) > 1 and _is_words(sections[0]) and not _CONDITION.search(code):
        return sections[1 if number < 0 else 2 if number == 0 and len(sections) > 2 else 0]
    for section in sections:
        condition = _CONDITION.search(section)
        if condition is None or _HOLDS[condition[1]](number, Decimal(condition[2])):
            return section
    return ""


def _is_words(section: str) -> bool:
    """Tell whether a part of a format shows words in place of a number: [=0]"无"."""
    bare = _QUOTED.sub("", _IDLE.sub("", section))
    return '"' in section and _parts(section) is None and not _OTHERS.search(bare)


def _parts(code: str) -> tuple[str, str, str, str, str, int] | None:
    """Take a format apart: words, digits, words, percent sign, words, places its point moves by."""
    code = _GENERAL.sub("0", code).replace(r"\%", '"%"')  # which multiplies nothing
    drawn = _MOVED_POINT.search(code)
    code = _MOVED_POINT.sub("0", code)
    signs = (found for found in _CURRENCY.findall(code) if found not in _OWN_CURRENCY)
    looks = _PATTERN.fullmatch(_IDLE.sub("", code))
    if looks is None:
        return None
    before, *others = looks.groups()
    return ("".join(signs) + before, *others, len(drawn[1]) if drawn else 0)  # type: ignore[return-value]


def _words(literal: str) -> str:
    """Keep the words and signs that a format puts beside the number: "≥"0%, 0"个"."""
    return "".join(_WORDS.findall(literal.replace('"', "")))


def _plain(number: Decimal) -> str:
    if not number.is_finite():
        return ""
    if number.adjusted() > 40:
        return str(number)
    rounded = round(number, max(_EXACT - 1 - number.adjusted(), 0)) if number else Decimal(0)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
