"""What Dagster's instance knows of the service: `perf-pipeline health` and `metrics` ask it."""

from datetime import UTC, datetime

import dagster as dg

from assets.home import dagster_home
from assets.partitions import quarters
from perf_pipeline.health import LastRun, ServiceState

SUCCEEDED, FAILED = dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE
RUNS_LOOKED_AT = 500
JUDGED = dg.AssetKey("spending_result")  # what every judgement of a quarter writes


def service_state() -> ServiceState:
    """Ask the instance in DAGSTER_HOME, which may be one that only other processes write to."""
    with dg.DagsterInstance.from_config(str(dagster_home())) as instance:
        beats = instance.get_daemon_heartbeats()
        return ServiceState(
            heartbeats={
                name: datetime.fromtimestamp(beats[name].timestamp, UTC) if name in beats else None
                for name in sorted(instance.get_required_daemon_types())
            },
            last_runs=_last_runs(instance),
            judged=_judged(instance),
        )


def _last_runs(instance: dg.DagsterInstance) -> tuple[LastRun, ...]:
    """Return the last run of each job to end; a run that was called off says nothing."""
    ended = dg.RunsFilter(statuses=[SUCCEEDED, FAILED])
    last: dict[str, LastRun] = {}
    for record in instance.get_run_records(ended, limit=RUNS_LOOKED_AT):
        if record.end_time is None:
            continue
        run = record.dagster_run
        found = LastRun(
            run.job_name,
            datetime.fromtimestamp(record.end_time, UTC),
            run.status == FAILED,
            run.run_id,
        )
        if run.job_name not in last or found.ended > last[run.job_name].ended:
            last[run.job_name] = found
    return tuple(last[job] for job in sorted(last))


def _judged(instance: dg.DagsterInstance) -> dict[str, datetime]:
    """Return when each quarter was last judged, whether anything changed or not."""
    judged = {}
    for key in sorted(instance.get_materialized_partitions(JUDGED)):
        if not quarters.has_partition_key(key):
            continue  # of another calendar, or named as 0.1.0 did
        newest = dg.AssetRecordsFilter(asset_key=JUDGED, asset_partitions=[key])
        for record in instance.fetch_materializations(newest, limit=1).records:
            moment = datetime.fromtimestamp(record.timestamp, UTC)
            judged[key] = moment
    return judged
