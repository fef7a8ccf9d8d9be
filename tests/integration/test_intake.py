"""Wrong input: what is wrong is named and quarantined, the rest still runs, nothing is lost."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import Engine, func, select

from perf_pipeline.file_states import read_files
from perf_pipeline.warehouse.inbox import inbox_files
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.schema import (
    indicator_result,
    project,
    quarantined_row,
    register_tables,
    source_file,
    spending_plan,
    spending_result,
)
from perf_pipeline.warehouse.targets import load_targets
from tests.year import DATA, DEPARTMENT, judge, take_everything_in

pytestmark = pytest.mark.long(20)

PAYMENT = register_tables["payment"]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A copy of the shipped inbox, to be damaged."""
    copied = tmp_path / "inbox"
    shutil.copytree(DATA, copied)
    return copied


def registers(inbox: Path) -> Path:
    return inbox / "2024" / DEPARTMENT / "registers"


def edit(path: Path, change: Callable[[Workbook], None]) -> None:
    book = load_workbook(path)
    change(book)
    book.save(path)


def outcome(outcomes: list[FileOutcome], name: str) -> FileOutcome:
    return next(each for each in outcomes if each.path.endswith(name))


def count(engine: Engine, table: object, *conditions: object) -> int:
    with engine.connect() as connection:
        query = select(func.count()).select_from(table).where(*conditions)  # type: ignore[arg-type]
        return int(connection.execute(query).scalar_one())


def test_the_shipped_year_is_clean_and_every_row_is_accounted_for(engine: Engine) -> None:
    outcomes = take_everything_in(engine)
    assert {each.outcome for each in outcomes} == {"loaded"}
    assert sum(each.rows_quarantined for each in outcomes) == 0
    assert all(
        each.rows_read == each.rows_loaded + each.rows_quarantined + each.rows_skipped
        for each in outcomes
    )
    assert outcome(outcomes, "支付台账.xlsx").rows_skipped == 1  # its total
    assert count(engine, PAYMENT) == 2040


def test_bad_rows_are_quarantined_by_place_and_the_year_is_still_judged(
    engine: Engine, inbox: Path
) -> None:
    def spoil(book: Workbook) -> None:
        sheet = book["支付台账"]
        sheet["D10"] = "八十元"
        sheet["C11"] = "无人预算的项目"
        sheet["B12"] = "2023-12-31"

    edit(registers(inbox) / "支付台账.xlsx", spoil)
    found = outcome(take_everything_in(engine, inbox), "支付台账.xlsx")
    assert (found.outcome, found.rows_loaded, found.rows_quarantined) == ("loaded", 2037, 3)
    with engine.connect() as connection:
        rows = connection.execute(
            select(quarantined_row, source_file.c.path)
            .join(source_file, source_file.c.id == quarantined_row.c.source_file_id)
            .order_by(quarantined_row.c.row_number)
        ).all()
    places = [(row.sheet, row.row_number, row.column_label, row.value) for row in rows]
    assert places == [
        ("支付台账", 10, "支付金额（元）", "八十元"),
        ("支付台账", 11, "项目名称", "无人预算的项目"),
        ("支付台账", 12, "支付日期", "2023-12-31"),
    ]
    assert all(row.path.endswith("支付台账.xlsx") for row in rows)
    judge(engine, "2024-06")
    assert count(engine, spending_result) == 4


def test_mended_rows_leave_quarantine(engine: Engine, inbox: Path) -> None:
    path = registers(inbox) / "支付台账.xlsx"
    whole = path.read_bytes()
    edit(path, lambda book: book["支付台账"].__setitem__("D10", "八十元"))
    take_everything_in(engine, inbox)
    assert count(engine, quarantined_row, quarantined_row.c.closed_by_id.is_(None)) == 1
    path.write_bytes(whole)
    found = outcome(take_everything_in(engine, inbox), "支付台账.xlsx")
    assert (found.outcome, found.rows_quarantined) == ("loaded", 0)
    assert count(engine, quarantined_row, quarantined_row.c.closed_by_id.is_(None)) == 0
    assert count(engine, quarantined_row) == 1


@pytest.mark.on_sqlite
def test_a_file_without_a_column_or_that_cannot_be_read_is_refused_and_the_others_load(
    engine: Engine, inbox: Path
) -> None:
    edit(registers(inbox) / "满意度调查.xlsx", lambda book: book["满意度调查"].delete_cols(5))
    (registers(inbox) / "宣传活动记录.xlsx").write_bytes(b"PK\x03\x04 damaged")
    (registers(inbox) / "杂记.xlsx").write_bytes(b"whatever")
    outcomes = take_everything_in(engine, inbox)
    refused = {each.path.split("/")[-1]: each.reason or "" for each in outcomes if each.reason}
    assert set(refused) == {"满意度调查.xlsx", "宣传活动记录.xlsx", "杂记.xlsx"}
    assert "缺少列“有效问卷数”" in refused["满意度调查.xlsx"]
    assert "工作表“满意度调查”" in refused["满意度调查.xlsx"]
    assert "已损坏" in refused["宣传活动记录.xlsx"]
    assert "文件名与任何台账都不符" in refused["杂记.xlsx"]
    assert {each.outcome for each in outcomes if not each.reason} == {"loaded"}
    judge(engine, "2024-12")
    survey = register_tables["satisfaction_survey"]
    assert count(engine, survey) == 0
    no_data = count(engine, indicator_result, indicator_result.c.status == "no_data")
    assert no_data > 5  # what the refused registers would have fed is not met, but unknown


def test_a_refused_file_is_told_again_but_recorded_once(engine: Engine, inbox: Path) -> None:
    (registers(inbox) / "宣传活动记录.xlsx").write_bytes(b"PK\x03\x04 damaged")
    first = load_register(engine, inbox, "publicity_activity")
    again = load_register(engine, inbox, "publicity_activity")
    assert first[0].outcome == again[0].outcome == "refused"
    assert first[0].reason == again[0].reason
    assert count(engine, source_file) == 1


def test_a_register_without_a_row_is_taken_in_but_an_emptied_one_is_refused(
    engine: Engine, inbox: Path
) -> None:
    header = "凭证号,支付日期,项目名称,支付金额,资金来源\n"
    ledger = registers(inbox) / "支付台账.csv"
    ledger.with_suffix(".xlsx").unlink()
    load_targets(engine, inbox)
    ledger.write_text(header, "utf-8")
    (nothing,) = load_register(engine, inbox, "payment")
    assert (nothing.outcome, nothing.rows_read) == ("loaded", 0)
    ledger.write_text(f"{header}Z1,2024-03-05,信访维稳经费,100,财政资金\n", "utf-8")
    load_register(engine, inbox, "payment")
    ledger.write_text(header, "utf-8")
    (emptied,) = load_register(engine, inbox, "payment")
    assert emptied.outcome == "refused"
    assert "上一版有1行" in (emptied.reason or "")
    assert count(engine, PAYMENT, PAYMENT.c.closed_by_id.is_(None)) == 1


def test_a_document_of_another_year_and_a_checkpoint_outside_the_year(
    engine: Engine, inbox: Path
) -> None:
    text = (DATA / "renditions/2024年部门整体绩效目标.txt").read_text("utf-8")
    folder = inbox / "2024" / DEPARTMENT / "targets"
    for path in folder.iterdir():
        path.unlink()
    (folder / "去年.txt").write_text(text.replace("2024年部门", "2023年部门"), "utf-8")
    assert "2023年度" in (load_targets(engine, inbox)[0].reason or "")
    assert count(engine, project) == 0
    (folder / "去年.txt").write_text(text.replace("\t10月底", "\t13月底"), "utf-8")
    loaded = load_targets(engine, inbox)[0]
    assert (loaded.outcome, loaded.rows_quarantined) == ("loaded", 4)
    assert count(engine, project) == 4
    assert count(engine, spending_plan) == 12
    with engine.connect() as connection:
        reasons = list(connection.execute(select(quarantined_row.c.reason)).scalars())
    assert all("13月底" in reason for reason in reasons)


def test_a_project_that_becomes_known_takes_its_payments_out_of_quarantine(
    engine: Engine, inbox: Path
) -> None:
    """The ledger has not changed, but what it is read against has: it is read again."""
    assert load_register(engine, inbox, "payment")[0].rows_quarantined == 2040
    load_targets(engine, inbox)
    again = load_register(engine, inbox, "payment")[0]
    assert (again.outcome, again.rows_loaded, again.rows_quarantined) == ("loaded", 2040, 0)


@pytest.mark.on_sqlite
def test_one_departments_broken_file_stops_nobody_else(engine: Engine, inbox: Path) -> None:
    shutil.copytree(inbox / "2024" / DEPARTMENT, inbox / "2024" / "other-bureau")
    (inbox / "2024/other-bureau/registers/支付台账.xlsx").write_bytes(b"broken")
    take_everything_in(engine, inbox)
    judge(engine, "2024-03")
    with engine.connect() as connection:
        lights = connection.execute(select(spending_result.c.light)).scalars().all()
    assert sorted(lights) == ["green", "green", "green", *["unknown"] * 4, "yellow"]


def test_lock_files_and_folders_out_of_the_inbox_are_left_alone(
    inbox: Path, tmp_path: Path
) -> None:
    before = inbox_files(inbox, "registers")
    (registers(inbox) / "~$支付台账.xlsx").write_bytes(b"lock")
    outside = tmp_path / "外面"
    outside.mkdir()
    (outside / "支付台账.csv").write_bytes(b"secret")
    for year in ("2030", "2031"):
        (inbox / year / "ju").mkdir(parents=True)
    (inbox / "2030" / "ju" / "registers").symlink_to(outside)
    (inbox / "2031" / "ju" / "registers").write_text("不是文件夹")
    *others, file = inbox_files(inbox, "registers")
    assert tuple(others) == before
    assert (file.relative, file.is_plain) == ("2031/ju/registers", False)
    assert file.fault is not None
    assert file.fault.startswith("应是文件夹")


def test_what_is_no_plain_file_is_refused_by_name_and_never_opened(
    engine: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "收件" / "2024" / "ju" / "registers"
    folder.mkdir(parents=True)
    outside = tmp_path / "外面.csv"
    outside.write_bytes(b"secret")
    (folder / "支付台账-链接.csv").symlink_to(outside)
    (folder / "支付台账-失效.csv").symlink_to(folder / "没有.csv")
    (folder / "支付台账-绕圈.csv").symlink_to(folder / "支付台账-绕圈.csv")
    (folder / "支付台账-文件夹.xlsx").mkdir()
    os.mkfifo(folder / "支付台账-管道.csv")
    for _ in range(2):  # found again as it was, it is told again
        reasons = {
            each.path.rpartition("-")[2]: each.reason or ""
            for each in load_register(engine, tmp_path / "收件", "payment")
            if each.outcome == "refused"
        }
        assert "之外的链接" in reasons["链接.csv"]
        assert "失效的链接" in reasons["失效.csv"]
        assert "失效的链接" in reasons["绕圈.csv"]
        assert "是文件夹" in reasons["文件夹.xlsx"]
        assert "不是普通文件" in reasons["管道.csv"]
    states = read_files(engine, tmp_path / "收件")
    assert [each["outcome"] for each in states] == ["refused"] * 5


def test_a_file_that_cannot_be_opened_is_refused_and_the_others_load(
    engine: Engine, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (closed,) = (each.path for each in inbox_files(inbox, "registers") if "支付" in each.path.name)
    opened = Path.open

    def refusing(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path == closed:
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refusing)
    (paid,) = load_register(engine, inbox, "payment")
    assert paid.outcome == "refused"
    assert "开放读取权限" in (paid.reason or "")
    (budget,) = load_register(engine, inbox, "budget")
    assert budget.outcome == "loaded"
