"""What a database complains of is told with what to do; who may read reports is the umask's."""

import errno
import os
import resource
import signal
import sqlite3
from collections.abc import Callable
from errno import ENOLCK
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import DBAPIError, OperationalError

from perf_pipeline import cli
from perf_pipeline.reports import files
from perf_pipeline.reports.files import ReportFolder, replacing
from perf_pipeline.warehouse.complaints import BROKEN_OFF, STOPPING, complaint
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.schema import department
from tests.kept import empty_warehouse
from tests.unit.test_logs import unset_logging


def no_database(path: Path) -> None:
    path.write_bytes(b"no database, " * 500)


def torn(path: Path) -> None:
    empty_warehouse(f"sqlite:///{path}").dispose()
    with path.open("r+b") as file:
        for place in range(4096, path.stat().st_size, 4096):
            file.seek(place)
            file.write(b"\xff" * 900)


def cut(path: Path) -> None:
    empty_warehouse(f"sqlite:///{path}").dispose()
    os.truncate(path, path.stat().st_size // 3)


@pytest.mark.parametrize("damage", [no_database, torn, cut])
@pytest.mark.parametrize("command", ["status", "files", "alerts list", "trace S1"])
def test_a_damaged_file_is_told_with_what_to_do(
    damage: Callable[[Path], None],
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "warehouse.db"
    damage(path)
    monkeypatch.setenv("PERF_WAREHOUSE_URL", f"sqlite:///{path}")
    monkeypatch.setattr("sys.argv", ["perf-pipeline", *command.split()])
    with unset_logging(), pytest.raises(SystemExit) as ended:
        cli.main()
    told = "".join(capfd.readouterr())
    assert ended.value.code in (1, 2)
    assert "已损坏" in told
    assert "perf-pipeline restore" in told
    assert "Traceback" not in told


def complained(connection: Connection, statement: str) -> str | None:
    with pytest.raises(DBAPIError) as refused:
        connection.execute(text(statement))
    return complaint(refused.value)


def test_a_full_disk_and_a_lock_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.db"
    engine = empty_warehouse(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA max_page_count = 1"))
        said = complained(connection, "CREATE TABLE much AS SELECT zeroblob(10000000) AS z")
    assert "磁盘已满" in (said or "")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA busy_timeout = 1"))
        said = complained(connection, "DELETE FROM department")
    assert "占用" in (said or "")
    holder.close()
    engine.dispose()


def test_a_damaged_table_is_told_before_anything_is_written(tmp_path: Path) -> None:
    """Of all sealed tables the newest row is asked as each writing begins."""
    path = tmp_path / "warehouse.db"
    engine = empty_warehouse(f"sqlite:///{path}")
    with engine.connect() as connection:
        where = "SELECT rootpage FROM sqlite_master WHERE name = 'payment'"
        page = int(connection.execute(text(where)).scalar_one())
        size = int(connection.execute(text("PRAGMA page_size")).scalar_one())
    engine.dispose()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(DBAPIError) as refused, write_transaction(engine):
        pytest.fail("written to a damaged warehouse")
    assert "已损坏" in (complaint(refused.value) or "")
    engine.dispose()


def test_a_postgresql_that_may_only_be_read_says_so(postgresql_url: str) -> None:
    engine = empty_warehouse(postgresql_url)
    with engine.connect() as connection:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        assert "只读" in (complained(connection, "DELETE FROM department") or "")
        connection.rollback()
        assert complained(connection, "SELECT no_such_column FROM department") is None
    engine.dispose()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_nothing_is_told_with_the_file(number: int) -> None:
    said = complaint(OSError(number, os.strerror(number), "报告.docx"))
    assert said is not None
    assert "报告.docx" in said
    assert complaint(OSError(errno.EBADF, "")) is None


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ('server at "127.0.0.1", port 1 failed: Connection refused', BROKEN_OFF),
        ("failed: FATAL:  the database system is starting up", STOPPING),
        ("failed: FATAL:  password authentication failed", None),
    ],
)
def test_a_server_that_is_gone_between_two_steps_is_told_in_words(
    told: str, said: str | None
) -> None:
    """Whoever connects anew is told no state, only words."""
    refused = psycopg.OperationalError(f"connection failed: connection to {told}")
    assert complaint(OperationalError("", None, refused)) == said


def write_a_page(folder: Path) -> None:
    with replacing(folder / "page.html") as file:
        file.write(b"x" * 4096)
        file.flush()


def test_a_file_that_may_not_grow_is_told_in_words(tmp_path: Path) -> None:
    """As on a full disk, without one: the system lets no file of this process grow."""
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, most[1]))
    try:
        with pytest.raises(OSError, match=f"{errno.EFBIG}") as refused:
            write_a_page(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
        signal.signal(signal.SIGXFSZ, before)
    assert "再运行一次" in (complaint(refused.value) or "")
    assert list(tmp_path.iterdir()) == []  # nothing half-written is left


def test_what_a_killed_writer_left_is_taken_away_and_what_is_being_written_stays(
    tmp_path: Path,
) -> None:
    folder = tmp_path.resolve() / "2024-03"
    ReportFolder(tmp_path, "2024-03")
    left = folder / f".{'0a' * 16}.tmp"
    left.write_bytes(b"half")
    with replacing(folder / "page.html") as file:
        file.write(b"x")
        ReportFolder(tmp_path, "2024-03")
        assert not left.exists()
    assert [each.name for each in folder.iterdir()] == ["page.html"]


def test_a_disk_without_locks_is_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OSError(ENOLCK, "No locks available")

    monkeypatch.setattr(files, "flock", none)
    with replacing(tmp_path / "page.html") as file:
        file.write(b"x")
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]


def test_what_a_database_objects_to_is_told_without_the_row(tmp_path: Path) -> None:
    engine = empty_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")
    twice = insert(department), {"code": "欧阳测试", "name": "欧阳测试"}
    with engine.connect() as connection:
        connection.execute(*twice)
        with pytest.raises(DBAPIError) as refused:
            connection.execute(*twice)
    assert "欧阳测试" not in str(refused.value)
    engine.dispose()


@pytest.mark.parametrize(("umask", "mode"), [(0o077, 0o600), (0o027, 0o640), (0o022, 0o644)])
def test_who_may_read_a_report_is_what_the_umask_says(
    umask: int, mode: int, tmp_path: Path
) -> None:
    before = os.umask(umask)
    try:
        with replacing(tmp_path / "page.html") as file:
            file.write(b"x")
    finally:
        os.umask(before)
    assert (tmp_path / "page.html").stat().st_mode & 0o777 == mode
