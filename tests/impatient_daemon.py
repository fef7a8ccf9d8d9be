"""Dagster's daemon, which looks at the clock every other second instead of sleeping by it.

A clock that a test moves does not wake anybody who has gone to sleep until the next minute.

It looks at the code location anew once in a minute by its clock, which here passes in seconds: once
in a day is enough, since it watches the code server itself for every start.

Dagster writes that a run has failed before it writes the run's new state. Who looks for runs to
start again between the two finds none, and looks no more at this one; an installation's schedule
begins it on the next day. The year's test is about this day, so here nobody looks between the two.
"""

import threading
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import dagster as dg
from dagster._core.definitions import freshness
from dagster._daemon import controller
from dagster._daemon.auto_run_reexecution.event_log_consumer import EventLogConsumerDaemon
from dagster._daemon.cli import main

LONGEST_NAP = 1.5
_wait = threading.Event.wait
_look = EventLogConsumerDaemon.run_iteration
ENDING = dg.RunsFilter(statuses=[dg.DagsterRunStatus.CANCELING])


def _nap(self: threading.Event, timeout: float | None = None) -> bool:
    """Wait for so many seconds of the service's clock, looking at it again and again."""
    if timeout is None or timeout <= LONGEST_NAP:
        return _wait(self, timeout)
    until = time.time() + timeout
    while time.time() < until:
        if _wait(self, LONGEST_NAP):
            return True
    return self.is_set()


def _look_when_settled(self: EventLogConsumerDaemon, context: Any) -> Iterator[Any]:
    if context.instance.get_runs_count(ENDING) == 0:
        yield from _look(self, context)


if __name__ == "__main__":
    # asked of every asset whenever the code location is looked at, which takes the most time here
    freshness.get_smallest_cron_interval = cache(freshness.get_smallest_cron_interval)
    controller.RELOAD_WORKSPACE_INTERVAL = 24 * 60 * 60
    threading.Event.wait = _nap  # type: ignore[method-assign]
    EventLogConsumerDaemon.run_iteration = _look_when_settled  # type: ignore[method-assign, assignment]
    main()
