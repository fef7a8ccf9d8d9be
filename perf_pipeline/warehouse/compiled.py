"""Compiled statements, kept once a process for all engines of one kind of database.

SQLAlchemy keeps them by engine. Each run opens the warehouse anew, and Dagster makes an engine for
every event that it stores in SQLite: left alone, both compile the same statements over and over.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.util import LRUCache

KEPT = 1000  # statements


class Compiled(LRUCache[Any, Any]):
    """Compiled statements by what they are and the kind of database that they are for."""

    def get(self, key: Any, default: Any = None) -> Any:
        """Return what was compiled for any engine of the kind."""
        return super().get(_of_kind(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_of_kind(key), value)


def _of_kind(key: Any) -> Any:
    dialect, *others = key
    return (type(dialect), dialect.server_version_info, *others)


_COMPILED = Compiled(KEPT)


def share_compiled(connection: Connection) -> None:
    """Let a connection use what any other of the process has compiled; for `engine_connect`."""
    connection.execution_options(compiled_cache=_COMPILED)
