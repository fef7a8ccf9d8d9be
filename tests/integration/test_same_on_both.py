"""SQLite and PostgreSQL hold the same year row by row, and give the same pages and files."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from perf_pipeline.reports.site.write import write_site
from perf_pipeline.reports.write import write_quarter
from perf_pipeline.warehouse.schema import metadata
from tests.integration.warehouse_year import fill
from tests.kept import empty_warehouse, stand
from tests.year import QUARTERS

MOMENTS = {"loaded_at", "created_at", "delivered_at", "happened_at", "opened_at"}
MOMENTS |= {"salt"}  # of a row in quarantine, at random
OF_MOMENTS = ("act", "seal")  # whose hashes hold the moment


def told_year(url: str, folder: Path) -> Engine:
    engine = empty_warehouse(url)
    stand(engine, "told-year", lambda made: fill(made, folder))
    return engine


def rows(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, but for when it was written."""
    with engine.connect() as connection:
        return {
            name: [
                {column: value for column, value in row.items() if column not in MOMENTS}
                for row in connection.execute(select(table).order_by(table.c.id)).mappings()
            ]
            for name, table in metadata.tables.items()
            if name not in OF_MOMENTS
        }


def told_in(folder: Path) -> dict[str, bytes]:
    """What people read; beside it stands what it was made from, with the moments of this run."""
    files = (path for path in folder.rglob("[!.]*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.long(20)
def test_both_databases_hold_the_same_year_and_give_the_same_files(
    postgresql_url: str, tmp_path: Path
) -> None:
    found = []
    for url in (f"sqlite:///{tmp_path / 'warehouse.db'}", postgresql_url):
        out = tmp_path / url.partition(":")[0]
        engine = told_year(url, tmp_path / "reports")
        for checkpoint in QUARTERS[2:]:
            write_quarter(engine, checkpoint, out)
        write_site(engine, QUARTERS, out)
        found.append((rows(engine), told_in(out)))
        engine.dispose()
    (rows_of_one, files_of_one), (rows_of_other, files_of_other) = found
    assert sum(map(len, rows_of_one.values())) > 10_000
    assert len(files_of_one) >= 2 * 6 + 2
    assert rows_of_one == rows_of_other
    assert files_of_one == files_of_other
