"""A process without a network: nothing in it may reach beyond this machine."""

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LOCAL = ("localhost", "", None)
_watching: list[list[str]] = []  # a hook of the interpreter cannot be taken away again


def _is_local(host: object) -> bool:
    if host in LOCAL:
        return True
    said = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(said.partition("%")[0]).is_loopback
    except ValueError:
        return said == "localhost"


def _hook(event: str, given: tuple[Any, ...]) -> None:
    if not _watching or event not in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        return
    address = given[0] if event == "socket.getaddrinfo" else given[1]
    if event != "socket.getaddrinfo":
        if not isinstance(address, tuple):
            return  # a socket in the file system
        address = address[0]
    if not _is_local(address):
        for tried in _watching:
            tried.append(f"{event} {address}")
        raise OSError("the network is shut")


sys.addaudithook(_hook)


@contextmanager
def network_shut() -> Iterator[list[str]]:
    """Refuse whatever this process tries to reach beyond the machine; give what was tried."""
    tried: list[str] = []
    _watching.append(tried)
    try:
        yield tried
    finally:
        _watching.remove(tried)
