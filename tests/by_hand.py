"""The year's figures recomputed from the shipped files with plain Python.

Nothing here imports the project: workbooks by openpyxl, the rest by csv and arithmetic. It is
the second opinion that the warehouse is held against.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from openpyxl import load_workbook

ENDS = {
    "2024-03": date(2024, 3, 31),
    "2024-06": date(2024, 6, 30),
    "2024-10": date(2024, 10, 31),
    "2024-12": date(2024, 12, 31),
}
STARTS = {
    "2024-03": date(2024, 1, 1),
    "2024-06": date(2024, 4, 1),
    "2024-10": date(2024, 7, 1),
    "2024-12": date(2024, 11, 1),
}
Row = dict[str, object]
Figures = dict[tuple[str, str | None], Fraction]


def read_rows(path: Path, marker: str) -> list[Row]:
    """Read the rows below the header row, which is the one that holds the marker column."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            grid: list[list[object]] = [list(line) for line in csv.reader(stream)]
    else:
        book = load_workbook(path, data_only=True)
        sheet = next(
            sheet for sheet in book if any(marker in line for line in sheet.values if line)
        )
        grid = [list(line) for line in sheet.values]
    top = next(number for number, line in enumerate(grid) if marker in line)
    rows = [dict(zip(map(str, grid[top]), line, strict=False)) for line in grid[top + 1 :]]
    return [row for row in rows if row.get(marker) not in (None, "") and not _is_total(row)]


def _is_total(row: Row) -> bool:
    return any(str(value).strip() in ("合计", "小计", "总计") for value in row.values())


def day(value: object) -> date | None:
    """Read a date cell."""
    if value in (None, ""):
        return None
    if isinstance(value, datetime):
        return value.date()
    return date.fromisoformat(str(value).replace("/", "-"))


def fen(value: object) -> int:
    """Read an amount in yuan as whole fen."""
    amount = Decimal(str(value).replace(",", "")) * 100
    assert amount == int(amount)
    return int(amount)


def whole(value: object) -> int:
    """Read a count."""
    return int(str(value))


class Year:
    """The registers of the shipped year, and every measure at every checkpoint."""

    def __init__(self, folder: Path) -> None:
        """Read every register in the folder."""

        def read(name: str, marker: str) -> list[Row]:
            return read_rows(next(folder.glob(f"{name}.*")), marker)

        self.payments = read("支付台账", "凭证号")
        self.budgets = {
            str(row["项目名称"]): fen(row["预算数（元）"]) for row in read("项目预算表", "项目名称")
        } | {"信访维稳经费": 80_000_000}
        self.petitions = read("信访事项台账", "信访编号")
        self.mediations = read("人民调解案件台账", "案件编号")
        self.inspections = read("设备巡检记录", "设备编号")
        self.enrolments = read("治安保险参保台账", "截至日期")
        self.activities = read("宣传活动记录", "活动编号")
        self.surveys = read("满意度调查", "调查编号")
        self.assets = read("固定资产台账", "资产编号")
        self.issues = read("耗材领用台账", "领用单号")
        self.trainings = read("财务人员培训台账", "培训编号")

    def paid(self, quarter: str) -> dict[str, int]:
        """Cumulative payments by project, in fen."""
        paid = dict.fromkeys(self.budgets, 0)
        for row in self.payments:
            if _by(row["支付日期"], ENDS[quarter]):
                paid[str(row["项目名称"])] += fen(row["支付金额（元）"])
        return paid

    def figures(self, quarter: str) -> Figures:
        """Every measure as an exact fraction, by code and project; those without data left out."""
        found: Figures = {}
        for project, amount in self.paid(quarter).items():
            found["execution_rate", project] = Fraction(amount, self.budgets[project])
        end = ENDS[quarter]
        found |= _all_projects(self._petition_figures(end))
        found |= _all_projects(self._mediation_figures(end))
        found |= _all_projects(self._device_figures(STARTS[quarter], end))
        found |= _all_projects(self._insurance_figures(end))
        found |= _all_projects(self._survey_figures(end))
        found |= self._activity_figures(end)
        found |= _all_projects(self._safeguard_figures(end))
        return found

    def of_the_year(self, quarter: str) -> Figures:
        """Every measure over the year so far: what is looked at by period, over all of them."""
        seen = self._device_figures(STARTS["2024-03"], ENDS[quarter])
        return self.figures(quarter) | _all_projects(seen)

    def judged(self, quarter: str) -> Figures:
        """Every measure as a judgement counts it: at the year's end the whole year."""
        return self.of_the_year(quarter) if quarter == "2024-12" else self.figures(quarter)

    def _petition_figures(self, end: date) -> dict[str, Fraction]:
        def limit_of_acceptance(row: Row) -> date:
            return (day(row["收到日期"]) or end) + timedelta(days=15)

        def limit_of_closing(row: Row) -> date:
            extension = whole(row["延期天数"] or 0)
            return (day(row["受理日期"]) or end) + timedelta(days=60 + extension)

        def accepted(row: Row) -> bool:
            return _by(row["受理日期"], end)

        def closed(row: Row) -> bool:
            return _by(row["办结日期"], end)

        def in_time(row: Row) -> bool:
            return closed(row) and (day(row["办结日期"]) or end) <= limit_of_closing(row)

        known = [row for row in self.petitions if _by(row["收到日期"], end)]
        to_accept = [row for row in known if accepted(row) or limit_of_acceptance(row) < end]
        to_close = [
            row for row in known if accepted(row) and (closed(row) or limit_of_closing(row) < end)
        ]
        rated = [row for row in known if closed(row) and row["群众评价"]]
        online = [row for row in to_accept if row["信访渠道"] == "网上"]

        def accepted_in_time(row: Row) -> bool:
            return accepted(row) and (day(row["受理日期"]) or end) <= limit_of_acceptance(row)

        def of(rows: list[Row], column: str, *values: str) -> list[Row]:
            return [row for row in rows if row[column] in values]

        return _rates(
            {
                "petition_on_time_acceptance": (to_accept, accepted_in_time),
                "petition_online_acceptance": (online, accepted_in_time),
                "petition_on_time_closing": (to_close, in_time),
                "petition_online_closing": (of(to_close, "信访渠道", "网上"), in_time),
                "petition_key_resolved": (of(to_close, "重要事项", "是"), closed),
                "petition_superior_closed": (of(to_close, "交办来源", "中央", "省", "市"), closed),
                "petition_leader_closed": (of(to_close, "交办来源", "区领导"), closed),
                "petition_satisfaction": (rated, lambda row: row["群众评价"] != "不满意"),
                "petition_visits_hosted": (
                    of(known, "信访渠道", "来访"),
                    lambda row: row["已接待"] == "是",
                ),
            }
        )

    def _mediation_figures(self, end: date) -> dict[str, Fraction]:
        decided: list[Row] = []
        for row in self.mediations:
            accepted, done = day(row["受理日期"]), day(row["结案日期"])
            if accepted is None or row["调解结果"] == "当事人撤回":
                continue
            limit = accepted + timedelta(days=30)
            timely = done is not None and done <= limit
            if (done if timely and done else limit + timedelta(days=1)) <= end:
                decided.append({"settled": timely and row["调解结果"] == "调解成功"})
        closed = [
            row
            for row in self.mediations
            if _by(row["受理日期"], end) and _by(row["结案日期"], end)
        ]
        return _rates(
            {
                "mediation_resolution_rate": (
                    [row for row in closed if row["调解结果"] != "当事人撤回"],
                    lambda row: row["调解结果"] == "调解成功",
                ),
                "mediation_on_time_resolution": (decided, lambda row: row["settled"] is True),
                "mediation_satisfaction": (
                    [row for row in closed if row["群众评价"]],
                    lambda row: row["群众评价"] != "不满意",
                ),
            }
        )

    def _device_figures(self, start: date, end: date) -> dict[str, Fraction]:
        seen = [
            row for row in self.inspections if start <= (day(row["巡检日期"]) or date.max) <= end
        ]
        rates = _rates(
            {
                "device_intact_rate": (seen, lambda row: row["设备完好"] == "是"),
                "device_online_rate": (seen, lambda row: row["设备在线"] == "是"),
                "device_foundation_rate": (seen, lambda row: row["立杆基础完好"] == "是"),
            }
        )
        return rates | {"devices_inspected": Fraction(len({row["设备编号"] for row in seen}))}

    def _insurance_figures(self, end: date) -> dict[str, Fraction]:
        latest: dict[object, Row] = {}
        for row in sorted(self.enrolments, key=lambda row: str(day(row["截至日期"]))):
            if _by(row["截至日期"], end):
                latest[row["镇（办）"]] = row
        towns = list(latest.values())
        households = sum(whole(row["常住户数"]) for row in towns)
        enrolled = sum(whole(row["参保户数"]) for row in towns)
        premium = sum(fen(row["累计保费（元）"]) for row in towns)
        found = {}
        if households:
            found["insurance_household_rate"] = Fraction(enrolled, households)
            covered = sum(1 for row in towns if whole(row["参保户数"]) > 0)
            found["insurance_town_rate"] = Fraction(covered, len(towns))
        if enrolled:
            found["insurance_cost_per_household"] = Fraction(premium, enrolled * 100)
        return found

    def _survey_figures(self, end: date) -> dict[str, Fraction]:
        topics = {
            "xueliang": "雪亮工程",
            "zongzhi": "综治宣传",
            "insurance": "治安保险",
            "stability": "维稳工作",
            "legal": "涉法涉诉",
        }
        found = {}
        for code, topic in topics.items():
            rows = [
                row
                for row in self.surveys
                if row["调查对象"] == topic and _by(row["调查日期"], end)
            ]
            valid = sum(whole(row["有效问卷数"]) for row in rows)
            if valid:
                satisfied = sum(whole(row["满意人数"]) for row in rows)
                aware = sum(whole(row["知晓人数"]) for row in rows)
                found[f"survey_satisfaction_{code}"] = Fraction(satisfied, valid)
                found[f"survey_awareness_{code}"] = Fraction(aware, valid)
        return found

    def _safeguard_figures(self, end: date) -> dict[str, Fraction]:
        start = date(end.year, 1, 1)

        def this_year(rows: list[Row], column: str) -> list[Row]:
            return [row for row in rows if start <= (day(row[column]) or date.min) <= end]

        held = [
            row
            for row in self.assets
            if _by(row["取得日期"], end) and not _by(row["处置日期"], end)
        ]
        issued = this_year(self.issues, "领用日期")
        trained = this_year(self.trainings, "培训日期")
        found = _rates(
            {
                "asset_acquisition_approved": (
                    this_year(self.assets, "取得日期"),
                    lambda row: bool(row["购置批准文号"]),
                ),
                "asset_disposal_approved": (
                    this_year(self.assets, "处置日期"),
                    lambda row: bool(row["处置批准文号"]),
                ),
                "asset_in_use": (held, lambda row: _by(row["领用日期"], end)),
                "consumable_issue_approved": (issued, lambda row: bool(row["批准人"])),
            }
        )
        staff = sum(whole(row["财务人员数"]) for row in trained)
        attended = sum(whole(row["参加人数"]) for row in trained)
        return found | {
            "consumable_issues": Fraction(len(issued)),
            "finance_trainings": Fraction(len(trained)),
            "finance_training_attendance": Fraction(attended, staff),
        }

    def _activity_figures(self, end: date) -> Figures:
        held = [row for row in self.activities if _by(row["活动日期"], end)]
        forms = {row["宣传形式"] for row in held}
        found: Figures = {("publicity_forms", None): Fraction(len(forms))}
        prevention = [row for row in held if row["活动主题"] == "防范宣传"]
        found["publicity_prevention", None] = Fraction(len(prevention))
        for project in self.budgets:
            mine = [row for row in held if row["项目名称"] == project]
            found["publicity_activities", project] = Fraction(len(mine))
            materials = sum(whole(row["发放宣传品数量"]) for row in mine)
            found["publicity_materials", project] = Fraction(materials)
        return found


def _by(value: object, end: date) -> bool:
    happened = day(value)
    return happened is not None and happened <= end


def _rates(
    parts: dict[str, tuple[list[Row], Callable[[Row], bool]]],
) -> dict[str, Fraction]:
    return {
        code: Fraction(_count(rows, hit), len(rows)) for code, (rows, hit) in parts.items() if rows
    }


def _count(rows: Iterable[Row], hit: Callable[[Row], bool]) -> int:
    return sum(1 for row in rows if hit(row))


def _all_projects(figures: dict[str, Fraction]) -> Figures:
    return {(code, None): figure for code, figure in figures.items()}
