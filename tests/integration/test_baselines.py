"""The bare SQL that the benchmark of a city is held against computes the same report tables."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from perf_pipeline.domain.limits import Limits
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from tests.benchmarks.bare_sql import differing, report_tables_by_bare_sql
from tests.benchmarks.baselines import bulk_load, six_sums
from tests.benchmarks.bench_city import QUARTERS
from tests.benchmarks.made_city import make_city
from tests.year import load_everything

TWO = QUARTERS[1::2]
SIX_SUMS = {
    "spending_result": "department_id, project_name, budget_fen, paid_fen, payments, planned_bp",
    "indicator_result": "department_id, project_name, name, numerator, denominator",
}


@pytest.fixture
def both(engine: Engine, tmp_path: Path) -> Engine:
    """A small city, judged and by bare SQL."""
    make_city(tmp_path, 2, payments=20, cases=10)
    load_everything(engine, tmp_path)
    for each in TWO:
        compute_measures(engine, each)
        evaluate_quarter(engine, each, Limits())
    report_tables_by_bare_sql(engine, TWO)
    return engine


def test_bare_sql_fills_the_report_tables_with_the_same_values(both: Engine) -> None:
    with both.connect() as connection:
        found = differing(connection, TWO)
    assert found.compared > 3000
    assert found.left_open < 10
    assert found.differ == 0


@pytest.mark.parametrize(
    ("table", "column", "other"),
    [
        ("measure_value", "numerator", "numerator + 1"),
        ("spending_result", "days_behind", "days_behind + 1"),
        ("spending_line", "light", "'unknown'"),
        ("indicator_result", "status", "'not_due'"),
    ],
)
def test_each_value_that_differs_is_counted(
    both: Engine, table: str, column: str, other: str
) -> None:
    with both.begin() as connection:
        changed = connection.execute(text(f"UPDATE bare_{table}_6 SET {column} = {other}"))
        found = differing(connection, TWO)
    assert 0 < found.differ + found.left_open <= changed.rowcount
    assert found.differ > 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("DELETE FROM bare_spending_line_12 WHERE level = 'source'", "spending_line"),
        ("ALTER TABLE bare_measure_value_6 DROP COLUMN year_numerator", "year_numerator"),
    ],
)
def test_rows_and_columns_that_bare_sql_lacks_are_told(
    both: Engine, change: str, told: str
) -> None:
    with both.begin() as connection:
        connection.execute(text(change))
        with pytest.raises(AssertionError, match=told):
            differing(connection, TWO)


def test_the_six_sums_are_those_of_the_report_tables(both: Engine) -> None:
    six_sums(both, TWO)
    with both.connect() as connection:
        for each in TWO:
            for table, columns in SIX_SUMS.items():
                sums = f"SELECT {columns} FROM sums_{table}_{each.month}"
                bare = f"SELECT {columns} FROM bare_{table}_{each.month}"
                assert connection.execute(text(sums)).all()
                assert not connection.execute(text(f"{sums} EXCEPT {bare}")).all()


def test_the_bulk_load_takes_every_row(engine: Engine, tmp_path: Path) -> None:
    make_city(tmp_path, 2, payments=20, cases=10)
    files = tmp_path.rglob("registers/*.csv")
    rows = sum(len(path.read_text("utf-8").splitlines()) - 1 for path in files)
    assert bulk_load(engine, tmp_path) == rows
