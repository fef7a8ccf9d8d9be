"""A past report is made again from what was known then, whatever came since."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from typer.testing import CliRunner

from perf_pipeline.commands import results
from perf_pipeline.commands.shell import app
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.reports.write import write_past_quarter
from perf_pipeline.warehouse.engine import connect
from perf_pipeline.warehouse.locks import close_quarter
from perf_pipeline.warehouse.past import as_it_was, moment_asked
from tests.offices import CARE, STREETS, Offices, contents, files
from tests.year import CALENDAR

pytestmark = pytest.mark.long(15)

assert results.report  # which adds itself to the commands
SPRING, SUMMER = CALENDAR.checkpoints(2024)[:2]


def told_in_spring(engine: Engine, folder: Path) -> Offices:
    """Let two offices' first checkpoint be judged and told."""
    offices = Offices(engine, folder, day=date(2024, 4, 8))
    offices.begin()
    offices.run(SPRING.name)
    return offices


def live_on(offices: Offices) -> None:
    """Correct, rename, take away, ask for more, close, and judge the next checkpoint."""
    close_quarter(offices.engine, SPRING, actor="张三", department_code=CARE)
    offices.pay(STREETS, ("2024-02-01", 7), ("2024-05-01", 50))
    ledger = offices.pay(CARE, ("2024-02-01", 5), ("2024-05-06", 20))
    ledger.rename(ledger.with_name("支付台账（100%）.csv"))
    offices.set_targets(CARE, rounds=20)
    offices.report(CARE, ("2024-03-31", 3), ("2024-06-30", 9))
    (offices.inbox / "2024" / STREETS / "registers/人工填报指标值.csv").unlink()
    offices.day = date(2024, 7, 8)
    offices.run(SUMMER.name)


def test_page_forms_word_and_site_are_made_again_as_they_were(
    engine: Engine, warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offices = told_in_spring(engine, tmp_path)
    then, moment = dict(files(offices.reports)), datetime.now(LOCAL)
    knew = contents(engine)
    live_on(offices)
    before = contents(engine)
    monkeypatch.setenv("PERF_WAREHOUSE_URL", warehouse_url)
    monkeypatch.setenv("PERF_INBOX", str(offices.inbox))
    asked = ["report", "--quarter", SPRING.name, "--as-of", f"{moment:%Y-%m-%d %H:%M:%S.%f}"]
    again = tmp_path / "again"
    said = CliRunner().invoke(app, [*asked, "--out", str(again)], catch_exceptions=False)
    assert said.exit_code == 0
    made = dict(files(again))
    assert made.keys() == then.keys()
    assert {Path(name).suffix for name in made} == {".html", ".docx", ".xlsx"}
    assert [name for name in made if made[name] != then[name]] == []
    past = as_it_was(engine, moment)
    assert contents(past) == knew
    assert contents(engine) == before  # nothing is kept of it
    assert write_past_quarter(past, SUMMER, again) == []
    past.dispose()


def test_the_past_cannot_be_written_and_has_a_beginning(engine: Engine, tmp_path: Path) -> None:
    begun = datetime.now(UTC)
    with pytest.raises(ConfigurationError, match="更早的情况无从得知"):
        as_it_was(engine, datetime(2020, 1, 1, tzinfo=UTC))
    past = as_it_was(engine, begun)
    with pytest.raises((OperationalError, DBAPIError)), past.begin() as connection:
        connection.execute(text("DELETE FROM department"))
    past.dispose()


def test_a_day_is_asked_for_to_its_end_and_what_is_to_come_is_refused() -> None:
    assert moment_asked("2024-07-10") == datetime(2024, 7, 10, 15, 59, 59, 999999, UTC)
    assert moment_asked("2024-07-10 09:30") == datetime(2024, 7, 10, 1, 30, tzinfo=UTC)
    assert moment_asked("2024-07-10 00:00") == datetime(2024, 7, 9, 16, tzinfo=UTC)
    with pytest.raises(ConfigurationError, match="还没有到"):
        moment_asked("2999-01-01")
    with pytest.raises(ConfigurationError, match="不是日期"):
        moment_asked("gestern")


def test_the_command_says_that_nothing_was_judged_by_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Offices(connect("sqlite://"), tmp_path).begin()
    monkeypatch.setenv("PERF_WAREHOUSE_URL", f"sqlite:///{tmp_path / 'warehouse.db'}")
    monkeypatch.setenv("PERF_INBOX", str(tmp_path / "inbox"))
    asked = ["report", "--quarter", SPRING.name, "--out", str(tmp_path / "out")]
    said = CliRunner().invoke(app, [*asked, "--as-of", f"{datetime.now(LOCAL):%Y-%m-%d}"])
    assert "当时还没有 2024-03 的评价" in str(said.exception)
