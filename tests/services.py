"""The services of deploy/systemd, started as plain processes by the commands of their units."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UNITS = ROOT / "deploy" / "systemd"
PROGRAMS = "/opt/perf-pipeline/.venv/bin"
STARTS_WITHIN = 1200  # tries, a quarter of a second apart, on a machine with much else to do
STOPS_WITHIN = 60


def command_of(unit: str) -> list[str]:
    """Return the command that a unit starts, as it stands there."""
    read = configparser.RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment]
    read.read(UNITS / unit, "utf-8")
    return shlex.split(read["Service"]["ExecStart"])


def command_here(unit: str, environment: Mapping[str, str]) -> list[str]:
    """Return a unit's command with this checkout in the place of the installed one."""

    def value(found: re.Match[str]) -> str:
        return environment[found[1]]

    program, *words = (re.sub(r"\$\{(\w+)\}", value, word) for word in command_of(unit))
    assert program.startswith(PROGRAMS)
    here = Path(sys.executable).parent / Path(program).name
    return [str(here), *(word.replace("/opt/perf-pipeline", str(ROOT)) for word in words)]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


class Service:
    """A process that was started, its log, and an end that leaves nothing running."""

    def __init__(self, command: list[str], environment: Mapping[str, str], log: Path) -> None:
        """Start it in the checkout, in a group of its own."""
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        """What it has written so far."""
        return self.log.read_text("utf-8", "replace")

    def answers(self, url: str) -> bytes:
        """Wait until it answers an address, and return the answer."""
        for _ in range(STARTS_WITHIN):
            assert self.process.poll() is None, self.said()[-4000:]
            try:
                with urllib.request.urlopen(url, timeout=5) as answer:
                    content: bytes = answer.read()
                    return content
            except OSError:
                time.sleep(0.25)
        raise AssertionError(self.said()[-4000:])

    def stop(self) -> int:
        """End it as systemd does; return its exit code (negative: the signal that it died of)."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            return self.process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            return -signal.SIGKILL
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
