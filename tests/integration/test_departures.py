"""What left the inbox: asked about where its rows count, done with where none did."""

import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, func, select

from perf_pipeline.alerts.configuration import Recipient, load_configuration
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.quality.relations import relation
from perf_pipeline.warehouse import loading
from perf_pipeline.warehouse.departures import (
    Left,
    confirm,
    look_for_departures,
    newest_files,
    note_departures,
)
from perf_pipeline.warehouse.loading import load_register
from perf_pipeline.warehouse.schema import quarantined_row, register_tables, source_file
from tests.year import DATA, DEPARTMENT, QUARTERS, judge, load_everything, take_everything_in

PAYMENT = register_tables["payment"]
LEDGER = f"2024/{DEPARTMENT}/registers/支付台账.xlsx"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A copy of the shipped inbox, from which files are taken away."""
    copied = tmp_path / "inbox"
    shutil.copytree(DATA, copied)
    return copied


def payments(engine: Engine) -> int:
    with engine.connect() as connection:
        query = select(func.count()).where(PAYMENT.c.closed_by_id.is_(None))
        return int(connection.execute(query).scalar_one())


def in_quarantine(engine: Engine) -> int:
    with engine.connect() as connection:
        query = select(func.count()).where(quarantined_row.c.closed_by_id.is_(None))
        return int(connection.execute(query).scalar_one())


def test_a_clean_inbox_has_no_departures(engine: Engine, inbox: Path) -> None:
    take_everything_in(engine, inbox)
    assert look_for_departures(engine, inbox) == ()
    assert note_departures(engine, inbox) == ()


def test_a_ledger_taken_away_goes_on_counting_is_asked_about_and_can_be_withdrawn(
    engine: Engine, inbox: Path
) -> None:
    take_everything_in(engine, inbox)
    (inbox / LEDGER).unlink()
    (asked,) = look_for_departures(engine, inbox)
    assert (asked.path, asked.state, asked.rows_loaded) == (LEDGER, Left.GONE, 2040)
    assert f"files confirm '{LEDGER}' --withdrawn" in str(asked)
    assert payments(engine) == 2040
    take_everything_in(engine, inbox)
    assert [each.path for each in look_for_departures(engine, inbox)] == [LEDGER]  # until answered
    assert payments(engine) == 2040

    confirm(engine, LEDGER, withdrawn=True, person="王某")
    assert payments(engine) == 0
    assert look_for_departures(engine, inbox) == ()
    with engine.connect() as connection:
        paths = [row.path for row in connection.execute(relation("source_file"))]
    assert LEDGER not in paths


def test_a_ledger_that_was_only_cleared_away_is_kept_and_not_asked_about_again(
    engine: Engine, inbox: Path
) -> None:
    take_everything_in(engine, inbox)
    (inbox / LEDGER).unlink()
    take_everything_in(engine, inbox)
    confirm(engine, LEDGER, withdrawn=False, person="王某", reason="已归档")
    assert take_everything_in(engine, inbox)
    assert look_for_departures(engine, inbox) == ()
    assert payments(engine) == 2040


def test_a_ledger_withdrawn_may_come_again(engine: Engine, inbox: Path) -> None:
    take_everything_in(engine, inbox)
    whole = (inbox / LEDGER).read_bytes()
    (inbox / LEDGER).unlink()
    take_everything_in(engine, inbox)
    confirm(engine, LEDGER, withdrawn=True, person="王某")
    (inbox / LEDGER).write_bytes(whole)
    take_everything_in(engine, inbox)
    assert payments(engine) == 2040
    (inbox / LEDGER).unlink()
    (asked,) = look_for_departures(engine, inbox)
    assert asked.state is Left.GONE


def test_a_file_that_comes_back_before_anybody_answers_is_asked_about_no_more(
    engine: Engine, inbox: Path
) -> None:
    take_everything_in(engine, inbox)
    whole = (inbox / LEDGER).read_bytes()
    (inbox / LEDGER).unlink()
    take_everything_in(engine, inbox)
    (inbox / LEDGER).write_bytes(whole)
    (back,) = note_departures(engine, inbox)
    assert back.state is Left.BACK
    assert look_for_departures(engine, inbox) == ()
    with pytest.raises(ConfigurationError, match="没有等待确认"):
        confirm(engine, LEDGER, withdrawn=True, person="王某")
    with pytest.raises(ConfigurationError, match="没有收到过"):
        confirm(engine, "2024/x/registers/支付台账.xlsx", withdrawn=True, person="王某")


def test_what_another_file_says_too_stays_when_one_is_withdrawn(
    engine: Engine, inbox: Path
) -> None:
    take_everything_in(engine, inbox)
    again = (inbox / LEDGER).with_name("支付台账（全年）.xlsx")
    shutil.copy(inbox / LEDGER, again)
    take_everything_in(engine, inbox)
    (inbox / LEDGER).unlink()
    take_everything_in(engine, inbox)
    confirm(engine, LEDGER, withdrawn=True, person="王某")
    assert payments(engine) == 2040
    with engine.connect() as connection:
        owner = select(source_file.c.path).join(
            PAYMENT, PAYMENT.c.source_file_id == source_file.c.id
        )
        paths = set(connection.execute(owner.where(PAYMENT.c.closed_by_id.is_(None))).scalars())
    assert paths == {f"2024/{DEPARTMENT}/registers/支付台账（全年）.xlsx"}


@pytest.mark.on_sqlite
def test_a_renamed_file_is_the_same_file_and_has_not_come_late(engine: Engine, inbox: Path) -> None:
    take_everything_in(engine, inbox)
    judge(engine, "2024-12")
    new = (inbox / LEDGER).with_name("支付台账（终稿）.xlsx")
    (inbox / LEDGER).rename(new)
    (renamed,) = note_departures(engine, inbox)
    assert renamed.state is Left.RENAMED
    outcomes = take_everything_in(engine, inbox)
    assert {each.outcome for each in outcomes} == {"unchanged"}
    assert payments(engine) == 2040
    raised = raise_alerts(engine, QUARTERS[-1], load_configuration(inbox))
    assert [each for each in raised if each.rule == "data_late"] == []


def test_a_file_renamed_and_changed_is_another_file(engine: Engine, inbox: Path) -> None:
    take_everything_in(engine, inbox)
    book = Workbook()
    book.active.append(["不是", "台账"])  # type: ignore[union-attr]
    (inbox / LEDGER).unlink()
    book.save((inbox / LEDGER).with_name("支付台账2.xlsx"))
    (departed,) = note_departures(engine, inbox)
    assert departed.state is Left.GONE


@pytest.mark.on_sqlite
def test_a_refused_file_and_rows_in_quarantine_are_done_with_once_they_are_taken_away(
    engine: Engine, inbox: Path
) -> None:
    folder = (inbox / LEDGER).parent
    (folder / "支付台账坏.xlsx").write_bytes(b"PK\x03\x04 damaged")
    (folder / "杂记.xlsx").write_bytes(b"whatever")
    (folder / "合同台账坏.csv").write_text("合同号,项目名称\n1,无\n", "utf-8")
    (folder / "支付台账全错.csv").write_text(
        "凭证号,支付日期,项目名称,支付金额,资金来源\n记-1,2024-01-01,没有的项目,1,财政资金\n",
        "utf-8",
    )
    take_everything_in(engine, inbox)
    assert in_quarantine(engine) == 1
    for name in ("支付台账坏.xlsx", "杂记.xlsx", "合同台账坏.csv", "支付台账全错.csv"):
        (folder / name).unlink()
    assert {each.state for each in note_departures(engine, inbox)} == {Left.WITHDRAWN}
    assert in_quarantine(engine) == 0
    with engine.connect() as connection:
        assert {row.outcome for row in connection.execute(newest_files())} == {"loaded"}
        assert {row.outcome for row in connection.execute(relation("source_file"))} == {"loaded"}
    raised = raise_alerts(engine, QUARTERS[-1], load_configuration(inbox))
    assert [each for each in raised if each.rule == "data_broken"] == []
    assert note_departures(engine, inbox) == ()


def test_an_inbox_that_is_not_there_takes_nothing_away(engine: Engine, inbox: Path) -> None:
    take_everything_in(engine, inbox)
    with pytest.raises(ConfigurationError, match="不存在"):
        note_departures(engine, inbox.parent / "not-mounted")
    assert payments(engine) == 2040


def fail_on(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = loading.RegisterBatches

    def failing(path: Path, *rest: object, **how: object) -> object:
        if path.name == name:
            raise RuntimeError("nobody foresaw this")
        return real(path, *rest, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(loading, "RegisterBatches", failing)


@pytest.mark.on_sqlite
def test_what_nobody_foresaw_stops_one_file_and_is_told_as_a_failure(
    engine: Engine, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        fail_on("支付台账.xlsx", broken)
        for _ in range(2):
            outcomes = load_everything(engine, inbox)
            (failed,) = [each for each in outcomes if each.outcome == "failed"]
        assert "读入失败" in (failed.reason or "")
        assert "nobody foresaw" not in (failed.reason or "")
        with engine.connect() as connection:
            tries = select(func.count()).where(source_file.c.outcome == "failed")
            assert connection.execute(tries).scalar_one() == 1  # recorded once
    assert load_register(engine, inbox, "payment")[0].outcome == "loaded"  # tried again
    assert payments(engine) == 2040


@pytest.mark.on_sqlite
def test_a_failed_intake_raises_one_alert_and_leaves_the_departments_judgement_alone(
    engine: Engine, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        fail_on("支付台账.xlsx", broken)
        load_everything(engine, inbox)
        judge(engine, "2024-06")
        told = read_status(engine)
        raised = raise_alerts(engine, QUARTERS[1], load_configuration(inbox))
    assert told == []  # never "没有收到支付台账" of a ledger that lies in the inbox
    assert [each.rule for each in raised] == ["intake_failed"]

    configuration = load_configuration(inbox)
    service = configuration.rules["intake_failed"].service
    for departments, concerned in ((None, True), ((DEPARTMENT,), False)):
        who = Recipient(name="某", channel="文件", departments=departments)
        assert who.concerns(DEPARTMENT, "intake_failed", escalated=False, service=service) is (
            concerned
        )
    take_everything_in(engine, inbox)
    judge(engine, "2024-06")
    assert len(read_status(engine)) == 1
