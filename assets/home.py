"""Dagster's own folder: runs and events, beside the warehouse; elsewhere by DAGSTER_HOME."""

import fcntl
import os
from pathlib import Path

import dagster as dg

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.settings import Settings

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

POSTGRESQL_URL = "DAGSTER_POSTGRESQL_URL"
READY = ".set-up"  # tells that the folder's tables are made
SCHEME = "postgresql+psycopg2://"  # through psycopg 3 Dagster closes its connections too soon
POSTGRESQL = f"""\
# runs and events in PostgreSQL; the address begins with {SCHEME}
storage:
  postgres:
    postgres_url:
      env: {POSTGRESQL_URL}
"""


def configuration(*, server: bool) -> str:
    """Return what a new dagster.yaml says: SQLite in the folder, or PostgreSQL on a server.

    The address, with its password, stays in the environment.
    """
    return CONFIGURATION + (POSTGRESQL if server else "")


def dagster_home() -> Path:
    """Return Dagster's folder, made where it is new, and tell Dagster by DAGSTER_HOME.

    Runs and events are kept in PostgreSQL where DAGSTER_POSTGRESQL_URL is set. Raises
    ConfigurationError where its driver is another than the one that Dagster works with.
    """
    if not os.environ.get(POSTGRESQL_URL, SCHEME).startswith(SCHEME):
        raise ConfigurationError(f"环境变量 {POSTGRESQL_URL} 应以 {SCHEME} 开头")
    home = Settings().dagster_home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    os.environ["DAGSTER_HOME"] = str(home)
    if not (home / READY).exists():
        _set_up(home)
    return home


def _set_up(home: Path) -> None:
    """Write the configuration and make Dagster's tables; of two first runs, the second waits.

    Left to themselves, both would migrate the same new database, and its schema have two heads.
    """
    with (home / ".setting-up").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (home / READY).exists():
            return
        if not (home / "dagster.yaml").exists():
            said = configuration(server=POSTGRESQL_URL in os.environ)
            (home / "dagster.yaml").write_text(said, "utf-8")
        with dg.DagsterInstance.from_config(str(home)) as instance:
            instance.get_runs_count()
            instance.all_asset_keys()
            instance.all_instigator_state()
        (home / READY).touch()
