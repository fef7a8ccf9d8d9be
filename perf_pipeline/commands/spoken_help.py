"""The help of commands, in the language of the installation: our words, and Typer's own."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import cache, partial

import typer
from rich.console import RenderableType
from rich.text import Text
from typer._click.core import Command, Context
from typer._click.formatting import HelpFormatter
from typer.core import TyperArgument, TyperOption
from typer.main import get_command

from perf_pipeline.language.spoken import say

# what Typer writes, and the same in our words; a version that writes otherwise fails a test
WORDS = {
    "Arguments": "参数",
    "Options": "可用的选项",
    "Commands": "命令",
    "[default: {}]": "[默认：{}]",
    "[env var: {}]": "[环境变量：{}]",
    "[required]": "[必填]",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]...",
    "Show this message and exit.": "显示这段说明。",
    "Install completion for the current shell.": "为当前的命令行安装自动补全。",
    "Show completion for the current shell, to copy it or customize the installation.": (
        "显示当前命令行的自动补全，供复制或改动后安装。"
    ),
}
KINDS = {"str": "文字", "int": "整数", "int range": "整数", "path": "路径", "%Y-%m-%d": "日期"}


class _SpokenFormatter(HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or say("用法："))


class _SpokenContext(Context):
    """What a command is asked in; its help is laid out in the language spoken."""

    formatter_class = _SpokenFormatter

    def get_help(self) -> str:
        for name, words in _looks().items():
            said = say(words)
            setattr(sys.modules["typer.rich_utils"], name, said[:1].upper() + said[1:])
        if option := self.command.get_help_option(self):
            option.help = _said(option.help)
        return super().get_help()


@cache
def _looks() -> dict[str, str]:
    """Let long Chinese words break, once a process; return what Typer's names stand for."""
    from typer import rich_utils  # a tenth of a command's start, and only for help

    rich_utils._make_rich_text = partial(  # type: ignore[assignment]
        _folded, rich_utils._make_rich_text
    )
    named = vars(rich_utils).items()
    return {name: WORDS[word] for name, word in named if name.isupper() and word in WORDS}


def spoken_command(app: typer.Typer) -> Command:
    """Return an application as one command, whose help is in the language spoken."""
    for parameter in (TyperOption, TyperArgument):
        parameter.display_type_rich = _kind  # type: ignore[method-assign, assignment]
    command = get_command(app)
    _translate(command)
    return command


def _translate(command: Command) -> None:
    """Translate the help of a command, of its options and of the commands below it."""
    command.context_class = _SpokenContext
    for name in ("help", "short_help", "epilog", "options_metavar", "subcommand_metavar"):
        if getattr(command, name, None):
            setattr(command, name, _said(getattr(command, name)))
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = _said(parameter.help)  # type: ignore[attr-defined]
    for below in getattr(command, "commands", {}).values():
        _translate(below)


def _said(text: str | None) -> str:
    return say(WORDS.get(text or "", text or ""))


def _folded(made: Callable[..., RenderableType], **how: object) -> RenderableType:
    """Break Chinese at the end of a line, where a long word would be cut off."""
    if isinstance(text := made(**how), Text):
        text.overflow = "fold"
    return text


def _kind(parameter: TyperOption | TyperArgument, ctx: Context) -> str:
    """Return what is written for an option: <整数>; nothing behind one that takes no value."""
    if getattr(parameter, "is_flag", False):
        return ""
    shown = parameter.metavar or parameter.display_type(ctx)
    kind = re.sub(r"^<(list\[)?(.*?)]?>$", r"\2", shown)
    return f"<{say(KINDS[kind])}>" if kind in KINDS else shown  # else the values themselves
