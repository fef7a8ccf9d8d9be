"""What is wrong with what was typed, in words: an unknown command, a missing value, a wrong one."""

from __future__ import annotations

import errno
import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError
from typer._click.core import Context, Parameter
from typer._click.exceptions import (
    BadOptionUsage,
    BadParameter,
    ClickException,
    MissingParameter,
    NoSuchOption,
    UsageError,
)

from perf_pipeline.domain.faults import fault_of

# what the parser says of a value, and the same in our words
SAID = (
    (r"'?(?P<value>.*?)'? is not a valid (?:integer|int)\b.*", "“{value}”不是整数"),
    (r"'?(?P<value>.*?)'? is not a valid (?:float|number)\b.*", "“{value}”不是数字"),
    (r"'?(?P<value>.*?)'? is not one of (?P<choices>.*?)\.?", "“{value}”应为 {choices} 之一"),
    (r"'?(?P<value>.*?)'? is not in the range (?P<range>.*?)\.?", "“{value}”不在 {range} 的范围里"),
    (
        r"'?(?P<value>.*?)'? does not match the formats? .*",
        "“{value}”应为 2024-06-30 这样的日期",
    ),
    (r".*?'(?P<value>.*)' does not exist\.", "没有 {value} 这个文件或文件夹"),
    (r".*?'(?P<value>.*)' is a directory\.", "{value} 是文件夹，应为文件"),
    (r".*?'(?P<value>.*)' is a file\.", "{value} 是文件，应为文件夹"),
    (r".*?'(?P<value>.*)' is not (?:readable|writable)\.", "{value} 没有读写的权限"),
    (r"No such command '(?P<value>.*?)'.*", "没有命令 {value}"),
    (r"Missing command\.", "没有写命令"),
    (r"Got unexpected extra argument\S* \((?P<value>.*)\).*", "多出的参数：{value}"),
    (r"Option '(?P<value>.*?)' requires.*", "选项 {value} 后面要写值"),
    (r"Option '(?P<value>.*?)' does not take a value\.?", "选项 {value} 后面不写值"),
)

PLACES = {
    errno.ENOENT: "没有 {place} 这个文件夹：先建好，或写到别处",
    errno.EISDIR: "没有写：{place} 是文件夹，应为文件",
    errno.ENOTDIR: "没有写：{place} 是文件，应为文件夹",
    errno.EEXIST: "没有写：{place} 是文件，应为文件夹",
}


def misplaced(error: BaseException, named: Sequence[str]) -> str | None:
    """Say what is wrong with a place that somebody named, where something was to be written.

    None for any other error: what we ourselves look for elsewhere is missing by a fault of ours.
    """
    said = PLACES.get(error.errno or 0) if isinstance(error, OSError) else None
    if said is None or not isinstance(error, OSError) or not error.filename:
        return None
    sought = Path(error.filename).absolute()
    for word in named:
        place = Path(word.rpartition("=")[2]).absolute()
        beside = place.parent == sought.parent and sought.suffix == ".tmp"  # to be put in its place
        if beside or place in (sought, *sought.parents):
            way = [*reversed(place.parents), place]
            wrong = next((each for each in way if not each.is_dir()), place)
            return said.format(place=wrong)
    return None


def in_words(error: ClickException) -> str:
    """Say what is wrong with a command line, and where its help is."""
    told = _fault(error)
    context = error.ctx if isinstance(error, UsageError) else None
    if context is None:
        return told
    told = told or "没有写命令"
    if near := _near(error, context):
        return f"{told}；是不是 {'、'.join(near)}。用法见 {context.command_path} --help"
    return f"{told}。用法见 {context.command_path} --help"


def _fault(error: ClickException) -> str:
    if isinstance(error, NoSuchOption):
        return f"没有选项 {error.option_name}"
    if isinstance(error, MissingParameter):
        option = _option(error.param)
        if option and error.param and (others := error.param.secondary_opts):
            return f"缺少选项 {option} 或 {others[0]}"
        return f"缺少选项 {option}" if option else f"缺少参数 {error.param and error.param.name}"
    said = _said(error.message)
    if isinstance(error, BadParameter) and not isinstance(error, BadOptionUsage):
        cause = error.__cause__
        said = _said(fault_of(cause)) if isinstance(cause, ValidationError) else said
        option = _option(error.param)
        return f"选项 {option} 的值不对：{said}" if option else f"参数的值不对：{said}"
    return said


def _said(message: str) -> str:
    for pattern, words in SAID:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return words.format(**found.groupdict())
    return message


def _option(parameter: Parameter | None) -> str | None:
    """Return how an option is typed; None of an argument."""
    options = [each for each in parameter.opts if each.startswith("-")] if parameter else []
    return options[0] if options else None


def _near(error: ClickException, context: Context) -> list[str]:
    """Find what may have been meant."""
    if isinstance(error, NoSuchOption):
        options = [each for parameter in context.command.params for each in parameter.opts]
        return get_close_matches(error.option_name, options)
    typed = re.search(r"No such command '(.*?)'", error.message)
    commands = getattr(context.command, "commands", {})
    return get_close_matches(typed[1], commands) if typed else []
