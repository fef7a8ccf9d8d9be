"""Each command line that a page shows is one that the program takes, and each it names is one.

A page leaves to its reader what stands for a value (FILE, 编号, …): it may be anything. What gives
a value is to be typed as it stands, so nothing that must be given may be missing; what names a
command, or options of one, only names it.
"""

import re
import shlex
from collections.abc import Iterator

import pytest
import typer
from typer._click.core import Command, Context
from typer._click.exceptions import BadParameter, ClickException, MissingParameter, UsageError

from perf_pipeline.cli import app
from perf_pipeline.commands.spoken_help import spoken_command
from tests.year import ROOT

PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "deploy/Containerfile"]
    if path.name != "CHANGELOG.md"  # it tells what older versions took
)
SOURCES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("perf_pipeline", "assets")
    for path in (ROOT / folder).rglob("*.py")
    if "perf-pipeline " in path.read_text("utf-8")
)
FENCED = re.compile(r"^```\w*.*?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
QUOTED = re.compile(r"`([^`\n]+(?:\n[^`\n]+)?)`")
PROGRAM = re.compile(r"(?:.*/)?perf-pipeline")
NAMED = re.compile(r"perf-pipeline ((?:[a-z]+ ?)+)((?: ?--[a-z-]+)*)")
LEFT_OPEN = re.compile(r"….*|[A-Z]+|\W*[\u3400-\u9fff].*|日期")
FILE = re.compile(r".*\.\w+")
MEANS = ("1", "2024-06-30", "2024-06", __file__, str(ROOT))  # what is left open may be any of them
BEFORE = {"docker", "podman", "until", "sudo"}  # what starts the program as its own last words
NO_COMMANDS = {"warehouse"}  # what a backup says that it is


COMMAND = spoken_command(app)


def found(words: list[str], command: Command = COMMAND) -> tuple[Command, list[str]]:
    """The command that words begin with, and what is given to it."""
    below = getattr(command, "commands", {})
    if words and words[0] in below:
        return found(words[1:], below[words[0]])
    return command, words


def parse(words: list[str]) -> None:
    """Let the program take a command line and do nothing; ClickException where it does not."""
    command, given = found(words)
    context = Context(command, info_name="perf-pipeline")
    try:
        command.parse_args(context, given)
    except typer.Exit:  # --help, --version
        return
    if hasattr(command, "commands") and (given or not command.invoke_without_command):
        raise UsageError(f"no such command: {words}")


def refused(words: list[str]) -> str | None:
    """Why a command line is not taken, whatever stands for what it leaves open; None if it is."""
    words = [each.strip("[]") for each in words]  # which may be left out
    if LEFT_OPEN.fullmatch(words[0]):
        return None  # a command of the reader's choice
    command, given = found(words)
    options = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    if all(each.startswith("-") for each in given):  # a command, or options of it, are only named
        unknown = set(given) - options - {"--help"}
        return f"no such option: {unknown}" if unknown else None
    for meant in MEANS:
        try:
            parse([_meant(each, meant) for each in words])
        except MissingParameter as error:
            return str(error.format_message())
        except BadParameter as error:
            told = str(error.format_message())
        except ClickException as error:
            return str(error.format_message())
        else:
            return None
    return told


def _meant(word: str, meant: str) -> str:
    if LEFT_OPEN.fullmatch(word):
        return meant
    return __file__ if FILE.fullmatch(word) else word  # a file that is there


def typed(text: str) -> Iterator[list[str]]:
    """The command lines in a page's blocks, word by word, without the program's own name."""
    for block in FENCED.findall(text):
        for line in filter(PROGRAM.search, block.splitlines()):
            split = shlex.shlex(line, posix=True, punctuation_chars="();&|")
            split.whitespace_split = True
            command: list[str] = []
            for word in (*split, ";"):
                if word.strip(";&|"):
                    command.append(word)
                    continue
                yield from _of_program(command)
                command = []


def _of_program(words: list[str]) -> Iterator[list[str]]:
    named = [number for number, word in enumerate(words) if PROGRAM.fullmatch(word)]
    if named and (named[0] == 0 or words[0] in BEFORE):
        given = words[named[-1] + 1 :]
        if given and "build" not in words:
            yield given


def shown(text: str) -> Iterator[list[str]]:
    """The command lines that a page has in its blocks and between its sentences."""
    yield from typed(text)
    for quoted in QUOTED.findall(text.replace("```", "")):
        first, *given = quoted.split()
        if given and first == "perf-pipeline":
            yield given
        elif given and first in COMMAND.commands:  # type: ignore[attr-defined]
            yield [first, *given]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_command_lines_that_the_program_takes(page: str) -> None:
    every = list(shown((ROOT / page).read_text("utf-8")))
    told = {" ".join(words): refused(words) for words in every}
    assert {line: why for line, why in told.items() if why} == {}
    assert every or page not in ("README.md", "README.zh-CN.md", "docs/runbook.md")


@pytest.mark.parametrize("source", SOURCES)
def test_a_message_names_commands_that_there_are(source: str) -> None:
    for names, options in NAMED.findall((ROOT / source).read_text("utf-8")):
        words = names.split()
        if words[0] in NO_COMMANDS:
            continue
        command, _ = found(words)
        assert command is not COMMAND, (source, names)
        known = {name for each in command.params for name in each.opts}
        assert set(options.split()) <= known, (source, names, options)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("reopen --reason …", "--quarter"),
        ("status --quartr 2024-06", "--quartr"),
        ("statuss --quarter 2024-06", "statuss"),
        ("alerts ack 编号 --by …", "--reason"),
        ("run --year next", "--year"),
        ("score --oot", "--oot"),
        ("reopen --quarter 2024-03 --reason …", ""),
        ("restore 最新的.zip", ""),
        ("score --out", ""),
        ("status --on 日期", ""),
    ],
)
def test_what_is_refused_is_seen(line: str, why: str) -> None:
    told = refused(line.split())
    assert (told is None) if not why else (told is not None and why in told)
