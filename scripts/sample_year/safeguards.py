"""What the safeguards (保障措施) ask for: contracts, fixed assets, consumables, training."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from sample_year.ledger import Payment, contract_of
from sample_year.story import XUELIANG, ZONGZHI, a_day
from sample_year.writing import Value, write_workbook, yuan

FINANCE_STAFF = 8
# contract: project, supplier, day of signing, number of approval
CONTRACTS: dict[str, tuple[str, str, date, str | None]] = {
    "合2023-017": (XUELIANG, "某科技公司", date(2023, 8, 15), "演示办批〔2023〕31号"),
    "合2024-021": (XUELIANG, "某科技公司", date(2024, 12, 10), "演示办批〔2024〕40号"),
    "合2024-003": (ZONGZHI, "某印务公司", date(2024, 1, 8), "演示办批〔2024〕2号"),
}
ASSETS = ("台式计算机", "便携式计算机", "打印机", "执法记录仪", "文件柜", "投影机")
COSTS = (5_200, 7_800, 2_350, 1_980, 1_260, 6_400)
OFFICES = ("综合科", "综治科", "信访科", "司法科")
CONSUMABLES = (("复印纸", "包"), ("硒鼓", "支"), ("签字笔", "盒"), ("档案盒", "个"))
TOPICS = (
    "政府会计准则制度",
    "预算绩效管理",
    "政府采购与合同管理",
    "内部控制与报销规范",
    "固定资产管理",
    "年终决算",
)


def write_contracts(folder: Path, payments: Sequence[Payment]) -> None:
    """Write the contracts, each for what is paid on it in the year, rounded up to 万元."""
    rows: list[list[Value]] = []
    for number, (project, supplier, signed, approval) in CONTRACTS.items():
        paid = sum(payment.fen for payment in payments if contract_of(payment) == number)
        amount = -(-paid // 1_000_000) * 1_000_000
        rows.append([number, project, supplier, signed, yuan(amount), approval])
    header = ["合同号", "项目名称", "供应商", "签订日期", "合同金额（元）", "审批文号"]
    write_workbook(folder / "合同台账.xlsx", "合同台账", header, rows)


def write_assets(folder: Path, random: Random) -> None:
    """Write the assets: most from earlier years, some bought and some disposed of in this one."""
    rows: list[list[Value]] = []
    for number in range(1, 61):
        bought = number > 44
        first, last = (2024, 2024) if bought else (2017, 2022)
        acquired = a_day(random, date(first, 1, 15), date(last, 11, 30))
        kind = random.randrange(len(ASSETS))
        approval = f"演示办批〔{acquired.year}〕{number}号" if number != 52 else None
        used: date | None = acquired + timedelta(days=random.randint(1, 20))
        if number in (50, 58):
            used = None  # bought and still in its box
        disposed = a_day(random, date(2024, 4, 1), date(2024, 12, 20)) if number <= 6 else None
        how = random.choice(("报废", "调拨")) if disposed else None
        ruling = f"演示办处〔2024〕{number}号" if disposed and number != 4 else None
        office = random.choice(OFFICES) if used else None
        cost = yuan(COSTS[kind] * 100)
        name = f"ZC-{acquired.year}-{number:03d}"
        rows.append(
            [name, ASSETS[kind], acquired, cost, approval, used, office, disposed, how, ruling]
        )
    header = ["资产编号", "资产名称", "取得日期", "原值（元）", "购置批准文号", "领用日期"]
    header += ["使用部门", "处置日期", "处置方式", "处置批准文号"]
    write_workbook(folder / "固定资产台账.xlsx", "固定资产台账", header, rows)


def write_issues(folder: Path, random: Random) -> None:
    """Write who drew which consumables; a few without anybody's approval."""
    days = sorted(a_day(random, date(2024, 1, 3), date(2024, 12, 30)) for _ in range(180))
    rows: list[list[Value]] = []
    for number, day in enumerate(days, start=1):
        item, unit = random.choice(CONSUMABLES)
        approver = "分管负责人（虚构）" if random.random() < 0.97 else None
        office = f"{random.choice(OFFICES)}（虚构）"
        rows.append(
            [f"LY-2024-{number:03d}", day, item, random.randint(1, 12), unit, office, approver]
        )
    header = ["领用单号", "领用日期", "耗材名称", "数量", "计量单位", "领用人", "批准人"]
    write_workbook(folder / "耗材领用台账.xlsx", "耗材领用台账", header, rows)


def write_trainings(folder: Path, random: Random) -> None:
    """Write the finance staff's training: one every two months."""
    rows: list[list[Value]] = []
    for number, topic in enumerate(TOPICS, start=1):
        day = a_day(random, date(2024, 2 * number - 1, 10), date(2024, 2 * number - 1, 28))
        attended = FINANCE_STAFF - random.choice((0, 0, 1, 2))
        rows.append(
            [f"PX-2024-{number:02d}", day, topic, FINANCE_STAFF, attended, "签到表（虚构）"]
        )
    header = ["培训编号", "培训日期", "培训内容", "财务人员数", "参加人数", "佐证材料"]
    write_workbook(folder / "财务人员培训台账.xlsx", "财务人员培训台账", header, rows)
