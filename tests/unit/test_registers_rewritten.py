"""A register written in many ways is read the same, or what is not understood is told.

Rows are made up from a seed, and so is how they are written: names and order of columns, a heading
in two rows, printed again or below titles, dates and amounts in many spellings, sums, signatures
and blank rows between, columns that nobody reads, a project's name as a line above its rows. What
is wrong is only a value that differs without a word.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook

from perf_pipeline.domain.errors import PerfPipelineError
from perf_pipeline.registers.declaration import register
from tests.read_register import RegisterReading, read_register

SEEDS = 200
PROJECTS = ("综治宣传", "信访维稳经费")
FUNDS = dict.fromkeys(PROJECTS, "财政资金")
Row = list[object]
Fields = dict[str, object]


@dataclass(frozen=True)
class Kind:
    """A register: how a row of it is made up, and what its columns may be called."""

    label: str
    made: Callable[[random.Random, int], Fields]
    names: Mapping[str, Sequence[str]]
    unread: Mapping[str, object]
    sums: Sequence[str] = ()


def some_day(of: random.Random, since: date | None = None, most: int = 340) -> date | None:
    day = (since or date(2024, 1, 1)) + timedelta(of.randint(0, most))
    return day if day.year == 2024 else None


def payment(of: random.Random, n: int) -> Fields:
    fen = of.choice(
        (of.randint(1, 99) * 10_000, of.randint(1, 9_999_999), of.randint(1, 500) * 100)
    )
    made: Fields = {
        "voucher_no": f"记-{n}",
        "paid_on": some_day(of),
        "project_name": of.choice(PROJECTS),
    }
    return made | {"amount_fen": -fen if of.random() < 0.05 else fen, "purpose": "差旅费"}


def petition(of: random.Random, n: int) -> Fields:
    came = some_day(of)
    accepted = some_day(of, came, 14)
    closed = some_day(of, accepted, 90) if accepted and of.random() < 0.7 else None
    made: Fields = {"case_no": f"信访2024-{n:04d}", "received_on": came, "accepted_on": accepted}
    said = of.choice(("满意", "不满意")) if closed else None
    return made | {
        "channel": of.choice(("来访", "网上")),
        "closed_on": closed,
        "satisfaction": said,
    }


def survey(of: random.Random, n: int) -> Fields:
    asked = of.randint(20, 4_000)
    made: Fields = {"survey_no": f"调查{n}", "surveyed_on": some_day(of), "topic": "综治宣传"}
    satisfied, aware = of.randint(0, asked), of.randint(0, asked)
    return made | {"valid_responses": asked, "satisfied": satisfied, "aware": aware}


KINDS = {
    "payment": Kind(
        "支付台账",
        payment,
        {
            "voucher_no": ("凭证号", "凭证编号", "凭证字号", "记账凭证号"),
            "paid_on": ("支付日期", "日期", "记账日期", "月日", "年月日"),
            "project_name": ("项目名称", "项目", "预算项目", "above"),
            "amount_fen": ("支付金额", "金额", "付款金额", "借方金额", "本次支付"),
            "purpose": ("用途", "摘要"),
        },
        {"状态": "已支付", "贷方金额": None, "备注": None, "经济分类科目": "30201", "年度": 2024},
        ("本月合计", "本年累计", "本页小计", "合计"),
    ),
    "petition_case": Kind(
        "信访事项台账",
        petition,
        {
            "case_no": ("信访编号", "信访件编号", "工单号"),
            "received_on": ("收到日期", "登记日期", "信访日期"),
            "channel": ("信访渠道", "信访形式"),
            "accepted_on": ("受理日期", "受理时间"),
            "closed_on": ("办结日期", "答复日期"),
            "satisfaction": ("群众评价", "满意度评价"),
        },
        {"承办单位": "区某局", "内容摘要": "反映道路破损", "是否超期": "否", "备注": None},
    ),
    "satisfaction_survey": Kind(
        "满意度调查汇总表",
        survey,
        {
            "survey_no": ("调查编号",),
            "surveyed_on": ("调查日期",),
            "topic": ("调查对象", "调查事项"),
            "valid_responses": ("有效问卷数", "有效问卷数（份）"),
            "satisfied": ("满意人数", "满意人数（人）"),
            "aware": ("知晓人数",),
        },
        {"备注": None, "年度": 2024},
    ),
}
DAYS: dict[str, Callable[[date], object]] = {
    "cell": lambda day: day,
    "iso": date.isoformat,
    "slash": lambda day: f"{day.year}/{day.month}/{day.day}",
    "dot": lambda day: f"{day.year}.{day.month}.{day.day}",
    "eight": lambda day: f"{day:%Y%m%d}",
    "words": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "no year": lambda day: f"{day.month}月{day.day}日",
    "serial": lambda day: (day - date(1899, 12, 30)).days,
    "time": lambda day: f"{day.isoformat()} 10:22:05",
}
SHOWN: dict[str, Callable[[str], object]] = {
    "number": float,
    "text": str,
    "thousands": lambda text: (
        f"{int(whole):,}.{rest}"
        if len((whole := text.split(".")[0]).lstrip("-")) > 3 and (rest := text.partition(".")[2])
        else text
    ),
    "brackets": lambda text: f"({text[1:]})" if text.startswith("-") else text,
    "full width": lambda text: text.translate(
        str.maketrans("0123456789.-", "０１２３４５６７８９．－")
    ),
    "sign": lambda text: f"¥{text}",
}
UNITS = {"": 100, "（元）": 100, "（万元）": 1_000_000, "（千元）": 100_000}


class Written:
    """One register as its seed writes it."""

    def __init__(self, seed: int) -> None:
        """Make up its rows, and the ways of writing them."""
        of = self.of = random.Random(seed)
        self.name = of.choice(list(KINDS))
        self.kind = KINDS[self.name]
        rows = [self.kind.made(of, n + 1) for n in range(of.randint(3, 12))]
        self.rows = [row for row in rows if row["accepted_on" if "case_no" in row else [*row][1]]]
        self.heads = {column: of.choice(names) for column, names in self.kind.names.items()}
        self.above = self.heads.get("project_name") == "above"
        self.day, self.shown = of.choice(list(DAYS)), of.choice(list(SHOWN))
        self.unit = of.choice(list(UNITS))
        self.unread = [each for each in self.kind.unread if of.random() < 0.15]
        self.also = {
            each for each in ("title", "two", "again", "blank", "foot") if of.random() < 0.2
        }
        self.sums = [each for each in self.kind.sums if of.random() < 0.15]
        self.suffix = of.choice((".xlsx", ".xlsx", ".csv", ".tsv"))
        if self.above:
            self.rows.sort(key=lambda row: str(row["project_name"]))

    def written(self, column: str, value: object) -> Row:
        if isinstance(value, date):
            if self.heads[column] in ("月日", "年月日"):
                parts: Row = [value.year, value.month, value.day]
                return parts[-len(self.heads[column]) :]
            return [DAYS[self.day](value)]
        if column == "amount_fen":
            assert isinstance(value, int)
            text = f"{value / UNITS[self.unit]:.6f}".rstrip("0").rstrip(".")
            return [SHOWN[self.shown](text)]
        return [value]

    def cells(self) -> list[Row]:
        columns = [each for each in self.heads if not (self.above and each == "project_name")]
        head: Row = []
        for column in columns:
            name = self.heads[column] + (self.unit if column == "amount_fen" else "")
            head += list(name) if name in ("月日", "年月日") else [name]
        head += self.unread
        table: list[Row] = [["2024年" + self.kind.label]] if "title" in self.also else []
        if "two" in self.also and "amount_fen" in self.heads:
            at = head.index(self.heads["amount_fen"] + self.unit)
            table += [[*head[:at], "支付情况", *head[at + 1 :]]]
            table += [[*[None] * at, head[at], *[None] * (len(head) - at - 1)]]
        else:
            table.append([*head])
        under, added = None, 0
        for n, row in enumerate(self.rows):
            if self.above and row["project_name"] != under:
                table.append([under := row["project_name"]])
            if n == len(self.rows) // 2:
                table += [[*head]] if "again" in self.also else []
                table += [[None]] if "blank" in self.also else []
                table += [self.sum(each, head, added) for each in self.sums[:1]]
            cells = [cell for column in columns for cell in self.written(column, row[column])]
            table.append(cells + [self.kind.unread[each] for each in self.unread])
            added += int(str(row.get("amount_fen", 0)))
        table += [self.sum(each, head, added) for each in self.sums[1:]]
        return table + ([["制表人：王某", None, "审核人：李某"]] if "foot" in self.also else [])

    def sum(self, word: str, head: Row, fen: int) -> Row:
        at = head.index(self.heads["amount_fen"] + self.unit)
        row: Row = [None] * len(head)
        row[0 if at else 1] = word
        row[at] = self.written("amount_fen", fen)[0]
        return row

    def save(self, folder: Path) -> Path:
        path = folder / f"{self.kind.label}{self.suffix}"
        if self.suffix == ".xlsx":
            book = Workbook()
            for row in self.cells():
                book.worksheets[0].append(row)
            book.save(path)
            return path
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter="\t" if self.suffix == ".tsv" else ",").writerows(
                self.cells()
            )
        return path

    def read(self, path: Path) -> RegisterReading:
        declared = register(self.name)
        return read_register(
            path, declared, fiscal_year=2024, known_projects=PROJECTS, sources=FUNDS
        )


def test_a_register_written_otherwise_is_read_the_same_or_told(tmp_path: Path) -> None:
    wrong: list[tuple[int, list[Row]]] = []
    told: list[str] = []
    for seed in range(SEEDS):
        written = Written(seed)
        try:
            reading = written.read(written.save(tmp_path))
        except PerfPipelineError as error:
            told.append(str(error))
            continue
        told += [str(row.reason) for row in reading.quarantined][:1]
        columns = list(written.heads)
        right = [repr([row[column] for column in columns]) for row in written.rows]
        found = [repr([row.values[column] for column in columns]) for row in reading.rows]
        if not reading.quarantined and sorted(found) != sorted(right):
            wrong.append((seed, written.cells()))
    assert wrong == []
    assert len(told) <= SEEDS // 10, told
