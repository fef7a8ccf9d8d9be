"""A database's address is shown without its secrets, wherever in it they stand."""

import os
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from perf_pipeline import cli
from perf_pipeline.warehouse.address import place_beside, secrets_of, shown, without_secrets
from tests.servers import refusing_postgresql
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
MORE = [  # in some of which the secret is a part of the password
    f"postgresql+psycopg2://perf:{SECRET}@127.0.0.1:1/perf",
    f"postgresql://perf:x%40{SECRET}@127.0.0.1:1/perf",
    f"postgresql://perf:{SECRET}%0a@127.0.0.1:1/perf",
    f" postgresql://perf:{SECRET}@127.0.0.1:1/perf",
    f"POSTGRESQL://perf:{SECRET}@127.0.0.1:1/perf",
    f"postgresql:///perf?host=127.0.0.1&port=1&user=perf&password={SECRET}",
    f"postgresql://perf@127.0.0.1:1/perf?password={SECRET}&password={SECRET}2",
    f"postgresql://perf@127.0.0.1:1/perf?passfile=/x/{SECRET}",
    f"postgresql://perf@127.0.0.1:1/perf#password={SECRET}",
    f"postgresql://perf@127.0.0.1:1/perf;password={SECRET}",
    f"postgresql://perf:{SECRET}@[::1]:1/perf",
    f"postgresql://perf:[{SECRET}@127.0.0.1:1/perf",
    f"postgresql://perf:%zz{SECRET}@127.0.0.1:1/perf",
    f"postgresql://perf:{SECRET}:{SECRET}@127.0.0.1:1/perf",
    f"postgresql//perf:{SECRET}@127.0.0.1:1/perf",
    f"host=127.0.0.1 port=1 user=perf password={SECRET} dbname=perf",
    f"postgresql://perf@127.0.0.1:1/perf?pwd={SECRET}",
    f"mssql+pyodbc:///?odbc_connect=DRIVER%3Dx%3BPWD%3D{SECRET}",
    f"sqlite://perf:{SECRET}@/x.db",
    f"postgresql://perf:密{SECRET}@127.0.0.1:1/perf",
    f"postgresql://perf:{SECRET}@/perf?host=/tmp",
    f"postgresql://perf:{SECRET}@127.0.0.1:1,127.0.0.1:2/perf",
    f"postgresql://perf:{SECRET}＠127.0.0.1/perf",
    f"postgresql:\\\\perf:{SECRET}@127.0.0.1/perf",
    f"postgresql://perf@127.0.0.1:1/perf?options=-c%20password%3D{SECRET}",
    f"postgresql://perf@127.0.0.1:1/perf?sslkey=/k/{SECRET}",
    f"jdbc:postgresql://127.0.0.1/perf?user=perf&password={SECRET}",
    f"postgresql://127.0.0.1:1/perf?user=perf,password={SECRET}",
    f"'postgresql://perf:{SECRET}@127.0.0.1/perf'",
    f"postgresql://perf:{SECRET}\n@127.0.0.1:1/perf",
    f"postgresql://perf%3A{SECRET}@127.0.0.1:1/perf",
    f"postgresql://perf:{SECRET}%2540@127.0.0.1:1/perf",
    f"PERF_WAREHOUSE_URL=postgresql://perf:{SECRET}@127.0.0.1/perf",
    f"postgresql+psycopg://perf:\t{SECRET}@127.0.0.1:1/perf",
    f"postgresql://perf:a@{SECRET}/x#y@127.0.0.1:1/perf",
    f"postgresql://perf:a@{SECRET}?x@127.0.0.1:1/perf",
    f"postgresql://perf@127.0.0.1:1/perf?sslmode=require;password={SECRET}",
    f"sqlite+pysqlcipher://:{SECRET}@//tmp/x.db",
]
SPELLINGS = [*ADDRESSES, *MORE]
SPOKEN = SPELLINGS[::4]  # which every command is tried with


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "2")


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_of_a_secret_is_left_in_a_text(address: str) -> None:
    said = f"invalid option in {address}: {SECRET}"
    assert SECRET not in without_secrets(said, address)
    assert any(SECRET in each for each in secrets_of(address))


@pytest.mark.parametrize(
    ("address", "command"),
    [
        *((address, ("status",)) for address in SPELLINGS),
        *(
            (address, command)
            for address in SPOKEN
            for command in (("run",), ("doctor",), ("health",), ("files",), ("backup", "x.zip"))
        ),
    ],
)
def test_no_command_shows_a_secret_of_an_address(
    address: str,
    command: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    log_format = "json" if len(address) % 2 else "text"
    assert_silent(address, command, log_format, monkeypatch, capfd)


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://perf:{SECRET}@127.0.0.1:PORT/perf",
        f"postgresql://perf@127.0.0.1:PORT/perf?password={SECRET}",
        f"postgresql://perf:p@{SECRET}@127.0.0.1:PORT/perf",
        f"postgresql:///perf?host=127.0.0.1&port=PORT&user=perf&pass%77ord={SECRET}",
    ],
)
def test_a_wrong_password_is_not_shown(
    address: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with refusing_postgresql() as port:
        here = address.replace("PORT", str(port))
        for log_format in ("json", "text"):
            assert_silent(here, ("status",), log_format, monkeypatch, capfd)


def assert_silent(
    address: str,
    command: tuple[str, ...],
    log_format: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PERF_WAREHOUSE_URL", address)
    monkeypatch.setenv("PERF_LOG_FORMAT", log_format)
    monkeypatch.setattr("sys.argv", ["perf-pipeline", *command])
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


def test_each_warehouse_has_a_place_of_its_own() -> None:
    """Runs and partitions are of one warehouse: two in one folder share none."""
    places = {
        address: place_beside(address, ".dagster", Path("out"))
        for address in (
            "sqlite:///data/warehouse.db",
            "sqlite:///data/other.db",
            "sqlite:///other/warehouse.db",
            f"postgresql+psycopg://perf:{SECRET}@one/warehouse",
            f"postgresql+psycopg://perf:{SECRET}@two/warehouse",
            f"postgresql+psycopg://perf:{SECRET}@two/other",
            f"postgresql+psycopg://perf:{SECRET}@two/绩效",
            f"postgresql+psycopg://perf:{SECRET}@two/预算",
            f"postgresql+psycopg://perf:{SECRET}@two/perf_a",
            f"postgresql+psycopg://perf:{SECRET}@two/perf-a",
            "sqlite:////data/w@民政.db",
            "sqlite:////data/w@财政.db",
        )
    }
    assert places["sqlite:///data/warehouse.db"] == Path("data/.dagster")
    assert places["sqlite:///data/other.db"] == Path("data/.dagster-other.db")
    assert len(set(places.values())) == len(places)
    assert SECRET not in str(list(places.values()))
