"""Pages of the documentation, followed as a reader would: files laid down, commands run.

A block `sh` is run line by line; one with a title is the file of that name; a block `text` is what
the commands before it print, among other things. What is `console` a reader types elsewhere.
"""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.year import ROOT

DOCS = ROOT / "docs"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
Program = Callable[[dict[str, str], list[str]], str]  # runs a command, returns what it printed


@dataclass(frozen=True)
class Block:
    """A block of a page: its kind, the file that it is, its lines."""

    kind: str
    title: str
    text: str

    @property
    def commands(self) -> list[list[str]]:
        """The words of each line that is a command."""
        if self.kind not in ("sh", "console"):
            return []
        lines = (shlex.split(line, comments=True) for line in self.text.splitlines())
        return [words for words in lines if words]


def blocks(name: str) -> list[Block]:
    """The blocks of a page."""
    return [Block(*found.groups("")) for found in BLOCK.finditer((DOCS / name).read_text("utf-8"))]


def follow(name: str, folder: Path, environment: dict[str, str], program: Program) -> None:
    """Do what a page says in a folder; its exports hold unless the environment has them."""
    exported = dict(environment)
    said = ""
    for block in blocks(name):
        if block.title:
            path = folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
        elif block.kind == "sh":
            said = ""
            for first, *words in block.commands:
                if first == "export":
                    setting, _, value = words[0].partition("=")
                    exported.setdefault(setting, value)
                else:
                    assert first == "perf-pipeline", (name, first)
                    said += program(exported, words)
        elif block.kind == "text":
            absent = [line for line in block.text.splitlines() if line not in said]
            assert not absent, (name, absent, said)
