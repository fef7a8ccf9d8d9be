"""Channels against real servers on this machine: what is taken, what is refused, what waits."""

import re
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from perf_pipeline.alerts.channels import AnyChannel, Channel, Refused, TryLater, Unclear
from perf_pipeline.alerts.message import Message, cut_to_size, size_of
from perf_pipeline.domain.errors import ConfigurationError
from tests.servers import KEY, PASSWORD, USER, Mailbox, Robot, http_server, smtp_server

MESSAGE = Message("perf-2024-07-05-abc-1", "预警 2条", ("第一行：低于计划24.80个百分点", "=2+3"))
ADAPTER: TypeAdapter[Channel] = TypeAdapter(AnyChannel)
BRANDS = ("wecom", "dingtalk", "feishu", "webhook")


def channel(**written: Any) -> Channel:
    return ADAPTER.validate_python(written)


def to_robot(brand: str, url: str, monkeypatch: pytest.MonkeyPatch) -> Channel:
    """A channel to a robot's server at an address."""
    monkeypatch.setenv("ROBOT_URL", url)
    monkeypatch.setenv("ROBOT_SECRET", KEY)
    names = {"url_env": "ROBOT_URL"}
    if brand != "wecom":
        names["secret_env"] = "ROBOT_SECRET"
    return channel(kind=brand, **names)


@pytest.fixture(params=BRANDS)
def robot(request: pytest.FixtureRequest) -> Robot:
    return Robot(request.param)


@pytest.fixture
def line(robot: Robot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Channel]:
    """A channel to the robot's own server."""
    with http_server(robot) as url:
        yield to_robot(robot.brand, url, monkeypatch)


def test_a_robot_takes_a_signed_message_with_title_and_lines(line: Channel, robot: Robot) -> None:
    line.send(MESSAGE, ())
    (taken,) = robot.taken
    written = str(taken)
    assert MESSAGE.title in written
    assert all(each in written for each in MESSAGE.lines)


def test_the_largest_message_of_a_channel_is_taken(line: Channel, robot: Robot) -> None:
    lines = ["综治重点工作经费：预算执行。" * 6] * 400
    parts = cut_to_size(lines, type(line).largest)[:3]
    for number, part in enumerate(parts, start=1):
        title = f"绩效运行监控预警 2024-07-05：新增400条（{number}/9）"
        line.send(Message(f"k{number}", title, part), ())
    assert len(robot.taken) == len(parts) > 1


def test_a_wrong_secret_is_refused_and_never_shown(
    line: Channel, robot: Robot, monkeypatch: pytest.MonkeyPatch
) -> None:
    if robot.brand in ("wecom", "webhook"):
        robot.says = [93000 if robot.brand == "wecom" else 403]
    monkeypatch.setenv("ROBOT_SECRET", "wrong-secret")
    with pytest.raises(Refused) as error:
        line.send(MESSAGE, ())
    assert KEY not in str(error.value)
    assert "wrong-secret" not in str(error.value)


SLOW_DOWN = {"wecom": 45009, "dingtalk": 130101, "feishu": 11232}
BAD_SIGNATURE = {"dingtalk": 310000, "feishu": 19021}


@pytest.mark.parametrize("brand", SLOW_DOWN)
@pytest.mark.parametrize("status", [200, 400])
def test_a_robot_s_own_code_is_read_whatever_http_says(
    brand: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    robot = Robot(brand, status=status, says=[SLOW_DOWN[brand]])
    with http_server(robot) as url, pytest.raises(TryLater):
        to_robot(brand, url, monkeypatch).send(MESSAGE, ())


@pytest.mark.parametrize("brand", BAD_SIGNATURE)
def test_a_signature_refused_under_a_wrong_clock_is_tried_later_and_says_so(
    brand: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = BAD_SIGNATURE[brand]
    robot = Robot(brand, status=400, says=[code, code], clock_ahead=7200)
    with http_server(robot) as url:
        line = to_robot(brand, url, monkeypatch)
        with pytest.raises(TryLater, match=r"约1[12]\d分钟，请校准时钟"):
            line.send(MESSAGE, ())
        robot.clock_ahead = 0
        with pytest.raises(Refused):
            line.send(MESSAGE, ())


@pytest.mark.parametrize("brand", SLOW_DOWN)
def test_a_400_without_a_code_is_refused(brand: str, monkeypatch: pytest.MonkeyPatch) -> None:
    robot = Robot(brand, says=[400])
    with http_server(robot) as url, pytest.raises(Refused, match="400"):
        to_robot(brand, url, monkeypatch).send(MESSAGE, ())


FROM_DATA = (
    "[点此领取](https://evil.example/x) **加粗** <@all> `code` ![图](http://a.example/b.png)",
    "74. 第一项",
    "- 列表",
    "# 标题 http://evil.example",
    "一行\n另一行\u202e倒写",
)


@pytest.mark.parametrize("brand", ["wecom", "dingtalk"])
@pytest.mark.parametrize("text", FROM_DATA)
def test_markdown_and_links_in_data_do_nothing(
    brand: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    robot = Robot(brand)
    with http_server(robot) as url:
        message = Message("k", text, ("开头", text))
        to_robot(brand, url, monkeypatch).send(message, ())
    markdown = robot.taken[0]["markdown"]
    written = markdown.get("content") or markdown["text"]
    (line,) = [each for each in written.splitlines() if "开头" not in each and each][1:]
    assert not re.search(r"[*_`<>\[\]()]|https?:|\u202e", line)
    assert not re.match(r"\s*(#|[-+=] |\d+[.)])", line)


@pytest.mark.parametrize("robot", [Robot(brand) for brand in BRANDS[:3]], ids=BRANDS[:3])
def test_beyond_the_rate_a_robot_answers_so_and_the_message_waits(
    line: Channel, robot: Robot
) -> None:
    robot.per_minute = 2
    line.send(MESSAGE, ())
    line.send(MESSAGE, ())
    with pytest.raises(TryLater) as later:
        line.send(MESSAGE, ())
    assert later.value.after_seconds >= 60
    assert len(robot.taken) == 2


def test_a_busy_server_is_tried_later(line: Channel, robot: Robot) -> None:
    robot.says = [503, 429]
    for _ in range(2):
        with pytest.raises(TryLater):
            line.send(MESSAGE, ())
    assert robot.taken == []


def test_a_fault_of_the_server_leaves_it_unclear_unless_it_drops_repeats(
    line: Channel, robot: Robot
) -> None:
    robot.says = [500]
    with pytest.raises(TryLater if robot.brand == "webhook" else Unclear):
        line.send(MESSAGE, ())


def test_a_redirect_is_not_followed(line: Channel, robot: Robot) -> None:
    robot.says = [404]
    with pytest.raises(Refused, match="404"):
        line.send(MESSAGE, ())
    assert len(robot.requests) == 1


def test_a_server_that_is_not_there_is_tried_later_and_its_address_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("ROBOT_URL", f"http://127.0.0.1:{port}/send?key={KEY}")
    with pytest.raises(TryLater) as error:
        channel(kind="wecom", url_env="ROBOT_URL").send(MESSAGE, ())
    assert KEY not in str(error.value)
    assert error.value.__cause__ is None


def test_a_line_that_breaks_before_the_answer_is_unclear(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def hang_up() -> None:
            connection, _ = server.accept()
            connection.recv(65_536)
            connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/send?key={KEY}"
        monkeypatch.setenv("ROBOT_URL", address)
        with pytest.raises(Unclear) as error:
            channel(kind="wecom", url_env="ROBOT_URL").send(MESSAGE, ())
    assert KEY not in str(error.value)


@pytest.mark.parametrize("url", ["http://example.org/x", "ftp://127.0.0.1/x", "没有"])
def test_an_address_without_tls_is_not_used(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROBOT_URL", url)
    with pytest.raises(ConfigurationError):
        channel(kind="wecom", url_env="ROBOT_URL").send(MESSAGE, ())


def test_a_secret_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROBOT_URL", raising=False)
    with pytest.raises(ConfigurationError, match="ROBOT_URL"):
        channel(kind="wecom", url_env="ROBOT_URL").send(MESSAGE, ())


@pytest.fixture(params=["starttls", "tls"])
def post_office(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Mailbox, dict[str, Any]]]:
    """An SMTP server, and what is written of it in the configuration."""
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    mailbox = Mailbox()
    with smtp_server(mailbox, tmp_path, tls=request.param == "tls") as (port, authority):
        yield (
            mailbox,
            {
                "kind": "mail",
                "host": "localhost",
                "port": port,
                "security": request.param,
                "sender": "monitor@finance.example",
                "user": USER,
                "password_env": "SMTP_PASSWORD",
                "ca_file": authority,
            },
        )


ADDRESSES = ("a@dept.example", "b@dept.example")


def test_mail_arrives_with_subject_text_and_a_message_id_of_its_key(
    post_office: tuple[Mailbox, dict[str, Any]],
) -> None:
    mailbox, written = post_office
    channel(**written).send(MESSAGE, ADDRESSES)
    (envelope,) = mailbox.mails
    mail = message_from_bytes(envelope.content or b"", policy=default)  # type: ignore[arg-type]
    assert envelope.rcpt_tos == list(ADDRESSES)
    assert mail["Subject"] == MESSAGE.title
    assert mail["Message-ID"] == f"<{MESSAGE.key}@finance.example>"
    assert mail.get_content().splitlines() == list(MESSAGE.lines)


def test_mail_is_refused_put_off_or_taken_as_the_server_says(
    post_office: tuple[Mailbox, dict[str, Any]],
) -> None:
    mailbox, written = post_office
    mailbox.answers = ["451 busy", "552 too large"]
    with pytest.raises(TryLater, match="451"):
        channel(**written).send(MESSAGE, ADDRESSES)
    with pytest.raises(Refused, match="552"):
        channel(**written).send(MESSAGE, ADDRESSES)
    channel(**written).send(MESSAGE, ADDRESSES)
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(
    ("told", "kind"), [("451 greylisted", TryLater), ("550 no such user", Refused)]
)
def test_one_address_turned_away_leaves_the_others_their_mail(
    post_office: tuple[Mailbox, dict[str, Any]], told: str, kind: type[Refused] | type[TryLater]
) -> None:
    mailbox, written = post_office
    first, second = ADDRESSES
    mailbox.turned_away = {second: told}
    with pytest.raises(kind, match=second) as error:
        channel(**written).send(MESSAGE, ADDRESSES)
    assert error.value.left == (second,)
    assert [each.rcpt_tos for each in mailbox.mails] == [[first]]


def test_a_wrong_password_or_an_unknown_authority_is_refused(
    post_office: tuple[Mailbox, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox, written = post_office
    with pytest.raises(Refused, match="证书"):
        channel(**{**written, "ca_file": None}).send(MESSAGE, ADDRESSES)
    monkeypatch.setenv("SMTP_PASSWORD", "wrong")
    with pytest.raises(Refused) as error:
        channel(**written).send(MESSAGE, ADDRESSES)
    assert "wrong" not in str(error.value)
    assert mailbox.mails == []


def test_a_file_is_written_whole_and_again_the_same(tmp_path: Path) -> None:
    files = channel(kind="file", folder=tmp_path / "alerts")
    files.send(MESSAGE, ())
    files.send(MESSAGE, ())
    (written,) = (tmp_path / "alerts").iterdir()
    assert written.name == f"{MESSAGE.key}.txt"
    assert written.read_text("utf-8").splitlines()[0] == MESSAGE.title


def test_lines_are_cut_into_parts_that_fit_and_none_is_lost() -> None:
    lines = [f"第{n}行" + "长" * (n % 50) for n in range(500)]
    parts = cut_to_size(lines, 1000)
    assert [line for part in parts for line in part] == lines
    assert all(size_of("\n".join(part)) <= 1000 for part in parts)


def test_a_line_too_long_for_a_channel_is_shortened_and_says_so() -> None:
    ((line,),) = cut_to_size(["长" * 1000], 100)
    assert line.endswith("……")
    assert size_of(line) <= 100
