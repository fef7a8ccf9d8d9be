"""What everything in the made-up year shares: projects, checkpoints, towns, days."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

XUELIANG = "雪亮工程二期尾款及维修保养项目"
ZONGZHI = "综治重点工作经费"
INSURANCE = "社会治安保险"
PETITION = "信访维稳经费"

ENDS = (date(2024, 3, 31), date(2024, 6, 30), date(2024, 10, 31), date(2024, 12, 31))
STARTS = (date(2024, 1, 2), date(2024, 4, 1), date(2024, 7, 1), date(2024, 11, 1))

# whole fen; the last one's budget stands in the target document, not in the budget file
BUDGETS = {XUELIANG: 126_000_000, ZONGZHI: 150_000_000, INSURANCE: 52_000_000}
PETITION_BUDGET = 80_000_000

# made-up towns and their made-up numbers of households
TOWNS = {
    "东城街道": 8_420,
    "西苑街道": 7_935,
    "南湖街道": 6_710,
    "北关街道": 5_480,
    "河湾镇": 4_260,
    "青石镇": 3_905,
    "柳林镇": 2_870,
    "白塔镇": 2_115,
    "云溪乡": 640,
}


def a_day(random: Random, first: date, last: date) -> date:
    """Draw a day between two, both included."""
    return first + timedelta(days=random.randrange((last - first).days + 1))


def split(random: Random, total: int, parts: int) -> list[int]:
    """Split a whole number at random into so many positive parts that add up to it."""
    weights = [random.randrange(40, 400) for _ in range(parts)]
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    shares[-1] += total - sum(shares)
    return shares
