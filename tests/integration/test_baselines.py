"""The bare SQL that the benchmark of a city is held against computes the same figures."""

from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.domain.limits import Limits
from perf_pipeline.measures.compute import compute_measures
from perf_pipeline.monitoring.evaluate import evaluate_quarter
from tests.benchmarks.baselines import bulk_load, differing, figures_by_bare_sql
from tests.benchmarks.bench_city import QUARTERS
from tests.benchmarks.made_city import make_city
from tests.year import load_everything


def test_bare_sql_computes_the_figures_of_the_report_tables(engine: Engine, tmp_path: Path) -> None:
    make_city(tmp_path, 2, payments=20, cases=10)
    load_everything(engine, tmp_path)
    two = QUARTERS[1::2]
    for each in two:
        compute_measures(engine, each)
        evaluate_quarter(engine, each, Limits())
    figures_by_bare_sql(engine, two)
    compared, left_open, differ = differing(engine, two)
    assert compared > 200
    assert left_open < 5
    assert differ == 0
    rows = sum(
        len(path.read_text("utf-8").splitlines()) - 1 for path in tmp_path.rglob("registers/*.csv")
    )
    assert bulk_load(engine, tmp_path) == rows
