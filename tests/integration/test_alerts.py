"""Alerts: a row for each miss, told once on each channel, never twice for the same miss."""

import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, func, select, update

from perf_pipeline.alerts.delivery import deliver
from perf_pipeline.alerts.raising import Alert, raise_alerts, read_alerts
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.schema import alert, indicator_result, spending_result
from tests.year import CALENDAR, judge, take_everything_in


class Recorder:
    """A channel that remembers what it was asked to send."""

    def __init__(self, name: str = "recorder", *, fails: bool = False) -> None:
        self.name = name
        self.fails = fails
        self.sent: list[Alert] = []

    def send(self, alerts: Sequence[Alert]) -> None:
        if self.fails:
            raise ConnectionError("no line")
        self.sent += alerts


@pytest.fixture
def year(engine: Engine) -> Engine:
    take_everything_in(engine)
    return engine


def alerts(engine: Engine, **wanted: str) -> list[Alert]:
    with engine.connect() as connection:
        return [
            each
            for each in read_alerts(connection)
            if all(getattr(each, name) == value for name, value in wanted.items())
        ]


def test_every_miss_has_its_alert_and_nothing_else_has(year: Engine) -> None:
    raised = judge(year)
    with year.connect() as connection:
        missed = connection.scalar(
            select(func.count())
            .select_from(indicator_result)
            .where(indicator_result.c.status.in_(["missed", "behind"]))
        )
        off_plan = connection.scalar(
            select(func.count())
            .select_from(spending_result)
            .where(spending_result.c.light.in_(["red", "yellow", "ahead"]))
        )
    assert off_plan == 5
    assert raised == len(alerts(year)) == (missed or 0) + off_plan
    assert len(alerts(year, rule="spending")) == off_plan


def test_an_alert_says_what_where_how_far_since_when_and_on_what_evidence(year: Engine) -> None:
    judge(year, "2024Q1", "2024Q2")
    (red,) = alerts(year, rule="spending", quarter="2024Q2")
    assert red.level == "red"
    assert red.subject == "预算执行"
    assert red.place == "高新区政法委／综治重点工作经费"
    assert "低于计划24.80个百分点" in red.gap
    assert red.since == "3月底"  # it was yellow at the end of March already
    assert red.evidence.startswith("追溯号 S")
    assert str(red).startswith("【2024Q2 预警】")


def test_the_same_miss_raises_no_second_alert_but_a_worse_one_does(year: Engine) -> None:
    judge(year, "2024Q1")
    before = len(alerts(year))
    assert judge(year, "2024Q1") == 0
    with write_transaction(year) as connection:
        connection.execute(
            update(spending_result)
            .where(spending_result.c.light == "yellow")
            .values(light="red", reason="更糟")
        )
    assert [each.level for each in raise_alerts(year, CALENDAR.checkpoint("2024Q1"))] == ["red"]
    assert len(alerts(year)) == before + 1


def test_each_channel_is_told_once(year: Engine) -> None:
    judge(year, "2024Q1")
    mail, robot = Recorder("mail"), Recorder("robot")
    assert len(deliver(year, [mail])) == len(mail.sent) == len(alerts(year))
    assert deliver(year, [mail]) == ()
    deliver(year, [mail, robot])
    assert len(robot.sent) == len(mail.sent) == len(alerts(year))


def test_a_channel_that_fails_is_tried_again(year: Engine) -> None:
    judge(year, "2024Q1")
    with pytest.raises(ConnectionError):
        deliver(year, [Recorder(fails=True)])
    assert len(deliver(year, [Recorder()])) == len(alerts(year))


def test_two_runs_at_once_send_and_raise_once(year: Engine) -> None:
    judge(year, "2024Q2")
    with write_transaction(year) as connection:
        connection.execute(alert.delete())
    channel = Recorder()

    def run() -> None:
        raise_alerts(year, CALENDAR.checkpoint("2024Q2"))
        deliver(year, [channel])

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(channel.sent) == len(alerts(year)) == 13
