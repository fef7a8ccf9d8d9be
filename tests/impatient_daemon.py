"""Dagster's daemon, which looks at the clock every other second instead of sleeping by it.

A clock that a test moves does not wake anybody who has gone to sleep until the next minute.
"""

import threading

from dagster._daemon.cli import main

LONGEST_NAP = 1.5
_wait = threading.Event.wait


def _nap(self: threading.Event, timeout: float | None = None) -> bool:
    return _wait(self, None if timeout is None else min(timeout, LONGEST_NAP))


if __name__ == "__main__":
    threading.Event.wait = _nap  # type: ignore[method-assign]
    main()
