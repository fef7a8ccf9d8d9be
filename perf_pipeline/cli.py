"""The command line: what scripts rely on and people type."""

from __future__ import annotations

import logging
import sys
from typing import Any

from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from perf_pipeline.commands import (
    alerts,
    audit,
    documents,
    inbox,
    operations,
    overall,
    recheck,
    registers,
    results,
    service,
)
from perf_pipeline.commands.shell import app
from perf_pipeline.domain.errors import PerfPipelineError
from perf_pipeline.logs import configure_logging
from perf_pipeline.settings import LogFormat, Settings

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
    operations,
)  # each adds its own to `app`


def main() -> None:
    """Run the command line; what people did wrong is told in one line, without a traceback."""
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = "；".join(_fault(each) for each in error.errors())
        _tell(f"设置无法使用：{wrong}")
        sys.exit(2)
    configure_logging(settings)
    try:
        app()
    except PerfPipelineError as error:
        if settings.log_format is LogFormat.JSON:
            log.error("%s", error)
        else:
            _tell(str(error))
        sys.exit(2)
    except Exception:
        log.exception("意外的错误")
        sys.exit(1)


def _tell(error: str) -> None:
    Console(stderr=True).print(
        f"[bold red]错误[/] {escape(error)}", highlight=False, soft_wrap=True
    )


def _fault(error: Any) -> str:
    """Write which setting is wrong and why; not its value, which may be a secret."""
    name = "__".join(str(part) for part in error["loc"]).upper()
    return f"PERF_{name} {error['msg']}"
