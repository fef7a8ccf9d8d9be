"""The command line: what scripts rely on and people type."""

from __future__ import annotations

import logging
import sys

from rich.console import Console

from perf_pipeline.commands import alerts, documents, operations, registers, results, service
from perf_pipeline.commands.shell import app
from perf_pipeline.domain.errors import PerfPipelineError

COMMANDS = (
    service,
    documents,
    registers,
    results,
    alerts,
    operations,
)  # each adds its own to `app`


def main() -> None:
    """Run the command line; what people did wrong is told in one line, without a traceback."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        app()
    except PerfPipelineError as error:
        Console(stderr=True).print(f"[bold red]错误[/] {error}", highlight=False, soft_wrap=True)
        sys.exit(2)
