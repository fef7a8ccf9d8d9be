"""What is tried again: what can pass by itself, with growing waits. Nothing else is.

A database that does not answer or is locked may answer later. A file that cannot be read, a
configuration that is wrong and a fault of our own are the same the next time. Messages that did
not go out wait in the warehouse and have a schedule of their own.
"""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar, cast

import dagster as dg
from sqlalchemy.exc import DBAPIError, OperationalError

from perf_pipeline.domain.errors import InWordsError, UnreachableError
from perf_pipeline.warehouse.complaints import complaint

P = ParamSpec("P")
R = TypeVar("R")

SECONDS = (10, 60, 300)  # the wait before each further try


def can_pass(error: BaseException) -> bool:
    """Tell whether what went wrong may go well later, with nothing changed."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error, OperationalError)
    return isinstance(error, UnreachableError | ConnectionError | TimeoutError)


def patient(compute: Callable[P, R]) -> Callable[P, R]:
    """Make the function of an asset or a check try again after what can pass."""
    if inspect.isgeneratorfunction(compute):

        @functools.wraps(compute)
        def each(*args: P.args, **named: P.kwargs) -> Iterator[Any]:
            with _asking_for_retries():
                yield from compute(*args, **named)

        return cast("Callable[P, R]", each)

    @functools.wraps(compute)
    def whole(*args: P.args, **named: P.kwargs) -> R:
        with _asking_for_retries():
            return compute(*args, **named)

    return whole


@contextmanager
def _asking_for_retries() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        told = _in_words(error)
        if not can_pass(error):
            if told is error:
                raise
            raise told from error
        tried = dg.OpExecutionContext.get().retry_number
        wait = SECONDS[min(tried, len(SECONDS) - 1)]
        raise dg.RetryRequested(max_retries=len(SECONDS), seconds_to_wait=wait) from told


def _in_words(error: Exception) -> Exception:
    """Return what a database or a disk complains of, caused by it; else the error itself."""
    said = complaint(error)
    if said is None:
        return error
    told = InWordsError(said)
    told.__cause__ = error
    return told
