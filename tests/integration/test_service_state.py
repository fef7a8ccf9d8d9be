"""Health and metrics say what the warehouse and Dagster know, on both databases."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, insert, text

from perf_pipeline.health import LastRun, ServiceState, examine_service
from perf_pipeline.metrics import metrics_text, write_metrics
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.schema import alert_message
from tests.year import judged_year

NOW = datetime(2025, 1, 8, 12, tzinfo=UTC)
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(told: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }


def sample(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((name, frozenset(labels.items())))


def post(engine: Engine, state: str, day: date) -> None:
    with write_transaction(engine) as connection:
        connection.execute(
            insert(alert_message).values(
                recipient="科",
                channel="邮件",
                day=day,
                part=1,
                message_key=f"{state} {day}",
                title="",
                body="",
                state=state,
                attempts=1,
                not_before=NOW,
                changed_at=NOW,
            )
        )


def test_metrics_count_what_the_warehouse_holds_in_its_newest_versions(engine: Engine) -> None:
    empty = read(metrics_text(engine, moment=NOW))
    assert sample(empty, "perf_outbox_oldest_age_seconds") == 0
    assert not any(name == "perf_projects" for name, _ in empty)
    judged_year(engine, "2024-06")
    post(engine, "waiting", date(2025, 1, 8))
    post(engine, "sent", date(2025, 1, 1))
    found = read(metrics_text(engine, moment=NOW))
    assert sample(found, "perf_rows_total", register="payment", outcome="loaded") == 2040
    assert sample(found, "perf_rows_total", register="payment", outcome="skipped") == 1
    assert sample(found, "perf_files_total", register="payment", outcome="loaded") == 1
    assert sample(found, "perf_projects", quarter="2024-06", light="red") == 1
    assert sample(found, "perf_projects", quarter="2024-06", light="green") == 3
    statuses = [value for (name, _), value in found.items() if name == "perf_indicators"]
    assert sum(statuses) == 65
    overdue = {"quarter": "2024-06", "state": "overdue"}
    assert sample(found, "perf_cases", register="petition_case", **overdue) == 19
    assert sample(found, "perf_open_alerts", rule="spending", level="red", state="new") == 1
    assert sample(found, "perf_undelivered_messages", state="waiting") == 1
    assert sample(found, "perf_outbox_oldest_age_seconds") == 20 * 3600  # since midnight, +08:00
    judged = sample(found, "perf_judgement_timestamp_seconds", quarter="2024-06")
    assert judged
    assert abs(judged - datetime.now(UTC).timestamp()) < 3600
    size = sample(found, "perf_warehouse_size_bytes")
    assert size
    assert size > 1_000_000


def test_metrics_of_the_service_tell_of_daemons_and_runs(engine: Engine) -> None:
    run = LastRun("ingest", NOW, failed=True, run_id="1234")
    state = ServiceState({"SENSOR": NOW, "SCHEDULER": None}, (run,), {"2024-12": NOW})
    found = read(metrics_text(engine, state))
    beat = "perf_daemon_heartbeat_timestamp_seconds"
    assert sample(found, beat, daemon="SENSOR") == NOW.timestamp()
    assert sample(found, beat, daemon="SCHEDULER") == 0
    assert sample(found, "perf_last_run_failed", job="ingest") == 1
    assert sample(found, "perf_judged_timestamp_seconds", quarter="2024-12") == NOW.timestamp()


def test_a_metrics_file_is_there_whole_and_alone(tmp_path: Path) -> None:
    for told in ("perf_build_info 1\n", "perf_build_info 2\n"):
        write_metrics(told, tmp_path / "collected" / "perf.prom")
    assert (tmp_path / "collected" / "perf.prom").read_text() == "perf_build_info 2\n"
    assert [path.name for path in (tmp_path / "collected").iterdir()] == ["perf.prom"]


@pytest.fixture
def settings(warehouse_url: str, tmp_path: Path) -> Settings:
    return Settings(warehouse_url=warehouse_url, output=tmp_path / "out")  # type: ignore[arg-type]


WELL = ServiceState(
    {"SENSOR": NOW - timedelta(seconds=40)}, (LastRun("ingest", NOW, failed=False, run_id="1"),)
)


def ill(settings: Settings, state: ServiceState = WELL) -> dict[str, str]:
    """What is not well, and what is said of it."""
    checks = examine_service(settings, state, NOW)
    return {check.name: check.finding for check in checks if not check.passed}


def test_a_service_that_runs_is_well(engine: Engine, settings: Settings) -> None:
    assert ill(settings) == {}


def test_a_daemon_that_is_silent_for_minutes_is_named(engine: Engine, settings: Settings) -> None:
    silent = {"SENSOR": NOW - timedelta(minutes=6), "SCHEDULER": None, "BACKFILL": NOW}
    found = ill(settings, ServiceState(silent, ()))["守护进程"]
    assert found == (
        "没有动静，最后一次：SENSOR（2025-01-08 19:54），SCHEDULER（从未）；"
        "用 perf-pipeline ui 启动，或见 deploy 的服务"
    )


def test_a_job_whose_last_run_failed_is_named(engine: Engine, settings: Settings) -> None:
    failed = LastRun("ingest", NOW, failed=True, run_id="0123456789")
    found = ill(settings, ServiceState({}, (failed,)))
    told = "最近一次失败：ingest（2025-01-08 20:00，01234567）；用 perf-pipeline run 再运行"
    assert found == {"最近的运行": told}


def test_messages_that_never_arrive_are_counted(engine: Engine, settings: Settings) -> None:
    post(engine, "waiting", date(2025, 1, 7))
    assert ill(settings) == {}
    post(engine, "waiting", date(2025, 1, 6))
    assert ill(settings) == {
        "消息": "2 条消息没有送出，最早的是 2025-01-06 的；用 perf-pipeline alerts send 送出"
    }
    post(engine, "unclear", date(2025, 1, 5))
    assert "1 条消息被拒收或不清楚是否送到" in ill(settings)["消息"]


def test_an_old_schema_is_told_and_left_as_it_is(engine: Engine, settings: Settings) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert "结构为 0001" in ill(settings)["数据仓库"]
    with engine.connect() as connection:
        left = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    assert left == "0001"


def test_a_disk_that_fills_up_is_named(engine: Engine, settings: Settings) -> None:
    greedy = settings.model_copy(update={"least_free_mb": 10**9})
    assert "应不少于 1000000000 MB" in ill(greedy)["磁盘"]


def test_a_database_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    gone = Settings(
        warehouse_url="postgresql://perf:s3cret@127.0.0.1:1/perf",  # type: ignore[arg-type]
        output=tmp_path,
    )
    found = ill(gone)
    assert set(found) == {"数据仓库", "消息", "核验", "复算"}
    assert "无法连接" in found["数据仓库"]
    assert "s3cret" not in str(found)
