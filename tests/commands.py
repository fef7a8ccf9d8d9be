"""The command line in a process of its own, forked from this one, which has imported everything.

Starting Python and importing the libraries takes longer than most commands. A forked process has
its own environment, folder, output and exit code as one that a shell starts.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from perf_pipeline.cli import main
from tests.year import ROOT


def call(
    environment: Mapping[str, str], *arguments: str, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run a command; return its exit code and what it wrote."""
    with TemporaryFile() as output, TemporaryFile() as errors:
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child == 0:
            _become(environment, arguments, cwd, output, errors)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        written = [_read(each) for each in (output, errors)]
    return subprocess.CompletedProcess(arguments, status, *written)


def _become(
    environment: Mapping[str, str],
    arguments: tuple[str, ...],
    cwd: Path,
    output: IO[bytes],
    errors: IO[bytes],
) -> None:
    """Be the command, and end with it: nothing of the tests' process runs after it."""
    status = 1
    try:
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(cwd)
        os.dup2(output.fileno(), 1)
        os.dup2(errors.fileno(), 2)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
        sys.argv = ["perf-pipeline", *arguments]
        main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _read(written: IO[bytes]) -> str:
    written.seek(0)
    return written.read().decode()
