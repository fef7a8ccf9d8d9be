"""Numbers as digits and as Chinese numerals (三, 一百二十, 九十五点五), read exactly."""

from __future__ import annotations

import re

DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
CHINESE = "零〇一二两三四五六七八九十百千"

_FIGURES = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4} | {
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_CAPITALS = str.maketrans("壹贰叁肆伍陆陸柒捌玖拾佰仟", "一二三四五六六七八九十百千")
_FRACTIONS = {"百": "%", "千": "‰", "万": "/万"}
_PARTS_OF = re.compile(
    rf"(?P<whole>[百千万])分之(?P<part>{DIGITS}|[{CHINESE}]+(?:点[{CHINESE}]+)?)"
)
_TO_WITHOUT_PARTS = re.compile(  # 万分之十至十五
    rf"(?P<whole>[百千万])分之(?:{DIGITS}|[{CHINESE}]+)[-~至到](?=[0-9{CHINESE}]+(?:以内|之间|$))"
)


def canonical(number: str) -> str:
    """Write a decimal without separators and idle zeros: 50,000.0 is 50000, however long it is."""
    sign, plain = ("-", number[1:]) if number.startswith("-") else ("", number)
    whole, _, fraction = plain.replace(",", "").partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    text = f"{whole}.{fraction}" if fraction else whole
    return text if text == "0" else sign + text


def chinese_number(numeral: str) -> int | None:
    """Read a Chinese numeral up to 9999; None where it is not one (百千)."""
    total, figure = 0, None
    lowest = 10_000
    for character in numeral:
        if character in _PLACES:
            place = _PLACES[character]
            if place >= lowest:
                return None
            lowest = place
            total += (1 if figure is None else figure) * place
            figure = None
        elif figure in (None, 0):
            figure = _FIGURES[character]
        else:
            return None
    return total + (figure or 0)


def in_plain_numerals(text: str) -> str:
    """Write capital numerals (大写) as plain ones: 壹佰 is 一百."""
    return text.translate(_CAPITALS)


def whole_number(numeral: str) -> int | None:
    """Read a Chinese numeral of any size (一万二千三百): its parts of 亿 and 万, and the rest."""
    for sign, times in (("亿", 10**8), ("万", 10**4)):
        before, found, after = numeral.partition(sign)
        if found:
            parts = whole_number(before), whole_number(after)
            return None if None in parts else (parts[0] or 0) * times + (parts[1] or 0)
    return chinese_number(numeral)


def with_fractions(text: str) -> str:
    """Write 百分之九十五 as 95%, 千分之三 as 3‰ and 百分百 as 100%."""
    text = _TO_WITHOUT_PARTS.sub(r"\g<0>\g<whole>分之", text.replace("百分百", "100%"))
    return _PARTS_OF.sub(_fraction, text)


def _fraction(found: re.Match[str]) -> str:
    part = found["part"]
    if not part[0].isascii():
        whole, _, decimals = part.partition("点")
        number = chinese_number(whole)
        if number is None or any(place in decimals for place in _PLACES):
            return found[0]
        part = (
            f"{number}.{''.join(str(_FIGURES[d]) for d in decimals)}" if decimals else f"{number}"
        )
    return part + _FRACTIONS[found["whole"]]
