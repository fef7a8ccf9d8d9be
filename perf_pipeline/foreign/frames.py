"""What goes between this process and its reader: frames of a length and a pickle, each bounded.

A frame that comes from a reader is not trusted: it may hold plain values, and instances of frozen
declarations of this package, and nothing that runs.
"""

from __future__ import annotations

import io
import pickle
import socket
import struct
from dataclasses import is_dataclass
from enum import Enum
from typing import Any

LARGEST_FRAME = 256 * 1024**2
_LENGTH = struct.Struct("!Q")
_PLAIN = {("datetime", "date"), ("datetime", "datetime"), ("datetime", "time")}
_PLAIN |= {("datetime", "timedelta"), ("decimal", "Decimal"), ("builtins", "range")}
_PLAIN |= {("builtins", "frozenset"), ("builtins", "set"), ("pathlib", "PosixPath")}


class BrokenFrameError(Exception):
    """What came is no frame, or one that must not be opened."""


class _PlainValues(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return a class that may stand in a frame; raises BrokenFrameError for any other."""
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if module.startswith("perf_pipeline.") and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and _is_plain(found):
                return found
        raise BrokenFrameError(f"{module}.{name}")


def _is_plain(declared: type) -> bool:
    return is_dataclass(declared) or issubclass(declared, Enum | tuple | str)


def send(connection: socket.socket, value: object) -> None:
    """Send a value as one frame."""
    content = pickle.dumps(value, protocol=5)
    connection.sendall(_LENGTH.pack(len(content)))
    connection.sendall(content)


def receive(connection: socket.socket, *, trusted: bool = False) -> Any:
    """Return the next frame's value.

    Raises EOFError where the other side has ended, BrokenFrameError for what is no frame or is
    larger than one may be, TimeoutError where nothing comes in the time set on the connection.
    """
    (length,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size))
    if length > LARGEST_FRAME:
        raise BrokenFrameError(f"{length} bytes")
    content = _exactly(connection, length)
    if trusted:
        return pickle.loads(content)
    try:
        return _PlainValues(io.BytesIO(content)).load()
    except (pickle.UnpicklingError, AttributeError, ImportError, IndexError, TypeError) as error:
        raise BrokenFrameError(str(error)) from error


def _exactly(connection: socket.socket, size: int) -> bytearray:
    content = bytearray(size)
    view, got = memoryview(content), 0
    while got < size:
        count = connection.recv_into(view[got:])
        if count == 0:
            raise EOFError
        got += count
    return content
