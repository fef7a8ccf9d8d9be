"""Write the reference pages that are made from declarations and code.

Usage: python -m scripts.build_reference [FOLDER]   (default: docs)
"""

import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from perf_pipeline.cli import app
from perf_pipeline.commands.spoken_help import spoken_command
from perf_pipeline.language.spoken import CHINESE, language, languages, say, speaking
from perf_pipeline.measures.audit_rules import AUDIT_RULES
from perf_pipeline.measures.catalogue import UNUSABLE
from perf_pipeline.registers.declaration import load_registers
from perf_pipeline.registers.declaration_folder import DeclarationFolder
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.star import AREAS
from scripts.reference.measures import measures_page
from scripts.reference.registers import registers_page
from scripts.reference.warehouse import read_queries, warehouse_page

DOCS = Path(__file__).resolve().parent.parent / "docs"
SUFFIX = {CHINESE: ".zh-CN.md"}  # of a page's name; English pages have none
HEADS = {
    "commands": {
        "en": "# Commands\n\nMade from the program: `perf-pipeline COMMAND --help` says the same.",
        CHINESE: "# 命令\n\n由程序生成；`perf-pipeline 命令 --help` 说的相同。",
    },
    "settings": {
        "en": "# Settings\n\nMade from the program. Each is a variable of the environment, or "
        "a line of `.env` in the folder that commands run in.\n\n| setting | default | what |",
        CHINESE: "# 设置\n\n由程序生成。每项是一个环境变量，或运行命令的文件夹里 `.env` 的一行。"
        "\n\n| 设置 | 默认 | 是什么 |",
    },
}


def commands_page() -> str:
    """Write every command with its arguments and options."""
    lines = [HEADS["commands"][language()]]
    for words, command in _commands((), spoken_command(app)):
        lines += ["", f"## `{' '.join(words)}`", "", _one_line(command.help), ""]
        lines += [f"- {_parameter(each)}" for each in command.params if _is_told(each)]
    return "\n".join(lines).rstrip() + "\n"


def _commands(words: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Give each command that can be typed, with its words."""
    below = getattr(command, "commands", {})
    if words and (not below or command.invoke_without_command):
        yield words, command
    for name, each in sorted(below.items()):
        yield from _commands((*words, name), each)


def _is_told(parameter: Any) -> bool:
    return parameter.name != "help" and not getattr(parameter, "hidden", False)


def _parameter(parameter: Any) -> str:
    told = getattr(parameter, "help", None) or ""
    if parameter.param_type_name == "argument":
        shown = parameter.name.upper()
        return f"`{shown if parameter.required else f'[{shown}]'}` {_one_line(told)}".rstrip()
    names = ", ".join((*parameter.opts, *parameter.secondary_opts))
    return f"`{names}` {_one_line(told)}".rstrip()


def settings_page() -> str:
    """Write every setting with its default and description."""
    rows = [
        f"| `PERF_{name.upper()}` | {_default(default)} | {_cell(say(told))} |"
        for name, told, default in settings_fields()
    ]
    return "\n".join([HEADS["settings"][language()], "|---|---|---|", *rows]) + "\n"


def settings_fields() -> Iterator[tuple[str, str, object]]:
    """Give each setting that is a single value: its name below PERF_, what it is, its default."""
    for name, field in (Settings.model_fields | DeclarationFolder.model_fields).items():
        yield from _values(name, field, field.get_default(call_default_factory=name != "suites"))


def _values(name: str, field: FieldInfo, default: object) -> Iterator[tuple[str, str, object]]:
    if not isinstance(default, BaseModel):
        yield name, field.description or "", default
        return
    for inner, of in type(default).model_fields.items():
        yield from _values(f"{name}__{inner}", of, getattr(default, inner))


def _default(value: object) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        value = str(value).lower()
    if value is None or value is PydanticUndefined or value in ((), {}):
        return ""
    return f"`{_cell(str(value))}`"


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|")


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def reference_pages(spoken: str, queries: Path = DOCS / "queries") -> dict[str, str]:
    """Write each page of reference in a language; return them by name."""
    registers = load_registers()
    with speaking(spoken):
        return {
            "commands": commands_page(),
            "settings": settings_page(),
            "registers": registers_page(registers),
            "measures": measures_page(registers, UNUSABLE, AUDIT_RULES),
            "warehouse": warehouse_page(AREAS, read_queries(queries)),
        }


def main(folder: Path) -> None:
    """Write the pages of commands, settings, registers, measures and the warehouse."""
    for spoken in languages():
        for name, page in reference_pages(spoken, folder / "queries").items():
            (folder / f"{name}{SUFFIX.get(spoken, '.md')}").write_text(page, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)
