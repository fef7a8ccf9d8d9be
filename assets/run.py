"""The main job in this process, through Dagster: `perf-pipeline run` calls it."""

import logging
import sys
from collections.abc import Sequence
from datetime import date

import dagster as dg
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from assets.definitions import defs
from assets.home import dagster_home
from assets.partitions import calendar, first_year, passed_checkpoints, today
from perf_pipeline.domain import errors
from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.language.spoken import say

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
BLOCKED = "DagsterAssetCheckFailedError"
# what we say ourselves, in words; what caused it is for the log
IN_WORDS = frozenset(
    each.__name__
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, errors.PerfPipelineError)
)
log = logging.getLogger(__name__)
log.setLevel(logging.INFO)  # of a run, what is done; of all else warnings alone


def run_year(year: int, quarter: str | None = None, *, quiet: bool = False) -> tuple[str, ...]:
    """Take everything in, judge each quarter of a year (or one), write the data docs.

    Returns what failed; what came of it stands in the warehouse.

    A quarter that fails does not stop the others; neither does a file, which fails by itself.
    Where the intake itself breaks off, nothing is judged and nobody is alerted.
    Quarters that are not over yet are left out. Each step is told on stderr unless `quiet`: in a
    terminal by a line that moves, else by one line each. Raises ConfigurationError for a year
    before the first that is monitored, and for one quarter asked for that is not over yet.
    """
    wanted = checkpoints_to_judge(year, quarter, today())
    home = dagster_home()
    steps: list[tuple[str, str, str | None]] = [("ingest", "读入和检查", None)]
    steps += [("judge_quarter", f"评价 {each.name}", each.name) for each in wanted]
    steps += [("morning", "巡查和送达预警", None), ("publish_docs", "数据质量页", None)]
    failures: list[str] = []
    logging.getLogger("dagster").setLevel(logging.ERROR)
    with (
        dg.DagsterInstance.from_config(str(home)) as instance,
        _progress(disable=quiet or not sys.stderr.isatty()) as progress,
    ):
        task = progress.add_task(say("准备"), total=len(steps))
        for nth, (job, label, key) in enumerate(steps, start=1):
            progress.update(task, description=say(label))
            if progress.disable and not quiet:
                log.info("%s/%s %s", nth, len(steps), label)
            told, broke_off = run_job(instance, job, label, key)
            failures += told
            if job == "ingest" and broke_off:
                # what was not read would be told as not handed in
                failures.append("读入没有完成，没有评价，也没有发预警；修好后再运行一次")
                break
            progress.advance(task)
    return tuple(failures)


def checkpoints_to_judge(year: int, quarter: str | None, day: date) -> Sequence[Checkpoint]:
    """Return the quarter asked for, or those of the year that are over on a day."""
    asked = calendar.checkpoint(quarter) if quarter else None
    year = asked.fiscal_year if asked else year
    if year < first_year:
        raise ConfigurationError(f"{year}年度早于第一个监控年度{first_year}（calendar.yaml）")
    passed = passed_checkpoints(calendar, year, first_year, day)
    if asked is None:
        return passed
    if asked not in passed:
        raise ConfigurationError(f"检查点 {asked.name}（{asked.label}）还没有过去，不能评价")
    return [asked]


def run_job(
    instance: dg.DagsterInstance, job: str, label: str, key: str | None
) -> tuple[list[str], bool]:
    """Run one job; return what failed in it, and what a failing check stopped, in plain words.

    Beside it, whether a step failed by itself, as none does for the sake of a file.
    """
    result = defs.resolve_job_def(job).execute_in_process(
        instance=instance, partition_key=key, raise_on_error=False, run_config=QUIET
    )
    failed = [event for event in result.get_step_failure_events() if not _is_block(event)]
    blocks = [
        each
        for each in result.get_asset_check_evaluations()
        if not each.passed and each.severity == dg.AssetCheckSeverity.ERROR
    ]
    told = [f"{label}：{_reason(event)}" for event in failed]
    told += [
        f"{label}：{each.asset_key.to_user_string()} 的数据检查未通过，"
        f"依赖它的步骤没有运行：{each.description}"
        for each in blocks
    ]
    return told, bool(failed)


def _progress(*, disable: bool) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.completed}/{task.total} {task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=disable,
    )


def _is_block(event: dg.DagsterEvent) -> bool:
    error = event.step_failure_data.error
    return error is not None and error.cls_name == BLOCKED


def _reason(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    while error is not None and error.cause is not None and error.cls_name not in IN_WORDS:
        error = error.cause
    if error is None:
        return f"{event.step_key}：失败"
    written = error.message.strip()
    kind, _, message = written.partition(": ")
    plain = message if kind.endswith(error.cls_name or "") and message else written
    return f"{event.step_key}：{plain}"
