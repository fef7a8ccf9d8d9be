"""Working days (工作日) of mainland China, with the holidays and the weekends worked instead.

What the State Council publishes for each year (国务院办公厅关于部分节假日安排的通知) comes from
chinesecalendar. Years it does not hold yet have Monday to Friday, and an inbox's calendar may
overrule any day.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache

import chinese_calendar

FRIDAY = 4


def is_working_day(
    day: date, holidays: Collection[date] = (), worked: Collection[date] = ()
) -> bool:
    """Tell whether people work on a day; `holidays` and `worked` overrule what is published."""
    if day in worked:
        return True
    if day in holidays:
        return False
    return _published(day)


@cache
def _published(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # not published yet
        return day.weekday() <= FRIDAY


def working_day_before(
    day: date, count: int, holidays: Collection[date] = (), worked: Collection[date] = ()
) -> date:
    """Return the day that begins the last `count` working days up to a day, which counts too."""
    found = day + timedelta(days=1)
    left = count
    while left > 0:
        found -= timedelta(days=1)
        left -= is_working_day(found, holidays, worked)
    return found


def working_day_after(
    day: date, count: int, holidays: Collection[date] = (), worked: Collection[date] = ()
) -> date:
    """Return the `count`-th working day after a day; the day after it where count is 0."""
    found = day
    left = count
    while left > 0:
        found += timedelta(days=1)
        left -= is_working_day(found, holidays, worked)
    return found if count else day + timedelta(days=1)
