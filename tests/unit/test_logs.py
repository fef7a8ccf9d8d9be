"""Logs: one line an event, and no secret in any of them, however it is spelled."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest

from perf_pipeline.logs import configure_logging, secrets
from perf_pipeline.settings import LogFormat, Settings

PASSWORD = 'p@ss"wörd\\/1'
ROBOT = "https://robot.example/send?key=693a91f6"
MAIL = "smtp-密码"
PHONE = "13912345678"  # as a cell says it, in what a library objects to
WAREHOUSE = f"postgresql+psycopg://perf:{quote(PASSWORD, safe='')}@db/perf"


@contextmanager
def unset_logging() -> Iterator[logging.Logger]:
    """Logging that nobody has set up, as in a new process; pytest sets it up for each test."""
    root = logging.getLogger()
    before, root.handlers = root.handlers, []
    try:
        yield root
    finally:
        root.handlers = before


@pytest.fixture(autouse=True)
def _channels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERF_WECOM_URL", ROBOT)
    monkeypatch.setenv("PERF_SMTP_PASSWORD", MAIL)


def log_something(log_format: LogFormat) -> None:
    with unset_logging():
        configure_logging(Settings(warehouse_url=WAREHOUSE, log_format=log_format))  # type: ignore[arg-type]
        log = logging.getLogger("perf_pipeline.test")
        try:
            raise ValueError(f"{PASSWORD} and {WAREHOUSE}, {PHONE}")
        except ValueError:
            log.exception("至 %s，口令 %s", ROBOT, MAIL, extra={"sent_to": ROBOT, "rows": 3})


def spellings() -> list[str]:
    said = [PASSWORD, quote(PASSWORD, safe=""), json.dumps(PASSWORD, ensure_ascii=False)[1:-1]]
    return [*said, ROBOT, "693a91f6", MAIL, PHONE]


@pytest.mark.parametrize("log_format", list(LogFormat))
def test_no_secret_is_logged_in_a_message_a_field_or_a_traceback(
    capsys: pytest.CaptureFixture[str], log_format: LogFormat
) -> None:
    log_something(log_format)
    said = capsys.readouterr().err
    assert "至 ***，口令 ***" in said
    assert "ValueError" in said
    assert [each for each in spellings() if each in said] == []


def test_a_line_of_json_holds_the_event_its_level_its_time_and_its_fields(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log_something(LogFormat.JSON)
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert told["level"] == "error"
    assert told["logger"] == "perf_pipeline.test"
    assert told["event"] == "至 ***，口令 ***"
    assert told["rows"] == 3
    assert told["timestamp"].endswith("Z")
    assert "Traceback" in told["exception"]


def test_logging_that_is_set_up_already_is_left_alone() -> None:
    kept = logging.NullHandler()
    with unset_logging() as root:
        root.handlers = [kept]
        configure_logging(Settings(log_format=LogFormat.JSON))
        assert root.handlers == [kept]


def test_what_is_short_or_not_a_secret_is_not_hidden() -> None:
    environment = {"PERF_SHORT_KEY": "abc", "PERF_INBOX": "data", "PERF_WAREHOUSE_URL": "sqlite://"}
    assert secrets(environment, "sqlite:///out/warehouse.db") == frozenset()


def test_an_address_that_cannot_be_read_is_hidden_as_a_whole() -> None:
    assert secrets({}, "no address: s3cret") == {"no address: s3cret"}


def test_a_number_in_json_and_a_digest_stay(capsys: pytest.CaptureFixture[str]) -> None:
    digest = f"13912345678a{'b' * 52}"
    with unset_logging():
        configure_logging(Settings(log_format=LogFormat.JSON))
        counted = {"rows": int(PHONE), "digest": digest, "said": f"电话{PHONE}"}
        logging.getLogger("perf_pipeline.test").warning("x", extra=counted)
    said = json.loads(capsys.readouterr().err)
    assert (said["rows"], said["digest"], said["said"]) == (int(PHONE), digest, "电话139****56**")
