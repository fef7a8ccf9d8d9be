"""A closed quarter stays as it was: what comes late is an adjustment of the next that is open."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from perf_pipeline.domain.errors import ConfigurationError, NothingJudgedError
from perf_pipeline.monitoring import evaluate
from perf_pipeline.monitoring.status import read_status
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.locks import close_quarter, lock_history, reopen_quarter
from tests.one_project import (
    CALENDAR,
    JUNE,
    KEY,
    MARCH,
    NAME,
    cases,
    goal,
    judge,
    load,
    load_project,
    payments,
    set_up,
)

pytestmark = pytest.mark.long(20)


def test_a_closed_quarter_is_not_restated_and_late_data_are_adjustments_of_the_next(
    engine: Engine, tmp_path: Path
) -> None:
    set_up(engine)
    judge(engine, MARCH, JUNE)
    (event,) = close_quarter(engine, MARCH, actor="张三")
    assert (event.department, event.version) == ("bureau", 1)
    assert close_quarter(engine, MARCH, actor="张三") == ()
    load(engine, "payment", payments(a=20_000, late=7_000), version=2)
    load(engine, "petition_case", cases(True, False), version=2)
    judge(engine, MARCH, JUNE)
    march, june = read_status(engine)
    assert (march["version"], march["closed"], march["adjustments"]) == (1, True, [])
    assert march["spending"][0]["paid_fen"] == 20_000
    assert june["spending"][0]["paid_fen"] == 27_000  # what is known by June holds the late row
    assert (june["closed"], june["version"]) == (False, 2)
    spending, rate = june["adjustments"]
    assert spending["quarter"] == "2024-03"
    assert (spending["closed_numerator"], spending["known_numerator"]) == (20_000, 27_000)
    assert spending["difference_text"] == "+70.00元"
    (row,) = spending["sources"]["rows"]
    assert (row["key"], row["row"], row["new"]) == ("late", 3, "70.00元")
    assert (rate["closed_text"], rate["known_text"]) == ("100.00%", "50.00%")
    assert (rate["closed_judgement"], rate["known_judgement"]) == ("met", "missed")
    (page,) = write_quarter(engine, JUNE, tmp_path)
    told = page.page.read_text("utf-8")
    assert '<h2 id="adjustments">' in told
    assert "+70.00元" in told
    judge(engine, MARCH, JUNE)  # nothing came since: no version, no further adjustment
    assert [each["version"] for each in read_status(engine)] == [1, 2]


@pytest.mark.on_sqlite
def test_where_the_next_quarter_is_closed_too_adjustments_go_to_the_first_open_one(
    engine: Engine,
) -> None:
    october = CALENDAR.checkpoint("2024-10")
    set_up(engine)
    judge(engine, MARCH, JUNE, october)
    for checkpoint in (MARCH, JUNE):
        close_quarter(engine, checkpoint, actor="张三")
    load(engine, "payment", payments(a=20_000, late=7_000), version=2)
    judge(engine, MARCH, JUNE, october)
    *closed, last = read_status(engine)
    assert all(each["closed"] and not each["adjustments"] for each in closed)
    assert [each["quarter"] for each in last["adjustments"]] == ["2024-03", "2024-06"]


@pytest.mark.on_sqlite
def test_a_reopened_quarter_is_restated_and_its_adjustments_are_gone(engine: Engine) -> None:
    set_up(engine)
    judge(engine, MARCH, JUNE)
    close_quarter(engine, MARCH, actor="张三", reason="一季度结账")
    load(engine, "payment", payments(a=20_000, late=7_000), version=2)
    judge(engine, MARCH, JUNE)
    with pytest.raises(ConfigurationError, match="理由"):
        reopen_quarter(engine, MARCH, actor="李四", reason=" ")
    reopen_quarter(engine, MARCH, actor="李四", reason="补记凭证")
    judge(engine, MARCH, JUNE)
    march, june = read_status(engine)
    assert (march["version"], march["spending"][0]["paid_fen"]) == (2, 27_000)
    assert june["adjustments"] == []
    with engine.connect() as connection:
        history = lock_history(connection, MARCH)
    assert [(each["action"], each["actor"], each["reason"]) for each in history] == [
        ("closed", "张三", "一季度结账"),
        ("reopened", "李四", "补记凭证"),
    ]
    with pytest.raises(ConfigurationError, match="没有关账"):
        reopen_quarter(engine, MARCH, actor="李四", reason="再来")


def test_one_department_can_be_closed_while_another_stays_open(engine: Engine) -> None:
    for bureau in ("east", "west"):
        load_project(engine, bureau)
    judge(engine)
    close_quarter(engine, MARCH, actor="张三", department_code="east")
    for bureau in ("east", "west"):
        load(engine, "payment", payments(a=1), version=2, bureau=bureau)
    judge(engine)
    assert [each["version"] for each in read_status(engine)] == [1, 2]
    with pytest.raises(NothingJudgedError, match="还没有评价"):
        close_quarter(engine, JUNE, actor="张三")


@pytest.mark.on_sqlite
def test_the_report_of_a_closed_quarter_stays_as_it_was_when_it_was_closed(
    engine: Engine, tmp_path: Path
) -> None:
    set_up(engine)
    judge(engine)
    (first,) = write_quarter(engine, MARCH, tmp_path / "before")
    close_quarter(engine, MARCH, actor="张三")
    load(engine, "payment", payments(a=20_000, late=7_000), version=2)
    load(engine, "spending_plan", {}, version=2)
    judge(engine)
    (again,) = write_quarter(engine, MARCH, tmp_path / "after")
    assert (again.version, again.is_new) == (first.version, False)
    assert again.page.read_bytes() == first.page.read_bytes()
    assert again.forms[0].read_bytes() == first.forms[0].read_bytes()
    reopen_quarter(engine, MARCH, actor="李四", reason="补记凭证")
    judge(engine)
    (restated,) = write_quarter(engine, MARCH, tmp_path / "after")
    assert (restated.version, restated.is_new) == (2, True)


def report(engine: Engine, target: Mapping[str, object], said: str) -> None:
    """Let staff report the indicator, of which the target is another."""
    load(engine, "target", {KEY: {**goal(90)[KEY], **target}}, version=2)
    about = {"project_name": NAME, "indicator_name": "按期受理率"}
    load(engine, "indicator_measure", {KEY: {**about, "measure": "reported"}}, version=2)
    reported = {**about, "as_of": date(2024, 3, 31), "reported_text": said}
    load(engine, "reported_value", {f"{KEY}|3": reported})


@pytest.mark.on_sqlite
def test_a_number_beside_a_name_is_judged_as_written(engine: Engine) -> None:
    set_up(engine)
    three = {"raw_value": "≥3人", "value_text": "3", "value_micro": 3_000_000, "unit": "人"}
    report(engine, three, "王芳等3人")
    judge(engine)
    (march,) = read_status(engine)
    (line,) = march["indicators"]
    assert (line["status"], line["actual_text"]) == ("met", "3人")


@pytest.mark.on_sqlite
def test_a_quarter_closed_before_names_were_masked_has_no_adjustment_for_that(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(engine)
    words = {"kind": "text", "operator": None, "value_text": None, "value_micro": None}
    said = "王芳同志在核"
    report(engine, {**words, "raw_value": "李明同志满意", "unit": None}, said)
    with monkeypatch.context() as before:
        before.setattr(evaluate, "told", lambda _, frame, __: frame)
        judge(engine)
    (march,) = read_status(engine)
    assert march["indicators"][0]["actual_text"] == said
    close_quarter(engine, MARCH, actor="张三")
    judge(engine, JUNE)
    june = read_status(engine)[1]
    assert june["adjustments"] == []
    reopen_quarter(engine, MARCH, actor="张三", reason="升级")
    judge(engine)
    march = read_status(engine)[0]
    assert march["indicators"][0]["actual_text"] == "王*同志在核"
