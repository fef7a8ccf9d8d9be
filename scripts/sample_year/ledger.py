"""The payment ledger (支付台账) and the budgets of projects whose document names none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from sample_year.story import (
    BUDGETS,
    ENDS,
    INSURANCE,
    PETITION,
    PETITION_BUDGET,
    STARTS,
    XUELIANG,
    ZONGZHI,
    a_day,
    split,
)
from sample_year.writing import write_workbook, yuan

# cumulative payments at each checkpoint, in hundredths of a per cent of the budget
PACE = {
    XUELIANG: (0, 0, 0, 10_000),
    ZONGZHI: (1_740, 4_520, 8_810, 9_930),
    INSURANCE: (0, 9_740, 10_160, 10_420),
    PETITION: (2_120, 5_100, 7_930, 9_820),
}
PAYMENTS = {  # so many in each period
    XUELIANG: (0, 0, 0, 6),
    ZONGZHI: (170, 260, 330, 90),
    INSURANCE: (0, 320, 90, 60),
    PETITION: (150, 180, 230, 110),
}
PURPOSES = {
    XUELIANG: ("二期工程尾款", "前端设备维修保养"),
    ZONGZHI: ("宣传品制作", "以奖代补", "精神障碍责任险保费", "平安建设活动", "护路联防补助"),
    INSURANCE: ("参保补贴", "治安保险保费", "宣传材料"),
    PETITION: ("值班补助", "接访差旅", "信访宣传", "矛盾化解工作经费", "律师参与接访"),
}
PAYEES = (
    "某科技公司",
    "某广告公司",
    "某保险公司",
    "某印务公司",
    "某律师事务所",
    "某社区居委会",
    "个人",
)
CONTRACTED = {  # which purposes of a project are paid on which contract
    (XUELIANG, "二期工程尾款"): "合2023-017",
    (XUELIANG, "前端设备维修保养"): "合2024-021",
    (ZONGZHI, "宣传品制作"): "合2024-003",
}
HEADER = [
    "凭证号",
    "支付日期",
    "项目名称",
    "支付金额（元）",
    "资金来源",
    "收款单位",
    "用途",
    "合同号",
]


@dataclass(frozen=True)
class Payment:
    """A payment of the ledger, its amount in fen."""

    paid_on: date
    project: str
    fen: int
    payee: str
    purpose: str


def contract_of(payment: Payment) -> str | None:
    """Return the contract that a payment is made on; corrections are on that of the first."""
    purpose = payment.purpose.rpartition("：")[2]
    return CONTRACTED.get((payment.project, purpose))


def write_ledger(folder: Path, random: Random) -> list[Payment]:
    """Write the ledger, in the order of days, with its total; return its payments."""
    payments = sorted(_payments(random), key=lambda payment: payment.paid_on)
    rows = [
        [
            f"记-{payment.paid_on:%m}-{number:04d}",
            payment.paid_on,
            payment.project,
            yuan(payment.fen),
            "财政资金",
            payment.payee,
            payment.purpose,
            contract_of(payment),
        ]
        for number, payment in enumerate(payments, start=1)
    ]
    total = yuan(sum(payment.fen for payment in payments))
    write_workbook(
        folder / "支付台账.xlsx",
        "支付台账",
        HEADER,
        rows,
        total=["合计", None, None, total, None, None, None, None],
    )
    return payments


def _payments(random: Random) -> list[Payment]:
    payments = []
    for project, pace in PACE.items():
        budget = BUDGETS.get(project, PETITION_BUDGET)
        before = 0
        for period, share in enumerate(pace):
            reached = budget * share // 10_000
            count = PAYMENTS[project][period]
            first, last = STARTS[period], ENDS[period]
            if project == XUELIANG:
                first = date(2024, 12, 5)
            amounts = split(random, reached - before, count) if count else []
            days = [a_day(random, first, last) for _ in amounts]
            for fen, day in zip(amounts, days, strict=True):
                purpose = random.choice(PURPOSES[project])
                payments.append(Payment(day, project, fen, random.choice(PAYEES), purpose))
            if count > 50:
                payments += _corrections(random, payments[-count:], first, last)
            before = reached
    return payments


def _corrections(random: Random, paid: list[Payment], first: date, last: date) -> list[Payment]:
    """Reverse two payments in red and book them again: together they change nothing."""
    corrections = []
    for wrong in random.sample(paid, 2):
        day = a_day(random, max(first, wrong.paid_on), last)
        red = (wrong.project, -wrong.fen, wrong.payee, "红字更正：" + wrong.purpose)
        again = (wrong.project, wrong.fen, wrong.payee, "更正重记：" + wrong.purpose)
        corrections += [Payment(day, *red), Payment(day, *again)]
    return corrections


def write_budgets(folder: Path) -> None:
    """Write the budget file."""
    rows = [
        [project, yuan(fen), yuan(fen), yuan(0), "演示预〔2024〕1号"]
        for project, fen in BUDGETS.items()
    ]
    header = ["项目名称", "预算数（元）", "其中：财政资金（元）", "其他资金（元）", "批复文号"]
    write_workbook(folder / "项目预算表.xlsx", "项目预算表", header, rows)
