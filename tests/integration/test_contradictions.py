"""One voucher number in two files with different content: told with both rows, never silent."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from perf_pipeline.quality.open_points import Open, open_points
from perf_pipeline.warehouse.known import current
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.schema import quarantined_row, register_tables
from perf_pipeline.warehouse.targets import load_targets
from tests.grids import word
from tests.year import DATA, DEPARTMENT

payment = register_tables["payment"]
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


def test_the_same_number_of_two_offices_takes_no_payment_away(engine: Engine, inbox: Path) -> None:
    hand_in(inbox, "支付台账一科.csv", ("记-1", "100.00"), ("记-2", "5.00"))
    path = inbox / "2024" / DEPARTMENT / "registers" / "支付台账二科.csv"
    rows = [
        "记-1,2024-03-05,社会治安保险项目,50,其他资金",
        "记-3,2024-03-05,信访维稳经费,7,财政资金",
    ]
    path.write_text(HEAD + "\n".join(rows), "utf-8")
    assert told(engine, inbox) == []
    with engine.connect() as connection:
        paid = connection.scalars(select(payment.c.amount_fen).where(current(payment))).all()
        reasons = connection.scalars(select(quarantined_row.c.reason)).all()
    assert sorted(paid) in ([500, 700, 10_000], [500, 700, 5_000])  # whichever was read first
    (reason,) = reasons
    assert "文件“支付台账" in reason
    assert "行重复，而内容不同" in reason


FORM = """
项目名称 | 街道巡查 | < | < | <
资金总额（万元） | {budget} | < | < | <
一级指标 | 二级指标 | 三级指标 | 指标值 | 分值
"""
ROUNDS = "产出指标 | 数量指标 | 巡查次数 | {rounds} | {weight}\n"
MENDED = "产出指标 | 质量指标 | 整改率 | ≥90% | 10\n"


def lay(inbox: Path, name: str, *, more: str = "", budget: int = 100, **said: object) -> None:
    folder = inbox / "2024" / "streets" / "targets"
    folder.mkdir(parents=True, exist_ok=True)
    given = {"rounds": "≥12次", "weight": 20} | said
    form = FORM.format(budget=budget) + ROUNDS.format(**given) + more
    word(folder / name, "街道办2024年度部门绩效目标", "编制单位：街道办", "项目绩效目标表", form)


def said_of(engine: Engine, inbox: Path) -> list[str]:
    load_targets(engine, inbox)
    with engine.connect() as connection:
        points = open_points(connection)
    return [f"{p.subject.rpartition('/')[2]}：{p.finding}" for p in points if p.kind is Open.NOTICE]


def test_two_documents_that_set_two_targets_for_one_thing_are_told(
    engine: Engine, tmp_path: Path
) -> None:
    lay(tmp_path, "初稿.docx", rounds="≥24次", weight=30, budget=120)
    lay(tmp_path, "绩效目标.docx")
    said = said_of(engine, tmp_path)
    assert sorted(said) == sorted(
        f"绩效目标.docx：{found}，现以本文件为准"
        for found in (
            "“街道巡查／巡查次数”的指标值：文件“初稿.docx”写的是“≥24次”，本文件写的是“≥12次”",
            "“街道巡查／巡查次数”的分值：文件“初稿.docx”写的是“30”，本文件写的是“20”",
            "“街道巡查”的预算数：文件“初稿.docx”写的是“1200000.00元”，本文件写的是“1000000.00元”",
        )
    )


def test_documents_that_say_the_same_contradict_nobody(engine: Engine, tmp_path: Path) -> None:
    lay(tmp_path, "一.docx")
    lay(tmp_path, "二.docx", rounds="不少于12次")
    assert said_of(engine, tmp_path) == []


def test_a_document_that_corrects_itself_contradicts_nobody(engine: Engine, tmp_path: Path) -> None:
    lay(tmp_path, "绩效目标.docx")
    assert said_of(engine, tmp_path) == []
    lay(tmp_path, "绩效目标.docx", rounds="≥24次", budget=120)
    assert said_of(engine, tmp_path) == []


@pytest.mark.parametrize("fuller", ["0初稿.docx", "说明稿.docx"])
def test_an_indicator_that_only_one_of_two_documents_has_is_told(
    engine: Engine, tmp_path: Path, fuller: str
) -> None:
    lay(tmp_path, fuller, more=MENDED)
    lay(tmp_path, "绩效目标.docx")
    (said,) = said_of(engine, tmp_path)
    assert "里也有项目“街道巡查”" in said
    assert "1个指标（“整改率”等）" in said
    assert "照样计入；旧稿请移走" in said
