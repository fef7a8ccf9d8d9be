"""Whatever bytes are handed in, a file is read or refused: a short coverage-guided run."""

import re
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = 300


def test_no_bytes_break_a_reader(tmp_path: Path) -> None:
    # the system counts a parent's peak as its child's
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    options = [
        f"-runs={RUNS}",
        "-seed=20240331",
        "-max_len=20000",
        "-timeout=20",
        f"-rss_limit_mb={1024 + peak}",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.readers", str(tmp_path), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    covered = [int(found) for found in re.findall(r"cov: (\d+)", done.stderr)]
    assert covered[-1] > covered[0], "the run was not led by coverage"
