"""The help of commands, in the language of the installation."""

from __future__ import annotations

import typer
from typer._click.core import Command
from typer.main import get_command

from perf_pipeline.language.spoken import CHINESE, language, say


def spoken_command(app: typer.Typer) -> Command:
    """Return an application as one command, whose help is in the language spoken."""
    command = get_command(app)
    if language() != CHINESE:
        _translate(command)
    return command


def _translate(command: Command) -> None:
    """Translate the help of a command, of its options and of the commands below it."""
    for name in ("help", "short_help", "epilog"):
        if getattr(command, name, None):
            setattr(command, name, say(getattr(command, name)))
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = say(parameter.help)  # type: ignore[attr-defined]
    for below in getattr(command, "commands", {}).values():
        _translate(below)
