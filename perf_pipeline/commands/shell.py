"""What all commands share: the application, its options, the terminal and the warehouse."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import typer

from perf_pipeline.language.spoken import SpokenConsole, say
from perf_pipeline.place import program_folder, shipped_data
from perf_pipeline.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from perf_pipeline.domain.calendar import Checkpoint
    from perf_pipeline.library.indicators import IndicatorLibrary

app = typer.Typer(help="预算绩效运行监控", no_args_is_help=True, pretty_exceptions_enable=False)
# a pipe has no width of its own: wide enough that no table is cut
console = SpokenConsole(width=None if sys.stdout.isatty() else 120)

Quarter = Annotated[str | None, typer.Option(help="检查点，如 2024-06；不写为全部")]
OneQuarter = Annotated[str, typer.Option("--quarter", help="检查点，如 2024-06")]
Department = Annotated[str | None, typer.Option(help="部门代码；不写为全部")]
Person = Annotated[
    str | None, typer.Option("--by", help="谁做的；不写为 PERF_PERSON，再没有则为当前系统用户")
]
# of commands in which 0.1.0 said --person for what is --by everywhere
PERSON_IS_BY = {"token_normalize_func": lambda name: "by" if name == "person" else name}
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("perf-pipeline"))
        raise typer.Exit


@app.callback()
def options(
    wanted: Annotated[
        bool, typer.Option("--version", help="版本", is_eager=True, callback=_tell_version)
    ] = False,
) -> None:
    """预算绩效运行监控"""


def warehouse(settings: Settings | None = None) -> Engine:
    """Open the warehouse of the settings, at its newest schema."""
    from perf_pipeline.warehouse.engine import open_warehouse

    settings = settings or Settings()
    return open_warehouse(settings.warehouse_url.get_secret_value(), settings.acting())


def indicator_library() -> IndicatorLibrary:
    """Read the indicator library (指标库): the inbox's own, else the shipped one."""
    from perf_pipeline.library.indicators import FILE, load_library

    own = Settings().inbox / FILE
    return load_library(own if own.exists() else shipped_data() / FILE)


def behind(person: str | None) -> str:
    """Return the person behind an act: as given, else as set, else the system's user.

    Raises ConfigurationError for an empty name.
    """
    from perf_pipeline.warehouse.seals.deed import named

    return named(person if person is not None else Settings().person)


def checkpoint_of(quarter: str) -> Checkpoint:
    """Return the checkpoint of a name; raises where the inbox's calendar has none."""
    return Settings().calendar().checkpoint(quarter)


def workspace_module(name: str) -> ModuleType:
    """Import a module of the Dagster code location, which lies beside `workspace.yaml`."""
    root = program_folder().resolve()
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    return importlib.import_module(name)


def show(
    told: object, as_json: bool, printed: Callable[[], object], paths: Iterable[Path] = ()
) -> None:
    """Show a result: to scripts as JSON, to people as it is `printed`, and what was written."""
    if as_json:
        print_json(told)
    else:
        printed()
        tell_paths(paths)


def tell(text: str, *, aside: bool = False) -> None:
    """Print a line as it is, `aside` on stderr."""
    typer.echo(say(text), err=aside)


def tell_paths(paths: Iterable[Path]) -> None:
    """Print where files were written, a line each."""
    for path in paths:
        tell(str(path))


def print_json(told: object) -> None:
    """Print a result for scripts."""
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))
