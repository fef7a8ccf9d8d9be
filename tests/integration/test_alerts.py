"""Alerts: a row for each miss, never two for the same one, and an event for what becomes of it."""

import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import copyfile, copytree
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from perf_pipeline.alerts.acknowledging import acknowledge
from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.alerts.stored import Alert, read_alerts
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.status import Light
from perf_pipeline.items.standings import Item, read_items
from perf_pipeline.warehouse.changed import judge_all_again
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.schema import (
    alert,
    alert_event,
    indicator_result,
    snapshot,
    source_file,
    spending_result,
)
from tests.year import CALENDAR, DATA, DEPARTMENT, QUARTERS, judge, judged_year, take_everything_in

pytestmark = pytest.mark.long(40)

CONFIGURATION = load_configuration(DATA)
Q1, Q2 = CALENDAR.checkpoint("2024-03"), CALENDAR.checkpoint("2024-06")


def alerts(engine: Engine, **wanted: str) -> list[Alert]:
    with engine.connect() as connection:
        return [
            each
            for each in read_alerts(connection, connection.scalars(select(alert.c.id)).all())
            if all(getattr(each, name) == value for name, value in wanted.items())
        ]


def history(engine: Engine, alert_id: int) -> list[str]:
    """The states that an alert went through."""
    query = (
        select(alert_event.c.state)
        .where(alert_event.c.alert_id == alert_id)
        .order_by(alert_event.c.id)
    )
    with engine.connect() as connection:
        return list(connection.execute(query).scalars())


def change_spending(engine: Engine, quarter: str, **values: Any) -> None:
    """Judge the lagging project of a quarter otherwise than the data say."""
    at = select(snapshot.c.id).where(snapshot.c.kind == "monitoring").order_by(snapshot.c.id)
    with write_transaction(engine) as connection:
        snapshots = dict(zip(QUARTERS, connection.execute(at).scalars(), strict=False))
        connection.execute(
            update(spending_result)
            .where(
                spending_result.c.project_name == "综治重点工作经费",
                spending_result.c.snapshot_id == snapshots[CALENDAR.checkpoint(quarter)],
            )
            .values(**values)
        )
    judge_all_again(engine)  # what another way wrote is not news


def lagging(engine: Engine, quarter: str, level: str) -> Alert:
    (found,) = [
        each
        for each in alerts(engine, quarter=quarter, rule="spending", level=level)
        if "综治" in each.place
    ]
    return found


def test_every_miss_has_its_alert_and_nothing_else_has(engine: Engine) -> None:
    raised = judged_year(engine)
    with engine.connect() as connection:
        missed = connection.scalar(
            select(func.count())
            .select_from(indicator_result)
            .where(indicator_result.c.status.in_(["missed", "behind"]))
        )
        unknown = connection.scalar(
            select(func.count())
            .select_from(indicator_result)
            .where(indicator_result.c.status == "no_data")
        )
        off_plan = connection.scalar(
            select(func.count())
            .select_from(spending_result)
            .where(spending_result.c.light.in_(["red", "yellow", "ahead"]))
        )
    assert len(alerts(engine, rule="spending")) == off_plan == 5
    assert len(alerts(engine, rule="indicator")) == missed
    assert len(alerts(engine, rule="data_missing")) == unknown
    apart = len(alerts(engine, rule="apart"))
    assert raised == len(alerts(engine)) == 5 + (missed or 0) + (unknown or 0) + apart


def items_warned_of(engine: Engine) -> dict[str, Item]:
    """The items of projects, by place."""
    with engine.connect() as connection:
        found = read_items(connection, 2024, date(2024, 7, 9), CONFIGURATION.items)
    return {each.place: each for each in found if each.kind == "project"}


@pytest.mark.on_sqlite
def test_an_item_says_what_it_was_warned_of_where_spending_goes_by_its_plan(engine: Engine) -> None:
    judged_year(engine, "2024-03", "2024-06")
    off_plan = items_warned_of(engine)["高新区政法委／综治重点工作经费"]
    assert off_plan.gap.startswith("比计划少支付")
    change_spending(engine, "2024-06", light=Light.GREEN)
    warned = {each.place: each for each in alerts(engine, rule="apart", quarter="2024-06")}
    by_plan = items_warned_of(engine)["高新区政法委／综治重点工作经费"]
    assert warned[by_plan.place].gap in by_plan.gap
    assert by_plan.problem == by_plan.gap
    assert by_plan.gap.startswith("资金执行")


@pytest.mark.on_sqlite
def test_an_alert_says_what_where_how_far_since_when_and_on_what_evidence(engine: Engine) -> None:
    judged_year(engine, "2024-03", "2024-06")
    (red,) = alerts(engine, rule="spending", quarter="2024-06")
    assert red.level == "red"
    assert red.subject == "预算执行"
    assert red.place == "高新区政法委／综治重点工作经费"
    assert "低于计划24.80个百分点" in red.gap
    assert red.since == "3月底"  # it was yellow at the end of March already
    assert red.evidence.startswith("追溯号 S")
    assert str(red).startswith("【2024-06 预警】")


@pytest.mark.on_sqlite
def test_the_same_miss_raises_no_second_alert_but_a_worse_one_does(engine: Engine) -> None:
    judged_year(engine, "2024-03")
    before = len(alerts(engine))
    assert judge(engine, "2024-03") == 0
    change_spending(engine, "2024-03", light="red", reason="更糟")
    assert [each.level for each in raise_alerts(engine, Q1, CONFIGURATION, newest=False)] == ["red"]
    assert len(alerts(engine)) == before + 1
    assert history(engine, lagging(engine, "2024-03", "yellow").id) == ["new", "continued"]


@pytest.mark.on_sqlite
def test_a_miss_that_goes_on_is_repeated_and_stands_for_the_one_before(engine: Engine) -> None:
    judged_year(engine, "2024-03", "2024-06")
    assert history(engine, lagging(engine, "2024-03", "yellow").id) == ["new", "continued"]
    assert history(engine, lagging(engine, "2024-06", "red").id) == ["repeated"]


@pytest.mark.on_sqlite
def test_what_has_been_made_good_is_resolved_and_comes_back_when_it_is_missed_again(
    engine: Engine,
) -> None:
    judged_year(engine, "2024-03", "2024-06", "2024-10")
    red = lagging(engine, "2024-06", "red").id
    assert history(engine, red) == ["repeated", "resolved"]  # caught up by the end of October
    change_spending(engine, "2024-03", light="green")
    judged = datetime.now(UTC)
    raise_alerts(engine, Q1, CONFIGURATION, newest=False, moment=judged)
    assert history(engine, red) == ["repeated", "resolved"]


@pytest.mark.on_sqlite
def test_a_restated_quarter_resolves_its_alert_and_raises_it_again(engine: Engine) -> None:
    judged_year(engine, "2024-03")
    yellow = lagging(engine, "2024-03", "yellow").id
    change_spending(engine, "2024-03", light="green")
    raise_alerts(engine, Q1, CONFIGURATION, newest=False)
    change_spending(engine, "2024-03", light="yellow")
    assert raise_alerts(engine, Q1, CONFIGURATION, newest=False) == ()
    assert history(engine, yellow) == ["new", "resolved", "repeated"]


@pytest.mark.on_sqlite
def test_an_alert_nobody_answers_is_escalated_once_and_an_acknowledged_one_never(
    engine: Engine,
) -> None:
    judged_year(engine, "2024-03")
    answered, silent, *_ = alerts(engine)
    acknowledge(engine, answered.id, person="张科长", reason="资金月底到位")
    later = datetime.now(UTC) + timedelta(days=CONFIGURATION.escalate_after_days)
    for moment in (later, later + timedelta(days=40)):
        raise_alerts(engine, Q1, CONFIGURATION, moment=moment)
    assert history(engine, silent.id) == ["new", "escalated"]
    assert history(engine, answered.id) == ["new", "acknowledged"]


@pytest.mark.on_sqlite
def test_acknowledging_takes_a_reason_and_an_open_alert(engine: Engine) -> None:
    judged_year(engine, "2024-03", "2024-06")
    red, reason = lagging(engine, "2024-06", "red").id, "供货商延期交货两个月"
    for empty in (" ", "知道了", "收到，尽快处理"):
        with pytest.raises(ConfigurationError, match="没有说明原因"):
            acknowledge(engine, red, person="张科长", reason=empty)
    with pytest.raises(ConfigurationError, match="署名"):
        acknowledge(engine, red, person=" ", reason=reason)
    with pytest.raises(ConfigurationError, match="没有编号"):
        acknowledge(engine, 10**9, person="张科长", reason=reason)
    with pytest.raises(ConfigurationError, match="不是待处理"):
        acknowledge(engine, lagging(engine, "2024-03", "yellow").id, person="张科长", reason=reason)


def test_a_broken_late_or_changed_file_is_an_alert_until_it_is_mended(
    engine: Engine, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    copytree(DATA, inbox)
    registers = inbox / "2024" / DEPARTMENT / "registers"
    ledger = registers / "支付台账.xlsx"
    good = ledger.read_bytes()
    ledger.write_bytes(good[: len(good) // 2])
    take_everything_in(engine, inbox)
    judge(engine, "2024-12")
    (broken,) = alerts(engine, rule="data_broken")
    assert broken.level == "refused"
    assert broken.subject.endswith("支付台账.xlsx")
    ledger.write_bytes(good)
    take_everything_in(engine, inbox)
    judge(engine, "2024-12")
    assert history(engine, broken.id) == ["new", "resolved"]
    (late,) = alerts(engine, rule="data_late")
    assert "第2版" in late.gap


@pytest.mark.on_sqlite
def test_a_file_that_newer_rules_read_again_has_not_come_again(engine: Engine) -> None:
    judged_year(engine, "2024-12")
    with write_transaction(engine) as connection:
        connection.execute(update(source_file).values(read_with="older rules"))
    take_everything_in(engine)
    judge(engine, "2024-12")
    assert alerts(engine, rule="data_late") == []
    assert alerts(engine, rule="targets_changed") == []


def test_two_runs_at_once_raise_once(engine: Engine) -> None:
    judged_year(engine, "2024-06")
    with write_transaction(engine) as connection:
        connection.execute(alert_event.delete())
        connection.execute(alert.delete())
    judge_all_again(engine)
    raised: list[int] = []

    def run() -> None:
        raised.append(len(raise_alerts(engine, Q2, CONFIGURATION, newest=False)))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(raised) == len(alerts(engine)) > 0
    assert sorted(raised)[:3] == [0, 0, 0]


def test_the_example_that_is_shipped_can_be_used(tmp_path: Path) -> None:
    copyfile(DATA / "alerts.example.yaml", tmp_path / "alerts.yaml")
    told = load_configuration(tmp_path)
    assert {each.kind for each in told.channels.values()} == {
        "mail",
        "wecom",
        "dingtalk",
        "feishu",
        "webhook",
        "file",
    }


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("recipients: [{name: 甲, channel: 没有}]", "没有叫“没有”的渠道"),
        ("channels: {邮件: {kind: mail, host: h, sender: a@b, password: 明文}}", "password"),
        ("rules: {spending: {label: x, levels: [red], advice: {}}}", "没有写怎么办"),
        ("escalate_after_days: 0", "escalate_after_days"),
        ("[1, 2]", "alerts.yaml"),
    ],
)
def test_a_wrong_configuration_is_told_by_file_and_key(
    tmp_path: Path, written: str, named: str
) -> None:
    (tmp_path / "alerts.yaml").write_text(written, "utf-8")
    with pytest.raises(ConfigurationError, match=named):
        load_configuration(tmp_path)
