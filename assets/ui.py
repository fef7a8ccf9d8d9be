"""The Dagster UI on this workspace: `perf-pipeline ui` calls it."""

import os
import signal
import sys
from pathlib import Path

from assets.home import dagster_home
from perf_pipeline.place import WORKSPACE, program_folder


def serve_ui(host: str, port: int) -> None:
    """Replace this process by `dagster dev` on the workspace."""
    dagster_home()
    # a script's shell has what it puts in the background ignore interrupts, and everything that
    # inherits this; Dagster stops its processes by them
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    program = Path(sys.executable).with_name("dagster")
    workspace = str((program_folder() / WORKSPACE).resolve())
    command = ["dagster", "dev", "-w", workspace, "-h", host, "-p", str(port)]
    os.execv(program, command)
