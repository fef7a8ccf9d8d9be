"""Runs more closely: what a failing check stops and shows, what a second run adds, refusals."""

import json
import shutil
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import create_engine, text

from assets.definitions import defs
from assets.run import checkpoints_to_judge, run_job, run_year
from perf_pipeline.domain.errors import ConfigurationError
from tests.year import DATA, ROOT

IMPOSSIBLE = {
    "type": "expect_column_values_to_be_between",
    "kwargs": {"column": "amount_fen", "max_value": -(10**15)},
    "description": "没有一笔支付能满足的期望",
}
KEPT = ("targets/*", "registers/支付台账*", "registers/项目预算表*")


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own, with a document, a ledger and budgets."""
    monkeypatch.chdir(ROOT)
    for pattern in KEPT:
        for path in (DATA / "2024/gaoxin-zhengfawei").glob(pattern):
            copy = tmp_path / "inbox" / path.relative_to(DATA)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    shutil.copy(DATA / "calendar.yaml", tmp_path / "inbox")
    shutil.copytree(ROOT / "expectations", tmp_path / "suites")
    monkeypatch.setenv("PERF_INBOX", str(tmp_path / "inbox"))
    monkeypatch.setenv("PERF_SUITES", str(tmp_path / "suites"))
    monkeypatch.setenv("PERF_OUTPUT", str(tmp_path / "out"))
    monkeypatch.setenv("PERF_WAREHOUSE_URL", f"sqlite:///{tmp_path / 'warehouse.db'}")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    return tmp_path


def expect_the_impossible(workplace: Path, severity: str) -> None:
    suite = workplace / "suites/payment.json"
    written = json.loads(suite.read_text("utf-8"))
    written["expectations"].append({**IMPOSSIBLE, "severity": severity})
    suite.write_text(json.dumps(written), "utf-8")


def count(workplace: Path, query: str) -> int:
    engine = create_engine(f"sqlite:///{workplace / 'warehouse.db'}")
    with engine.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


def run_first_quarter() -> dg.ExecuteInProcessResult:
    """Run it on an instance of its own; Dagster's own choice may be one that a test has ended."""
    with dg.DagsterInstance.ephemeral() as instance:
        return defs.resolve_job_def("quarterly_monitoring").execute_in_process(
            partition_key="2024-03", raise_on_error=False, instance=instance
        )


def materialized(result: dg.ExecuteInProcessResult) -> set[str]:
    events = result.get_asset_materialization_events()
    return {event.asset_key.to_user_string() for event in events if event.asset_key}


def check_of(result: dg.ExecuteInProcessResult, table: str, name: str) -> dg.AssetCheckEvaluation:
    return next(
        each
        for each in result.get_asset_check_evaluations()
        if (each.asset_key.to_user_string(), each.check_name) == (table, name)
    )


def test_a_blocking_check_stops_what_comes_after_and_nothing_else(workplace: Path) -> None:
    expect_the_impossible(workplace, "critical")
    result = run_first_quarter()
    assert not result.success
    assert {"payment", "petition_case", "target"} <= materialized(result)
    stopped = {"source_file", "measure_value", "spending_result", "alert", "report", "data_docs"}
    assert materialized(result).isdisjoint(stopped)
    check = check_of(result, "payment", "intact")
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)


def test_a_failed_promise_warns_with_its_rows_and_stops_nothing(workplace: Path) -> None:
    expect_the_impossible(workplace, "warning")
    result = run_first_quarter()
    assert result.success
    assert {"measure_value", "spending_result", "report", "alert"} <= materialized(result)
    check = check_of(result, "payment", "as_promised")
    payments = count(workplace, "SELECT count(*) FROM payment")
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert check.description == f"没有一笔支付能满足的期望：{payments} 行不符"
    assert check.metadata["failed_rows"].value == payments
    rows = check.metadata["rows_1"]
    assert isinstance(rows, dg.TableMetadataValue)
    assert len(rows.records) == 100
    assert check.metadata["rows_1_beyond"].value == payments - 100
    assert str(rows.records[0].data["file"]).endswith("支付台账.xlsx")


def test_each_table_tells_how_many_rows_it_has(workplace: Path) -> None:
    result = run_first_quarter()
    counts = {
        event.asset_key.to_user_string(): event.materialization.metadata["dagster/row_count"].value
        for event in result.get_asset_materialization_events()
        if event.asset_key and "dagster/row_count" in event.materialization.metadata
    }
    for table in ("payment", "indicator", "spending_plan", "spending_result", "report_line"):
        assert counts[table] == count(workplace, f"SELECT count(*) FROM {table}") > 0


def test_a_run_tells_in_plain_words_what_a_check_stopped(workplace: Path) -> None:
    expect_the_impossible(workplace, "critical")
    with dg.DagsterInstance.ephemeral() as instance:
        (failure,), broke_off = run_job(instance, "ingest", "读入和检查", None)
    assert not broke_off
    assert failure.startswith(
        "读入和检查：payment 的数据检查未通过，依赖它的步骤没有运行：没有一笔"
    )


def test_a_run_is_kept_for_the_ui_and_a_second_one_makes_no_new_version(workplace: Path) -> None:
    versions = "SELECT (SELECT count(*) FROM snapshot) + (SELECT count(*) FROM source_file)"
    assert run_year(2024, "2024-03").failures == ()
    first = count(workplace, versions)
    assert run_first_quarter().success
    assert count(workplace, versions) == first
    with dg.DagsterInstance.from_config(str(workplace / "dagster")) as instance:
        jobs = [run.job_name for run in instance.get_runs()]
    assert jobs == ["publish_docs", "morning", "judge_quarter", "ingest"]


def test_quarters_that_are_not_over_are_left_out_of_a_year() -> None:
    judged = checkpoints_to_judge(2026, None, date(2026, 11, 24))
    assert [each.name for each in judged] == ["2026-03", "2026-06", "2026-10"]


@pytest.mark.parametrize(
    ("year", "quarter", "says"),
    [
        (2024, "2026-12", "2026-12（12月底）还没有过去"),
        (2023, None, "2023年度早于第一个监控年度2024"),
        (2024, "2023-12", "2023年度早于第一个监控年度2024"),
        (2024, "2024Q5", "没有检查点“2024Q5”"),
    ],
)
def test_what_cannot_be_judged_is_refused_before_anything_runs(
    year: int, quarter: str | None, says: str
) -> None:
    with pytest.raises(ConfigurationError, match=says):
        checkpoints_to_judge(year, quarter, date(2026, 11, 24))
