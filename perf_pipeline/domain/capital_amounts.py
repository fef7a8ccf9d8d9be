"""Amounts in capital numerals (大写金额), as vouchers have them: 壹万贰仟叁佰元伍角整."""

from __future__ import annotations

import re
import unicodedata

from perf_pipeline.domain.traditional import simplified

_DIGITS = {sign: n for n, sign in enumerate("零壹贰叁肆伍陆柒捌玖")} | {"两": 2, "陸": 6}
_TENS = {"拾": 10, "佰": 100, "百": 100, "仟": 1_000, "千": 1_000}
_SHAPE = re.compile(
    r"(?:人民币)?(?P<yuan>[零壹贰两叁肆伍陆柒捌玖拾佰百仟千万亿]+)[元圆]"
    r"(?:(?P<jiao>[壹贰两叁肆伍陆柒捌玖])角)?零?(?:(?P<fen>[壹贰两叁肆伍陆柒捌玖])分)?[整正]?"
)


def capital_fen(text: str) -> int | None:
    """Read an amount in capitals as whole fen; None for what is none."""
    plain = re.sub(r"[\s:]", "", simplified(unicodedata.normalize("NFKC", text)))
    found = _SHAPE.fullmatch(plain)
    if found is None:
        return None
    jiao, fen = (_DIGITS.get(found[name] or "零", 0) for name in ("jiao", "fen"))
    return _whole(found["yuan"]) * 100 + jiao * 10 + fen


def _whole(numerals: str) -> int:
    for sign, times in (("亿", 10**8), ("万", 10**4)):
        before, found, after = numerals.partition(sign)
        if found:
            return _whole(before) * times + _whole(after)
    total = digit = 0
    for sign in numerals:
        if sign in _TENS:
            total += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit
