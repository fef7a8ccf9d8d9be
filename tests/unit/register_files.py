"""Registers as real files, and how tests read them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook

from perf_pipeline.registers.declaration import Register, register
from tests.read_register import RegisterReading, read_register

HEADER = ["凭证号", "支付日期", "项目名称", "支付金额（元）", "资金来源", "收款单位", "用途"]
GOOD = ["记-1", date(2024, 3, 5), "信访维稳经费", 1234.56, "财政资金", "某公司", "差旅"]
PROJECTS = ("信访维稳经费",)


def workbook(path: Path, *lines: Sequence[object], sheet: str = "支付") -> Path:
    book = Workbook()
    assert book.active is not None
    book.active.title = sheet
    for line in lines:
        book.active.append(list(line))
    book.save(path)
    return path


def read(path: Path, name: str = "payment") -> RegisterReading:
    return read_register(path, register(name), fiscal_year=2024, known_projects=PROJECTS)


PAYMENT = register("payment")
CASES = register("mediation_case")
SURVEY = register("satisfaction_survey")
COLUMNS: list[object] = [*HEADER]
CASE_HEADER: list[object] = ["案件编号", "镇（办）", "受理日期", "结案日期", "调解结果"]
LINE = ",".join(map(str, COLUMNS))
Row = Sequence[object]
Sheets = dict[str, Sequence[Row]]


def payment(number: str, **changed: object) -> list[object]:
    values: dict[str, object] = {
        "凭证号": number,
        "支付日期": date(2024, 3, 5),
        "项目名称": "综治宣传",
        "支付金额（元）": 1234.56,
        "资金来源": "财政资金",
        "收款单位": "某印务公司",
        "用途": "宣传册",
    }
    return list((values | changed).values())


def reading_of(
    path: Path, declared: Register = PAYMENT, projects: frozenset[str] | None = None
) -> RegisterReading:
    reading = read_register(path, declared, fiscal_year=2024, known_projects=projects)
    kept = len(reading.rows) + len(reading.quarantined) + reading.skipped
    assert reading.rows_read == kept
    return reading


def faults(reading: RegisterReading) -> list[tuple[str | None, int, str | None, str | None]]:
    return [(q.sheet, q.row_number, q.column_label, q.value) for q in reading.quarantined]
