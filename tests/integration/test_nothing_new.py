"""A run with nothing new only looks; whatever a run rests on is a reason to do everything."""

import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from perf_pipeline import last_run
from perf_pipeline.commands import service
from perf_pipeline.commands.shell import app
from perf_pipeline.last_run import mark_before, nothing_new, remember
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.engine import write_transaction
from tests.conftest import postgresql_server
from tests.kept import KEEPER, SHARED, empty_warehouse

DAY = date(2025, 1, 20)
OF = "2024"
Place = tuple[Settings, Engine]


@pytest.fixture(scope="module")
def postgresql_uri() -> Iterator[str]:
    """A server of this file's own: whatever another worker wrote would be a reason to run."""
    with (
        TemporaryDirectory(dir=os.environ[SHARED], ignore_cleanup_errors=True) as folder,
        pytest.MonkeyPatch.context() as patched,
        postgresql_server(Path(folder) / "postgresql") as uri,
    ):
        patched.setenv(SHARED, folder)
        patched.setattr(KEEPER, "_kept", {})
        yield uri


@pytest.fixture
def after_a_run(warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Return an installation as a run left it: an inbox, a warehouse, something written."""
    monkeypatch.setenv("PERF_INBOX", str(tmp_path / "inbox"))
    monkeypatch.setenv("PERF_OUTPUT", str(tmp_path / "out"))
    monkeypatch.setenv("PERF_WAREHOUSE_URL", warehouse_url)
    registers = tmp_path / "inbox/2024/bureau/registers"
    registers.mkdir(parents=True)
    (tmp_path / "inbox/calendar.yaml").write_text("checkpoint_months: [6, 12]\nfirst_year: 2024")
    (registers / "支付台账.csv").write_text("凭证号\n1\n", "utf-8")
    (tmp_path / "out/reports/bureau").mkdir(parents=True)
    (tmp_path / "out/reports/bureau/page.html").write_text("a page", "utf-8")
    settings, engine = Settings(), empty_warehouse(warehouse_url)
    with write_transaction(engine) as connection:
        connection.execute(text("INSERT INTO department (code, name) VALUES ('bureau', '局')"))
    remember(settings, OF, mark_before(settings, DAY), engine)
    return settings, engine


def is_idle(place: Place, day: date = DAY) -> bool:
    settings, engine = Settings(), place[1]
    return nothing_new(settings, OF, mark_before(settings, day), engine)


def test_where_nothing_changed_there_is_nothing_to_do(after_a_run: Place) -> None:
    assert is_idle(after_a_run)
    after_a_run[1].dispose()  # another process looks, and one that only reads has come and gone
    with after_a_run[1].connect() as connection:
        connection.execute(text("SELECT * FROM department")).all()
    assert is_idle(after_a_run)


def a_late_file(settings: Settings, _: Engine) -> None:
    late = settings.inbox / "2024/bureau/registers/支付台账-补.csv"
    late.write_text("凭证号\n2\n", "utf-8")


def a_quarantined_row_mended_in_place(settings: Settings, _: Engine) -> None:
    path = settings.inbox / "2024/bureau/registers/支付台账.csv"
    before = path.stat()
    path.write_text("凭证号\n3\n", "utf-8")  # of the same size, and its time put back
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def a_file_taken_away(settings: Settings, _: Engine) -> None:
    (settings.inbox / "2024/bureau/registers/支付台账.csv").unlink()


def another_calendar(settings: Settings, _: Engine) -> None:
    (settings.inbox / "calendar.yaml").write_text("checkpoint_months: [3, 12]\nfirst_year: 2024")


def a_deleted_report(settings: Settings, _: Engine) -> None:
    (settings.output / "reports/bureau/page.html").unlink()


def an_altered_report(settings: Settings, _: Engine) -> None:
    (settings.output / "reports/bureau/page.html").write_text("another page", "utf-8")


def a_row_edited_by_hand(_: Settings, engine: Engine) -> None:
    with write_transaction(engine) as connection:
        connection.execute(text("UPDATE department SET name = '处'"))


@pytest.mark.parametrize(
    "happens",
    [
        a_late_file,
        a_quarantined_row_mended_in_place,
        a_file_taken_away,
        another_calendar,
        a_deleted_report,
        an_altered_report,
        a_row_edited_by_hand,
    ],
)
def test_whatever_changed_is_a_reason_to_run(
    happens: Callable[[Settings, Engine], None], after_a_run: Place
) -> None:
    happens(*after_a_run)
    assert not is_idle(after_a_run)


def test_on_another_day_limits_run_out_and_deadlines_pass(after_a_run: Place) -> None:
    assert is_idle(after_a_run)
    assert not is_idle(after_a_run, DAY + timedelta(days=1))


def test_another_setting_and_other_code_are_reasons_to_run(
    after_a_run: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as other:
        other.setenv("PERF_LEAST_CASES", "3")
        assert not is_idle(after_a_run)
    assert is_idle(after_a_run)
    monkeypatch.setattr(last_run, "code_digest", lambda: "other code")
    assert not is_idle(after_a_run)


def test_another_year_and_a_quarter_have_marks_of_their_own(after_a_run: Place) -> None:
    settings, engine = after_a_run
    before = mark_before(settings, DAY)
    assert not nothing_new(settings, "2025", before, engine)
    assert not nothing_new(settings, "2024-06", before, engine)


def test_a_run_that_found_a_file_it_could_not_read_in_is_tried_again(after_a_run: Place) -> None:
    settings, engine = after_a_run
    columns = "department_id, fiscal_year, kind, path, version, sha256, size, read_with, outcome"
    counts = "rows_read, rows_loaded, rows_quarantined, rows_skipped, loaded_at"
    values = "1, 2024, 'payment', 'p', 1, 'x', 1, 'r', 'failed', 0, 0, 0, 0, '2025-01-20 00:00:00'"
    with write_transaction(engine) as connection:
        of = text(f"INSERT INTO source_file ({columns}, {counts}) VALUES ({values})")
        connection.execute(of)
    remember(settings, OF, mark_before(settings, DAY), engine)
    assert not is_idle(after_a_run)


def test_the_command_runs_once_and_then_looks_until_it_is_told_to_run_again(
    after_a_run: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[int] = []

    class Jobs:
        """In the place of Dagster's jobs: that they are asked for is what is looked at."""

        @staticmethod
        def run_year(year: int, _quarter: str | None, *, quiet: bool) -> tuple[str, ...]:
            ran.append(year)
            return Jobs.failures

        failures: tuple[str, ...] = ()

    monkeypatch.setattr(service, "workspace_module", lambda _name: Jobs)
    said = [
        CliRunner().invoke(app, ["run", *more], catch_exceptions=False)
        for more in ([], [], ["--again"], [])
    ]
    assert [each.exit_code for each in said] == [0] * 4
    assert ran == [2024, 2024]
    assert ["没有重做" in each.output for each in said] == [False, True, False, True]
    Jobs.failures = ("评价：失败",)
    assert CliRunner().invoke(app, ["run", "--again"]).exit_code == 1
    assert CliRunner().invoke(app, ["run"]).exit_code == 1  # and the next one does not only look
