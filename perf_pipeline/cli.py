"""The command line: what scripts rely on and people type."""

from __future__ import annotations

import logging
import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import NoReturn

from pydantic import ValidationError
from rich.markup import escape
from typer import Abort
from typer._click.exceptions import ClickException

from perf_pipeline import commands
from perf_pipeline.commands.shell import app
from perf_pipeline.commands.spoken_help import spoken_command
from perf_pipeline.commands.wrong_usage import in_words, misplaced
from perf_pipeline.domain.errors import PerfPipelineError
from perf_pipeline.domain.faults import settings_faults, written_wrongly
from perf_pipeline.language.spoken import CHINESE, SpokenConsole, languages, speak
from perf_pipeline.logs import configure_logging
from perf_pipeline.settings import (
    ENV_FILE,
    LogFormat,
    Settings,
    SpokenSetting,
)
from perf_pipeline.warehouse.address import without_secrets

log = logging.getLogger(__name__)
ABOUT_ITSELF = {"--version", "--help"}  # told whatever the settings are
# every module of the folder, of which those of commands add their own to `app`
COMMANDS = [
    import_module(f"{commands.__name__}.{each.name}") for each in iter_modules(commands.__path__)
]


def main() -> None:
    """Run the command line; what people did wrong is told in one line, without a traceback."""
    try:
        settings = Settings()
    except (ValidationError, UnicodeDecodeError, OSError) as error:
        said = f"{ENV_FILE} {written_wrongly(error)}"
        from_file: str | None = None
        if isinstance(error, ValidationError):
            said, from_file = settings_faults(error), ENV_FILE
        wanted = SpokenSetting(_env_file=from_file).language
        speak(wanted if wanted in languages() else CHINESE)
        if ABOUT_ITSELF.intersection(sys.argv[1:]):
            _run_command()
        _tell(f"设置无法使用：{said}")
        sys.exit(2)
    speak(settings.language)
    configure_logging(settings)
    try:
        _run_command()
    except PerfPipelineError as error:
        if settings.log_format is LogFormat.JSON:
            log.error("%s", error)
        else:
            _tell(without_secrets(str(error), settings.warehouse_url.get_secret_value()))
        sys.exit(2)
    except Exception as error:
        from perf_pipeline.warehouse.complaints import complaint  # most commands end without

        if told := complaint(error) or misplaced(error, [*sys.argv[1:], str(settings.output)]):
            _tell(told)
        else:
            log.exception("意外的错误")
        sys.exit(1)


def _run_command() -> NoReturn:
    """Run the command that was typed, and end; what was typed wrongly is told in words."""
    try:
        sys.exit(spoken_command(app)(prog_name="perf-pipeline", standalone_mode=False))
    except ClickException as error:
        _tell(in_words(error))
        sys.exit(2)
    except Abort:
        sys.exit(1)


def _tell(error: str) -> None:
    SpokenConsole(stderr=True).print(
        f"[bold red]错误[/] {escape(error)}", highlight=False, soft_wrap=True
    )
