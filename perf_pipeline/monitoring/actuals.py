"""The actual value of an indicator as an exact fraction, and as its target would write it."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from perf_pipeline.domain.behaviour import is_average
from perf_pipeline.domain.figures import write_beside
from perf_pipeline.domain.share import MULTIPLES, is_for_each, is_percent, multiple, of_a_year
from perf_pipeline.domain.sizes import counted, kind_of, size_of
from perf_pipeline.domain.target import CEILINGS, FLOORS, MICRO, Operator, Target, TargetKind
from perf_pipeline.domain.target_grammar import parse_target
from perf_pipeline.monitoring.reported_words import (
    Change,
    change_meant,
    names_a_level,
    says_a_change,
    says_short_of_it,
    says_where,
    sense,
)

LARGEST = 2**63 - 1  # what a column of whole numbers holds
_HAPPENED = re.compile(
    r"(?<![未没无有])(?:共|已)?(?:发生|发现|出现)了?(?=[\d一二两三四五六七八九十])"
)
_NOTED_YEAR = re.compile(r"[(（](20\d\d)年度?(?:数|数据|值)?[)）]")
_NOTHING = frozenset({"无", "没有", "暂无", "均无", "全无"})  # so many things: none
_SAFELY = re.compile("无|没有|未(?!成年)|安全(?!.*(?:事故|事件|隐患|问题))")
_OF_EACH = re.compile(r"均|各")
_TIME = re.compile(r"工作日|小时|分钟|天|日|周|旬|月|季|学期|半年|学年|年")
_FOR = re.compile("/(?:人|户|亩|村|社区|镇|乡|床|生)$")
_SPANS = {"日": "天"}  # of one length
_OPEN = re.compile(
    "(?<![不未得能])(?:[大高多]于|[小低少]于|超过|不足|不到)(?!或?者?等于)|[<>](?!=)"
)
_LESSER, _GRAVE = (
    re.compile("一般|轻微|较小|轻伤|非责任"),
    re.compile("重大|较大|特大|特别|严重|恶性"),
)
_MEASURED = re.compile(  # what is measured, of which 千克 and 克 are two
    r"(?:[千厘毫微]|平方|立方|公|兆)*(?:克|米|里|斤|瓦|瓦时|升|吨|亩|顷|方|伏|安|帕|赫|焦|卡|字节|比特)|度|千?兆|[a-zA-Z㎡㎞²³µμ]{1,4}"
)
_PEOPLE = re.compile("人|人次|名|位")  # 21人次 are no 21场; 个, 次, 例 and 户 may count either
_NO_PEOPLE = re.compile(
    "场次?|期次?|批次?|起|宗|项次?|件次?|辆次?|台套?|套|座|处|条|所|家次?|部|份|篇|本|册|块|棵|间|栋"
)
_SLANG = re.compile(r"[kKwW](?=[㐀-鿿]|$)")  # 3K册 and 2w人: so many thousands, or a unit


class Limits(NamedTuple):
    """What a number is compared with: a target's operator, unit and limits in millionths.

    `change` tells an indicator that is itself a change (投诉下降率), `averaged` a mean, `open_ends`
    a range without its ends (大于3米小于5米), `grave_only` one that asks for grave things alone,
    `named_by_level` a change of what the name calls by its level (签约率 | 较上年提高3个百分点).
    """

    operator: str | None
    unit: str | None
    target_micro: int | None
    upper_micro: int | None
    change: Change | None = None
    averaged: bool = False
    open_ends: bool = False
    grave_only: bool = False
    named_by_level: bool = False

    @classmethod
    @lru_cache(maxsize=1 << 16)
    def of(
        cls,
        name: str,
        raw_target: str,
        unit: str | None,
        *,
        operator: str | None = None,
        target_micro: int | None = None,
        upper_micro: int | None = None,
    ) -> Limits:
        """Return what numbers of an indicator are compared with, or read by where it is nothing."""
        share = is_percent(unit)
        return cls(
            operator,
            unit,
            target_micro,
            upper_micro,
            change_meant(name, raw_target, percent=share),
            is_average(name, raw_target),
            open_ends=upper_micro is not None and bool(_OPEN.search(raw_target)),
            grave_only=bool(_GRAVE.search(name + raw_target)),
            named_by_level=names_a_level(name, raw_target, percent=share),
        )

    def met_by(self, number: Fraction) -> bool | None:
        """Tell whether a fraction (95% is 19/20) is on the good side; None without a limit."""
        if self.target_micro is None:
            return None
        times = MICRO * (100 if is_percent(self.unit) else 1)
        many, of = number.numerator * times, number.denominator
        match self.operator:
            case Operator.LE:
                return many <= self.target_micro * of
            case Operator.LT:
                return many < self.target_micro * of
            case Operator.GT:
                return many > self.target_micro * of
        floor = many >= self.target_micro * of
        return floor and (self.upper_micro is None or many <= self.upper_micro * of)


@lru_cache(maxsize=1 << 16)
def read_number(text: str, limits: Limits, year: int | None = None) -> Fraction | None:
    """Read a reported value (完成值) that can be compared with a number; None where it cannot.

    What a note says to be of another `year` than it was reported for cannot: 96%（2023年）.

    A percentage is the fraction it stands for: 95% is 19/20, and 3万人次 is 30000. A bare number
    is in the target's unit, 0.8万 so many of it; 无 answers a zero, 发生1起 is 1. Not comparable:
    other words; a share against a count, money against things, people against things (21人次 of
    20场); spans of time of other lengths (15个工作日 and 15天); what is no level (同比提高95%,
    计划95%, about 95%), but for a fall where a rise was asked for, or may be one where a change is
    asked (较上年提高3个百分点); a bound (90%以上) that does not settle the question; a bare
    fraction (0.95) of a percentage that would be judged otherwise as 95%; what may be all of what
    is asked for each (8次 of 每村2次); what is too long to be stored.
    """
    noted = {int(each) for each in _NOTED_YEAR.findall(text)}
    if noted and year is not None and year not in noted:
        return None
    said = parse_target(_HAPPENED.sub("", text, count=1))
    spanned = "/" in (said.unit or "")
    own = of_a_year(said.unit)  # what it is reported in, if told
    limits = limits._replace(unit=of_a_year(limits.unit))
    if limits.target_micro == 0 and text.strip() in _NOTHING:
        return Fraction(0)
    if said.kind is not TargetKind.NUMBER or said.value is None:
        return None
    way = sense(text, limits.change)
    if not way or (limits.grave_only and _LESSER.search(text)):
        return None
    if limits.named_by_level and not says_a_change(text):
        return None
    unit = limits.unit if own is None else own
    scaled = MULTIPLES.get(own or "") if own != limits.unit else None
    times = multiple(unit) if scaled is None else Fraction(scaled)
    wanted = limits.unit if spanned else _whole(limits)  # 36500吨/年 is no daily mean
    times *= size_of(own, wanted)
    number = Fraction(said.value) * times / (100 if is_percent(unit) else 1)
    if max(abs(number.numerator), number.denominator) > LARGEST:
        return None
    if number < 0 and (limits.change is Change.DOWN or way < 0):
        return None  # a fall of -5% is a rise, or a fall told by its sign
    number *= way
    bare_zero = limits.target_micro == 0 and limits.unit is None
    if bare_zero and number and _SAFELY.search(text):
        return None  # 365天无事故
    # 100% of a bare 0 is rather all done than all gone wrong, and 处置率98% no rate of what is 0
    any_breaks = bare_zero and number < 1 and text.strip()[:1].isdigit()
    other = own is not None and not _comparable(own, wanted)
    other = other or (limits.change is not None and _other_points(own, limits.unit))
    if number and other and not any_breaks:
        return None
    if not _OF_EACH.search(text) and _may_be_of_all(own, number, limits):
        return None
    if own is None and times > 1 and limits.target_micro:
        # 12000 of ≥1.5万人次 may be so many, counted one by one
        over = number * MICRO > 10 * limits.target_micro
        if over and 10 * Fraction(said.value) * MICRO > limits.target_micro:
            return None
    met = limits.met_by(number)
    settles = says_where(text) or _settles(said, limits, met)
    if not settles or _is_open(number, limits) or (way < 0 and met is not False):
        return None
    if met and says_short_of_it(text):
        return None  # 95%（未达标） of ≥95%
    bare_share = own is None and is_percent(limits.unit) and 0 < Fraction(said.value) <= 1
    if bare_share and limits.met_by(Fraction(said.value)) != met:
        return None
    return number


def _is_open(number: Fraction, limits: Limits) -> bool:
    """Tell whether a number lies where its target says neither: on an end of an open range, or off
    a bare length of time that may be a floor or a ceiling (30天).
    """
    bare = limits.operator == Operator.EQ
    if not bare and not limits.open_ends:
        return False
    value = number * MICRO * (100 if is_percent(limits.unit) else 1)
    if bare:
        return value != limits.target_micro
    return value in (limits.target_micro, limits.upper_micro)


def _whole(limits: Limits) -> str | None:
    """Return the unit of a mean without its span: 5次 answers 月均≥4次, but not 每月4次."""
    return (limits.unit or "").split("/")[0] or None if limits.averaged else limits.unit


def _may_be_of_all(unit: str | None, number: Fraction, limits: Limits) -> bool:
    """Tell whether a figure without 每 may be the sum of what its target asks for each.

    Twice as much and more is; 500元 of 每户500元 is taken for that of each. What is measured by
    what is measured (微克/立方米, 吨/日) adds up to nothing, unless its unit says that it did
    (36500吨) or it is the mean of spans of time (日均).
    """
    if not is_for_each(limits.unit) or "/" in (unit or "") or not limits.target_micro:
        return False
    parts = (limits.unit or "").split("/")
    added = unit is not None or (limits.averaged and _TIME.fullmatch(parts[-1]))
    if not added and all(_measure(each) or _TIME.fullmatch(each) for each in parts):
        return False
    beyond = limits.upper_micro is None or number * MICRO > limits.upper_micro
    return beyond and number * MICRO >= 2 * limits.target_micro


def _other_points(unit: str | None, wanted: str | None) -> bool:
    """Tell whether one change is in per cent and the other in points: 1.2% of 1.2个百分点."""
    shares = is_percent(unit) and is_percent(wanted)
    return shares and ("百分点" in (unit or "")) != ("百分点" in (wanted or ""))


@lru_cache(maxsize=1 << 14)  # few units are written
def _comparable(unit: str, wanted: str | None) -> bool:
    if is_percent(unit) and is_percent(wanted):
        return True  # 96% of each quarter's 95% is no less a share
    base, its = ({_part(of) for of in each.split("/")[1:]} for each in (unit, wanted or ""))
    if base and its and not (base <= its or its <= base):
        return False  # 39座/10万人 of 座/万人
    if size_of(unit, wanted) != 1:
        return True
    times = [_TIME.search(each or "") for each in (unit, wanted)]
    spans = {_SPANS.get(time[0], time[0]) if time else None for time in times}
    if wanted is not None and len(spans) > 1:
        return False
    if _SLANG.match(unit) and unit != wanted:
        return False
    if wanted is not None and (each := _FOR.search(wanted)):
        other = _FOR.search(unit)
        if other and other[0] != each[0]:
            return False  # 元/户 of 元/人
        wanted = wanted if other else wanted[: each.start()]
    if wanted is not None and unit not in MULTIPLES and _measure(unit) != _measure(wanted):
        return False
    things = [counted(each) for each in (unit, wanted)]
    if any(map(_PEOPLE.fullmatch, things)) and any(map(_NO_PEOPLE.fullmatch, things)):
        return False
    if wanted in MULTIPLES:
        return unit == wanted  # of what, nobody knows
    if unit in MULTIPLES:
        return not is_percent(wanted)
    return is_percent(unit) == is_percent(wanted) and (
        wanted is None or ("元" in unit) == ("元" in wanted)
    )


def _part(of: str) -> tuple[str, Fraction]:
    kind = kind_of(of) or _SPANS.get(of, of.lstrip("每个"))
    return kind, size_of(of, kind) * multiple(of)


def _measure(unit: str) -> str | None:
    """Return what a unit measures by: 克 of 万公斤, 米 of 米; None for things and shares."""
    bare = unit.lstrip("十百万亿")
    return kind_of(unit) or (bare if _MEASURED.fullmatch(bare) else None)


def _settles(said: Target, limits: Limits, met: bool | None) -> bool:
    """Tell whether a bound settles what the target asks: at least 95 settles at least 90."""
    if said.operator not in (*FLOORS, *CEILINGS) or met is None:
        return True
    if limits.operator in CEILINGS:
        return met if said.operator in CEILINGS else not met
    if limits.upper_micro is not None:
        return False
    return met if said.operator in FLOORS else not met


def write_actual(
    numerator: int,
    denominator: int,
    unit: str | None,
    target_micro: int | None = None,
    upper_micro: int | None = None,
) -> str:
    """Write an actual value as its target writes it: 96.53%, 343个, 10.00元/户.

    Per cent, quotients and multiples (3.20万人次) have two decimals, halves rounded away from
    zero, and more where two would put the value on the other side of a limit of the target
    (94.996% of ≥95%); whole numbers have none.
    """
    times, limits = _as_written(unit, target_micro, upper_micro)
    if denominator == 1 and times == 1:
        return f"{numerator}{unit or ''}"
    return f"{write_beside(Fraction(numerator, denominator) / times, limits)}{unit or ''}"


@lru_cache(maxsize=1 << 14)  # a target's are the same at each checkpoint
def _as_written(unit: str | None, *micro: int | None) -> tuple[Fraction, tuple[Fraction, ...]]:
    """Return how many things one of a unit is, and limits in millionths as they are written."""
    many = multiple(unit)
    limits = (Fraction(each, MICRO) / many for each in micro if each is not None)
    return many / (100 if is_percent(unit) else 1), tuple(limits)
