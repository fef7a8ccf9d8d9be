"""A script in a process of its own, which reads an installation's own declarations."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def in_own_process(script: str, declarations: Path, *arguments: object) -> dict[str, Any]:
    """Run it with these declarations; return what it prints as JSON."""
    ran = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"PERF_DECLARATIONS": str(declarations)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found
