"""A clean machine becomes a running service by the README's lines, and nothing else."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from tests.services import ROOT, free_port
from tests.year import money_alone

pytestmark = pytest.mark.long(140)

HEADING = "## From a clean machine to a running service"
OURS = re.compile(r"PERF_|DAGSTER|PYTEST|VIRTUAL_ENV|PYTHON|MAKE")
BLOCK = re.compile(r"^```(?:sh|yaml)\n(.+?)^```$", re.DOTALL | re.MULTILINE)
LONGEST = 1500  # seconds, for a machine that does much else


def steps() -> str:
    """The lines of the section's first block of commands."""
    section = (ROOT / "README.md").read_text("utf-8").split(f"{HEADING}\n")[1]
    found = re.search(r"^```sh\n(.+?)^```$", section.split("\n## ")[0], re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def test_the_readme_s_lines_lead_to_a_running_service(tmp_path: Path) -> None:
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not OURS.match(name)}
    environment |= {"REPOSITORY": str(ROOT), "PERF_UI_PORT": str(port)}
    # the whole year is run by test_command_line.py
    environment["PERF_INBOX"] = str(money_alone(tmp_path / "inbox"))
    environment["PIP_COMPILE"] = "0"  # most of what is installed is never imported
    log = tmp_path / "log"
    with log.open("wb") as output:
        shell = subprocess.Popen(
            ["bash", "-e", "-c", steps()],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        assert shell.wait(LONGEST) == 0, log.read_text("utf-8")[-4000:]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/server_info", timeout=60) as answer:
            assert json.load(answer)["dagster_version"]
    finally:
        os.killpg(shell.pid, signal.SIGTERM)  # as `kill %1` does
        stopped = gone(shell.pid)
        with suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
    assert stopped, log.read_text("utf-8")[-4000:]
    said = log.read_text("utf-8")
    assert "✗" not in said.split("\n✓ 数据仓库")[-1]  # the last health check
    assert list((tmp_path / "perf_pipeline/out/reports").glob("*/2024-12/*.html"))


def test_the_two_readmes_say_to_do_the_same() -> None:
    """Block by block, but for what is a comment or named in a language."""
    english, chinese = (
        [_typed(each) for each in BLOCK.findall((ROOT / name).read_text("utf-8"))]
        for name in ("README.md", "README.zh-CN.md")
    )
    assert len(english) >= 3
    assert chinese == english


def _typed(block: str) -> list[str]:
    named = (
        re.sub(r"\b[A-Z]{2,}\b|[\u3400-\u9fff]+|\bpast\b", "…", line) for line in block.splitlines()
    )
    lines = (re.sub(r"\s+#.*|PERF_LANGUAGE=en ", "", line).strip() for line in named)
    return [line for line in lines if line and not line.startswith("#")]


def gone(group: int) -> bool:
    """Wait until no process of a group is left but those that nobody has buried yet."""
    for _ in range(240):
        if not living(group):
            return True
        time.sleep(0.25)
    return False


def living(group: int) -> list[int]:
    """Return the processes of a group that run, by Linux' own account of them."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # one that has ended meanwhile
            state, _parent, of = path.read_text().rpartition(")")[2].split()[:3]
            if int(of) == group and state != "Z":
                found.append(int(path.parent.name))
    return found
