"""How a workbook's numbers look: 0.95 formatted as 0% is shown, and was meant, as 95%."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

PERCENTS = {9: "0%", 10: "0.00%"}  # number formats that every workbook has without declaring them
_EXACT = 15  # digits that a workbook's numbers keep
_IDLE = re.compile(r"\[[^\]]*\]|_.|\*.|\\")
_LITERAL = r'((?:"[^"]*"|[^#0?.,"%@])*)'
_PATTERN = re.compile(rf"{_LITERAL}([#0?.,]+){_LITERAL}(%?){_LITERAL}")
_WORDS = re.compile(r"[^\s$¥￥()\-+;]+")

Value = int | float | str | bool | date | datetime | time | timedelta | None


def shown(value: Value, number_format: str | None = None) -> str:
    """Write a cell's value as a reader of the sheet sees it, with all digits that it holds."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value)


def _number(value: int | float, number_format: str | None) -> str:
    if isinstance(value, float) and value != value:
        return ""
    number = Decimal(repr(value))
    looks = _PATTERN.fullmatch(_IDLE.sub("", (number_format or "").split(";")[0]))
    if looks is None or number_format == "General":
        return _plain(number)
    before, _, between, percent, after = looks.groups()
    text = _plain(number.scaleb(2) if percent else number)
    return f"{_words(before)}{text}{_words(between)}{percent}{_words(after)}"


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
