"""What is not known is said so, with the file that is waited for, and is never red."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import Engine, select

from perf_pipeline.domain.calendar import OnDay
from perf_pipeline.domain.limits import Limits
from perf_pipeline.monitoring.money_on_day import money_on
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.monitoring.whole_department.figures import read_figures
from perf_pipeline.warehouse.departures import confirm
from perf_pipeline.warehouse.schema import alert
from tests.year import CALENDAR, DATA, DEPARTMENT, QUARTERS, judge, judged_year, take_everything_in

pytestmark = pytest.mark.long(30)

LEDGER = f"2024/{DEPARTMENT}/registers/支付台账.xlsx"
PETITIONS = f"2024/{DEPARTMENT}/registers/信访事项台账.csv"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    copied = tmp_path / "inbox"
    shutil.copytree(DATA, copied)
    return copied


def rows_of(path: Path) -> tuple[Workbook, Worksheet, int]:
    book = load_workbook(path)
    sheet = book["支付台账"]
    return book, sheet, next(row[0].row for row in sheet.iter_rows() if row[0].value == "凭证号")


def spoil_amounts(path: Path, project: str | None = None) -> None:
    book, sheet, top = rows_of(path)
    for row in sheet.iter_rows(min_row=top + 1):
        if project in (None, row[2].value):
            row[3].value = "八十元"
    book.save(path)


def header_only(path: Path) -> None:
    book, sheet, top = rows_of(path)
    sheet.delete_rows(top + 1, sheet.max_row)
    book.save(path)


def without_a_column(path: Path) -> None:
    book, sheet, _ = rows_of(path)
    sheet.delete_cols(4)
    book.save(path)


def damaged(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04 damaged")


def spending(engine: Engine, quarter: str = "2024-06") -> list[dict[str, Any]]:
    (judged,) = read_status(engine, CALENDAR.checkpoint(quarter))
    found: list[dict[str, Any]] = judged["spending"]
    return found


@pytest.mark.parametrize(
    ("spoil", "waits"),
    [
        (spoil_amounts, "行全部隔离"),
        (header_only, "只有表头"),
        (without_a_column, "整份拒收"),
        (damaged, "整份拒收"),
        (Path.unlink, "没有收到支付台账"),
    ],
)
@pytest.mark.on_sqlite
def test_a_ledger_of_which_nothing_counts_leaves_spending_unknown(
    engine: Engine, inbox: Path, spoil: Callable[[Path], None], waits: str
) -> None:
    spoil(inbox / LEDGER)
    take_everything_in(engine, inbox)
    judge(engine, "2024-06")
    for line in spending(engine):
        assert (line["light"], line["paid_fen"]) == ("unknown", None)
        assert waits in line["reason"]
        assert ("支付台账.xlsx" in line["reason"]) is (spoil is not Path.unlink)
        assert "没有任何支付" not in f"{line['reason']}{line['hint']}{line['note']}"


def test_a_project_whose_rows_all_wait_is_unknown_and_the_others_are_judged(
    engine: Engine, inbox: Path
) -> None:
    spoil_amounts(inbox / LEDGER, "信访维稳经费")
    take_everything_in(engine, inbox)
    judge(engine, "2024-06")
    found = {line["project_name"]: line for line in spending(engine)}
    assert found["信访维稳经费"]["light"] == "unknown"
    assert "行隔离，等待改正" in found["信访维稳经费"]["reason"]
    others = [line["paid_fen"] for name, line in found.items() if name != "信访维稳经费"]
    assert None not in others


@pytest.mark.on_sqlite
def test_an_amount_of_nought_says_that_nothing_was_paid(engine: Engine, inbox: Path) -> None:
    (inbox / LEDGER).unlink()
    (inbox / LEDGER).with_suffix(".csv").write_text(
        "凭证号,支付日期,项目名称,支付金额,资金来源\n无,2024-01-01,信访维稳经费,0,财政资金\n",
        "utf-8",
    )
    take_everything_in(engine, inbox)
    judge(engine, "2024-06")
    assert {line["paid_fen"] for line in spending(engine)} == {0}


@pytest.mark.on_sqlite
def test_indicators_of_a_refused_register_say_what_they_wait_for(
    engine: Engine, inbox: Path
) -> None:
    (inbox / PETITIONS).write_text("只是一行字\n", "utf-8")
    take_everything_in(engine, inbox)
    judge(engine, "2024-06")
    (judged,) = read_status(engine, CALENDAR.checkpoint("2024-06"))
    waiting = [line for line in judged["indicators"] if "信访事项台账.csv" in line["reason"]]
    assert len(waiting) >= 5
    assert {line["status"] for line in waiting} == {"no_data"}
    assert all("整份拒收" in line["reason"] for line in waiting)


@pytest.mark.on_sqlite
def test_a_ledger_that_is_withdrawn_is_no_longer_one_that_says_nothing_was_paid(
    engine: Engine, inbox: Path
) -> None:
    take_everything_in(engine, inbox)
    (inbox / LEDGER).unlink()
    take_everything_in(engine, inbox)
    confirm(engine, LEDGER, withdrawn=True, person="王某")
    judge(engine, "2024-06")
    assert {line["light"] for line in spending(engine)} == {"unknown"}
    assert {line["reason"] for line in spending(engine)} == {"没有收到支付台账，无法判断"}


@pytest.mark.on_sqlite
def test_what_is_known_of_a_register_is_a_part_while_another_file_of_it_was_refused(
    engine: Engine, inbox: Path
) -> None:
    take_everything_in(engine, inbox)
    judge(engine, "2024-06")
    before = {line["project_name"]: line for line in spending(engine)}
    for path in (inbox / LEDGER, inbox / PETITIONS):
        damaged(path.with_name(f"{path.stem}7月.xlsx"))
    take_everything_in(engine, inbox)
    judge(engine, "2024-06", "2024-12")
    assert {line["project_name"]: line for line in spending(engine)} == before  # told before
    for line in spending(engine, "2024-12"):
        if line["light"] == "unknown":
            assert (line["paid_fen"], line["payments"]) == (None, None)
            assert "支付台账7月.xlsx" in line["reason"]
        else:
            assert line["paid_fen"] > line["budget_fen"]  # whatever else waits, that is passed
            assert line["reason"].endswith("，实际支付可能不止这些")
    assert {line["light"] for line in before.values()} != {"unknown"}
    (seen,) = read_status(engine, QUARTERS[3])
    assert {(line["light"], line["paid_fen"]) for line in seen["sums"]} == {("unknown", None)}
    with engine.connect() as connection:
        for money in money_on(connection, OnDay(date(2024, 7, 15)), Limits()):
            assert (money.paid_fen, money.light) == (None, "unknown")
            assert "支付台账7月.xlsx" in money.reason
        (figures,) = read_figures(connection, QUARTERS[3]).values()
        assert figures["paid_fen"].value is None
    # refused again after December was told as unknown, it still came before that
    damaged(ledger := (inbox / LEDGER).with_name("支付台账7月.xlsx"))
    ledger.write_bytes(ledger.read_bytes() + b"again")
    take_everything_in(engine, inbox)
    judge(engine, "2024-12")
    assert "unknown" in {line["light"] for line in spending(engine, "2024-12")}
    (judged,) = read_status(engine, CALENDAR.checkpoint("2024-12"))
    waiting = [line for line in judged["indicators"] if "信访事项台账7月" in line["reason"]]
    assert len(waiting) >= 5
    assert {(line["status"], line["numerator"]) for line in waiting} == {("no_data", None)}


def test_a_clean_year_waits_for_nothing(engine: Engine) -> None:
    judged_year(engine)
    assert not [line for line in spending(engine, "2024-12") if "等待改正" in line["reason"]]
    with engine.connect() as connection:
        raised = set(connection.scalars(select(alert.c.rule)))
    assert "indicator" in raised
    assert "data_broken" not in raised


@pytest.mark.on_sqlite
def test_what_a_refused_decision_leaves_in_force_says_so(engine: Engine, inbox: Path) -> None:
    take_everything_in(engine, inbox)
    on_targets = ("绩效目标调整表", "阶段目标表", "指标与度量对照表新")
    on_money = ("预算调整表", "资金支出计划表", "项目预算表新", "合同台账新")
    registers = (inbox / LEDGER).parent
    for label in (*on_targets, *on_money):
        damaged(registers / f"{label}.xlsx")
    damaged(registers.parent / "targets" / "绩效目标修订.xlsx")
    take_everything_in(engine, inbox)
    judge(engine, "2024-06")
    (judged,) = read_status(engine, CALENDAR.checkpoint("2024-06"))
    for lines, said, unsaid in (
        (judged["spending"], on_money, on_targets),
        (judged["indicators"], on_targets, on_money),
    ):
        for line in lines:
            assert all(f"“{label}.xlsx”整份拒收" in line["reason"] for label in said)
            assert "“绩效目标修订.xlsx”整份拒收" in line["reason"]
            assert not any(label in line["reason"] for label in unsaid)
    assert {line["status"] for line in judged["indicators"]} > {"met", "on_track"}
