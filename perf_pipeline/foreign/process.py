"""Reading foreign files in a process of its own: whatever happens there is a refusal, by name.

    rows = list(stream(path, rows_of, path))
    blocks = call(path, blocks_of, path)

The functions are those of modules; what they take and give is pickled. Workers are kept warm and
used again; one that refused a file, kept much memory of one or has read many is replaced by a fork
of the first: no file pays for the one before it.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from perf_pipeline.domain import errors
from perf_pipeline.domain.errors import (
    PerfPipelineError,
    Place,
    ReaderHeldUpError,
    UnreadableFileError,
)
from perf_pipeline.foreign.frames import BrokenFrameError, receive, send

log = logging.getLogger(__name__)

Given = ParamSpec("Given")
T = TypeVar("T")

SECONDS = 6  # of the processor, for a file of no size; a reader that comes further gets more
SECONDS_A_MEGABYTE = 3
MOST_SECONDS = 600
FILES_A_WORKER = 200
_PATIENCE = 20  # how much slower the clock may be than the processor

_MEMORY = (
    "要用的内存超过1GB，没有读取：多半是远处有多余的单元格，或内容成倍展开；"
    "请把要交的行复制到新的工作簿里，另存为 .xlsx 后重交"
)
_TIME = "在限定的时间内没有读完，没有读取：文件过于复杂或内部绕圈；请另存为新文件，或拆成几份后重交"
_HELD_UP = (
    "等了{}秒还没有读完，没有读取：机器太忙，或文件所在的磁盘没有应答，不是文件的错；下次运行再读"
)
_BROKEN = "已损坏，读到一半中断，没有读取；请用原来的软件打开，另存为新文件后重交"
_UNFORESEEN = "内容不合常规，没有读出（{}）；请用原来的软件打开，另存为新文件后重交"
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "HOME", "LD_LIBRARY_PATH", "COVERAGE_PROCESS_START")


def call(path: Path, function: Callable[Given, T], *args: Given.args, **_: Given.kwargs) -> T:
    """Return what a function gives of a file, called in a reader's process.

    Raises UnreadableFileError for whatever happens there, ReaderHeldUpError where the clock ran out
    and the processor's time did not, and the errors of this package that the function raises.
    """
    answers = _answers(path, cast(Callable[..., object], function), args)
    try:
        while True:
            next(answers)
    except StopIteration as last:
        return cast(T, last.value)


def stream(
    path: Path, function: Callable[Given, Iterable[T]], *args: Given.args, **_: Given.kwargs
) -> Iterator[T]:
    """Give what a generator gives of a file, one after the other; it raises what `call` does."""
    yield from _answers(path, cast(Callable[..., object], function), args)


def _answers(path: Path, function: Callable[..., object], args: tuple[object, ...]) -> Any:
    place = Place(path.name)
    seconds = _seconds(path)
    worker = _pool.take()
    whole = False
    try:
        worker.ask(function, args, seconds)
        while True:
            kind, *rest = worker.answer(seconds * _PATIENCE)
            if kind == "item":
                yield rest[0]
                continue
            whole = kind == "end"  # after a refusal nobody knows what is left of the worker
            if kind in ("end", "last"):
                return rest[0]
            raise _refusal(kind, rest, place)
    except TimeoutError as error:
        raise ReaderHeldUpError(_HELD_UP.format(seconds * _PATIENCE), place) from error
    except (EOFError, OSError, BrokenFrameError) as error:
        ended = worker.end(patient=not isinstance(error, BrokenFrameError))
        raise UnreadableFileError(_how_it_ended(ended), place) from error
    finally:
        if whole and worker.files < FILES_A_WORKER:
            _pool.give_back(worker)
        else:
            worker.end()


def _seconds(path: Path) -> int:
    size = path.stat().st_size if path.exists() else 0
    return min(SECONDS + SECONDS_A_MEGABYTE * (size // 1024**2), MOST_SECONDS)


def _refusal(kind: str, rest: list[Any], place: Place) -> PerfPipelineError:
    if kind == "refused":
        name, said, where = rest
        return cast(PerfPipelineError, getattr(errors, name, UnreadableFileError)(said, where))
    if kind == "memory":
        return UnreadableFileError(_MEMORY, place)
    log.warning("%s: %s", place, rest[1])
    return UnreadableFileError(_UNFORESEEN.format(rest[0]), place)


def _how_it_ended(ended: int) -> str:
    if ended == signal.SIGXCPU:
        return _TIME
    if ended in (signal.SIGABRT, signal.SIGKILL):  # how native code ends for want of memory
        return _MEMORY
    return _BROKEN


class _Worker:
    """A reader's process, by the socket that leads to it."""

    def __init__(self, zygote: _Zygote) -> None:
        self._zygote = zygote
        self._connection, theirs = socket.socketpair()
        with theirs:
            self._pid: int | None = zygote.fork(theirs)
        self.files = 0

    def ask(self, function: Callable[..., object], args: tuple[object, ...], seconds: int) -> None:
        self.files += 1
        send(self._connection, (function.__module__, function.__name__, args, seconds))

    def answer(self, seconds: float) -> Any:
        self._connection.settimeout(seconds)
        return receive(self._connection)

    def end(self, *, patient: bool = False) -> int:
        """End the process, where it has not ended; return the signal that ended it, or 0."""
        if self._pid is None:
            return 0
        pid, self._pid = self._pid, None
        self._connection.close()
        return self._zygote.end(pid, b"wait" if patient else b"kill")


class _Zygote:
    """The first process, which forks the workers."""

    def __init__(self, starter: Executor) -> None:
        self._control, theirs = socket.socketpair()
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        kept |= {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, filter(None, sys.path)))}
        kept |= {"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1"}
        kept |= {"OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        kept |= {"PYDANTIC_DISABLE_PLUGINS": "__all__"}  # else it looks through all distributions
        with theirs:
            number = theirs.fileno()
            started = starter.submit(
                subprocess.Popen,
                [sys.executable, "-W", "ignore", "-m", "perf_pipeline.foreign.child", str(number)],
                pass_fds=[number],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=kept,
            )
            self._process = started.result()
        self._lock = threading.Lock()

    def fork(self, theirs: socket.socket) -> int:
        with self._lock:
            socket.send_fds(self._control, [b"fork"], [theirs.fileno()])
            return int(receive(self._control))

    def end(self, pid: int, order: bytes) -> int:
        with self._lock:
            self._control.sendall(b"%s %d" % (order, pid))
            return int(receive(self._control))


class _Pool:
    """Workers that wait for a file."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # what dies with its parent dies with the thread that started it: with one that stays
        self._starter = ThreadPoolExecutor(1)
        self._zygote: _Zygote | None = None
        self._idle: list[_Worker] = []

    def take(self) -> _Worker:
        with self._lock:
            if self._idle:
                return self._idle.pop()
            try:
                return self._fork()
            except (OSError, EOFError):  # somebody ended the first process: start another
                self._zygote = None
                return self._fork()

    def _fork(self) -> _Worker:
        if self._zygote is None:
            self._zygote = _Zygote(self._starter)
        return _Worker(self._zygote)

    def give_back(self, worker: _Worker) -> None:
        with self._lock:
            self._idle.append(worker)

    def forget(self) -> None:
        """In a fork of this process: the workers are the other's."""
        self.__init__()  # type: ignore[misc]


_pool = _Pool()
os.register_at_fork(after_in_child=_pool.forget)
