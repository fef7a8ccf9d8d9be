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
    "(?:(?:已经?|均已|全部|全面|基本|按时|按期|及时|完成|完工|竣工|到位|建成|交付|投入|支付|发放|验收|达到|实现|拨付|"
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
    rf"{_BEFORE}(?:(?P<year>{_YEAR})年)?第?(?P<part>[一二三四1-4]季度|上半年|下半年)(?P<end>底|末)?"
    rf"{_BY}{_DONE}"
)
_YEARS = re.compile(
    rf"{_BEFORE}(?:(?P<year>{_YEAR})年度?(?:全年)?|全年|当年|本年度?|年度|年(?=[底末内终]))"
    rf"(?:年?(?:(?P<end>[底末终])|内))?{_BY}{_DONE}"
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
# the days of a month that its parts are: the first, and the last where it is not the month's
_PARTS = {"初": (1, 10), "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, None)}
_PARTS |= {"底": (21, None), "末": (21, None)}
_ANY_TIME_BEFORE = re.compile(
    "[≤<]|截至|截止|不晚于|不迟于|最迟|最晚|(?<=[0-9年度月日号份旬初底末终])(?:[之以]?前|止)|[-~至].*(?:内|期间)"
)  # 完成前期工作 and 完成室内装修 say nothing of the kind

Span = tuple[date, date]


def read_date(text: str, fiscal_year: int | None) -> Target | None:
    """Read the day by which a target is due; None where there is no one such day."""
    span = read_span(text, fiscal_year)
    return None if span is None else Target(TargetKind.DATE, Operator.LE, span[1].isoformat())


def read_span(text: str, fiscal_year: int | None) -> Span | None:
    """Read the first and the last day that a date may mean: 10月 is any day of October.

    What is said to be before a day (10月底前) may be any day of the year until then; the end of a
    quarter or a year (年底) is any day of its last month.
    """
    span = _span(text, fiscal_year)
    if span is not None and _ANY_TIME_BEFORE.search(text):
        return date(span[1].year, 1, 1), span[1]
    return span


def _span(text: str, fiscal_year: int | None) -> Span | None:
    if found := _MONTHS.fullmatch(text):
        first, last = _PARTS.get(found["part"] or "", (None, None))
        day = int(found["day"]) if found["day"] else None
        year, month = found["year"] or fiscal_year, int(found["month"])
        return _days((year, month, day or first or 1), (year, month, day or last))
    if found := _FIGURES.fullmatch(text):
        if found["day"] or (found["mark"] == "." and len(found["month"]) == 2) or "前" in text:
            day = int(found["day"]) if found["day"] else None
            year, month = found["year"], int(found["month"])
            return _days((year, month, day or 1), (year, month, day))
        return None
    if found := _EIGHT_FIGURES.fullmatch(text):
        written = found["year"], int(found["month"]), int(found["day"])
        return _days(written, written)
    if found := _QUARTERS.fullmatch(text):
        ends, months = _ENDS[found["part"][0]], 3 if "季" in found["part"] else 6
        year, months = found["year"] or fiscal_year, 1 if found["end"] else months
        return _days((year, ends - months + 1, 1), (year, ends, None))
    if found := _YEARS.fullmatch(text):
        year = found["year"] or fiscal_year
        return _days((year, 12 if found["end"] else 1, 1), (year, 12, None))
    if found := _YEARS_PERIOD.fullmatch(text):
        return _days((found["year"], 1, 1), (found["year"], 12, None))
    return _end_of_period(text, fiscal_year)


def _end_of_period(text: str, fiscal_year: int | None) -> Span | None:
    found = _PERIOD.fullmatch(text)
    if found is None or not found["from_month"] or not found["to_month"]:
        return None
    if "月" not in text and not (found["from_year"] and found["to_year"]):
        return None  # 2-3 is no period
    year, month = found["to_year"] or found["from_year"] or fiscal_year, int(found["to_month"])
    day = int(found["to_day"]) if found["to_day"] else None
    return _days((year, month, day or 1), (year, month, day))


_Day = tuple[str | int | None, int, int | None]  # without a day: the month's last


def _days(first: _Day, last: _Day) -> Span | None:
    days = _date(*first), _date(*last)
    return None if days[0] is None or days[1] is None else (days[0], days[1])


def _date(year: str | int | None, month: int, day: int | None) -> date | None:
    if not year or not 1 <= month <= 12:
        return None
    try:
        return date(int(year), month, day) if day else month_end(int(year), month)
    except ValueError:
        return None
