"""Where values stand in a sentence: 办结率达到95%以上, 培训10期、800人次."""

from __future__ import annotations

import re
from dataclasses import dataclass

from perf_pipeline.domain.numerals import DIGITS
from perf_pipeline.domain.target_grammar.measure_words import UNIT, is_time
from perf_pipeline.domain.target_grammar.signs import COMPARISON, PER, PLAIN

# what a number behind a sign may end with, too: nothing, or half a unit (≥85, ≤28.40/株)
_HALF_UNIT = r"(?:/[一-鿿]{1,3})?(?=\s*(?:[，,。；;、]|$))"
_SIGN = re.compile("[≥≤><=]")
_VALUE = re.compile(
    r"(?:(?:[较比](?:上年|去年)|同比)(?:提高|提升|增长|增加|上升|下降|降低|减少))?"
    rf"(?:{PER.pattern})*(?P<bound>(?:(?:需|须|应|要)?(?:{COMPARISON.pattern})\s*|(?:保持|稳定|维持)在\s*)*)"
    rf"(?<![0-9A-Za-z.,第前后近届〔\[])(?:{DIGITS})(?:\s*%?[-~至]\s*(?:{DIGITS}))?"
    rf"\s*(?P<unit>{UNIT.pattern}|{_HALF_UNIT})(?P<tail>[及含]?以上|[及含]?以下|以内|之内|内|左右)?"
)
_NO_COUNT = {"年", "年度", "月", "日", "号", "级", "度", "点", "岁", "季度", "号次", "字", "分"}
_MONEY = re.compile("[百千万亿]*元")


@dataclass(frozen=True)
class FoundValue:
    """A value in a sentence: where it begins and ends, and whether it names a bound.

    `bounded` tells 达到50起 and 3天内 from the bare 50起; `money` tells amounts of yuan.
    """

    start: int
    end: int
    bounded: bool
    money: bool


def find_values(sentence: str) -> list[FoundValue]:
    """Find what may be target values in a sentence: numbers with a unit, in their order.

    Years, dates, ages and numbers of documents are none, nor are bare lengths of time (24小时值班).
    """
    found = []
    for each in _VALUE.finditer(sentence.translate(PLAIN)):
        unit = each["unit"]
        bounded = bool(each["bound"] or each["tail"])
        if not unit and not _SIGN.search(each["bound"]):
            continue
        if not (bounded or UNIT.fullmatch(unit)):
            continue
        if unit in _NO_COUNT or (is_time(unit) and not bounded):
            continue
        money = _MONEY.fullmatch(unit) is not None
        found.append(FoundValue(each.start(), each.end(), bounded, money))
    return found
