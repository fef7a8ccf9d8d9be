"""The code location: graph, partitions, schedule, sensor, and a quarter run to its reports."""

import shutil
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from perf_pipeline.warehouse.schema import metadata
from tests.network import network_shut
from tests.year import CALENDAR, DATA, DEPARTMENT

pytestmark = pytest.mark.long(30)

NOT_ASSETS = {"department", "checkpoint", "snapshot", "quarter_lock", "quarantined_row"}
NOT_ASSETS |= {"also_in_file", "departure"}
NOT_ASSETS |= {"audit_verdict_said"}  # written by a command
NOT_ASSETS |= {"act", "seal", "erasure", "judged_until"}  # of every write
NOT_ASSETS |= {"recomputation", "recomputed_figure"}  # of the daily look


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An inbox, a warehouse and an output folder of the test's own."""
    shutil.copytree(DATA, tmp_path / "inbox")
    monkeypatch.setenv("PERF_INBOX", str(tmp_path / "inbox"))
    monkeypatch.setenv("PERF_OUTPUT", str(tmp_path / "out"))
    monkeypatch.setenv("PERF_WAREHOUSE_URL", f"sqlite:///{tmp_path / 'warehouse.db'}")
    return tmp_path


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def definitions() -> dg.Definitions:
    from assets.definitions import defs

    return defs


def run(
    job: str, instance: dg.DagsterInstance, key: str | None = None
) -> dg.ExecuteInProcessResult:
    from assets.resources import Pipeline
    from assets.run import QUIET

    found = definitions().resolve_job_def(job)
    return found.execute_in_process(
        instance=instance,
        partition_key=key,
        raise_on_error=False,
        run_config=QUIET,
        resources={"pipeline": Pipeline()},
    )


def evaluations(
    result: dg.ExecuteInProcessResult,
) -> dict[tuple[str, str], dg.AssetCheckEvaluation]:
    return {
        (each.asset_key.to_user_string(), each.check_name): each
        for each in result.get_asset_check_evaluations()
    }


def test_every_table_is_an_asset_with_group_owner_kinds_columns_and_description() -> None:
    graph = definitions().resolve_asset_graph()
    names = {key.to_user_string() for key in graph.get_all_asset_keys()}
    assert names == set(metadata.tables) - NOT_ASSETS | {
        "data_docs",
        "daily_look",
        "self_evaluation_form",
        "whole_department_form",
    }
    groups = {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    assert groups == {
        *("targets", "actuals", "measures", "monitoring", "self_evaluation", "reports", "alerts")
    }
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.owners == ["team:data"]
        assert "python" in node.kinds or key.to_user_string() == "data_docs"
        assert any("一" <= letter <= "鿿" for letter in node.description or "")
        if key.to_user_string() in metadata.tables:
            columns = node.metadata["dagster/column_schema"].columns
            table = metadata.tables[key.to_user_string()]
            assert [column.name for column in columns] == [column.name for column in table.c]


def test_partitions_are_named_as_their_checkpoints_are() -> None:
    from assets.partitions import quarter_partitions

    quarters = quarter_partitions(CALENDAR, 2024)
    assert quarters.get_partition_keys(datetime(2025, 1, 2, tzinfo=UTC)) == [
        "2024-03",
        "2024-06",
        "2024-10",
        "2024-12",
    ]
    for checkpoint in CALENDAR.checkpoints(2024):
        key = checkpoint.name
        assert CALENDAR.checkpoint(key) == checkpoint
        window = quarters.time_window_for_partition_key(key)
        assert window.start.date() == checkpoint.ends_on


@pytest.mark.parametrize(
    ("tick", "quarter", "key"),
    [
        (datetime(2024, 4, 8, 6, tzinfo=UTC), "2024-03", "2024-03"),
        (datetime(2024, 11, 9, 6, tzinfo=UTC), "2024-10", "2024-10"),
        (datetime(2025, 1, 20, 6, tzinfo=UTC), "2024-12", "2024-12"),
    ],
)
def test_the_schedule_judges_the_checkpoint_that_has_just_passed(
    tick: datetime, quarter: str, key: str, tmp_path: Path
) -> None:
    from assets.schedules import after_checkpoint

    assert after_checkpoint.cron_schedule == "0 6 * * *"
    with dg.DagsterInstance.local_temp(str(tmp_path)) as kept:
        context = dg.build_schedule_context(instance=kept, scheduled_execution_time=tick)
        request = after_checkpoint(context)
    assert isinstance(request, dg.RunRequest)
    assert (request.run_key, request.partition_key) == (quarter, key)


def test_the_sensor_waits_until_the_inbox_is_still_and_takes_each_state_once(
    workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assets import jobs

    monkeypatch.setattr(
        jobs, "settings", jobs.settings.model_copy(update={"inbox": workplace / "inbox"})
    )

    def tick(cursor: str | None) -> tuple[list[str], str]:
        context = dg.build_sensor_context(
            cursor=cursor, repository_def=definitions().get_repository_def()
        )
        data = jobs.inbox_changed.evaluate_tick(context)
        return [
            str(request.partition_key) for request in data.run_requests or []
        ], data.cursor or ""

    first, cursor = tick(None)
    assert first == []  # seen, but it may still be being written
    second, cursor = tick(cursor)
    assert second == ["2024-03", "2024-06", "2024-10", "2024-12", "2024"]  # and the year's scores
    assert tick(cursor)[0] == []
    ledger = workplace / "inbox/2024" / DEPARTMENT / "registers/支付台账.xlsx"
    written = ledger.read_bytes()
    ledger.write_bytes(written + b"\0")
    third, cursor = tick(cursor)
    assert third == []
    assert tick(cursor)[0] == second
    ledger.write_bytes(written)


def test_a_quarter_runs_from_files_to_reports_and_missed_promises_only_warn(
    workplace: Path,
    instance: dg.DagsterInstance,
    postgresql_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On PostgreSQL: the runs of test_dagster_runs.py are on SQLite."""
    monkeypatch.setenv("PERF_WAREHOUSE_URL", postgresql_url)
    with network_shut() as tried:
        result = run("quarterly_monitoring", instance, "2024-06")
    assert tried == []  # nothing calls home
    assert result.success
    found = evaluations(result)
    broken = {check for check, each in found.items() if not each.passed}
    assert broken == {("spending_result", "as_promised"), ("indicator_result", "as_promised")}
    promised = found["spending_result", "as_promised"]
    assert not promised.passed
    assert promised.severity is dg.AssetCheckSeverity.WARN
    records = promised.metadata["不符的行之1"].records
    assert records[0].data["project_name"] == "综治重点工作经费"
    assert found["payment", "intact"].passed
    reports = list((workplace / "out/reports" / DEPARTMENT / "2024-06").glob("*"))
    assert len([path for path in reports if path.suffix == ".xlsx"]) == 4
    assert len([path for path in reports if path.suffix == ".html"]) == 1
    assert (workplace / "out/data_docs/index.html").is_file()


def test_a_shut_network_is_shut() -> None:
    with network_shut() as tried, socket.create_server(("127.0.0.1", 0)) as here:
        socket.create_connection(here.getsockname(), 5).close()
        for far in ("192.0.2.1", "telemetry.example"):
            with pytest.raises(OSError, match="shut"):
                socket.create_connection((far, 80), 1)
    assert len(tried) == 2
