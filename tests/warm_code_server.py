"""Dagster's code server, whose runs are forked from a process that has all modules imported.

Dagster starts a run's process anew, which imports for seconds before it works; a year has some
thirty runs. All else is as it is: a run is a process of its own, in the server's group.
"""

import multiprocessing
from multiprocessing.context import BaseContext

MODULES = ["assets.definitions", "perf_pipeline.quality.validate", "perf_pipeline.quality.docs"]
_context = multiprocessing.get_context


def _warm(method: str | None = None) -> BaseContext:
    return _context("forkserver" if method == "spawn" else method)


def ready() -> None:
    """Do nothing: who starts this in a process has waited until all is imported."""


if __name__ == "__main__":
    from dagster._cli import main

    multiprocessing.set_forkserver_preload(MODULES)
    first = _context("forkserver").Process(target=ready)
    first.start()  # the daemon waits for a minute at most until a run has started
    first.join()
    multiprocessing.get_context = _warm  # type: ignore[assignment]
    main()
