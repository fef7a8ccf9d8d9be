"""What happens by the calendar: judging, self-evaluation, the morning's look, messages that wait.

The first two look every day and ask once: a cron cannot count working days, and a day on which
nothing ran is made up for. A schedule's run key holds for one tick alone, so what has run is asked
of the instance; where every run since the due day has failed they ask again.
"""

from datetime import UTC, date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

import dagster as dg
from dagster import DagsterRunStatus as Status

from assets.jobs import deliver_alerts, judge_quarter, morning, quarterly_monitoring, year_end
from assets.partitions import (
    TIMEZONE,
    calendar,
    checkpoint_before,
    first_year,
    report_due,
    self_evaluation_due,
    settings,
    today,
)
from assets.resources import Pipeline
from perf_pipeline.alerts.configuration import load_configuration
from perf_pipeline.alerts.delivery import has_waiting
from perf_pipeline.language.spoken import say

_schedule = partial(
    dg.schedule, execution_timezone=TIMEZONE, default_status=dg.DefaultScheduleStatus.RUNNING
)
SCHEDULED_FOR = ".dagster/scheduled_execution_time"
GIVEN_UP = {Status.FAILURE, Status.CANCELED}
Asked = dg.RunRequest | dg.SkipReason


@_schedule(
    job=quarterly_monitoring,
    cron_schedule="0 6 * * *",
    description=say(
        f"每个检查点过后第 {settings.report_lag_days} 个工作日运行一次；错过的当天补上"
    ),
)
def after_checkpoint(context: dg.ScheduleEvaluationContext) -> Asked:
    """Judge the checkpoint that has passed, once its working days are over."""
    day = context.scheduled_execution_time.date()
    checkpoint = checkpoint_before(calendar, day)
    if checkpoint.fiscal_year < first_year:
        return _skip(f"{checkpoint.name} 早于第一个监控年度 {first_year}")
    key = checkpoint.name
    return _once(context, quarterly_monitoring.name, key, key, report_due(checkpoint))


@_schedule(
    job=year_end,
    cron_schedule="0 7 * * *",
    description=say(f"年终检查点过后第 {settings.self_evaluation_lag_days} 个工作日自评，每年一次"),
)
def after_year_end(context: dg.ScheduleEvaluationContext) -> Asked:
    """Score the year that is over, once its last checkpoint has been judged."""
    year = context.scheduled_execution_time.year - 1
    if year < first_year:
        return _skip(f"{year}年度早于第一个监控年度 {first_year}")
    last = calendar.checkpoints(year)[-1]
    judged = {
        status
        for job in (quarterly_monitoring.name, judge_quarter.name)
        for status in _runs(context, job, last.name, report_due(last))
    }
    if Status.SUCCESS not in judged:
        return _skip(f"{last.name} 还没有评价")
    key = f"{year}-self-evaluation"
    return _once(context, year_end.name, key, str(year), self_evaluation_due(last))


@_schedule(
    job=morning,
    cron_schedule="30 8 * * *",
    description=say("每天 8:30 看到期的事项和待报送的台账，送达预警汇总"),
)
def every_morning(context: dg.ScheduleEvaluationContext) -> Asked:
    """Take the day's look and send the day's digests; mornings that were missed are over."""
    moment = context.scheduled_execution_time
    if moment.date() < today():
        return _skip("这一天已经过去")
    return dg.RunRequest(run_key=moment.isoformat())


@_schedule(
    job=deliver_alerts,
    cron_schedule="*/10 * * * *",
    description=say("每 10 分钟：有没送成而该再试的预警，或免打扰时段已过，就再送"),
)
def messages_waiting(context: dg.ScheduleEvaluationContext, pipeline: Pipeline) -> Asked:
    """Send what was put off, once its time has come."""
    moment = context.scheduled_execution_time
    if moment.date() < today():
        return _skip("这一天已经过去")
    if not has_waiting(pipeline.engine, load_configuration(settings.inbox), moment):
        return _skip("没有等着送的预警")
    return dg.RunRequest(run_key=moment.isoformat())


def _skip(why: str) -> dg.SkipReason:
    return dg.SkipReason(say(why))


def _once(
    context: dg.ScheduleEvaluationContext, job: str, key: str, partition: str, due: date
) -> Asked:
    """Ask for a run from a day on, and again on a later day where all runs so far have failed."""
    day = context.scheduled_execution_time.date()
    if day < due:
        return _skip(f"{key} 在 {due} 运行")
    runs = _runs(context, job, partition, due)
    if runs - GIVEN_UP:
        return _skip(f"{key} 在 {due} 之后已经运行")
    return dg.RunRequest(run_key=f"{key} {day}" if runs else key, partition_key=partition)


def _runs(
    context: dg.ScheduleEvaluationContext, job: str, partition: str, since: date
) -> set[Status]:
    """Return how the runs of a job for a partition stand that were made since a day.

    But for those of this very tick: one that was cut short is evaluated again, and Dagster must
    hear the same answer to go on with the run that it had begun to make.
    """
    tick = context.scheduled_execution_time.astimezone(UTC).isoformat()
    made = dg.RunsFilter(
        job_name=job,
        tags={"dagster/partition": partition},
        created_after=datetime.combine(since, time(), ZoneInfo(TIMEZONE)).astimezone(UTC),
    )
    runs = context.instance.get_runs(made)
    return {run.status for run in runs if run.tags.get(SCHEDULED_FOR) != tick}


schedules = [after_checkpoint, after_year_end, every_morning, messages_waiting]
