"""A district read and drawn by a team, of which workers die: all is as one process leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from sqlalchemy import Engine, create_engine, text

from assets.definitions import defs
from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.limits import Limits
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse import team as teams
from perf_pipeline.warehouse.loading import load_inbox
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.team import ALONE, Team, Workers, hired
from tests.benchmarks.made_city import CHECKPOINTS, FIRST_YEAR, code, make_city, name
from tests.conftest import postgresql_database
from tests.dying import Dying
from tests.kept import empty_warehouse
from tests.offices import contents

pytestmark = pytest.mark.long(30)

DEPARTMENTS = 4
QUARTERS = FiscalCalendar(tuple(month for month, _ in CHECKPOINTS)).checkpoints(FIRST_YEAR)
NEWEST = QUARTERS[1]


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("district")
    make_city(folder, DEPARTMENTS, payments=10, cases=5)
    return folder


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with hired("2") as team:
        assert isinstance(team, Workers)
        assert team.size == 2
        yield team


def live(engine: Engine, inbox: Path, out: Path, team: Team) -> list[FileOutcome]:
    """Take a district in, judge a quarter of it and report on it; return what became of files."""
    names = {code(nth): name(nth) for nth in range(DEPARTMENTS)}
    outcomes = load_inbox(engine, inbox, names, team)
    compute_measures(engine, NEWEST)
    evaluate_quarter(engine, NEWEST, Limits())
    written = write_quarter(engine, NEWEST, out, look_first=True, team=team)
    assert len(written) == DEPARTMENTS
    site = write_site(engine, QUARTERS, out, look_first=True, team=team)
    assert site is not None
    assert len(site.pages) == DEPARTMENTS
    return outcomes


def drawn(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_a_team_leaves_what_one_process_leaves_though_workers_die(
    inbox: Path,
    workers: Workers,
    postgresql_uri: str,
    tmp_path: Path,
) -> None:
    lived = []
    dying = Dying(workers, tmp_path)
    for team in (ALONE, dying):
        out = tmp_path / type(team).__name__
        with postgresql_database(postgresql_uri, made=False) as url:
            engine = empty_warehouse(url)
            outcomes = live(engine, inbox, out, team)
            read = [each._replace(outcome="read") for each in outcomes]  # again, by who is left
            lived.append((contents(engine), drawn(out), read))
            engine.dispose()
    assert (
        len(dying.died_in) == 4
    )  # in documents, in a register, in the quarter's pages, the year's
    assert len(lived[0][1]) > 3 * DEPARTMENTS
    for by_one, by_team in zip(*lived, strict=True):
        assert by_team == by_one


def test_dagster_gives_the_work_to_the_team_at_an_address(
    inbox: Path, workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []
    each = Workers.each

    def counted(self: Workers, task: Any, engine: Any, things: list[object], *most: int) -> Any:
        if things:
            given.append(len(things))
        return each(self, task, engine, things, *most)

    monkeypatch.setattr(Workers, "each", counted)
    monkeypatch.setenv("PERF_WORKERS", workers.address)
    monkeypatch.setenv("PERF_INBOX", str(inbox))
    monkeypatch.setenv("PERF_OUTPUT", str(tmp_path))
    monkeypatch.setenv("PERF_WAREHOUSE_URL", f"sqlite:///{tmp_path / 'warehouse.db'}")
    job = defs.resolve_implicit_global_asset_job_def().get_subset(
        asset_selection={dg.AssetKey("payment")}, asset_check_selection=set()
    )
    with dg.DagsterInstance.ephemeral() as instance:
        done = job.execute_in_process(instance=instance)
    assert done.success
    assert given == [DEPARTMENTS]
    engine = create_engine(f"sqlite:///{tmp_path / 'warehouse.db'}")
    with engine.connect() as connection:
        read = connection.execute(text("SELECT count(*) FROM source_file WHERE rows_read > 0"))
        assert read.scalar_one() == DEPARTMENTS
    engine.dispose()


def test_an_address_at_which_nobody_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teams, "ANSWERS_WITHIN", "1s")
    with pytest.raises(ConfigurationError, match="PERF_WORKERS"), hired("tcp://127.0.0.1:9"):
        pass


def test_a_worker_with_another_program_does_nothing(
    workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teams, "code_digest", lambda: "another")
    engine = create_engine(f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(ConfigurationError, match="工作进程"):
        workers.each(_never, engine, [1])


def _never(_engine: Engine, _things: object) -> list[int]:
    raise AssertionError


@pytest.mark.parametrize("asked", ["0", "two", "http://127.0.0.1:8786", "-1"])
def test_no_other_workers_are_understood(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERF_WORKERS", asked)
    with pytest.raises(ValueError, match="workers"):
        Settings()
