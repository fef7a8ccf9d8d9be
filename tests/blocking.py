"""What the checks find that stop all departments: what is taken in must pass them."""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine

from perf_pipeline.quality.checked import validated
from perf_pipeline.settings import Settings


def blocked(engine: Engine, tables: Iterable[str], results: Path) -> list[tuple[str, str]]:
    """Return what fails of the checks that block, by table; each has a suite."""
    settings = Settings()
    return [
        (each.table, each.description)
        for name in tables
        for each in validated(
            engine,
            settings.suites,
            name,
            checkpoint=None,
            limits=settings.limits,
            results=results,
        )
        if each.blocking and not each.success
    ]
