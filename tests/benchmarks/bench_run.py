"""Time and peak memory of the main job after set-up, beside its baseline: importing its libraries.

Usage: make bench. Prints medians of three runs and their ratio to the baseline of the same session.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

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


def main() -> None:
    """Measure the baseline, a first run into an empty warehouse, and a run again."""
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
            found["run again"].append(measure([str(PROGRAM), "run"], environment))
    base_seconds, base_memory = medians(found["imports"])
    print(f"{'':12}{'seconds':>10}{'x imports':>11}{'peak MB':>10}{'x imports':>11}")
    for name, runs in found.items():
        seconds, memory = medians(runs)
        print(
            f"{name:12}{seconds:10.2f}{seconds / base_seconds:11.2f}"
            f"{memory:10.0f}{memory / base_memory:11.2f}"
        )


if __name__ == "__main__":
    main()
