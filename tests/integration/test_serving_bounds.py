"""Slow, broken and greedy clients hold nobody up, on a real port."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from perf_pipeline.domain.serving import ServingRules
from perf_pipeline.serving.access import Access
from tests.integration.test_serving import Site, running
from tests.kept import empty_warehouse

LARGE = 64 * 1024 * 1024  # more than the buffers of both ends hold


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse, and reports of which one is large."""
    place = tmp_path_factory.mktemp("bounded")
    (place / "reports").mkdir()
    with (place / "reports" / "大.zip").open("wb") as large:
        large.truncate(LARGE)
    empty_warehouse(f"sqlite:///{place / 'warehouse.db'}").dispose()
    return place


@contextmanager
def bounded(place: Path, rules: ServingRules) -> Iterator[Site]:
    access = Access("127.0.0.1", behind_proxy=False, rules=rules)
    with running(place / "reports", f"sqlite:///{place / 'warehouse.db'}", access) as site:
        yield site


@pytest.fixture(scope="module")
def site(place: Path) -> Iterator[Site]:
    """A server that has five seconds for each request and its answer."""
    with bounded(place, ServingRules(seconds=5)) as site:
        yield site


def connected(site: Site, words: bytes = b"") -> closing[socket.socket]:
    made = socket.create_connection(("127.0.0.1", site.port), timeout=60)
    made.sendall(words)
    return closing(made)


def test_clients_that_never_end_their_request_or_do_not_read_are_cut_off(site: Site) -> None:
    asked = "GET /reports/%E5%A4%A7.zip HTTP/1.1\r\nHost: localhost\r\n\r\n"
    begun = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-"
    with (
        connected(site, asked.encode()) as reader,
        connected(site, begun) as slow,
        connected(site) as silent,
    ):
        assert site.ask("/healthz").status == 200  # the others are answered meanwhile
        for client in (slow, silent):  # they came last, and are cut off last
            with suppress(ConnectionResetError):
                assert client.recv(1) == b""
        assert reader.recv(12) == b"HTTP/1.1 200"
        received = 0
        with suppress(ConnectionResetError):
            while part := reader.recv(1024 * 1024):
                received += len(part)
        assert received < LARGE


@pytest.mark.parametrize("header", ["Content-Length: 1000000000", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_a_request_with_a_body_is_refused_unread(place: Path, method: str, header: str) -> None:
    asked = f"{method} /reports/ HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n"
    with bounded(place, ServingRules()) as site, connected(site, asked.encode()) as client:
        told = b"".join(iter(lambda: client.recv(65536), b""))  # until it is closed
    assert told.startswith(b"HTTP/1.1 413")
    assert "不能带内容".encode() in told


def test_what_is_no_request_is_refused_and_the_next_is_answered(site: Site) -> None:
    with connected(site, b"\x16\x03\x01\x00\xff\r\n\r\n") as client:
        assert client.recv(65536).startswith(b"HTTP/1.1 400")
    with connected(site, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"):
        pass  # gone in the midst of it
    assert site.ask("/healthz").status == 200


def test_there_is_a_highest_number_of_connections(place: Path) -> None:
    with bounded(place, ServingRules(connections=3)) as site:
        with connected(site), connected(site):
            assert site.ask("/healthz").status == 200  # the third
        with connected(site), connected(site), connected(site):
            assert any(site.ask("/healthz").status == 503 for _ in range(100))
        assert any(site.ask("/healthz").status == 200 for _ in range(100))
