"""A register that lacks a column it may lack is taken in, and stops no other department."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import Engine, select, update

from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.warehouse.schema import register_tables, snapshot, source_file
from tests.benchmarks.bench_city import QUARTERS, judge
from tests.benchmarks.made_city import make_city
from tests.blocking import blocked
from tests.year import DATA, DEPARTMENT, REGISTERS, load_everything

TABLES = (*(declared.name for declared in load_registers()), "source_file")
SHOWN = 40  # rows of each register are enough


def rows_of(path: Path) -> list[list[object]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [list(row) for row in csv.reader(file)][: SHOWN + 2]
    sheet = load_workbook(path).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True, max_row=SHOWN + 2)]


def without_each_column() -> Iterator[tuple[str, list[list[object]]]]:
    """Give the shipped registers without one column that need not be filled, each in its turn."""
    for declared in load_registers():
        for path in REGISTERS.glob(f"{declared.label}.*"):
            rows = rows_of(path)
            heads = max(rows[:3], key=lambda row: sum(each not in (None, "") for each in row))
            for column in declared.columns:
                if column.required or column.label not in heads:
                    continue
                at = heads.index(column.label)
                yield path.stem, [[*row[:at], *row[at + 1 :]] for row in rows]


@pytest.mark.long(40)
def test_a_register_without_a_column_stops_no_other_department(
    engine: Engine, tmp_path: Path
) -> None:
    made = 0
    for made, (name, rows) in enumerate(without_each_column(), start=1):
        place = tmp_path / "inbox" / "2024" / f"d{made}"
        shutil.copytree(DATA / "2024" / DEPARTMENT / "targets", place / "targets")
        (place / "registers").mkdir()
        book = Workbook()
        for row in rows:
            book.active.append(row)  # type: ignore[union-attr]
        book.save(place / "registers" / f"{name}.xlsx")
    assert made > 40
    told = load_everything(engine, tmp_path / "inbox")
    assert {each.outcome for each in told if each.kind != "payment"} == {"loaded"}
    with engine.connect() as connection:
        lacking = connection.scalars(select(source_file.c.lacking_columns)).all()
    assert sum(bool(each) for each in lacking) >= made
    assert blocked(engine, TABLES, tmp_path / "results") == []

    cases = register_tables["petition_case"]
    with engine.begin() as connection:  # what comes of no file, and not of what it lacks
        whole = select(source_file.c.id).where(
            source_file.c.kind == "petition_case",
            source_file.c.lacking_columns.not_like("%accepted_on%"),
        )
        connection.execute(
            update(cases)
            .where(cases.c.source_file_id.in_(whole), cases.c.closed_on.is_not(None))
            .values(accepted_on=None)
        )
    assert ("petition_case", "有办结日期就应有受理日期") in blocked(
        engine, TABLES, tmp_path / "results"
    )


@pytest.mark.parametrize(
    ("written", "outcome", "quarantined"),
    [
        ("202403150000001", "loaded", 700),  # numbers of vouchers in the column of amounts
        ("900000000000", "refused", 0),
        ("14000000000", "loaded", 0),  # the largest sum that is taken, and all that follows from it
    ],
)
def test_amounts_that_are_numbers_of_something_else_stop_nobody(
    engine: Engine, tmp_path: Path, written: str, outcome: str, quarantined: int
) -> None:
    make_city(tmp_path / "inbox", 2, payments=20, cases=5, indicators=2)
    ledger = min((tmp_path / "inbox").rglob("registers/支付台账.csv"))
    head, line, *_ = ledger.read_text("utf-8").splitlines()
    amount, number = (head.split(",").index(each) for each in ("支付金额（元）", "凭证号"))
    rows = [head]
    for nth in range(700):
        cells = line.split(",")
        cells[amount], cells[number] = written, f"记-{nth}"
        rows.append(",".join(cells))
    ledger.write_text("\n".join(rows), "utf-8")
    told = {each.path: each for each in load_everything(engine, tmp_path / "inbox")}
    found = told[ledger.relative_to(tmp_path / "inbox").as_posix()]
    assert (found.outcome, found.rows_quarantined) == (outcome, quarantined)
    judge(engine, QUARTERS[:1])
    with engine.connect() as connection:
        judged = select(snapshot.c.department_id).where(snapshot.c.kind == "outlook").distinct()
        assert len(connection.execute(judged).all()) == 2
    assert blocked(engine, TABLES, tmp_path / "results") == []
