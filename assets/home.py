"""Dagster's own folder: runs and events, beside the project unless DAGSTER_HOME says otherwise."""

import os
from pathlib import Path

# the warehouse has one writer at a time: runs that the daemon starts take turns
CONFIGURATION = """\
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
# a run whose process is gone is given up and started again; a step that failed is not
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
  max_runtime_seconds: 7200
run_retries:
  enabled: true
  max_retries: 3
  retry_on_asset_or_op_failure: false
"""


def dagster_home() -> Path:
    """Return Dagster's folder, made where it is new, and tell Dagster by DAGSTER_HOME."""
    home = Path(os.environ.get("DAGSTER_HOME") or ".dagster").resolve()
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "dagster.yaml").exists():
        (home / "dagster.yaml").write_text(CONFIGURATION, "utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    return home
