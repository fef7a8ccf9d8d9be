"""Is the service well? What must hold while it runs, looked at one by one.

`doctor` asks whether an installation can run; this asks whether it does.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from perf_pipeline.doctor import HealthCheck, look
from perf_pipeline.domain.clock import LOCAL
from perf_pipeline.domain.errors import PerfPipelineError
from perf_pipeline.recompute.record import newest_recomputation, standing_differences
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.engine import connect_to
from perf_pipeline.warehouse.revisions import is_current, newest_revision, revision_of
from perf_pipeline.warehouse.schema import alert_message
from perf_pipeline.warehouse.seals.verify import verify

DAEMON_IS_GONE = timedelta(minutes=5)  # each of Dagster's daemons gives a sign every 30 seconds
MESSAGE_IS_STUCK = timedelta(days=2)  # quiet hours and a night's trouble pass within one
MB = 1024 * 1024
NOT_NEWEST = "数据仓库的结构不是最新，不能查看：请备份后运行 perf-pipeline upgrade"


@dataclass(frozen=True)
class LastRun:
    """The last run of a job to end: when, and whether it failed."""

    job: str
    ended: datetime
    failed: bool
    run_id: str


@dataclass(frozen=True)
class ServiceState:
    """What Dagster knows of the service: daemons' last signs of life, runs, quarters judged."""

    heartbeats: Mapping[str, datetime | None]
    last_runs: tuple[LastRun, ...]
    judged: Mapping[str, datetime] = field(default_factory=dict)


def examine_service(
    settings: Settings, state: ServiceState | None = None, moment: datetime | None = None
) -> Iterator[HealthCheck]:
    """Look at the warehouse, the messages, the disks and, where told, at daemons and runs."""
    moment = moment or datetime.now(UTC)
    url = settings.warehouse_url.get_secret_value()
    yield look("数据仓库", lambda: _warehouse(connect_to(url)))
    yield look("核验", lambda: _verified(connect_to(url)))
    yield look("复算", lambda: _recomputed(connect_to(url)))
    yield look("消息", lambda: _messages(connect_to(url), moment))
    yield look("磁盘", lambda: _disks(settings))
    if state is not None:
        yield look("守护进程", lambda: _daemons(state, moment))
        yield look("最近的运行", lambda: _runs(state))


def _warehouse(engine: Engine) -> str:
    with engine.connect() as connection:
        if not is_current(connection):
            found = revision_of(connection) or "无"
            raise PerfPipelineError(
                f"结构为 {found}，本版本为 {newest_revision()}：请备份后运行 perf-pipeline upgrade"
            )
    return f"{engine.dialect.name} 有应答，结构为最新（{newest_revision()}）"


@contextmanager
def _of_newest_schema(engine: Engine) -> Iterator[Connection]:
    """Give a connection to a warehouse of this version; raise PerfPipelineError for another."""
    with engine.connect() as connection:
        if revision_of(connection) != newest_revision():
            raise PerfPipelineError(NOT_NEWEST)
        yield connection


def _verified(engine: Engine) -> str:
    with _of_newest_schema(engine):
        found = verify(engine)
    if found.differences:
        raise PerfPipelineError(
            f"{found.statement}：有 {len(found.differences)} 处与写入时不同，"
            # what stands in a row may name people: it is told by verify, not in a journal
            f"见 perf-pipeline verify；如 {replace(found.differences[0], found=None)}"
        )
    return f"{found.statement}：与写入时一致"


def _recomputed(engine: Engine) -> str:
    with _of_newest_schema(engine) as connection:
        last, differing = newest_recomputation(connection), standing_differences(connection)
    if differing:
        raise PerfPipelineError(
            f"{len(differing)} 个数由原始文件复算不一致，如 {differing[0].subject}："
            f"{differing[0].said}；见 perf-pipeline verify --recompute"
        )
    return last.statement if last else "还没有复算过；每日的作业会复算"


def unsent(connection: Connection) -> dict[str, tuple[int, date]]:
    """Return how many messages are not sent, by state, and the day of the oldest of each."""
    query = (
        select(alert_message.c.state, func.count(), func.min(alert_message.c.day))
        .where(alert_message.c.state != "sent")
        .group_by(alert_message.c.state)
        .order_by(alert_message.c.state)
    )
    return {state: (count, day) for state, count, day in connection.execute(query)}


def _messages(engine: Engine, moment: datetime) -> str:
    with _of_newest_schema(engine) as connection:
        found = unsent(connection)
    lost = sum(found[state][0] for state in ("refused", "unclear") if state in found)
    if lost:
        raise PerfPipelineError(
            f"{lost} 条消息被拒收或不清楚是否送到，见 perf-pipeline alerts list"
        )
    waiting, oldest = found.get("waiting", (0, None))
    if oldest and moment.astimezone(LOCAL).date() - oldest >= MESSAGE_IS_STUCK:
        raise PerfPipelineError(
            f"{waiting} 条消息没有送出，最早的是 {oldest} 的；用 perf-pipeline alerts send 送出"
        )
    return f"等待送出 {waiting} 条"


def _disks(settings: Settings) -> str:
    folders = [settings.output, settings.inbox, settings.dagster_home]
    free = {folder: shutil.disk_usage(_nearest(folder)).free // MB for folder in folders}
    full = [f"{folder} 只剩 {mb} MB" for folder, mb in free.items() if mb < settings.least_free_mb]
    if full:
        raise PerfPipelineError(f"{'，'.join(full)}；应不少于 {settings.least_free_mb} MB")
    return f"剩余最少 {min(free.values())} MB"


def _nearest(folder: Path) -> Path:
    """Return a folder, or the nearest one above it that exists."""
    folder = folder.resolve()
    return next(each for each in (folder, *folder.parents) if each.exists())


def _daemons(state: ServiceState, moment: datetime) -> str:
    gone = [
        f"{name}（{f'{beat.astimezone(LOCAL):%Y-%m-%d %H:%M}' if beat else '从未'}）"
        for name, beat in state.heartbeats.items()
        if beat is None or moment - beat > DAEMON_IS_GONE
    ]
    if gone:
        raise PerfPipelineError(
            f"没有动静，最后一次：{'，'.join(gone)}；用 perf-pipeline ui 启动，或见 deploy 的服务"
        )
    return f"{len(state.heartbeats)} 个都在运行"


def _runs(state: ServiceState) -> str:
    failed = [
        f"{run.job}（{run.ended.astimezone(LOCAL):%Y-%m-%d %H:%M}，{run.run_id[:8]}）"
        for run in state.last_runs
        if run.failed
    ]
    if failed:
        raise PerfPipelineError(f"最近一次失败：{'，'.join(failed)}；用 perf-pipeline run 再运行")
    return f"{len(state.last_runs)} 个作业最近一次都成功"
