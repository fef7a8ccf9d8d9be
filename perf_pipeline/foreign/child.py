"""The reader's process: python -m perf_pipeline.foreign.child, started by `process`.

A first process loads what readers need and never opens a file. For each socket that it is handed it
forks a worker, which confines itself and then reads one file after the other; when a worker has
come to an end, the first one says how.
"""

from __future__ import annotations

import gc
import importlib
import inspect
import os
import signal
import socket
import sys
import time
import traceback
from typing import NoReturn

from perf_pipeline.domain import errors
from perf_pipeline.domain.errors import PerfPipelineError
from perf_pipeline.foreign.confinement import (
    MEMORY,
    confine,
    die_with_parent,
    end_after,
    resident,
)
from perf_pipeline.foreign.frames import receive, send

WARM = (
    "perf_pipeline.registers.sheet_reading",
    "perf_pipeline.documents.extract",
)
SPENT = MEMORY // 4  # of the memory that a file may take, the most that is kept from one before
_MOMENT, _MOMENTS = 0.005, 400  # seconds, and how many of them


def main(descriptor: int) -> None:
    """Serve the process that holds the other end of a socket, until it closes it."""
    die_with_parent()
    os.chdir("/")
    control = socket.socket(fileno=descriptor)
    for name in WARM:
        importlib.import_module(name)
    gc.freeze()  # no worker looks at, and so copies, what all of them share
    while True:
        message, handed, _, _ = socket.recv_fds(control, 16, 1)
        if not message:
            return
        order, _, pid = message.partition(b" ")
        if order != b"fork":
            send(control, _ended(int(pid), patient=order == b"wait"))
            continue
        (given,) = handed
        worker = os.fork()
        if worker == 0:
            control.close()
            _work(socket.socket(fileno=given))
        os.close(given)
        send(control, worker)


def _ended(pid: int, *, patient: bool) -> int:
    """End a worker, unless it has ended or does so now; return the signal that it ended by, or 0.

    A worker whose socket is closed may be on its way out still: a patient end waits for that.
    """
    for _ in range(_MOMENTS if patient else 1):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        time.sleep(_MOMENT if patient else 0)
    os.kill(pid, signal.SIGKILL)
    for _ in range(_MOMENTS):  # one that waits for a disk dies when that answers
        if os.waitpid(pid, os.WNOHANG)[0]:
            break
        time.sleep(_MOMENT)
    return 0


def _work(connection: socket.socket) -> NoReturn:
    try:
        die_with_parent()
        confine()
        begun = resident()
        while True:
            request = receive(connection, trusted=True)
            kind, *rest = _answer(connection, *request)
            if kind == "end" and resident() - begun > SPENT:
                kind = "last"
            send(connection, (kind, *rest))
    except (EOFError, OSError, _GoneError):
        os._exit(0)
    except BaseException:
        os._exit(1)


class _GoneError(Exception):
    """The other end of the socket is closed."""


def _hand_over(connection: socket.socket, value: object) -> None:
    try:
        send(connection, value)
    except OSError as error:
        raise _GoneError from error


def _answer(
    connection: socket.socket, module: str, name: str, arguments: tuple[object, ...], seconds: int
) -> tuple[object, ...]:
    try:
        end_after(seconds)
        given = getattr(importlib.import_module(module), name)(*arguments)
        if not inspect.isgenerator(given):
            return ("end", given)
        for each in given:
            _hand_over(connection, ("item", each))
        return ("end", None)
    except PerfPipelineError as error:
        said = str(error).removeprefix(f"{error.place}：")
        known = next(kind for kind in type(error).__mro__ if kind.__module__ == errors.__name__)
        return ("refused", known.__name__, said, error.place)
    except MemoryError:
        return ("memory",)
    except _GoneError:
        raise
    except BaseException as error:  # a panic in Rust code is no Exception
        # where it happened, and not what it says: that may be what a cell says
        places = "".join(traceback.format_tb(error.__traceback__))
        return ("failed", type(error).__name__, f"{places[-4000:]}{type(error).__name__}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
