"""A database's address is shown without its secrets, wherever in it they stand."""

import os

import pytest
from sqlalchemy.engine import make_url

from perf_pipeline import cli
from perf_pipeline.warehouse.address import secrets_of, shown, without_secrets
from tests.unit.test_logs import unset_logging

SECRET = "S3cr3t-word"
ADDRESSES = [
    f"postgresql://perf:{SECRET}@127.0.0.1:1/perf",
    f"postgresql+psycopg://perf:{SECRET}@127.0.0.1:1/perf?sslmode=disable",
    f"postgresql://perf@127.0.0.1:1/perf?password={SECRET}",
    f"postgresql://perf@127.0.0.1:1/perf?pass%77ord={SECRET}",
    f"postgresql://perf@127.0.0.1:1/perf?PASSWORD={SECRET}",
    f"postgresql://perf@127.0.0.1:1/perf?sslmode=disable&sslpassword={SECRET}",
    f"postgresql://perf@127.0.0.1:1/perf?passwd={SECRET}&connect_timeout=1",
    f"postgresql://perf:p@{SECRET}@127.0.0.1:1/perf",
    f"postgresql://perf:{SECRET}@more@127.0.0.1:1/perf",
    f"postgresql://perf:a/{SECRET}@127.0.0.1:1/perf",
    f"postgresql://perf:a?{SECRET}@127.0.0.1:1/perf",
    f"postgresql://perf:a#{SECRET}@127.0.0.1:1/perf",
    f"postgresql://perf:%53{SECRET[1:]}@127.0.0.1:1/perf",
    f"postgresql://:{SECRET}@127.0.0.1:1/perf",
    f"postgresql://perf:{SECRET}@127.0.0.1:port/perf",
    f"postgres://perf:{SECRET}@127.0.0.1:1/perf",
    f"mysql://perf:{SECRET}@127.0.0.1:1/perf",
    f"perf:{SECRET}@127.0.0.1:1/perf",
    f"postgresql:perf:{SECRET}@127.0.0.1:1/perf",
    f"sqlite:////dev/null/x.db?key={SECRET}",
]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "2")


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_of_a_secret_is_left_in_a_text(address: str) -> None:
    said = f"invalid option in {address}: {SECRET}"
    assert SECRET not in without_secrets(said, address)
    assert any(SECRET in each for each in secrets_of(address))


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize("command", ["status", "doctor", "health", "files"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_command_shows_a_secret_of_an_address(
    address: str,
    command: str,
    log_format: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PERF_WAREHOUSE_URL", address)
    monkeypatch.setenv("PERF_LOG_FORMAT", log_format)
    monkeypatch.setattr("sys.argv", ["perf-pipeline", command])
    with unset_logging(), pytest.raises(SystemExit) as ended:
        cli.main()
    told = "".join(capfd.readouterr())
    assert ended.value.code != 0
    assert told
    assert SECRET not in told
    assert "Traceback" not in told


def test_where_a_database_is_can_be_shown() -> None:
    address = f"postgresql+psycopg://perf:{SECRET}@db.example:5433/perf?password={SECRET}"
    assert shown(make_url(address)) == "postgresql://db.example:5433/perf"
    assert shown(make_url("postgresql:///perf?host=/var/run")) == "postgresql:///var/run/perf"
    assert shown(make_url("sqlite:///out/warehouse.db")) == "sqlite:///out/warehouse.db"
    assert os.sep in shown(make_url("sqlite:////srv/warehouse.db"))


def test_what_is_public_stays() -> None:
    address = "postgresql://perf:long-password@db/perf?sslmode=require&application_name=nightly"
    text = "sslmode=require application_name=nightly perf db"
    assert without_secrets(text, address) == text
