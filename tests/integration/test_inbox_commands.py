"""What `check` and `files` say of an inbox: all of it, with what to do, nothing written."""

import json
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine
from typer.testing import CliRunner

from perf_pipeline.checking import check_inbox
from perf_pipeline.cli import app
from perf_pipeline.file_states import read_files
from perf_pipeline.quality.open_points import Open, open_points
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.seals.log import read_acts
from tests.kept import empty_warehouse
from tests.year import DATA, DEPARTMENT, take_everything_in

FOLDER = f"2024/{DEPARTMENT}/registers"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """The shipped inbox with a fault of each kind."""
    copied = tmp_path / "inbox"
    shutil.copytree(DATA, copied)
    registers = copied / FOLDER
    book = load_workbook(registers / "支付台账.xlsx")
    sheet = book["支付台账"]
    header = next(row for row in sheet.iter_rows() if row[0].value == "凭证号")
    sheet.cell(header[0].row, len(header) + 1, "经手人")
    sheet["D10"] = "八十元"
    book.save(registers / "支付台账.xlsx")
    (registers / "项目预算表.xlsx").unlink()
    (registers / "杂记.xlsx").write_bytes(b"whatever")
    return copied


def settings_of(inbox: Path, warehouse: str) -> Settings:
    return Settings(inbox=inbox, warehouse_url=warehouse)  # type: ignore[arg-type]


def test_check_says_in_one_go_what_a_run_would_say_and_writes_nothing(
    inbox: Path, tmp_path: Path
) -> None:
    answered = (
        "事项编号,处置选择,原因类别,原因说明,责任人\n1,继续执行,其他,供货商延期交货两个月,王某\n"
    )
    (inbox / FOLDER / "整改台账.csv").write_text(answered, "utf-8")
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    checked = check_inbox(settings_of(inbox, f"sqlite:///{tmp_path / 'none' / 'w.db'}"))
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before

    kinds = [each.kind for each in checked.points]
    assert kinds.count(Open.NO_BUDGET) == 3
    read = {each["path"]: each["outcome"] for each in checked.files}
    assert read[f"{FOLDER}/整改台账.csv"] == "loaded"
    assert Open.NO_ITEM not in kinds  # nothing was judged here, so that nobody can tell
    assert {Open.REFUSED, Open.QUARANTINED, Open.UNCOVERED, Open.IGNORED} <= set(kinds)
    assert all(each.action for each in checked.points)
    (quarantined,) = [each for each in checked.points if each.kind is Open.QUARANTINED]
    assert "第10行" in quarantined.finding
    assert "支付金额" in quarantined.finding
    (ignored,) = [each for each in checked.points if each.kind is Open.IGNORED]
    assert "经手人" in ignored.finding
    assert not checked.ready
    assert json.loads(json.dumps(checked.to_dict(), default=str))["ready"] is False


def test_check_of_settings_that_cannot_be_used_still_reads_the_files(inbox: Path) -> None:
    (inbox / "calendar.yaml").write_text("checkpoint_months: 三月\n", "utf-8")
    checked = check_inbox(settings_of(inbox, "sqlite:///:memory:"))
    usable = {each.name: each.passed for each in checked.settings}
    assert not usable["calendar.yaml"]
    assert len(checked.files) == 15


def test_check_asks_about_what_left_the_inbox(inbox: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'warehouse.db'}"
    engine = empty_warehouse(url)
    take_everything_in(engine, inbox)
    (inbox / FOLDER / "支付台账.xlsx").unlink()
    (left,) = check_inbox(settings_of(inbox, url)).left
    assert left.path == f"{FOLDER}/支付台账.xlsx"
    assert check_inbox(settings_of(inbox, url), compare=False).left == ()


def test_every_file_stands_in_the_list_and_its_rows_add_up(engine: Engine, inbox: Path) -> None:
    waiting = read_files(engine, inbox)
    assert {each["outcome"] for each in waiting} == {"waiting"}
    take_everything_in(engine, inbox)
    assert {each["outcome"] for each in read_files(engine, inbox)} == {"loaded", "refused"}
    take_everything_in(engine, inbox)
    (inbox / FOLDER / "合同台账.xlsx").unlink()
    (inbox / FOLDER / "满意度调查.xlsx").write_bytes(b"still being written")
    again = inbox / FOLDER / "人民调解案件台账.xlsx"
    again.write_bytes(again.read_bytes())
    found = {each["path"].split("/")[-1]: each for each in read_files(engine, inbox)}
    for each in found.values():
        assert each["rows_read"] == (
            each["rows_loaded"] + each["rows_quarantined"] + each["rows_skipped"]
        )
    ledger = found["支付台账.xlsx"]
    assert (ledger["outcome"], ledger["register"]) == ("loaded", "payment")
    assert (ledger["rows_read"], ledger["rows_quarantined"], ledger["rows_skipped"]) == (2041, 1, 1)
    assert ledger["ignored_columns"] == ["经手人"]
    assert found["杂记.xlsx"]["outcome"] == "refused"
    assert found["合同台账.xlsx"]["outcome"] == "gone"
    assert found["满意度调查.xlsx"]["outcome"] == "waiting"
    assert found["人民调解案件台账.xlsx"]["outcome"] == "unchanged"  # handed in again, the same


def test_files_and_confirm_on_the_command_line(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'warehouse.db'}"
    monkeypatch.setenv("PERF_INBOX", str(inbox))
    monkeypatch.setenv("PERF_WAREHOUSE_URL", url)
    engine = empty_warehouse(url)
    take_everything_in(engine, inbox)
    (inbox / FOLDER / "合同台账.xlsx").unlink()
    take_everything_in(engine, inbox)
    run = CliRunner()
    listed = json.loads(run.invoke(app, ["files", "--json"]).stdout)
    assert [each["path"] for each in listed if each["outcome"] == "gone"] == [
        f"{FOLDER}/合同台账.xlsx"
    ]
    confirm = ["files", "confirm", f"{FOLDER}/合同台账.xlsx", "--withdrawn"]
    assert "--person" not in run.invoke(app, [*confirm, "--help"]).stdout
    done = run.invoke(app, [*confirm, "--person", "张三"])  # as scripts of 0.1.0 say it
    assert done.exit_code == 0
    assert "3行已撤下" in done.stdout
    with engine.connect() as connection:
        assert Open.LEFT not in [each.kind for each in open_points(connection)]
    with engine.connect() as connection:
        assert read_acts(connection)[-1].person == "张三"
    checked = run.invoke(app, ["check"])
    assert checked.exit_code == 0
    assert "没有预算数" in checked.stdout
