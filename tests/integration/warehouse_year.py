"""The shipped year, judged, foretold, scored and reported, on each database: for reading only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from perf_pipeline.domain.outlook import OutlookLimits
from perf_pipeline.domain.scoring import ScoringRules
from perf_pipeline.monitoring.outlook.foretell import foretell_quarter
from perf_pipeline.monitoring.self_evaluation import evaluate_year
from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter
from tests.conftest import postgresql_database
from tests.kept import empty_warehouse, stand
from tests.year import QUARTERS, judged_year


def fill_year(url: str, reports: Path) -> Engine:
    """Take the shipped year in, judge all of it, and write the reports of its second quarter."""
    engine = empty_warehouse(url)
    fill(engine, reports)
    return engine


def fill(engine: Engine, reports: Path) -> None:
    """Fill an empty warehouse so."""
    judged_year(engine)
    for checkpoint in QUARTERS:
        foretell_quarter(engine, checkpoint, OutlookLimits())
    evaluate_year(engine, QUARTERS[-1], ScoringRules())
    write_quarter(engine, QUARTERS[1], reports)
    write_site(engine, QUARTERS[:2], reports)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def year(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A warehouse that holds the whole shipped year, made once for all files that read it."""
    folder = tmp_path_factory.mktemp("year")
    if request.param == "sqlite":
        yield from _kept_year(f"sqlite:///{folder / 'warehouse.db'}", folder)
        return
    with postgresql_database(request.getfixturevalue("postgresql_uri")) as url:
        yield from _kept_year(url, folder)


def _kept_year(url: str, folder: Path) -> Iterator[Engine]:
    engine = empty_warehouse(url)
    stand(engine, "told-year", lambda made: fill(made, folder / "reports"))
    yield engine
    engine.dispose()
