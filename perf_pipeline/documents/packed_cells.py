"""What stands in a cell that holds more than a name: a sign and unit, or several indicators.

苗木成活率(≥**%) beside 85 means ≥85%; 【产出指标-数量指标】指标1：机柜数量（≥77台） is a whole one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from perf_pipeline.documents.column_words import first_level_of, level_in_front, names_level
from perf_pipeline.documents.labels import squeeze, without_blanks
from perf_pipeline.domain.share import is_percent
from perf_pipeline.domain.target import TargetKind
from perf_pipeline.domain.target_grammar import (
    begins_with_sign,
    find_values,
    is_sign,
    parse_target,
)
from perf_pipeline.domain.target_grammar.measure_words import is_measure_word, is_time, split_unit
from perf_pipeline.domain.target_grammar.signs import COMPARISON

_SIGN = rf"(?P<sign>>=|<=|{COMPARISON.pattern})"
_TEMPLATE = re.compile(  # what names leave room for: (≥**%), (不少于××人次), (≤___元/亩), (≥ %)
    rf"(?:{_SIGN}?(?:\*{{1,3}}|__+|(?<=[(于过到≥≤><=])_|(?<=[(于过≥≤><=])[xX×]{{1,3}})"
    r"|[(](?P<alone>>=|<=|[≥≤><]))"
    r"(?P<unit>[^\d*_×()≥≤><=]{0,8})[)]?$"
)
_MAY_LEAVE_ROOM = re.compile("[*_×xX≥≤<>＜＞]")
_BARE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_SIGNED = re.compile(r"(?:>=|<=|[≥≤><=])\d[\d,]*(?:\.\d+)?")
_FRACTION = re.compile(r"\D*[01](?:\.\d+)?")
_GROUP = re.compile(r"【(?P<level1>[^】\-—–]{2,12})[-—–](?P<level2>[^】]{2,16})】")
_ITEM = re.compile(
    r"指标\d+\s*[:：]\s*(?P<name>.+?)\s*[(（](?P<value>[^()（）]+)[)）](?=\s*(?:[;；,，。、]|指标\d|【|$))"
)
_PARTED = re.compile("[;；。\n]")
_DECIMAL = re.compile(r"\d\.\d{1,2}(?!\d)")
_SHORTEST_NAME = 3  # of names that stand below each other; 完成 over 时间 is one
_WORDS = re.compile("[一-鿿]{2}|.*[一-鿿].*[一-鿿]")
_RATE = re.compile("(?:率|比例|比重|占比)[(（]")  # 入户率（户） is in per cent
_TAIL = re.compile("[及或含]?以[上下内]$")
_SHARE = re.compile("率|满意|占比|比[例重]|百分比|覆盖面|进度")
_TIME = re.compile("时间|时限|期限|时长|及时")
_COUNTED = re.compile("(?P<by>人次|[一-鿿])数$|(?:数量|面积|里程|长度|(?P<in>人次|[场批车]次))$")
_UNIT_OF_NAME = re.compile(r"[(（]([^\d()（）]{1,6})[)）]$")

IN_WORDS = ("定性", "文字描述", "定性描述", "文字", "描述")  # what forms write for a sign
PLACEHOLDER = re.compile(
    r"(?:指标(?:\d+|[一二三四五六七八九十]))?[:：]?"
    r"(?:[.…·]+|\d+[.、]?|[-—–/_]+|其他|无|不适用)?[:：]?[.…]*"
)


class Packed(NamedTuple):
    """An indicator among several in one cell, as written."""

    level1: str
    level2: str
    level3: str
    raw_value: str


def says_something(text: str) -> bool:
    """Tell whether a cell is more than a place left to write on (指标1, 1., —)."""
    return not PLACEHOLDER.fullmatch(squeeze(text))


def stands_for_sign(text: str) -> bool:
    """Tell whether a cell holds a sign, or says that words follow instead of figures."""
    return is_sign(text) or squeeze(text) in IN_WORDS


def is_said(value: str) -> bool:
    """Tell whether a cell holds a value, a bare number too."""
    return says_something(value) or squeeze(value).isdigit()


def put_together(value: str, sign: str, unit: str) -> str:
    """Put a value together: ≥ and 95 and % are ≥95%; what is there already is not put twice."""
    sign, unit = sign.replace("═", "="), without_blanks(unit)
    if not value:  # 定性 | | 稳步提升: the unit's cell takes 单位（文字描述）
        said = sign in IN_WORDS and not (is_measure_word(unit) or PLACEHOLDER.fullmatch(unit))
        return unit if said else ""
    if is_sign(sign) and not begins_with_sign(value):
        value = f"{sign}{value}"
    counted = re.search(r"\d([千万亿]?)\s*$", value)
    if counted and not (counted[1] and unit[:1] in "千万亿") and not PLACEHOLDER.fullmatch(unit):
        value = f"{value}{unit}"
    return value


def with_room_of_name(name: str, raw: str) -> str:
    """Put the sign and unit that a name leaves room for (≥**%), or its unit, to a bare value.

    合格率（%） beside 95 means 95%; beside 0.95 nobody knows.
    """
    template = _TEMPLATE.search(squeeze(name)) if _MAY_LEAVE_ROOM.search(name) else None
    plain = squeeze(raw)
    if template is not None and not _may_be_unit(template["unit"]):
        return raw  # (>国标)
    if template is None:
        unit = _UNIT_OF_NAME.search(squeeze(name))
        counted = _BARE.fullmatch(plain) or _SIGNED.fullmatch(plain)
        if not unit or not counted or not is_measure_word(unit[1]):
            return raw
        share = is_percent(unit[1])
        if _FRACTION.fullmatch(plain) if share else _RATE.search(squeeze(name)):
            return raw
        return f"{raw}{unit[1]}"
    if is_percent(template["unit"]) and _FRACTION.fullmatch(plain):
        return raw
    if _BARE.fullmatch(plain):
        return f"{template['sign'] or template['alone'] or ''}{raw}{template['unit']}"
    return f"{raw}{template['unit']}" if _SIGNED.fullmatch(plain) else raw


def with_unit_of_heading(name: str, unit: str, raw: str) -> str:
    """Put the unit over the values (目标值（万元）) to a bare one whose name speaks of no other.

    满意度 is in no 万元, 培训人次 neither, and 检查次数 in no per cent.
    """
    counted = _COUNTED.search(name)
    own = (counted and (counted["by"] or counted["in"])) or ""
    others = (
        bool(_SHARE.search(name)) != is_percent(unit),
        _TIME.search(name) and not is_time(unit),
        counted and "元" in unit,
        is_measure_word(own) and own != unit.lstrip("百千万亿"),
    )
    return raw if not unit or any(others) else with_room_of_name(f"({unit})", raw)


def _may_be_unit(text: str) -> bool:
    """Tell what may follow the room for a number: %, 万元以内, 场活动, 元/亩; not 国标."""
    split = split_unit(_TAIL.sub("", text))
    unit = split[0] if split else None
    return split is not None and (unit is None or "/" in unit or is_measure_word(unit))


_OUTSIDE = re.compile(r"[;；](?![^(（]*[)）])")  # not 培训（线上；线下）


def items_of(names: str, values: str, *, alone: bool = False) -> list[tuple[str, str]]:
    """Return names and values of the indicators in one cell or two; none for one indicator.

    Numbered names have their values in the cell beside, as many, or behind them. A clause without
    a value among others that have one has a blank value. `alone` says that no column is one of
    values, so that what a name ends with (清理垃圾36处) is its value.
    """
    if values.strip():
        named = clauses(_numbered(names))
        said, parted = clauses(_numbered(values, figures=True)), clauses(_PARTED.split(values))
        if not named and len(said or parted) < 2:
            return []
        if len(said) == len(parted) and all(
            parse_target(t).kind is not TargetKind.TEXT and _DECIMAL.match(t) for t in parted
        ):
            return []  # 1.5万元；2.4万元: numbers of a list, or decimals
        said = said or parted
        read = [parse_target(each).kind for each in said]
        if not named and len(said) > 1 and TargetKind.TEXT not in read:
            lines = clauses(names.split("\n"))
            apart = len(lines) == len(said) and min(map(len, lines)) >= _SHORTEST_NAME
            named = lines if apart else clauses(_OUTSIDE.split(names))
        return list(zip(named, said, strict=True)) if len(named) == len(said) else []
    found = [(each["name"], each["value"].strip()) for each in _ITEM.finditer(names)]
    if len(found) > 1:
        return found
    each_stated = [stated(each) for each in clauses(_numbered(names) or re.split("[;；。]", names))]
    whole = len(each_stated) > 1 and any(value for _, value, _ in each_stated)
    counted = alone and bool(each_stated) and parse_target(each_stated[0][1]).unit is not None
    return [(name, value) for name, value, bounded in each_stated if whole or bounded or counted]


def is_list(names: str) -> bool:
    """Tell whether the cell of a name holds several, each numbered."""
    return len(_numbered(names)) > 1


def _numbered(text: str, *, figures: bool = False) -> list[str]:
    """Part 1.甲2.乙3.丙 at its numbers, which go up one by one; none where there is no second.

    Before `figures` (1.200具 and 2.4次) a point is of the number, else of a decimal.
    """
    end = "" if figures else r"(?!\d)"
    first = re.match(rf"\s*(?:(?:指标)?[(（]?1([.、．:：)）]){end}|①)\s*", text)
    if first is None:
        return []
    parts, rest = [], text[first.end() :]
    for number in range(2, 20):
        own = rf"(?:指标)?[(（]?{number}{re.escape(first[1])}{end}" if first[1] else ""
        begun = re.search(rf"(?<!\d)(?:{own or chr(ord('①') + number - 1)})\s*", rest)
        if begun is None:
            break
        parts.append(rest[: begun.start()])
        rest = rest[begun.end() :]
    return [*parts, rest] if parts else []


def clauses(parts: Iterable[str]) -> list[str]:
    """Return what stands between the marks of clauses, without blanks."""
    return [each for part in parts if (each := without_blanks(part).strip(";；。"))]


def stated(clause: str) -> tuple[str, str, bool]:
    """Part 培训人员不少于300人次 into its name and value, and tell whether a bound was set."""
    last = next(iter(find_values(clause)[-1:]), None)
    if last is None or last.end < len(clause) or not _WORDS.match(clause[: last.start]):
        return clause, "", False
    return clause[: last.start].strip(" :："), clause[last.start :], last.bounded


def under_levels(items: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Give indicators of a cell, each below the level that stands before it: 数量指标：改厕≥9户."""
    level = ""
    for name, value in items:
        front = level_in_front(name)
        level = front[1] or front[0] or level
        yield level, squeeze(name).partition(":")[2] if any(front) else name, value


def clauses_of(texts: Sequence[str]) -> list[Packed]:
    """Return the indicators of cells that stand beside their level: 产出指标 | 巡查8次；培训2次.

    There are none where a cell says something else, or a name holds a value of its own.
    """
    found: list[Packed] = []
    begin = next((n for n, text in enumerate(texts) if names_level(text)), len(texts))
    alone = [(max(front, key=len), t) for t in texts if any(front := level_in_front(t))]
    for level, text in pairwise(texts[begin:]) if begin < len(texts) else alone:
        if names_level(text):
            continue
        lines = clauses(text.split("\n"))
        each_states = all(stated(line)[1] for line in lines)
        items = items_of("；".join(lines) if each_states else text, "")
        money = "投入" in level  # 财政资金80万元；其他资金20万元
        if not items or not names_level(level) or money or any(_holds_value(n) for n, _ in items):
            return []
        first = first_level_of(level) or level
        second = level if first != level else ""
        found += (Packed(first, own or second, *each) for own, *each in under_levels(items))
    return found


def _holds_value(name: str) -> bool:
    """Tell whether a name holds another target (维修3公里，新建厕所), not a number (7岁以下)."""
    values = find_values(name)
    return any(v.bounded or v.end == len(name) or name[v.end] in "，,、" for v in values)


def unpack(text: str) -> Iterator[Packed]:
    """Give the indicators that stand in one cell with their levels in front."""
    groups = list(_GROUP.finditer(text)) if "【" in text else []
    ends = [each.start() for each in groups[1:]] + [len(text)] * bool(groups)
    for group, end in zip(groups, ends, strict=True):
        for item in _ITEM.finditer(text[group.end() : end]):
            name = without_blanks(item["name"])
            yield Packed(group["level1"], group["level2"], name, item["value"].strip())
