"""Warehouses that many tests start from: made once in a session, then copied.

A copy is what the making would have given, row by row: an SQLite file copied, a PostgreSQL database
made from a template.
"""

import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url

from perf_pipeline.warehouse.engine import connect, open_warehouse
from perf_pipeline.warehouse.seals.verify import verify

SHARED = "PERF_TESTS_SHARED"  # a folder that the workers of a session share
EMPTY = "empty"


@dataclass(frozen=True)
class Kept:
    """A warehouse that is kept, and what its making returned."""

    where: str  # an SQLite file, or the name of a PostgreSQL database
    returned: Any


class Keeper:
    """Keeps warehouses by name for the length of a session, for all of its workers."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._kept: dict[tuple[str, str], Kept] = {}
        self._own: TemporaryDirectory[str] | None = None

    def stand(self, url: str, name: str, make: Callable[[Engine], Any]) -> Any:
        """Make an empty database a copy of the warehouse kept by this name.

        Where none is kept yet, `make` fills one that is empty and at the newest schema. Nothing may
        be connected to the database. Returns what `make` returned.
        """
        parsed = make_url(url)
        kind = parsed.get_backend_name()
        if (kind, name) not in self._kept:
            self._kept[kind, name] = self._find(parsed, name, make)
        kept = self._kept[kind, name]
        if kind == "sqlite":
            assert parsed.database is not None
            shutil.copyfile(kept.where, parsed.database)
        else:
            _order(parsed, f"DROP DATABASE IF EXISTS {parsed.database} WITH (FORCE)")
            copied = f"TEMPLATE {kept.where} STRATEGY FILE_COPY"
            _order(parsed, f"CREATE DATABASE {parsed.database} {copied}")
        return kept.returned

    def _find(self, like: URL, name: str, make: Callable[[Engine], Any]) -> Kept:
        """Return what this or another worker has made, or make it while the others wait for it."""
        told = self._folder() / f"{like.get_backend_name()}-{name}.pickle"
        with told.with_suffix(".lock").open("w") as lock:
            flock(lock, LOCK_EX)
            if not told.exists():
                told.write_bytes(pickle.dumps(self._make(like, name, make)))
        kept: Kept = pickle.loads(told.read_bytes())
        return kept

    def _make(self, like: URL, name: str, make: Callable[[Engine], Any]) -> Kept:
        fresh = f"k{uuid4().hex}"
        where = f"{self._folder() / fresh}.db" if like.get_backend_name() == "sqlite" else fresh
        url = like.set(database=where).render_as_string(hide_password=False)
        if name == EMPTY:
            if where == fresh:
                _order(like, f"CREATE DATABASE {fresh}")
            engine = open_warehouse(url)
        else:
            engine = empty_warehouse(url)
        returned = make(engine)
        engine.dispose()
        return Kept(where, returned)

    def _folder(self) -> Path:
        if SHARED in os.environ:
            return Path(os.environ[SHARED])
        self._own = self._own or TemporaryDirectory(prefix="perf-kept-")
        return Path(self._own.name)


KEEPER = Keeper()


def copied(url: URL, name: str) -> str:
    """Copy a database that nobody is connected to, under a name beside it; return its URL."""
    assert url.database is not None
    if url.get_backend_name() == "sqlite":
        copy = url.set(database=str(Path(url.database).with_name(f"{name}.db")))
        shutil.copyfile(url.database, copy.database or "")
    else:
        copy = url.set(database=name)
        # copied by way of the log, a sequence is behind itself after a crash of the server
        how = f"TEMPLATE {url.database} STRATEGY FILE_COPY"
        _order(url, f"CREATE DATABASE {copy.database} {how}")
    return copy.render_as_string(hide_password=False)


def dropped(url: URL) -> None:
    """Drop a database."""
    if url.get_backend_name() == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            Path(f"{url.database}{suffix}").unlink(missing_ok=True)
    else:
        _order(url, f"DROP DATABASE {url.database} WITH (FORCE)")


def _order(url: URL, statement: str) -> None:
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()


def empty_warehouse(url: str) -> Engine:
    """Return an empty warehouse at the newest schema."""
    KEEPER.stand(url, EMPTY, lambda _engine: None)
    return connect(url)


@contextmanager
def sealed_warehouse(url: str) -> Iterator[Engine]:
    """Give an empty warehouse, whose seals all hold in the end."""
    made = empty_warehouse(url)
    yield made
    assert not verify(made).differences
    made.dispose()


def stand(engine: Engine, name: str, make: Callable[[Engine], Any]) -> Any:
    """Let an empty warehouse be as `make` would leave it; return what `make` returned."""
    engine.dispose()
    return KEEPER.stand(engine.url.render_as_string(hide_password=False), name, make)
