"""Everything that Dagster loads: `workspace.yaml` names this module."""

import dagster as dg

from assets import intake, judgement, telling
from assets.checks import checks
from assets.jobs import inbox_changed, jobs
from assets.resources import Pipeline
from assets.schedules import schedules
from perf_pipeline.logs import configure_logging
from perf_pipeline.settings import Settings

configure_logging(Settings())  # of this process, where nobody has done it before

defs = dg.Definitions(
    assets=dg.load_assets_from_modules([intake, judgement, telling]),
    asset_checks=checks,
    jobs=jobs,
    schedules=schedules,
    sensors=[inbox_changed],
    resources={"pipeline": Pipeline()},
    executor=dg.in_process_executor,
)
