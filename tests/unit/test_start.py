"""What a command needs not, it does not import: commands that only look start in a moment."""

import json
import os
import subprocess
import sys
from pathlib import Path

ASKED = """
import json, sys
from typer.testing import CliRunner
from perf_pipeline.cli import app

result = CliRunner().invoke(app, sys.argv[1:])
print(json.dumps({"modules": sorted(sys.modules), "code": result.exit_code}))
"""


def imported(folder: Path, *command: str) -> set[str]:
    """The modules that a command imports in a process of its own."""
    here = {
        "PERF_INBOX": str(folder / "inbox"),
        "PERF_WAREHOUSE_URL": f"sqlite:///{folder / 'warehouse.db'}",
    }
    (folder / "inbox").mkdir(exist_ok=True)
    ran = subprocess.run(
        [sys.executable, "-c", ASKED, *command],
        env=os.environ | here,
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(ran.stdout)
    assert told["code"] == 0
    return set(told["modules"])


def test_help_does_not_even_read_the_declarations_of_registers(tmp_path: Path) -> None:
    never = {"pandas", "perf_pipeline.warehouse.schema"}
    assert imported(tmp_path, "--help") & never == set()


def test_a_reader_starts_with_what_files_are_read_by_and_nothing_else() -> None:
    never = {"asyncio", "numpy", "pandas", "pydantic_settings", "pyarrow", "sqlalchemy", "typer"}
    started = (
        "import importlib, json, sys; from perf_pipeline.foreign import child;"
        "[importlib.import_module(name) for name in child.WARM]; print(json.dumps([*sys.modules]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", started], capture_output=True, text=True, check=True
    )
    assert never & {*json.loads(ran.stdout)} == set()
