"""One voucher number in two files with different content: told with both rows, never silent."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from perf_pipeline.quality.open_points import Open, open_points
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.targets import load_targets
from tests.year import DATA, DEPARTMENT

HEAD = "凭证号,支付日期,项目名称,支付金额,资金来源\n"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "2024" / DEPARTMENT
    (folder / "registers").mkdir(parents=True)
    return tmp_path


def hand_in(inbox: Path, name: str, *rows: tuple[str, str]) -> None:
    lines = [f"{number},2024-03-05,信访维稳经费,{amount},财政资金\n" for number, amount in rows]
    path = inbox / "2024" / DEPARTMENT / "registers" / name
    path.write_text(HEAD + "".join(lines), "utf-8")


def told(engine: Engine, inbox: Path) -> list[tuple[str, str]]:
    load_targets(engine, DATA)
    load_register(engine, inbox, "payment")
    with engine.connect() as connection:
        points = open_points(connection)
    return [
        (each.subject.rpartition("/")[2], each.finding)
        for each in points
        if each.kind is Open.NOTICE
    ]


def test_both_rows_are_told(engine: Engine, inbox: Path) -> None:
    hand_in(inbox, "支付台账1.csv", ("记-1", "100.00"), ("记-2", "5.00"))
    hand_in(inbox, "支付台账2.csv", ("记-3", "7.00"), ("记-1", "900.00"))
    assert told(engine, inbox) == [
        (
            "支付台账2.csv",
            "凭证号“记-1”：文件“支付台账1.csv” 第2行 与本文件第3行 内容不同，现以本文件为准",
        )
    ]


def test_the_same_row_in_two_files_is_no_contradiction(engine: Engine, inbox: Path) -> None:
    hand_in(inbox, "支付台账1.csv", ("记-1", "100.00"))
    hand_in(inbox, "支付台账2.csv", ("记-1", "100"), ("记-2", "1"))
    assert told(engine, inbox) == []


def test_a_file_that_corrects_itself_contradicts_nobody(engine: Engine, inbox: Path) -> None:
    hand_in(inbox, "支付台账.csv", ("记-1", "100.00"))
    assert told(engine, inbox) == []
    hand_in(inbox, "支付台账.csv", ("记-1", "900.00"))
    assert told(engine, inbox) == []


def test_of_many_the_first_are_told_and_the_others_counted(engine: Engine, inbox: Path) -> None:
    hand_in(inbox, "支付台账1.csv", *((f"记-{n}", "1.00") for n in range(9)))
    hand_in(inbox, "支付台账2.csv", *((f"记-{n}", "2.00") for n in range(9)))
    found = told(engine, inbox)
    assert len(found) == 6
    assert found[-1][1].startswith("还有4行")
