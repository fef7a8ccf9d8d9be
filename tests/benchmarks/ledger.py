"""Payment ledgers of any size, made up but shaped like the real ones, for benchmarks and tests."""

import csv
from collections.abc import Iterator
from pathlib import Path

HEADER = ["凭证号", "支付日期", "项目名称", "支付金额（元）", "资金来源", "收款单位", "用途"]
PROJECTS = ("信访维稳经费", "雪亮工程", "综治宣传", "治安保险")


def payments(count: int) -> Iterator[list[str]]:
    """Give rows of a ledger: vouchers in no order, dates and amounts all through the year."""
    for n in range(count):
        voucher = n * 7919 % count if count % 7919 else n
        yield [
            f"记-{voucher:08d}",
            f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
            PROJECTS[n % 4],
            f"{n * 37 % 9_999_999 / 100:.2f}",
            ("财政资金", "其他资金")[n % 10 == 0],
            f"某某单位{n % 500}",
            f"第{n % 50}项用途",
        ]


def write_ledger(path: Path, count: int) -> Path:
    """Write a ledger as CSV."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(payments(count))
    return path
