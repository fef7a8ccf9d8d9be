"""The points at which a run may die: every write, every commit, every file and every message.

A process that dies at a point dies of SIGKILL: nothing in it hears of it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from perf_pipeline.alerts.channels.mail import MailChannel
from perf_pipeline.foreign import process

READS = ("SELECT", "PRAGMA", "BEGIN", "EXPLAIN", "ANALYZE")


class Points:
    """Counts the points that are passed; at the one to die at the process dies."""

    def __init__(
        self,
        die_at: int | None = None,
        *,
        group: bool = False,
        last_words: Callable[[str], object] = lambda _kind: None,
        ends: Callable[[], object] | None = None,
    ) -> None:
        """Have passed none yet; `die_at` counts from 1. `group`: the whole group dies with it.

        `last_words` is called with the kind of the point before the end; `ends` happens instead.
        """
        self.die_at, self.last_words = die_at, last_words
        self.end = ends or (lambda: os.kill(0 if group else os.getpid(), signal.SIGKILL))
        self.passed: list[str] = []

    def passes(self, kind: str) -> None:
        """Pass a point, or die at it."""
        self.passed.append(kind)
        if len(self.passed) == self.die_at:
            self.last_words(kind)
            self.end()


@contextmanager
def passing(points: Points) -> Iterator[Points]:
    """Let all that is done meanwhile in this process pass the points."""

    def before_statement(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(READS):
            points.passes("before a write")

    def around(original: Callable[..., Any], kind: str) -> Callable[..., Any]:
        def done(*given: Any, **named: Any) -> Any:
            points.passes(f"before {kind}")
            result = original(*given, **named)
            points.passes(f"after {kind}")
            return result

        return done

    event.listen(Engine, "before_cursor_execute", before_statement)
    places = (
        (DefaultDialect, "do_commit", "a commit"),
        (os, "replace", "a file takes its place"),
        (MailChannel, "send", "a message is sent"),
    )
    patches = [patch.object(of, name, around(getattr(of, name), kind)) for of, name, kind in places]
    for each in patches:
        each.start()
    try:
        yield points
    finally:
        for each in patches:
            each.stop()
        event.remove(Engine, "before_cursor_execute", before_statement)


def dies_at(point: int, do: Callable[[], Any]) -> bool:
    """Do something in a process of its own, which dies at a point; tell whether it got there.

    The process is forked: no connection to a database may be open. Files are read for it by
    processes that our own first reader's process forks: it takes a second to start another.
    """
    readers = process._pool._zygote
    child = os.fork()
    if child == 0:
        process._pool._zygote = readers
        status = 1
        try:
            with passing(Points(point)):
                do()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), status
    return status != 0
