"""Petition cases (信访事项) and mediation cases (人民调解案件)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

from sample_year.story import TOWNS, a_day
from sample_year.writing import Value, write_csv, write_workbook

LAST_DAY = date(2024, 12, 31)
CLOSED = 7  # where a case's row has the day on which it was closed
# how many cases a month, and of a hundred how many are closed in time
PETITIONS = (120, 105, 128, 118, 122, 130, 126, 124, 132, 136, 140, 119)
IN_TIME = (93, 93, 92, 92, 78, 70, 66, 66, 95, 96, 97, 97)
PETITION_HEADER = [
    "信访编号",
    "收到日期",
    "信访渠道",
    "镇（办）",
    "交办来源",
    "重要事项",
    "已接待",
    "受理日期",
    "办结日期",
    "延期天数",
    "群众评价",
    "申请复查日期",
    "复查答复日期",
    "申请复核日期",
    "复核答复日期",
]
MEDIATION_HEADER = [
    "案件编号",
    "镇（办）",
    "纠纷类型",
    "受理日期",
    "结案日期",
    "调解结果",
    "群众评价",
]


def write_petitions(folder: Path, random: Random, reviews: Random) -> None:
    """Write the register of petition cases as it was at the end of the year.

    Reviews are drawn apart, so that they do not move the cases.
    """
    rows = []
    for month, count in enumerate(PETITIONS, start=1):
        first = date(2024, month, 1)
        last = date(2024, month + 1, 1) - timedelta(days=1) if month < 12 else LAST_DAY
        days = sorted(a_day(random, first, last) for _ in range(count))
        rows += [_petition(random, day, IN_TIME[month - 1]) for day in days]
    numbered = [
        [f"信访2024-{n:04d}", *row, *_reviews(reviews, row[CLOSED])]
        for n, row in enumerate(rows, start=1)
    ]
    write_csv(folder / "信访事项台账.csv", "信访事项台账", PETITION_HEADER, numbered)


def _reviews(random: Random, closed: Value) -> list[Value]:
    """Draw when a review and then a recheck was asked for and answered; few are asked for."""
    days: list[date | None] = [None] * 4
    last = date.fromisoformat(str(closed)) if closed else None
    for step, share in enumerate((0.04, 1.0, 0.4, 1.0)):
        if last is None or random.random() >= share:
            break
        took = random.randint(3, 28) if step % 2 == 0 else random.randint(12, 34)
        last = last + timedelta(days=took)
        if last > LAST_DAY:
            break
        days[step] = last
    return [day.isoformat() if day else None for day in days]


def _petition(random: Random, received: date, in_time: int) -> list[Value]:
    channel = random.choices(("来访", "来信", "网上", "电话"), (30, 12, 43, 15))[0]
    source = random.choices(("无", "中央", "省", "市", "区领导"), (86, 1, 3, 6, 4))[0]
    is_key = random.random() < 0.12
    late_acceptance = 0.03 if channel == "网上" else 0.06
    took = random.randint(16, 24) if random.random() < late_acceptance else random.randint(0, 13)
    accepted: date | None = received + timedelta(days=took)
    closed: date | None = None
    extension: int | None = None
    if accepted is not None and accepted > LAST_DAY:
        accepted = None
    if accepted is not None:
        limit = 60
        if random.random() < 0.05:
            extension = random.choice((10, 15, 20, 30))
            limit += extension
        if random.randrange(100) < in_time or source == "区领导":
            # autumn cases take nearly all of their time: at 10月底 they are not yet due
            shortest = 46 if received.month in (9, 10) else 12
            days = random.randint(shortest, limit)
        else:
            days = limit + random.randint(2, 45)
        closed = accepted + timedelta(days=days)
        never = is_key and random.random() < 0.15 and source != "区领导"
        if closed > LAST_DAY or never:
            closed = None
    rating = None
    if closed is not None and random.random() < 0.6:
        rating = random.choices(("满意", "基本满意", "不满意"), (55, 27, 18))[0]
    hosted = "是" if channel == "来访" else None
    dated = [day.isoformat() if day else None for day in (accepted, closed)]
    town = random.choice(list(TOWNS))
    key = "是" if is_key else "否"
    row = [received.isoformat(), channel, town, source, key, hosted, *dated, extension, rating]
    return list[Value](row)


def write_mediations(folder: Path, random: Random) -> None:
    """Write the register of mediation cases as it was at the end of the year."""
    rows: list[list[Value]] = []
    for number in range(1, 901):
        accepted = a_day(random, date(2024, 1, 2), LAST_DAY)
        closed: date | None = accepted + timedelta(days=random.randint(3, 40))
        outcome: str | None = random.choices(("调解成功", "调解不成", "当事人撤回"), (944, 36, 20))[
            0
        ]
        rating: str | None = None
        if random.random() < 0.7:
            rating = random.choices(("满意", "基本满意", "不满意"), (70, 27, 3))[0]
        if closed is not None and closed > LAST_DAY:
            closed = outcome = rating = None
        town = random.choice(list(TOWNS))
        kind = random.choice(
            ("邻里纠纷", "婚姻家庭", "劳动争议", "物业纠纷", "损害赔偿", "合同纠纷")
        )
        rows.append([f"调解2024-{number:03d}", town, kind, accepted, closed, outcome, rating])
    write_workbook(folder / "人民调解案件台账.xlsx", "人民调解案件台账", MEDIATION_HEADER, rows)
