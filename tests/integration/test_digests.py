"""Digests: one a recipient and day, each state told once, whatever dies in between."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine, select

from perf_pipeline.alerts.channels import TryLater
from perf_pipeline.alerts.channels.file import FileChannel
from perf_pipeline.alerts.channels.robots import WeComRobot
from perf_pipeline.alerts.configuration import AlertConfiguration, load_configuration
from perf_pipeline.alerts.delivery import deliver, has_waiting, preview, send_again, unsettled
from perf_pipeline.alerts.message import Message
from perf_pipeline.alerts.raising import raise_alerts
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.warehouse.schema import alert, alert_message
from tests.servers import KEY, Robot, http_server
from tests.year import CALENDAR, DEPARTMENT, judge, judged_year

MORNING = datetime(2024, 4, 8, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai
DAY = timedelta(days=1)


@pytest.fixture
def year(engine: Engine) -> Engine:
    judged_year(engine, "2024-03")
    return engine


@pytest.fixture
def robots(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Robot]]:
    robots = {brand: Robot(brand) for brand in ("wecom", "dingtalk")}
    with ExitStack() as stack:
        for brand, robot in robots.items():
            monkeypatch.setenv(f"{brand.upper()}_URL", stack.enter_context(http_server(robot)))
        monkeypatch.setenv("DINGTALK_SECRET", KEY)
        yield robots


def configuration(folder: Path, **more: Any) -> AlertConfiguration:
    """Two robots and a folder; a finance bureau that is told everything, a clerk and a head."""
    written: dict[str, Any] = {
        "channels": {
            "群": {"kind": "wecom", "url_env": "WECOM_URL"},
            "钉": {"kind": "dingtalk", "url_env": "DINGTALK_URL", "secret_env": "DINGTALK_SECRET"},
            "夹": {"kind": "file", "folder": str(folder / "messages")},
        },
        "recipients": [
            {"name": "财政局", "channel": "群"},
            {
                "name": "政法委经办",
                "channel": "夹",
                "departments": [DEPARTMENT],
                "rules": ["spending"],
            },
            {"name": "分管领导", "channel": "钉", "escalations_only": True},
        ],
        **more,
    }
    (folder / "alerts.yaml").write_text(yaml.safe_dump(written, allow_unicode=True), "utf-8")
    return load_configuration(folder)


def messages(engine: Engine, **wanted: Any) -> list[Any]:
    query = select(alert_message).filter_by(**wanted).order_by(alert_message.c.id)
    with engine.connect() as connection:
        return list(connection.execute(query))


def text_of(robot: Robot) -> str:
    return "\n".join(str(each["markdown"]) for each in robot.taken)


def test_each_is_told_what_concerns_them_in_one_digest_a_day(
    year: Engine, robots: dict[str, Robot], tmp_path: Path
) -> None:
    told = configuration(tmp_path)
    deliver(year, told, MORNING)
    everything = text_of(robots["wecom"])
    with year.connect() as connection:
        items = connection.execute(select(alert.c.item_id).distinct()).scalars().all()
    told_of = [each for each in items if f"事项{each}｜" in everything]
    assert len(told_of) == min(len(items), told.most_lines)
    if len(items) > told.most_lines:
        assert f"其余{len(items) - told.most_lines}项" in everything
    assert "perf-pipeline items answer" in everything
    assert "模拟数据" in everything
    (clerk,) = (tmp_path / "messages").iterdir()
    assert "综治重点工作经费：预算执行" in clerk.read_text("utf-8")
    assert "比计划少支付" in clerk.read_text("utf-8")
    assert "工程质量完好率" not in clerk.read_text("utf-8")
    assert robots["dingtalk"].taken == []
    assert {each.state for each in messages(year)} == {"sent"}


def test_the_same_state_is_never_told_twice(
    year: Engine, robots: dict[str, Robot], tmp_path: Path
) -> None:
    told = configuration(tmp_path)
    deliver(year, told, MORNING)
    before = len(robots["wecom"].taken)
    for days in range(4):
        deliver(year, told, MORNING + days * DAY)
    assert len(robots["wecom"].taken) == before


@pytest.mark.on_sqlite
def test_what_happens_after_the_days_digest_waits_for_the_next_day(
    year: Engine, robots: dict[str, Robot], tmp_path: Path
) -> None:
    told = configuration(tmp_path)
    deliver(year, told, MORNING)
    before = len(robots["wecom"].taken)
    judge(year, "2024-06")
    deliver(year, told, MORNING + timedelta(hours=3))
    assert len(robots["wecom"].taken) == before
    deliver(year, told, MORNING + DAY)
    assert len(robots["wecom"].taken) > before


@pytest.mark.on_sqlite
def test_escalation_reaches_the_head_and_what_is_resolved_is_said(
    year: Engine, robots: dict[str, Robot], tmp_path: Path
) -> None:
    told = configuration(tmp_path, escalate_after_days=1)
    deliver(year, told, MORNING)
    q1 = CALENDAR.checkpoint("2024-03")
    raise_alerts(year, q1, told, newest=False, moment=datetime.now(UTC) + 3 * DAY)
    deliver(year, told, MORNING + DAY)
    assert "已升级" in text_of(robots["dingtalk"])
    judge(year, "2024-06", "2024-10")
    deliver(year, told, MORNING + 2 * DAY)
    assert "已解除" in text_of(robots["wecom"])


@pytest.mark.on_sqlite
def test_nobody_is_woken(year: Engine, robots: dict[str, Robot], tmp_path: Path) -> None:
    quiet = {"start": "20:00", "end": "08:30"}
    recipients = [{"name": "财政局", "channel": "群", "quiet": quiet}]
    told = configuration(tmp_path, recipients=recipients)
    night = datetime(2024, 4, 7, 23, 0, tzinfo=UTC)  # seven in the morning in Shanghai
    assert deliver(year, told, night).sent == 0
    assert not has_waiting(year, told, night)
    assert has_waiting(year, told, MORNING)
    assert deliver(year, told, MORNING).sent > 0


@pytest.mark.on_sqlite
def test_a_busy_robot_gets_the_message_later_and_once(
    year: Engine, robots: dict[str, Robot], tmp_path: Path
) -> None:
    told = configuration(tmp_path)
    robots["wecom"].says = [45009]
    deliver(year, told, MORNING)
    (waiting, *_) = messages(year, recipient="财政局")
    assert (waiting.state, waiting.attempts) == ("waiting", 1)
    assert not has_waiting(year, told, MORNING + timedelta(seconds=61))
    deliver(year, told, MORNING + timedelta(seconds=30))
    assert robots["wecom"].taken == []
    assert has_waiting(year, told, MORNING + timedelta(minutes=6, seconds=1))
    deliver(year, told, MORNING + timedelta(seconds=61))
    assert len(robots["wecom"].taken) == len(messages(year, recipient="财政局"))


@pytest.mark.on_sqlite
def test_a_channel_that_fails_stops_no_other(
    year: Engine, robots: dict[str, Robot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WECOM_URL")
    deliver(year, configuration(tmp_path), MORNING)
    assert {each.state for each in messages(year, recipient="财政局")} == {"waiting"}
    assert {each.state for each in messages(year, recipient="政法委经办")} == {"sent"}
    assert "WECOM_URL" in str(unsettled(year)[0]["error"])


@pytest.mark.on_sqlite
def test_a_channel_with_a_fault_of_its_own_stops_no_other(
    year: Engine, robots: dict[str, Robot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise ZeroDivisionError(f"at https://robot.example/send?key={KEY}")

    monkeypatch.setattr(WeComRobot, "send", breaks)
    deliver(year, configuration(tmp_path), MORNING)
    (unclear, *_) = messages(year, recipient="财政局")
    assert (unclear.state, unclear.error) == (
        "unclear",
        "意外的错误（ZeroDivisionError），收没收到不清楚",
    )
    assert {each.state for each in messages(year, recipient="政法委经办")} == {"sent"}


@pytest.mark.on_sqlite
def test_an_address_put_off_gets_the_message_later_and_the_others_once(
    year: Engine, robots: dict[str, Robot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[tuple[str, ...]] = []
    put_off = {"b@x.example"}

    def send(_self: FileChannel, _message: Message, to: Sequence[str]) -> None:
        taken.append(tuple(each for each in to if each not in put_off))
        if left := [each for each in to if each in put_off]:
            raise TryLater("暂时不收", 60, left)

    monkeypatch.setattr(FileChannel, "send", send)
    both = {"name": "两人", "channel": "夹", "to": ["a@x.example", "b@x.example"]}
    other = {"name": "另一人", "channel": "夹", "to": ["c@x.example"]}
    told = configuration(tmp_path, recipients=[both, other])
    deliver(year, told, MORNING)
    assert taken == [("a@x.example",), ("c@x.example",)]
    put_off.clear()
    deliver(year, told, MORNING + timedelta(minutes=2))
    assert taken[2:] == [("b@x.example",)]
    assert {each.state for each in messages(year)} == {"sent"}


def test_after_a_crash_between_sending_and_noting_it_nothing_is_sent_twice(
    year: Engine, robots: dict[str, Robot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = configuration(tmp_path)
    send = FileChannel.send

    def send_and_die(self: FileChannel, message: Message, to: Sequence[str]) -> None:
        send(self, message, to)
        raise KeyboardInterrupt

    monkeypatch.setattr(FileChannel, "send", send_and_die)
    with pytest.raises(KeyboardInterrupt):
        deliver(year, told, MORNING)
    monkeypatch.setattr(FileChannel, "send", send)
    (written,) = (tmp_path / "messages").iterdir()
    written.unlink()
    for minutes in (1, 20, 60 * 24):
        deliver(year, told, MORNING + timedelta(minutes=minutes))
    assert list((tmp_path / "messages").iterdir()) == []
    (unclear,) = messages(year, recipient="政法委经办")
    assert unclear.state == "unclear"
    send_again(year, unclear.message_key, moment=MORNING + 2 * DAY)
    deliver(year, told, MORNING + 2 * DAY)
    assert [each.name for each in (tmp_path / "messages").iterdir()] == [written.name]


@pytest.mark.on_sqlite
def test_a_dry_run_says_what_would_be_sent_to_whom_and_sends_nothing(
    year: Engine, robots: dict[str, Robot], tmp_path: Path
) -> None:
    told = configuration(tmp_path)
    digests = preview(year, told, MORNING)
    assert [each.recipient.name for each in digests] == ["财政局", "政法委经办"]
    assert "综治重点工作经费" in digests[0].messages[0].text
    assert robots["wecom"].taken == []
    assert messages(year) == []


def test_only_what_did_not_arrive_is_sent_again_by_hand(year: Engine, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="没有未送成"):
        send_again(year, "perf-none")
