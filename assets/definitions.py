"""Everything that Dagster loads: `workspace.yaml` names this module."""

import dagster as dg

from assets import judgement, telling
from assets.checks import checks
from assets.intake import registers, source_file, target_documents
from assets.jobs import inbox_changed, jobs
from assets.resources import Pipeline
from assets.schedules import schedules
from perf_pipeline.logs import configure_logging
from perf_pipeline.settings import Settings

configure_logging(Settings())  # of this process, where nobody has done it before

defs = dg.Definitions(
    assets=[target_documents, *registers, source_file, *judgement.assets, *telling.assets],
    asset_checks=checks,
    jobs=jobs,
    schedules=schedules,
    sensors=[inbox_changed],
    resources={"pipeline": Pipeline()},
    executor=dg.in_process_executor,
)
