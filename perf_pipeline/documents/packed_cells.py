"""What stands in a cell that holds more than a name: a sign and unit, or several indicators.

苗木成活率(≥**%) beside 85 means ≥85%; 【产出指标-数量指标】指标1：机柜数量（≥77台） is a whole one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from perf_pipeline.documents.labels import squeeze, without_blanks
from perf_pipeline.domain.share import is_percent
from perf_pipeline.domain.target_grammar.measure_words import is_measure_word

_TEMPLATE = re.compile(r"(?P<sign>>=|<=|[≥≤><=]?)\*{1,3}(?P<unit>[^\d*()]{0,8})[)]?$")
_BARE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_SIGNED = re.compile(r"(?:>=|<=|[≥≤><=])\d[\d,]*(?:\.\d+)?")
_FRACTION = re.compile(r"\D*[01](?:\.\d+)?")
_GROUP = re.compile(r"【(?P<level1>[^】\-—–]{2,12})[-—–](?P<level2>[^】]{2,16})】")
_ITEM = re.compile(
    r"指标\d+\s*[:：]\s*(?P<name>.+?)\s*[(（](?P<value>[^()（）]+)[)）](?=\s*(?:[;；,，。、]|指标\d|【|$))"
)


_RATE = re.compile("(?:率|比例|比重|占比)[(（]")  # 入户率（户） is in per cent
_UNIT_OF_NAME = re.compile(r"[(（]([^\d()（）]{1,6})[)）]$")


class Packed(NamedTuple):
    """An indicator among several in one cell, as written."""

    level1: str
    level2: str
    level3: str
    raw_value: str


def with_sign_and_unit_of_name(name: str, raw: str) -> str:
    """Put the sign and unit that a name leaves room for (≥**%), or its unit, to a bare value.

    合格率（%） beside 95 means 95%; beside 0.95 nobody knows.
    """
    template = _TEMPLATE.search(squeeze(name)) if "*" in name else None
    plain = squeeze(raw)
    if template is None:
        unit = _UNIT_OF_NAME.search(squeeze(name))
        counted = _BARE.fullmatch(plain) or _SIGNED.fullmatch(plain)
        if not unit or not counted or not is_measure_word(unit[1]):
            return raw
        share = is_percent(unit[1])
        if _FRACTION.fullmatch(plain) if share else _RATE.search(squeeze(name)):
            return raw
        return f"{raw}{unit[1]}"
    if _BARE.fullmatch(plain):
        return f"{template['sign']}{raw}{template['unit']}"
    return f"{raw}{template['unit']}" if _SIGNED.fullmatch(plain) else raw


def items_of(name: str) -> list[tuple[str, str]]:
    """Return names and values of several indicators in the cell of a name; none for one alone."""
    found = [(each["name"], each["value"].strip()) for each in _ITEM.finditer(name)]
    return found if len(found) > 1 else []


def unpack(text: str) -> Iterator[Packed]:
    """Give the indicators that stand in one cell with their levels in front."""
    groups = list(_GROUP.finditer(text)) if "【" in text else []
    ends = [each.start() for each in groups[1:]] + [len(text)] * bool(groups)
    for group, end in zip(groups, ends, strict=True):
        for item in _ITEM.finditer(text[group.end() : end]):
            name = without_blanks(item["name"])
            yield Packed(group["level1"], group["level2"], name, item["value"].strip())
