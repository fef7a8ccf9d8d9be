"""Dates by which something is done: 12月底前, 2024年10月31日前完成, 四季度末, 2023.07-2024.01.

A period is due at its end; a date without a year is in the fiscal year.
"""

from __future__ import annotations

import re
from datetime import date

from perf_pipeline.domain.calendar import month_end
from perf_pipeline.domain.target import Operator, Target, TargetKind

_YEAR = "(?:19|20)[0-9]{2}"
_BEFORE = (
    "(?:[≤<]|于|在|截至|截止到|截止|不晚于|不迟于|最迟|最晚|力争|计划|预计|确保|每年|当年|本年|"
    "(?:完成|完工|竣工|开工|支付|发放|实施|验收|截止|建成|交付)(?:时间|时限|日期|期限)|时间|时限|为|到|:){0,3}"
)
_BY = "(?:之前|以前|前|底前|末前|止|内|期间)?"
_DONE = (
    "(?:(?:全部|全面|基本|按时|按期|及时|完成|完工|竣工|到位|建成|交付|投入|支付|发放|验收|达到|实现|拨付|"
    "兑付|兑现|结束|上报|使用|办结|结项|开展|执行)[㐀-鿿]{0,10})?"
)
_DAY = r"(?P<day>[0-9]{1,2})[日号]|(?P<part>上旬|中旬|下旬|底|末|初|份)"
_MONTHS = re.compile(
    rf"{_BEFORE}(?:(?P<year>{_YEAR})年)?(?P<month>[0-9]{{1,2}})月(?:{_DAY})?{_BY}{_DONE}"
)
_FIGURES = re.compile(
    rf"{_BEFORE}(?P<year>{_YEAR})(?P<mark>[-./])(?P<month>[0-9]{{1,2}})"
    rf"(?:(?P=mark)(?P<day>[0-9]{{1,2}}))?日?{_BY}{_DONE}"
)
_EIGHT_FIGURES = re.compile(rf"(?P<year>{_YEAR})(?P<month>0[1-9]|1[0-2])(?P<day>[0-3][0-9]){_BY}")
_QUARTERS = re.compile(
    rf"{_BEFORE}(?:(?P<year>{_YEAR})年)?第?(?P<part>[一二三四1-4]季度|上半年|下半年)(?:底|末)?{_BY}{_DONE}"
)
_YEARS = re.compile(
    rf"{_BEFORE}(?:(?P<year>{_YEAR})年度?(?:全年)?|全年|当年|本年度?|年度|年(?=[底末内终]))(?:年?[底末内终])?{_BY}{_DONE}"
)


def _point(end: str) -> str:
    """Return the pattern of one end of a period: 2023年4月1日, 4月, 2023.07, 202001."""
    return (
        rf"(?:(?P<{end}_year>{_YEAR})(?:年|[./](?=[0-9])|(?=(?:0[1-9]|1[0-2])(?![0-9]))))?"
        rf"(?:(?P<{end}_month>[0-9]{{1,2}})(?:月|[./](?=[0-9])|(?![0-9])))?"
        rf"(?:(?P<{end}_day>[0-9]{{1,2}})日?)?"
    )


_PERIOD = re.compile(rf"{_BEFORE}{_point('from')}[-~至到]{_point('to')}{_BY}{_DONE}")
_YEARS_PERIOD = re.compile(rf"{_YEAR}年?[-~至到](?P<year>{_YEAR})年?度?")
_ENDS = {"一": 3, "二": 6, "三": 9, "四": 12, "1": 3, "2": 6, "3": 9, "4": 12} | {"上": 6, "下": 12}
_DAYS = {"上旬": 10, "中旬": 20}


def read_date(text: str, fiscal_year: int | None) -> Target | None:
    """Read the day by which a target is due; None where there is no one such day."""
    day = _day(text, fiscal_year)
    return None if day is None else Target(TargetKind.DATE, Operator.LE, day.isoformat())


def _day(text: str, fiscal_year: int | None) -> date | None:
    if found := _MONTHS.fullmatch(text):
        day = int(found["day"]) if found["day"] else _DAYS.get(found["part"] or "")
        return _date(found["year"] or fiscal_year, int(found["month"]), day)
    if found := _FIGURES.fullmatch(text):
        if found["day"] or (found["mark"] == "." and len(found["month"]) == 2) or "前" in text:
            day = int(found["day"]) if found["day"] else None
            return _date(found["year"], int(found["month"]), day)
        return None
    if found := _EIGHT_FIGURES.fullmatch(text):
        return _date(found["year"], int(found["month"]), int(found["day"]))
    if found := _QUARTERS.fullmatch(text):
        return _date(found["year"] or fiscal_year, _ENDS[found["part"][0]], None)
    if found := _YEARS.fullmatch(text):
        return _date(found["year"] or fiscal_year, 12, None)
    if found := _YEARS_PERIOD.fullmatch(text):
        return _date(found["year"], 12, None)
    return _end_of_period(text, fiscal_year)


def _end_of_period(text: str, fiscal_year: int | None) -> date | None:
    found = _PERIOD.fullmatch(text)
    if found is None or not found["from_month"] or not found["to_month"]:
        return None
    if "月" not in text and not (found["from_year"] and found["to_year"]):
        return None  # 2-3 is no period
    year = found["to_year"] or found["from_year"] or fiscal_year
    return _date(year, int(found["to_month"]), int(found["to_day"]) if found["to_day"] else None)


def _date(year: str | int | None, month: int, day: int | None) -> date | None:
    if not year or not 1 <= month <= 12:
        return None
    try:
        return date(int(year), month, day) if day else month_end(int(year), month)
    except ValueError:
        return None
