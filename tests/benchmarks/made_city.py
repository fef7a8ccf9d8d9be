"""A made-up district, city or province: as many departments as one likes, all of it invented.

The same seed gives the same files. Departments differ in size as real ones do (few large, many
small), spend ahead of or behind their plan, and hand in a target document, a budget, a ledger, a
register of petition cases, a map of measures and reported values for each year. `hand_in_late`
adds the file of one department that comes after all others.

Usage: python -m tests.benchmarks.made_city FOLDER DEPARTMENTS
[--payments N] [--cases N] [--years N]
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

FIRST_YEAR = 2024
PAYMENTS, CASES = 100, 50  # a department and year, on the average
CHECKPOINTS = ((3, 31), (6, 30), (9, 30), (12, 31))
TRADES = ("道路养护", "绿化", "义务教育", "社区服务", "防汛", "就业培训", "档案", "救助", "宣传")
PLANS = ((25, 50, 75, 100), (0, 40, 80, 100), (10, 30, 70, 100), (30, 60, 90, 100))
PACES = (1.0, 1.0, 1.0, 0.95, 0.8, 0.6, 1.15)  # of the plan
INDICATORS = (  # level 1, level 2, name, description, target, measure
    ("产出指标", "数量指标", "发放宣传品数量", "发放各类宣传品数量", "≥{many}张", "reported"),
    ("", "质量指标", "信访按期办结率", "按期办结件数占比", "≥{share}%", "petition_on_time_closing"),
    ("", "时效指标", "信访按期受理率", "按期受理件数占比", "≥95%", "petition_on_time_acceptance"),
    ("", "成本指标", "预算执行率", "资金支付进度", "≥90%", "execution_rate"),
    ("效果指标", "社会效益指标", "政策知晓率", "居民知晓程度", "≥90%", "reported"),
    ("满意度指标", "服务对象满意度指标", "群众满意度", "满意程度", "≥85%", "petition_satisfaction"),
)
LEDGER = ("凭证号", "支付日期", "项目名称", "支付金额（元）", "资金来源", "收款单位", "用途")
CASE = (
    *("信访编号", "收到日期", "信访渠道", "镇（办）", "受理日期", "办结日期", "群众评价"),
    *("交办来源", "重要事项", "延期天数"),
)
REPORTED = ("项目名称", "分项工作", "指标名称", "截至日期", "完成值", "分子", "分母", "填报人")


@dataclass(frozen=True)
class Project:
    """A made-up project: its name, its budget in yuan, its plan in per cent and its pace."""

    name: str
    budget: int
    plan: tuple[int, ...]
    pace: float
    many: int
    share: int


def make_city(
    inbox: Path,
    departments: int,
    *,
    payments: int = PAYMENTS,
    cases: int = CASES,
    years: int = 1,
    indicators: int = len(INDICATORS),
) -> None:
    """Write an inbox of so many departments, each year with as many rows on the average.

    `indicators` are those of each of a department's five projects.
    """
    inbox.mkdir(parents=True, exist_ok=True)
    months = [month for month, _ in CHECKPOINTS]
    calendar = f"checkpoint_months: {months}\nfirst_year: {FIRST_YEAR}\n"
    (inbox / "calendar.yaml").write_text(calendar, "utf-8")
    lines = (
        f"  - {{code: {code(n)}, name: {name(n)}, district: 第{n // 100 + 1}区, city: 某市}}\n"
        for n in range(departments)
    )
    (inbox / "organisation.yaml").write_text("departments:\n" + "".join(lines), "utf-8")
    for nth in range(departments):
        for year in range(FIRST_YEAR, FIRST_YEAR + years):
            _department(inbox, nth, year, payments, cases, _indicators(indicators))


def code(nth: int) -> str:
    """Return a department's code."""
    return f"d{nth:05d}"


def name(nth: int) -> str:
    """Return a department's name."""
    return f"第{nth // 100 + 1}区第{nth % 100 + 1}局"


def hand_in_late(
    inbox: Path, nth: int, year: int = FIRST_YEAR, *, paid: tuple[int, int] = (12, 30)
) -> Path:
    """Write a second ledger of one department, with payments of one day: of the year's last ones.

    `paid` is another month and day, of which checkpoints tell that were judged long ago.
    """
    chance = random.Random(f"late {nth} {year}")
    projects = _projects(random.Random(f"{nth} {year}"))
    rows = [
        _payment(f"补-{n:04d}", date(year, *paid), chance.choice(projects).name, 1000 + n)
        for n in range(10)
    ]
    path = inbox / str(year) / code(nth) / "registers" / "支付台账-补报.csv"
    _write(path, LEDGER, rows)
    return path


def _indicators(many: int) -> list[tuple[str, ...]]:
    """Return so many of the indicators: after the last the first again, under a name of its own."""
    rounds = (divmod(nth, len(INDICATORS)) for nth in range(many))
    found = []
    for again, at in rounds:
        level, second, called, *others = INDICATORS[at]
        found.append((level, second, f"{called}{again + 1}" if again else called, *others))
    return found


def _department(
    inbox: Path,
    nth: int,
    year: int,
    payments: int,
    cases: int,
    indicators: Sequence[tuple[str, ...]],
) -> None:
    chance = random.Random(f"{nth} {year}")
    projects = _projects(chance)
    size = min(chance.lognormvariate(-0.3, 0.8), 8.0)  # few are large; 1 on the average
    folder = inbox / str(year) / code(nth)
    (folder / "targets").mkdir(parents=True, exist_ok=True)
    registers = folder / "registers"
    registers.mkdir(exist_ok=True)
    _document(
        folder / "targets" / f"{year}年部门整体绩效目标.xlsx", name(nth), year, projects, indicators
    )
    budget = [
        (each.name, each.budget, each.budget, 0, f"演示〔{year}〕{nth}号") for each in projects
    ]
    head = ("项目名称", "预算数（元）", "其中：财政资金（元）", "其他资金（元）", "批复文号")
    _write(registers / "项目预算表.csv", head, budget)
    paid = sorted(_paid(chance, projects, year, max(round(payments * size), 5)), key=lambda p: p[0])
    rows = [_payment(f"记-{n:06d}", *each) for n, each in enumerate(paid)]
    _write(registers / "支付台账.csv", LEDGER, rows)
    _write(registers / "信访事项台账.csv", CASE, _cases(chance, year, max(round(cases * size), 3)))
    mapped = [(each.name, "", row[2], row[5]) for each in projects for row in indicators]
    head = ("项目名称", "分项工作", "指标名称", "度量")
    _write(registers / "指标与度量对照表.csv", head, mapped)
    names = [row[2] for row in indicators if row[5] == "reported"]
    _write(registers / "人工填报指标值.csv", REPORTED, _reported(chance, projects, year, names))


def _projects(chance: random.Random) -> list[Project]:
    return [
        Project(
            f"{trade}经费",
            chance.randrange(20, 800) * 10_000,
            chance.choice(PLANS),
            chance.choice(PACES),
            chance.randrange(1, 60) * 100,
            chance.choice((90, 95, 98)),
        )
        for trade in chance.sample(TRADES, 5)
    ]


def _paid(
    chance: random.Random, projects: Sequence[Project], year: int, payments: int
) -> Iterator[tuple[date, str, int]]:
    for each, weight in zip(projects, (5, 3, 2, 1, 1), strict=True):
        before = 0
        for quarter, share in enumerate(each.plan):
            step, before = (share - before) / 100, share
            count = max(round(payments * weight / 12 * step), 1) if step else 0
            for _ in range(count):
                day = date(year, 1, 1) + timedelta(quarter * 91 + chance.randrange(90))
                mean = each.budget * step * each.pace / count
                yield day, each.name, round(mean * chance.uniform(0.5, 1.5))


def _payment(voucher: str, day: date, project: str, yuan: int) -> tuple[object, ...]:
    return voucher, day, project, f"{yuan}.00", "财政资金", f"某公司{yuan % 60}", "模拟用途"


def _cases(chance: random.Random, year: int, cases: int) -> Iterator[tuple[object, ...]]:
    for nth in range(cases):
        came = date(year, 1, 1) + timedelta(chance.randrange(360))
        accepted = came + timedelta(chance.choice((1, 3, 5, 8, 12, 15, 20)))
        closed = accepted + timedelta(chance.randrange(5, 62)) if chance.random() < 0.9 else ""
        rated = chance.choice(("满意", "基本满意", "不满意")) if closed else ""
        channel, town = chance.choice(("来访", "来信", "网上", "电话")), f"第{nth % 9 + 1}镇"
        yield f"信访{year}-{nth:05d}", came, channel, town, accepted, closed, rated, "无", "否", ""


def _reported(
    chance: random.Random, projects: Sequence[Project], year: int, names: Sequence[str]
) -> Iterator[tuple[object, ...]]:
    for each in projects:
        for quarter, (month, day) in enumerate(CHECKPOINTS, start=1):
            until = date(year, month, day)
            for told in names:
                if told.startswith("发放"):
                    sent = f"{round(each.many * quarter / 4 * chance.uniform(0.8, 1.2))}张"
                    yield each.name, "", told, until, sent, "", "", "模拟"
                else:
                    known = chance.randrange(80, 100)
                    yield each.name, "", told, until, "", known, 100, "模拟"


def _document(
    path: Path,
    department: str,
    year: int,
    projects: Sequence[Project],
    indicators: Sequence[tuple[str, ...]],
) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        percent = book.add_format({"num_format": "0%"})
        sheet = book.add_worksheet("绩效目标")
        head = (f"{department}编制", f"{year}年部门整体绩效目标", "模拟数据", "一、总体绩效目标")
        for row, text in enumerate((*head, "（一）做好本职工作", "1.按计划推进各项目。")):
            sheet.write(row, 0, text)
        for each in projects:
            sheet = book.add_worksheet(each.name)
            sheet.write(0, 0, f"{each.name}预算项目绩效表")
            sheet.write_row(1, 0, ("项目编码", "————", "项目名称", each.name))
            sheet.write_row(2, 0, ("资金用途", f"用于{each.name}的各项支出。"))
            sheet.write(3, 0, "资金支出计划（累计%）")
            for column, ((month, _), share) in enumerate(
                zip(CHECKPOINTS, each.plan, strict=True), 1
            ):
                sheet.write(3, column, f"{month}月底")
                sheet.write(4, column, share / 100, percent)
            sheet.write_row(5, 0, ("绩效目标", f"按计划完成{each.name}的年度任务。"))
            heads = ("一级指标", "二级指标", "三级指标", "绩效指标描述", "指标值/描述")
            sheet.write_row(6, 0, heads)
            for row, (*words, target, _) in enumerate(indicators, start=7):
                said = target.format(many=each.many, share=each.share)
                for column, text in enumerate((*words, said)):
                    if text:
                        sheet.write(row, column, text)


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


def main() -> None:
    """Write an inbox as asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("departments", type=int)
    for each, default in (("payments", PAYMENTS), ("cases", CASES), ("years", 1)):
        asked.add_argument(f"--{each}", type=int, default=default)
    told = asked.parse_args()
    make_city(
        told.folder, told.departments, payments=told.payments, cases=told.cases, years=told.years
    )


if __name__ == "__main__":
    main()
