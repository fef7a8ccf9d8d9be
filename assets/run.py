"""The main job in this process, through Dagster: `perf-pipeline run` calls it."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from assets.definitions import defs
from assets.home import dagster_home
from assets.partitions import calendar, partition_key

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class RunOutcome:
    """What a run came to; the figures themselves are in the warehouse."""

    year: int
    quarters: tuple[str, ...]
    started: datetime
    failures: tuple[str, ...]
    dagster_home: Path


def run_year(year: int, quarter: str | None = None) -> RunOutcome:
    """Take everything in, then judge each quarter of a year (or one), then write the data docs.

    A quarter that fails does not stop the others; neither does a file, which fails by itself.
    """
    started = datetime.now(UTC)
    home = dagster_home()
    wanted = [calendar.checkpoint(quarter)] if quarter else list(calendar.checkpoints(year))
    steps: list[tuple[str, str, str | None]] = [("ingest", "读入和检查", None)]
    steps += [("judge_quarter", f"评价 {each.name}", partition_key(each)) for each in wanted]
    steps.append(("publish_docs", "数据质量页", None))
    failures: list[str] = []
    logging.getLogger("dagster").setLevel(logging.ERROR)
    with dg.DagsterInstance.from_config(str(home)) as instance, _progress() as progress:
        task = progress.add_task("准备", total=len(steps))
        for job, label, key in steps:
            progress.update(task, description=label)
            failures += _run(instance, job, label, key)
            progress.advance(task)
    return RunOutcome(year, tuple(each.name for each in wanted), started, tuple(failures), home)


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.completed}/{task.total} {task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _run(instance: dg.DagsterInstance, job: str, label: str, key: str | None) -> list[str]:
    result = defs.resolve_job_def(job).execute_in_process(
        instance=instance, partition_key=key, raise_on_error=False, run_config=QUIET
    )
    return [f"{label}：{_reason(event)}" for event in result.get_step_failure_events()]


def _reason(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return f"{event.step_key}：{error.message.strip() if error else '失败'}"
