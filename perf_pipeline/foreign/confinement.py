"""What a reader's process may not do: grow, run on, write, start another process, use the network.

Limits of memory, processor time and file size are the system's own (setrlimit) and always hold.
Where the kernel has them, Landlock forbids every change of a file, every program and every TCP
connection, and a network namespace of its own leaves the process without a network; where it has
not, the limits stay.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
from contextlib import suppress

MEMORY = 1024**3  # bytes beyond what the reader's own code needs
_OPEN_FILES = 64

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_NO_NEW_PRIVILEGES, _DIE_WITH_PARENT = 38, 1
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_LANDLOCK_VERSION = 1
_WRITES = 0b1_1111_1111_0011  # of the first version: execute, write, remove, make; not read
_TRUNCATE, _REFER = 1 << 14, 1 << 13
_TCP = 0b11


def confine() -> None:
    """Take rights from this process, for good."""
    _without_network()
    _without_writing()
    grown = (_pages(0) or MEMORY // 2) + MEMORY
    _limit(resource.RLIMIT_AS, grown)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    with suppress(AttributeError):
        _limit(resource.RLIMIT_NPROC, 0)


def end_after(seconds: int) -> None:
    """End this process when it has worked so many seconds more, by the processor's clock."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    ends = int(used.ru_utime + used.ru_stime) + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (ends, hard))


def a_second_more() -> None:
    """Let a reader that came further work a second longer; whoever has no limit keeps none."""
    ends, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if ends != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_CPU, (ends + 1, hard))


def die_with_parent() -> None:
    """Let the system end this process when the one that started it ends (Linux)."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, 9, 0, 0, 0)


def _limit(kind: int, most: int) -> None:
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (most, most))


def resident() -> int:
    """Return how many bytes of memory this process holds; 0 where the system does not tell."""
    return _pages(1) or 0


def _pages(which: int) -> int | None:
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:
            return int(stream.read().split()[which]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None


def _without_network() -> None:
    with suppress(AttributeError, OSError):
        system = ctypes.CDLL(None)
        if system.unshare(_NEW_NETWORK) != 0:
            system.unshare(_NEW_USER | _NEW_NETWORK)


def _without_writing() -> None:
    with suppress(AttributeError, OSError):
        system = ctypes.CDLL(None, use_errno=True)
        version = system.syscall(_LANDLOCK_CREATE, None, 0, _LANDLOCK_VERSION)
        if version < 1:
            return
        files = _WRITES | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
        handled = struct.pack("QQ", files, _TCP) if version >= 4 else struct.pack("Q", files)
        rules = system.syscall(_LANDLOCK_CREATE, handled, len(handled), 0)
        if rules < 0:
            return
        system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        system.syscall(_LANDLOCK_RESTRICT, rules, 0)
        os.close(rules)
