"""The command line: what scripts rely on and people type."""

from __future__ import annotations

import logging
import sys

from pydantic import ValidationError
from rich.markup import escape
from typer import Abort
from typer._click.exceptions import ClickException

from perf_pipeline.commands import (
    alerts,
    audit,
    documents,
    inbox,
    items,
    operations,
    overall,
    recheck,
    registers,
    results,
    service,
)
from perf_pipeline.commands.shell import app
from perf_pipeline.commands.spoken_help import spoken_command
from perf_pipeline.commands.wrong_usage import in_words
from perf_pipeline.domain.errors import PerfPipelineError
from perf_pipeline.domain.faults import settings_faults
from perf_pipeline.language.spoken import CHINESE, SpokenConsole, languages, speak
from perf_pipeline.logs import configure_logging
from perf_pipeline.settings import LogFormat, Settings, SpokenSetting
from perf_pipeline.warehouse.address import without_secrets

log = logging.getLogger(__name__)
COMMANDS = (
    service,
    inbox,
    documents,
    registers,
    results,
    recheck,
    overall,
    audit,
    alerts,
    items,
    operations,
)  # each adds its own to `app`


def main() -> None:
    """Run the command line; what people did wrong is told in one line, without a traceback."""
    try:
        settings = Settings()
    except ValidationError as error:
        wanted = SpokenSetting().language
        speak(wanted if wanted in languages() else CHINESE)
        _tell(f"设置无法使用：{settings_faults(error)}")
        sys.exit(2)
    speak(settings.language)
    configure_logging(settings)
    try:
        sys.exit(spoken_command(app)(prog_name="perf-pipeline", standalone_mode=False))
    except ClickException as error:
        _tell(in_words(error))
        sys.exit(2)
    except Abort:
        sys.exit(1)
    except PerfPipelineError as error:
        if settings.log_format is LogFormat.JSON:
            log.error("%s", error)
        else:
            _tell(without_secrets(str(error), settings.warehouse_url.get_secret_value()))
        sys.exit(2)
    except Exception as error:
        from perf_pipeline.warehouse.complaints import complaint  # most commands end without

        said = complaint(error)
        if said is None:
            log.exception("意外的错误")
        else:
            _tell(said)
        sys.exit(1)


def _tell(error: str) -> None:
    SpokenConsole(stderr=True).print(
        f"[bold red]错误[/] {escape(error)}", highlight=False, soft_wrap=True
    )
