"""Devices, insurance, publicity and surveys: registers that count things."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

from sample_year.story import ENDS, INSURANCE, PETITION, TOWNS, ZONGZHI, a_day
from sample_year.writing import Value, write_csv, write_workbook, yuan

DEVICES = 343
# of a thousand devices, how many are online, intact, on a sound foundation, by month
ONLINE = (965, 968, 962, 966, 961, 958, 932, 925, 930, 934, 964, 967)
INTACT = (972, 974, 970, 971, 968, 966, 962, 960, 963, 965, 970, 972)
SOUND = 946
# of a thousand households, how many are enrolled by the end of each month
ENROLLED = (120, 260, 400, 610, 840, 962, 964, 971, 973, 974, 975, 976)
LATE_TOWN, LATE_UNTIL = "云溪乡", 8
SURVEYS = {  # of a thousand answers, how many are content and how many know of it
    "雪亮工程": (915, 940),
    "综治宣传": (832, 905),
    "治安保险": (921, 880),
    "维稳工作": (931, 912),
    "涉法涉诉": (906, 862),
}
ACTIVITIES = {  # a period's number of activities and of leaflets, by project
    ZONGZHI: ((12, 13_600), (14, 14_900), (18, 17_300), (8, 8_400)),
    INSURANCE: ((0, 0), (4, 5_200), (3, 2_600), (1, 800)),
    PETITION: ((5, 2_100), (6, 2_900), (7, 3_400), (3, 1_500)),
}
THEMES = {
    ZONGZHI: ("平安建设", "扫黑除恶", "铁路护路", "防范宣传"),
    INSURANCE: ("治安保险",),
    PETITION: ("信访法治",),
}
FORMS = ("集中宣讲", "入户走访", "横幅展板", "新媒体")


def _month_end(month: int) -> date:
    following = date(2024 + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def write_inspections(folder: Path, random: Random) -> None:
    """Write a row for each device and month."""
    towns = list(TOWNS)
    rows: list[list[Value]] = []
    numbers = range(1, DEVICES + 1)
    unsound = set(random.sample(numbers, DEVICES - DEVICES * SOUND // 1000))
    for month in range(1, 13):
        offline = set(random.sample(numbers, DEVICES - DEVICES * ONLINE[month - 1] // 1000))
        broken = set(random.sample(numbers, DEVICES - DEVICES * INTACT[month - 1] // 1000))
        for number in numbers:
            states = (number not in broken, number not in offline, number not in unsound)
            day = a_day(random, _month_end(month) - timedelta(days=9), _month_end(month))
            location = f"{towns[number % len(towns)]}{number:03d}号点位"
            words = ("是" if state else "否" for state in states)
            rows.append([f"XL-{number:03d}", location, day.isoformat(), *words])
    header = ["设备编号", "安装位置", "巡检日期", "设备完好", "设备在线", "立杆基础完好"]
    write_csv(folder / "设备巡检记录.csv", "设备巡检记录", header, rows)


def write_enrolments(folder: Path) -> None:
    """Write each town's cumulative enrolment at each month's end, at 10 元 a household."""
    rows: list[list[Value]] = []
    for month, share in enumerate(ENROLLED, start=1):
        for town, households in TOWNS.items():
            late = town == LATE_TOWN and month < LATE_UNTIL
            enrolled = 0 if late else households * share // 1000
            premium = yuan(enrolled * 1000)
            rows.append([town, _month_end(month), households, enrolled, premium])
    header = ["镇（办）", "截至日期", "常住户数", "参保户数", "累计保费（元）"]
    write_workbook(folder / "治安保险参保台账.xlsx", "治安保险参保台账", header, rows)


def write_activities(folder: Path, random: Random) -> None:
    """Write the publicity activities in the order of days."""
    found: list[tuple[date, str, int]] = []
    for project, periods in ACTIVITIES.items():
        first = date(2024, 1, 5)
        for (count, leaflets), end in zip(periods, ENDS, strict=True):
            for n in range(count):
                share = leaflets // count + (leaflets % count if n == 0 else 0)
                found.append((a_day(random, first, end), project, share))
            first = end + timedelta(days=1)
    rows: list[list[Value]] = []
    for number, (day, project, leaflets) in enumerate(sorted(found), start=1):
        theme, form = random.choice(THEMES[project]), FORMS[number % len(FORMS)]
        town = random.choice(list(TOWNS))
        rows.append([f"宣传2024-{number:03d}", day, project, theme, form, town, leaflets])
    header = [
        "活动编号",
        "活动日期",
        "项目名称",
        "活动主题",
        "宣传形式",
        "镇（办）",
        "发放宣传品数量",
    ]
    write_workbook(folder / "宣传活动记录.xlsx", "宣传活动记录", header, rows)


def write_surveys(folder: Path, random: Random) -> None:
    """Write a survey for each period, topic and town; the year's shares come out as declared."""
    rows: list[list[Value]] = []
    for topic, (content, aware) in SURVEYS.items():
        owed_content = owed_aware = 0
        for end in ENDS:
            for town in TOWNS:
                valid = random.randint(36, 64)
                owed_content += valid * content
                owed_aware += valid * aware
                satisfied, knowing = owed_content // 1000, owed_aware // 1000
                owed_content -= satisfied * 1000
                owed_aware -= knowing * 1000
                day = a_day(random, end - timedelta(days=25), end - timedelta(days=2))
                rows.append([day, topic, town, valid, min(valid, satisfied), min(valid, knowing)])
    rows.sort(key=lambda row: str(row[0]))
    numbered = [[f"调查2024-{n:03d}", *row] for n, row in enumerate(rows, start=1)]
    header = ["调查编号", "调查日期", "调查对象", "镇（办）", "有效问卷数", "满意人数", "知晓人数"]
    write_workbook(folder / "满意度调查.xlsx", "满意度调查", header, numbered)
