"""Runs more closely: a failing quarter, what a failing check stops and shows, what a second adds.

One office is followed through three runs, which most tests look at: in the first a quarter fails;
in the second a promise is missed; before the third the rows of its ledger are broken.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import create_engine, text

from assets import judgement
from assets.definitions import defs
from assets.run import checkpoints_to_judge, run_job, run_year
from perf_pipeline.domain.errors import ConfigurationError
from tests.year import DEPARTMENT, ROOT, money_alone

pytestmark = pytest.mark.long(40)

IMPOSSIBLE = {
    "type": "expect_column_values_to_be_between",
    "kwargs": {"column": "amount_fen", "max_value": -(10**15)},
    "description": "没有一笔支付能满足的期望",
    "severity": "warning",
}
FAILING, JUDGED = "2024-03", "2024-06"
CHECKED = dg.DagsterEventType.ASSET_CHECK_EVALUATION.value
VERSIONS = "SELECT (SELECT count(*) FROM snapshot) + (SELECT count(*) FROM source_file)"


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An installation of its own, with a document, a ledger and budgets."""
    folder = tmp_path_factory.mktemp("office")
    money_alone(folder / "inbox")
    shutil.copytree(ROOT / "expectations", folder / "suites")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv("PERF_INBOX", str(folder / "inbox"))
        patch.setenv("PERF_SUITES", str(folder / "suites"))
        patch.setenv("PERF_OUTPUT", str(folder / "out"))
        patch.setenv("PERF_WAREHOUSE_URL", f"sqlite:///{folder / 'warehouse.db'}")
        patch.setenv("DAGSTER_HOME", str(folder / "dagster"))
        yield folder


def count(workplace: Path, query: str) -> int:
    engine = create_engine(f"sqlite:///{workplace / 'warehouse.db'}")
    with engine.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


@dataclass(frozen=True)
class FirstRun:
    """A year of two quarters, of which the first fails."""

    failures: tuple[str, ...]
    judged: set[str]  # the quarters that have a report
    jobs: list[str]  # kept for the UI, the newest first
    versions: int


@pytest.fixture(scope="module")
def first_run(workplace: Path) -> FirstRun:
    whole = judgement.compute_measures

    def fail_once(engine: object, checkpoint: object) -> object:
        if getattr(checkpoint, "name", "") == FAILING:
            raise RuntimeError("断电")
        return whole(engine, checkpoint)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judgement, "compute_measures", fail_once)
        patch.setattr("assets.run.today", lambda: date(2024, 7, 20))
        failures = run_year(2024)
    judged = {path.name for path in (workplace / "out/reports" / DEPARTMENT).iterdir()}
    with dg.DagsterInstance.from_config(str(workplace / "dagster")) as instance:
        jobs = [run.job_name for run in instance.get_runs()]
    return FirstRun(failures, judged, jobs, count(workplace, VERSIONS))


@dataclass(frozen=True)
class SecondRun:
    """The other quarter once more, on files and settings that are the same, with a new promise."""

    result: dg.ExecuteInProcessResult
    versions: int


@pytest.fixture(scope="module")
def second_run(workplace: Path, first_run: FirstRun) -> SecondRun:
    suite = workplace / "suites/payment.json"
    written = json.loads(suite.read_text("utf-8"))
    written["expectations"].append(IMPOSSIBLE)
    suite.write_text(json.dumps(written), "utf-8")
    # on an instance of its own; Dagster's own choice may be one that a test has ended
    with dg.DagsterInstance.ephemeral() as instance:
        result = defs.resolve_job_def("quarterly_monitoring").execute_in_process(
            partition_key=JUDGED, raise_on_error=False, instance=instance
        )
        return SecondRun(result, count(workplace, VERSIONS))


@dataclass(frozen=True)
class ThirdRun:
    """The quarter that failed, once rows of the ledger say that they are of another year."""

    failures: list[str]
    broke_off: bool
    materialized: set[str]
    check: dg.AssetCheckEvaluation


@pytest.fixture(scope="module")
def third_run(workplace: Path, second_run: SecondRun) -> ThirdRun:
    engine = create_engine(f"sqlite:///{workplace / 'warehouse.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE payment SET paid_on = '2020-01-01' WHERE row_number < 10"))
    engine.dispose()
    with dg.DagsterInstance.ephemeral() as instance:
        failures, broke_off = run_job(instance, "quarterly_monitoring", "评价", FAILING)
        [run] = instance.get_runs()
        events = [each.dagster_event for each in instance.all_logs(run.run_id)]
        made = {e.asset_key for e in events if e and e.is_step_materialization}
        checked = [e.event_specific_data for e in events if e and e.event_type_value == CHECKED]
    [check] = [
        each
        for each in checked
        if isinstance(each, dg.AssetCheckEvaluation)
        and (each.asset_key.to_user_string(), each.check_name) == ("payment", "intact")
    ]
    names = {key.to_user_string() for key in made if key}
    return ThirdRun(failures, broke_off, names, check)


def materialized(result: dg.ExecuteInProcessResult) -> set[str]:
    events = result.get_asset_materialization_events()
    return {event.asset_key.to_user_string() for event in events if event.asset_key}


def check_of(result: dg.ExecuteInProcessResult, table: str, name: str) -> dg.AssetCheckEvaluation:
    return next(
        each
        for each in result.get_asset_check_evaluations()
        if (each.asset_key.to_user_string(), each.check_name) == (table, name)
    )


def test_a_failing_quarter_does_not_stop_the_others(first_run: FirstRun) -> None:
    [failure] = first_run.failures
    assert FAILING in failure
    assert "断电" in failure
    assert first_run.judged == {JUDGED, "2024"}  # and the year, as far as it is told


def test_a_run_is_kept_for_the_ui(first_run: FirstRun) -> None:
    kept = ["publish_docs", "morning", "judge_quarter", "judge_quarter", "ingest"]
    assert first_run.jobs == kept


def test_a_second_run_makes_no_new_version(first_run: FirstRun, second_run: SecondRun) -> None:
    assert second_run.result.success
    assert second_run.versions == first_run.versions > 0


def test_broken_rows_stop_what_comes_after_and_nothing_else(
    workplace: Path, third_run: ThirdRun
) -> None:
    assert {"payment", "petition_case", "target"} <= third_run.materialized
    stopped = {"source_file", "measure_value", "spending_result", "alert", "report", "data_docs"}
    assert third_run.materialized.isdisjoint(stopped)
    assert not third_run.check.passed
    assert third_run.check.severity is dg.AssetCheckSeverity.ERROR
    assert third_run.check.metadata["不符的行数"].value == 7
    measured = "SELECT count(*) FROM measure_value JOIN snapshot ON snapshot.id = snapshot_id"
    of_the_quarter = f"{measured} JOIN checkpoint ON checkpoint.id = checkpoint_id"
    assert count(workplace, f"{of_the_quarter} WHERE checkpoint.name = '{JUDGED}'") > 0
    assert count(workplace, f"{of_the_quarter} WHERE checkpoint.name = '{FAILING}'") == 0


def test_a_run_tells_in_plain_words_what_a_check_stopped(third_run: ThirdRun) -> None:
    [failure] = third_run.failures
    assert not third_run.broke_off
    stopped = "评价：payment 的数据检查未通过，依赖它的步骤没有运行："
    assert failure.startswith(stopped)
    assert failure.endswith("：7 行不符")


def test_a_failed_promise_warns_with_its_rows_and_stops_nothing(
    workplace: Path, second_run: SecondRun
) -> None:
    result = second_run.result
    assert result.success
    assert {"measure_value", "spending_result", "report", "alert"} <= materialized(result)
    check = check_of(result, "payment", "as_promised")
    payments = count(workplace, "SELECT count(*) FROM payment")
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert check.description == f"没有一笔支付能满足的期望：{payments} 行不符"
    assert check.metadata["不符的行数"].value == payments
    rows = check.metadata["不符的行之1"]
    assert isinstance(rows, dg.TableMetadataValue)
    assert len(rows.records) == 100
    assert check.metadata["不符的行之1另有行数"].value == payments - 100
    assert str(rows.records[0].data["file"]).endswith("支付台账.xlsx")


def test_each_table_tells_how_many_rows_it_has(workplace: Path, second_run: SecondRun) -> None:
    counts = {
        event.asset_key.to_user_string(): event.materialization.metadata["dagster/row_count"].value
        for event in second_run.result.get_asset_materialization_events()
        if event.asset_key and "dagster/row_count" in event.materialization.metadata
    }
    for table in ("payment", "indicator", "spending_plan", "spending_result", "report_line"):
        assert counts[table] == count(workplace, f"SELECT count(*) FROM {table}") > 0


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
