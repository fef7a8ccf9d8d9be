"""What a reader's process may not do, and what it has time for; the first functions run in it."""

import ctypes
import fcntl
import os
import re
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from perf_pipeline.documents import extract, pdf_reader, reading
from perf_pipeline.documents.extract import extract_document, read_and_tell
from perf_pipeline.documents.reading import ReadFile
from perf_pipeline.domain.errors import UnreadableFileError
from perf_pipeline.foreign import process
from perf_pipeline.foreign.confinement import more_seconds
from perf_pipeline.foreign.process import call, stream


def eat() -> None:
    held = []
    while True:
        held.append(b"x" * 100_000_000)


def turn() -> None:
    while True:
        pass


def end_at_once() -> None:
    os.abort()


def write(path: str) -> None:
    Path(path).write_text("x")


def remove(path: str) -> None:
    Path(path).unlink()


def start_a_program() -> None:
    os.execv("/bin/true", ["true"])


def call_home(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), 1)


def change_rights(path: str) -> None:
    os.chmod(path, 0o777)


def change_times(path: str) -> None:
    os.utime(path, (0, 0))


def end_another(process: int) -> None:
    os.kill(process, signal.SIGTERM)


def signal_another_by_a_pipe(process: int) -> None:
    reading, writing = os.pipe()
    fcntl.fcntl(reading, fcntl.F_SETOWN, process)
    fcntl.fcntl(reading, 10, signal.SIGTERM)  # F_SETSIG
    fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC)
    os.write(writing, b"x")


def starve_another(process: int) -> None:
    resource.prlimit(process, resource.RLIMIT_CPU, (0, 0))


def slow_another(process: int) -> None:
    os.setpriority(os.PRIO_PROCESS, process, 19)


def fork() -> None:
    os.fork()


def open_a_socket() -> None:
    socket.socketpair()


def what_the_system_says() -> str:
    return Path("/proc/self/status").read_text("ascii")


class Runs:
    """Asks whoever unpickles it to run something."""

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("true",)


def send_what_runs() -> Runs:
    return Runs()


def raise_anything() -> None:
    raise ZeroDivisionError


def count_to(number: int) -> Iterator[int]:
    yield from range(number)


KEPT: list[bytearray] = []


def keep(megabytes: int) -> int:
    """Hold what a reader would leak; say which process it is."""
    KEPT.append(bytearray(b"x") * (megabytes << 20))
    return os.getpid()


def keep_and_refuse(megabytes: int) -> None:
    keep(megabytes)
    try:
        bytearray(1 << 40)
    except MemoryError as error:
        raise UnreadableFileError("已损坏；请重交") from error


@pytest.fixture
def some_file(tmp_path: Path) -> Path:
    path = tmp_path / "某文件.xlsx"
    path.write_bytes(b"x")
    return path


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (eat, "内存"),
        (turn, "时间内没有读完"),
        (end_at_once, "内存"),
        (raise_anything, "不合常规"),
        (send_what_runs, "损坏"),
        (start_a_program, "不合常规"),
    ],
)
def test_whatever_happens_in_a_reader_is_a_refusal_with_what_to_do(
    function: Callable[[], None], says: str, some_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if function is turn:  # the others come to their own end, however slow the machine
        monkeypatch.setattr(process, "SECONDS", 2)
    with pytest.raises(UnreadableFileError, match=f"某文件.*{says}.*重交"):
        call(some_file, function)
    assert list(stream(some_file, count_to, 3)) == [0, 1, 2]


def seconds_before_and_after_coming_further() -> list[int]:
    ends = [resource.getrlimit(resource.RLIMIT_CPU)[0]]
    more_seconds(1)
    return [*ends, resource.getrlimit(resource.RLIMIT_CPU)[0]]


def test_a_reader_that_comes_further_gets_more_time(some_file: Path) -> None:
    before, after = call(some_file, seconds_before_and_after_coming_further)
    assert after == before + 1
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY
    more_seconds(1)  # nobody counts here
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("pages", "size", "more"), [(12, 1 << 20, 6), (12, 12_000, 3), (1, 1 << 20, 0)]
)
def test_a_pdf_has_time_for_its_pages_and_for_none_that_takes_no_bytes(
    pages: int, size: int, more: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, given = tmp_path / "a.pdf", []
    path.write_bytes(bytes(size))
    page = SimpleNamespace(close=lambda: None)
    document = nullcontext(SimpleNamespace(pages=[page] * pages))
    monkeypatch.setattr(pdf_reader.pdfplumber, "open", lambda _: document)
    monkeypatch.setattr(pdf_reader, "_parts", lambda _: [])
    monkeypatch.setattr(pdf_reader, "more_seconds", given.append)
    assert pdf_reader.pages_of(path, 200) == (pages, [])
    assert len(given) == more


def test_what_nobody_foresaw_in_a_document_is_a_failure_of_whoever_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    path = tmp_path / "2024年部门整体绩效目标.txt"
    path.write_text("2024年绩效目标\n绩效目标：\n绩效指标：宣传≥4次", "utf-8")
    told = extract_document(path)
    assert told == read_and_tell(path, None)
    assert told.path == str(path)
    monkeypatch.setattr(extract, "read_prose", fail)
    contents = read_and_tell(path, None)
    assert isinstance(contents, ReadFile)
    assert len(contents.blocks) == 3
    monkeypatch.setattr(reading, "call", lambda _, function, *given: function(*given))
    with pytest.raises(ZeroDivisionError):
        extract_document(path)


def test_a_reader_changes_no_file(some_file: Path) -> None:
    other = some_file.with_name("其他.txt")
    with pytest.raises(UnreadableFileError):
        call(some_file, write, str(other))
    with pytest.raises(UnreadableFileError):
        call(some_file, remove, str(some_file))
    assert some_file.exists()
    assert not (other.exists() and other.read_text())


def test_a_reader_has_a_filter_of_calls_and_is_nobody(some_file: Path) -> None:
    ctypes.CDLL("libseccomp.so.2")
    said = dict(re.findall(r"(\w+):\s(.*)", call(some_file, what_the_system_says)))
    assert (said["Seccomp"], said["NoNewPrivs"]) == ("2", "1")
    if os.geteuid() == 0:
        assert {*said["Uid"].split(), *said["Gid"].split()} == {"65534"}
        assert int(said["CapEff"], 16) == 1 << 2  # to read; of nothing else


@pytest.mark.parametrize(
    ("function", "given"),
    [
        (change_rights, True),
        (change_times, True),
        (fork, None),
        (open_a_socket, None),
    ],
)
def test_a_reader_may_not_ask_for_what_no_reader_needs(
    function: Callable[..., None], given: object, some_file: Path
) -> None:
    before = some_file.stat().st_mode, some_file.stat().st_mtime
    arguments = () if given is None else (str(some_file) if given is True else given,)
    with pytest.raises(UnreadableFileError, match="PermissionError"):
        call(some_file, function, *arguments)
    assert (some_file.stat().st_mode, some_file.stat().st_mtime) == before


@pytest.mark.parametrize(
    "function", [end_another, signal_another_by_a_pipe, starve_another, slow_another]
)
def test_a_reader_touches_no_other_process_of_its_own_account(
    function: Callable[[int], None], some_file: Path
) -> None:
    nobody, groups = (65534, ()) if os.geteuid() == 0 else (None, None)
    with subprocess.Popen(["sleep", "60"], user=nobody, group=nobody, extra_groups=groups) as other:
        try:
            with pytest.raises(UnreadableFileError, match="PermissionError"):
                call(some_file, function, other.pid)
            assert other.poll() is None
        finally:
            other.kill()


def test_a_reader_reaches_no_network(some_file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with pytest.raises(UnreadableFileError):
            call(some_file, call_home, server.getsockname()[1])
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_file_costs_little_beyond_its_rows(some_file: Path) -> None:
    assert list(stream(some_file, count_to, 1)) == [0]
    begun = time.process_time()
    for _ in range(100):
        assert list(stream(some_file, count_to, 1)) == [0]
    assert (time.process_time() - begun) / 100 < 0.001


def test_no_file_pays_for_the_one_before_it(some_file: Path) -> None:
    first = call(some_file, keep, 1)
    assert call(some_file, keep, 400) == first  # within what a file may take
    second = call(some_file, keep, 1)
    assert second != first
    with pytest.raises(UnreadableFileError, match="已损坏"):
        call(some_file, keep_and_refuse, 1)
    assert call(some_file, keep, 1) not in (first, second)


def test_a_stream_that_is_left_half_way_leaves_nothing_behind(some_file: Path) -> None:
    half = stream(some_file, count_to, 10_000_000)
    assert next(half) == 0
    half.close()  # type: ignore[attr-defined]
    assert list(stream(some_file, count_to, 2)) == [0, 1]
