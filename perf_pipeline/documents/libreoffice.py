"""LibreOffice as a converter: without a window, in a profile of its own, under a time limit.

Macros do not run in it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

PROGRAMS = ("soffice", "libreoffice")


def libreoffice() -> str | None:
    """Return the program's path; None where it is not installed."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def convert(program: str, sources: Sequence[Path], to: str, made: Path, seconds: int) -> bool:
    """Convert files into a folder; False where the time ran out and it was stopped.

    `to` is LibreOffice's name of the format. What could not be read is missing in the folder.
    """
    with TemporaryDirectory(prefix="perf-pipeline-") as profile:
        command = [
            program,
            f"-env:UserInstallation={Path(profile).as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            to,
            "--outdir",
            str(made),
            *map(str, sources),
        ]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # its helpers end with it
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    return True
