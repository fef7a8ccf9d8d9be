"""The code location more closely: its groups, its windows, and what starts a run."""

import json
import os
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

import assets.jobs
import assets.schedules
from assets import run
from assets.definitions import defs
from assets.home import dagster_home
from assets.jobs import inbox_changed
from assets.partitions import (
    calendar,
    passed_checkpoints,
    quarter_partitions,
    quarters,
    years,
)
from assets.resources import Pipeline
from assets.schedules import after_checkpoint, after_year_end, every_morning, messages_waiting
from perf_pipeline.domain.calendar import FiscalCalendar
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.schema import alert_message

SHANGHAI = ZoneInfo("Asia/Shanghai")
GRAPH = defs.resolve_asset_graph()
GROUPS = {
    "targets": "project indicator target spending_plan budget budget_adjustment "
    "indicator_measure phase_target target_revision target_area spending_plan_entry",
    "actuals": "payment petition_case mediation_case device_inspection insurance_enrolment "
    "publicity_activity satisfaction_survey reported_value contract deviation_reason fixed_asset "
    "consumable_issue staff_training column_map rectification audit_verdict "
    "base_figure source_file",
    "measures": "measure_value",
    "monitoring": "spending_result spending_line indicator_result outlook case_limit audit_finding "
    "adjustment rollup_result",
    "self_evaluation": "self_evaluation_result project_score department_score self_evaluation_form "
    "recheck_form recheck_line recheck_fault whole_department_form",
    "reports": "report report_line data_docs",
    "alerts": "alert alert_event alert_message alert_told item item_event item_told daily_look",
}
UNPARTITIONED = {
    *GROUPS["targets"].split(),
    *GROUPS["actuals"].split(),
    "data_docs",
    "daily_look",
    "alert_message",
    "alert_told",
    "item_told",
}


def at(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


def test_every_table_stands_in_its_group() -> None:
    found: dict[str, set[str]] = {}
    for key in GRAPH.get_all_asset_keys():
        found.setdefault(GRAPH.get(key).group_name, set()).add(key.to_user_string())
    assert found == {group: set(names.split()) for group, names in GROUPS.items()}


def test_what_is_handed_in_has_no_quarter_and_what_is_judged_has_one() -> None:
    for key in GRAPH.get_all_asset_keys():
        name = key.to_user_string()
        of_a_year = name in GROUPS["self_evaluation"].split()
        expected = None if name in UNPARTITIONED else years if of_a_year else quarters
        assert GRAPH.get(key).partitions_def == expected, key


def test_every_suite_is_two_checks_of_which_only_broken_data_blocks() -> None:
    suites = {path.stem for path in Settings().suites.glob("*.json")}
    checks = {(key.asset_key.to_user_string(), key.name) for key in GRAPH.asset_check_keys}
    assert checks == {(table, name) for table in suites for name in ("intact", "as_promised")}
    blocking = {key.name for key in GRAPH.asset_check_keys if GRAPH.get(key).blocking}
    assert blocking == {"intact"}


def test_the_warehouse_has_no_setting_that_the_ui_could_show() -> None:
    assert Pipeline.model_fields == {}


def test_dagster_s_own_folder_sends_nothing_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "new"))
    assert dagster_home() == tmp_path / "new"
    with dg.DagsterInstance.from_config(os.environ["DAGSTER_HOME"]) as instance:
        assert not instance.telemetry_enabled


@pytest.mark.parametrize("months", [(3, 6, 10, 12), (3, 6, 9, 12), (6, 12), (7, 9, 12), (12,)])
def test_each_partition_is_its_checkpoint_by_name(months: tuple[int, ...]) -> None:
    of_district = FiscalCalendar(months)
    windows = quarter_partitions(of_district, 2024)
    keys = windows.get_partition_keys(current_time=at(2026, 1, 1))
    checkpoints = [c for year in (2024, 2025) for c in of_district.checkpoints(year)]
    assert [of_district.checkpoint(key) for key in keys] == checkpoints
    assert [checkpoint.name for checkpoint in checkpoints] == keys
    for key, checkpoint in zip(keys, checkpoints, strict=True):
        window = windows.time_window_for_partition_key(key)
        assert window.start.date() == checkpoint.ends_on


@pytest.mark.parametrize("key", ["2024-09", "2024-07", "2024-01"])
def test_a_month_without_a_checkpoint_is_no_partition(key: str) -> None:
    assert key not in quarters.get_partition_keys(current_time=at(2026, 1, 1))
    with pytest.raises(ConfigurationError, match=key):
        calendar.checkpoint(key)


def test_a_quarter_can_be_judged_once_its_last_day_is_over() -> None:
    before, after = at(2024, 10, 31, 23), at(2024, 11, 1)
    for moment, last in ((before, "2024-06"), (after, "2024-10")):
        keys = quarters.get_partition_keys(current_time=moment)
        passed = passed_checkpoints(calendar, 2024, 2024, moment.date())
        assert [each.name for each in passed] == list(keys)
        assert keys[-1] == last


@pytest.mark.parametrize("year", [0, 2023, 2027, 9999])
def test_a_year_before_the_first_or_ahead_has_nothing_to_judge(year: int) -> None:
    assert passed_checkpoints(calendar, year, 2024, date(2026, 11, 24)) == ()


def asked(schedule: dg.ScheduleDefinition, tick: datetime, instance: dg.DagsterInstance) -> object:
    """What a schedule answers at a moment."""
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=tick)
    return schedule(context)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as made:
        yield made


def test_the_schedule_judges_each_checkpoint_from_its_fifth_working_day_on(
    instance: dg.DagsterInstance,
) -> None:
    first: dict[str | None, date] = {}
    judged = {}
    begins = [at(2024, 4, 1), at(2024, 7, 1), at(2024, 11, 1), at(2025, 1, 1), at(2025, 4, 1)]
    for tick in (begin + timedelta(days=days, hours=6) for begin in begins for days in range(12)):
        request = asked(after_checkpoint, tick, instance)
        if isinstance(request, dg.RunRequest):
            window = quarters.time_window_for_partition_key(request.partition_key or "")
            first.setdefault(request.run_key, tick.date())
            judged[request.run_key] = window.start.date()
    assert first == {  # 清明, 中秋 and 国庆 and the weekends worked for them counted
        "2024-03": date(2024, 4, 8),
        "2024-06": date(2024, 7, 5),
        "2024-10": date(2024, 11, 7),
        "2024-12": date(2025, 1, 8),
        "2025-03": date(2025, 4, 8),
    }
    assert judged == {
        "2024-03": date(2024, 3, 31),
        "2024-06": date(2024, 6, 30),
        "2024-10": date(2024, 10, 31),
        "2024-12": date(2024, 12, 31),
        "2025-03": date(2025, 3, 31),
    }


def test_the_schedules_skip_what_is_before_the_first_year(instance: dg.DagsterInstance) -> None:
    for schedule in (after_checkpoint, after_year_end):
        assert isinstance(asked(schedule, at(2024, 1, 31, 7), instance), dg.SkipReason)


def noted(instance: dg.DagsterInstance, job: str, key: str, status: dg.DagsterRunStatus) -> None:
    """Note a run of a job for a partition, as one that was made now."""
    instance.add_run(dg.DagsterRun(job_name=job, tags={"dagster/partition": key}, status=status))


def test_a_checkpoint_is_asked_for_again_only_when_all_its_runs_have_failed(
    instance: dg.DagsterInstance,
) -> None:
    tick = at(2024, 7, 8, 6)
    noted(instance, "quarterly_monitoring", "2024-06", dg.DagsterRunStatus.FAILURE)
    again = asked(after_checkpoint, tick, instance)
    assert isinstance(again, dg.RunRequest)
    assert again.run_key == "2024-06 2024-07-08"
    noted(instance, "quarterly_monitoring", "2024-06", dg.DagsterRunStatus.STARTED)
    assert isinstance(asked(after_checkpoint, tick, instance), dg.SkipReason)


def test_a_year_is_scored_once_after_its_last_checkpoint_was_judged(
    instance: dg.DagsterInstance,
) -> None:
    before, due = at(2025, 1, 21, 7), at(2025, 1, 22, 7)  # the fifteenth working day
    assert isinstance(asked(after_year_end, due, instance), dg.SkipReason)
    noted(instance, "quarterly_monitoring", "2024-12", dg.DagsterRunStatus.SUCCESS)
    assert isinstance(asked(after_year_end, before, instance), dg.SkipReason)
    request = asked(after_year_end, due, instance)
    assert isinstance(request, dg.RunRequest)
    assert (request.run_key, request.partition_key) == ("2024-self-evaluation", "2024")
    noted(instance, "year_end", "2024", dg.DagsterRunStatus.STARTED)
    assert isinstance(asked(after_year_end, due + timedelta(days=1), instance), dg.SkipReason)


def test_a_morning_that_was_missed_is_not_made_up_for(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets.schedules, "today", lambda: date(2024, 4, 9))
    assert isinstance(asked(every_morning, at(2024, 4, 8, 8), instance), dg.SkipReason)
    assert isinstance(asked(every_morning, at(2024, 4, 9, 8), instance), dg.RunRequest)


def test_messages_are_sent_again_only_where_one_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERF_WAREHOUSE_URL", f"sqlite:///{tmp_path / 'warehouse.db'}")
    monkeypatch.setattr(assets.schedules, "settings", Settings(inbox=tmp_path))
    tick = datetime.now(SHANGHAI)

    def answer() -> object:
        with dg.build_schedule_context(
            scheduled_execution_time=tick, resources={"pipeline": Pipeline()}
        ) as context:
            return messages_waiting(context)

    assert isinstance(answer(), dg.SkipReason)
    (tmp_path / "alerts.yaml").write_text(
        "channels: {夹: {kind: file, folder: out}}\nrecipients: [{name: 财政局, channel: 夹}]"
    )
    message = alert_message.insert().values(
        recipient="财政局",
        channel="夹",
        day=tick.date(),
        part=1,
        message_key="perf-1",
        title="预警",
        body="一条",
        state="waiting",
        attempts=1,
        not_before=tick - timedelta(minutes=5),
        changed_at=tick,
    )
    with write_transaction(Pipeline().engine) as connection:
        connection.execute(message)
    assert isinstance(answer(), dg.RunRequest)


class Inbox:
    """An inbox, and the sensor that looks at it again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cursor: str | None = None

    def hand_in(self, name: str, content: str, changed: int) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
        os.utime(path, ns=(changed, changed))

    def look(self) -> list[tuple[str | None, str | None, str | None]]:
        with dg.DagsterInstance.ephemeral() as instance:
            context = dg.build_sensor_context(
                instance=instance, cursor=self.cursor, definitions=defs
            )
            data = inbox_changed.evaluate_tick(context)
        self.cursor = data.cursor
        assert json.loads(self.cursor or "")
        return [
            (each.job_name, each.partition_key, each.run_key) for each in data.run_requests or ()
        ]


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    monkeypatch.setattr(assets.jobs, "settings", Settings(inbox=tmp_path))
    monkeypatch.setattr(assets.jobs, "today", lambda: date(2024, 8, 15))
    opened = Inbox(tmp_path)
    opened.hand_in("2024/一局/registers/支付台账.csv", "一", 1)
    return opened


FIRST_HALF = [("quarterly_monitoring", "2024-03"), ("quarterly_monitoring", "2024-06")]


def test_a_file_that_still_grows_is_waited_for(inbox: Inbox) -> None:
    inbox.look()
    inbox.hand_in("2024/一局/registers/支付台账.csv", "一二", 2)
    assert inbox.look() == []
    assert [request[:2] for request in inbox.look()] == FIRST_HALF


def test_going_back_to_an_earlier_state_is_a_change_too(inbox: Inbox) -> None:
    keys = []
    for content, changed in (("一", 1), ("一二", 2), ("一", 1)):
        inbox.hand_in("2024/一局/registers/支付台账.csv", content, changed)
        assert inbox.look() == []
        keys += [key for *_, key in inbox.look()]
    assert len(set(keys)) == len(keys) == 6


def test_other_bytes_of_the_same_size_and_time_are_a_change(inbox: Inbox) -> None:
    inbox.look()
    inbox.look()
    inbox.hand_in("2024/一局/registers/支付台账.csv", "二", 1)
    assert inbox.look() == []
    assert [request[:2] for request in inbox.look()] == FIRST_HALF


@pytest.mark.parametrize("year", ["2023", "2025", "9999", "0000"])
def test_a_year_that_cannot_be_judged_is_taken_in_and_stops_no_other(
    inbox: Inbox, year: str
) -> None:
    inbox.hand_in(f"{year}/一局/registers/支付台账.csv", "一", 1)
    inbox.look()
    asked = {request[:2] for request in inbox.look()}
    assert asked == {*FIRST_HALF, ("ingest", None)}


@pytest.mark.parametrize("quiet", [False, True])
def test_a_run_in_a_log_tells_a_line_each_step_and_a_quiet_one_none(
    quiet: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(run, "dagster_home", lambda: tmp_path)
    monkeypatch.setattr(run, "run_job", lambda *_: ([], False))
    monkeypatch.setattr(dg.DagsterInstance, "from_config", lambda _: nullcontext())
    assert run.run_year(2024, quiet=quiet) == ()
    said = [each.getMessage() for each in caplog.records if each.name == run.__name__]
    wanted = ["1/7 读入和检查", "2/7 评价 2024-03"]
    assert said[:2] == ([] if quiet else wanted)
    assert len(said) == (0 if quiet else 7)
