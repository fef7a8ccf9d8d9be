"""When Python looks for garbage: not while rows are made, of which none is part of a circle."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_looks_for_garbage() -> Iterator[None]:
    """Let the process look for circles of garbage afterwards: among rows it would find none.

    Each look goes through all rows that there are, of which hundreds of thousands are being made.
    """
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()
