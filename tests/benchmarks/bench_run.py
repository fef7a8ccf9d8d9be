"""Time and peak memory of the main job after set-up, beside its baseline: importing its libraries.

Usage: make bench. Prints medians of three runs and their ratio to the baseline of the same session,
and where the last first run's time went, by Dagster's own record of its steps.
"""

import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from dagster import DagsterInstance

ROOT = Path(__file__).resolve().parents[2]
RUNS = 3
PROGRAM = Path(sys.executable).with_name("perf-pipeline")
IMPORTS = "import dagster, great_expectations, pandas, sqlalchemy, matplotlib.figure, openpyxl"


def measure(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Return wall seconds and peak memory in MB of one run of a command."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    return time.perf_counter() - begun, usage.ru_maxrss / 1024


def medians(runs: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the medians of seconds and megabytes."""
    return statistics.median(r[0] for r in runs), statistics.median(r[1] for r in runs)


def step_seconds(dagster_home: str) -> Counter[str]:
    """Return the seconds that the steps of all runs took: each check suite under one name."""
    taken: Counter[str] = Counter()
    with DagsterInstance.from_config(dagster_home) as instance:
        for run in instance.get_runs():
            for step in instance.get_run_step_stats(run.run_id):
                if step.start_time is not None and step.end_time is not None:
                    name = "expectations" if step.step_key.endswith("_checks") else step.step_key
                    taken[name] += step.end_time - step.start_time
    return taken


def main() -> None:
    """Measure the baseline, a first run into an empty warehouse, and a run again."""
    steps: Counter[str] = Counter()
    found: dict[str, list[tuple[float, float]]] = {"imports": [], "first run": [], "run again": []}
    for _ in range(RUNS):
        with TemporaryDirectory() as folder:
            environment = {
                **os.environ,
                "PERF_WAREHOUSE_URL": f"sqlite:///{folder}/warehouse.db",
                "PERF_OUTPUT": f"{folder}/out",
                "DAGSTER_HOME": f"{folder}/dagster",
            }
            found["imports"].append(measure([sys.executable, "-c", IMPORTS], environment))
            found["first run"].append(measure([str(PROGRAM), "run"], environment))
            steps = step_seconds(environment["DAGSTER_HOME"])
            found["run again"].append(measure([str(PROGRAM), "run"], environment))
    base_seconds, base_memory = medians(found["imports"])
    print(f"{'':12}{'seconds':>10}{'x imports':>11}{'peak MB':>10}{'x imports':>11}")
    for name, runs in found.items():
        seconds, memory = medians(runs)
        print(
            f"{name:12}{seconds:10.2f}{seconds / base_seconds:11.2f}"
            f"{memory:10.0f}{memory / base_memory:11.2f}"
        )
    whole = found["first run"][-1][0]
    imports = found["imports"][-1][0]
    parts = {"imports": imports, **steps, "Dagster and the rest": whole - imports - steps.total()}
    print(f"\nwhere the {whole:.1f} s of the last first run went")
    for name, seconds in sorted(parts.items(), key=lambda part: -part[1]):
        if seconds >= whole / 100:
            print(f"{name:28}{seconds:6.2f} s{seconds / whole:6.0%}")


if __name__ == "__main__":
    main()
