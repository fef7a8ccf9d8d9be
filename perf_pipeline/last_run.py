"""Is there anything to do? What a run rests on, as the last one left it, against what is there now.

A run that ended without a failure leaves a mark (印记) of everything that it rests on: the inbox's
files by content, the code, the settings, the day, the warehouse, and what it wrote. While all of it
is as it was, running again could only come to the same, and one look tells so, without Dagster.

Whatever cannot be told cheaply and surely counts as a difference. A day is the whole of its effects
(limits that run out, deadlines, escalations, the one digest a day), so on another day all is done.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine, exists, select

from perf_pipeline.place import program_folder
from perf_pipeline.registers.matching import LARGEST_FILE
from perf_pipeline.settings import Settings
from perf_pipeline.warehouse.code_digest import code_digest, digest_of
from perf_pipeline.warehouse.failures import still_failed
from perf_pipeline.warehouse.schema import alert_message

FOLDER = ".last_run"  # in the output folder
DATABASE_FILES = ("", "-wal", "-shm", "-journal")

Mark = dict[str, str]


def mark_before(settings: Settings, day: date) -> Mark:
    """Mark what a run is about to rest on: inbox, code, settings, day."""
    beside = digest_of([program_folder() / "assets", settings.suites])
    office = [str(shutil.which("soffice"))] if settings.pdf else []
    return {
        "inbox": _digest(_contents(settings.inbox)),
        "code": _digest([sys.version, *office, code_digest(), beside]),
        "settings": _digest([*_settings(settings), *_forms(settings)]),
        "day": day.isoformat(),
    }


def mark_after(settings: Settings, engine: Engine) -> Mark | None:
    """Mark what a run left: the warehouse and the files it wrote; None while something waits.

    Of SQLite it is the database's file, of PostgreSQL the number of its next writing transaction:
    any write, whoever's, is a difference.
    """
    with engine.connect() as connection:
        if _waits(connection):
            return None
    return {
        "warehouse": _warehouse(engine),
        "outputs": _digest(_states(settings.output, _own_files(settings, engine))),
        "dagster": str((settings.dagster_home / ".set-up").exists()),
    }


def nothing_new(settings: Settings, of: str, before: Mark, engine: Engine) -> bool:
    """Tell whether all is as the last run of this year or quarter (`of`) found and left it."""
    try:
        kept = json.loads(_place(settings, of).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    after = mark_after(settings, engine)
    return after is not None and kept == before | after


def forget(settings: Settings, of: str) -> None:
    """Take the mark away before a run: one that fails or is killed leaves none."""
    _place(settings, of).unlink(missing_ok=True)


def remember(settings: Settings, of: str, before: Mark, engine: Engine) -> None:
    """Keep the mark of a run that ended without a failure."""
    place = _place(settings, of)
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:  # outside of any transaction
            # what closing the database would write is written now
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    after = mark_after(settings, engine)
    if after is None:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(before | after), "utf-8")


def _place(settings: Settings, of: str) -> Path:
    return settings.output / FOLDER / f"{of}.json"


def _settings(settings: Settings) -> Iterator[str]:
    """Yield what the settings say, secrets too: only a digest of it is kept."""
    yield settings.model_dump_json()
    yield settings.warehouse_url.get_secret_value()
    for name, value in sorted(os.environ.items()):
        if name.startswith("PERF_"):
            yield f"{name}={value}"


def _forms(settings: Settings) -> Iterator[str]:
    """Yield the content of each form that is a file of its own."""
    for name, asked in settings.forms.model_dump().items():
        path = Path(asked)
        if path.suffix in (".yaml", ".yml") and path.is_file():
            yield f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def _contents(folder: Path) -> Iterator[str]:
    """Yield each file of the inbox with a digest of its content, links as what they say."""
    for path, state in _walk(folder):
        if state is not None and (
            not stat.S_ISREG(state.st_mode) or state.st_size > LARGEST_FILE
        ):  # what is never read
            yield f"{path!r} {state.st_mode} {state.st_size}"
            continue
        try:
            if state is None:
                yield f"{path!r} {os.readlink(path)!r}"
                continue
            with path.open("rb") as stream:
                yield f"{path!r} {hashlib.file_digest(stream, 'sha256').hexdigest()}"
        except OSError as error:
            yield f"{path!r} {error.errno}"


def _states(folder: Path, without: set[Path]) -> Iterator[str]:
    """Yield each file that was written, with size and time of change."""
    for path, state in _walk(folder):
        if path not in without and state is not None and path.parent != folder / FOLDER:
            yield f"{path!r} {state.st_size} {state.st_mtime_ns}"


def _walk(folder: Path) -> Iterator[tuple[Path, os.stat_result | None]]:
    """Yield the files of a folder in the order of their names; of a link no state."""
    for inner, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(
            [*files, *(each for each in folders if os.path.islink(Path(inner) / each))]
        ):
            path = Path(inner) / name
            try:
                state = path.lstat()
            except OSError:  # taken away since it was listed, or too deep for the system
                continue
            yield path, None if stat.S_ISLNK(state.st_mode) else state


def _waits(connection: Connection) -> bool:
    """Tell whether a message is to be sent, or a file whose intake failed to be tried again."""
    failed = exists().where(still_failed())
    message = exists().where(alert_message.c.state == "waiting")
    return any(connection.scalar(select(each)) for each in (message, failed))


def _own_files(settings: Settings, engine: Engine) -> set[Path]:
    """Return the files of a database that lies among what is written."""
    database = engine.url.database if engine.dialect.name == "sqlite" else None
    here = settings.output.resolve()
    found = {Path(f"{database}{end}").resolve() for end in DATABASE_FILES} if database else set()
    return {settings.output / each.relative_to(here) for each in found if each.is_relative_to(here)}


def _warehouse(engine: Engine) -> str:
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            next_write = "SELECT pg_snapshot_xmax(pg_current_snapshot())"
            return str(connection.exec_driver_sql(next_write).scalar_one())
    state = os.stat(engine.url.database or "")
    try:
        unwritten = os.stat(f"{engine.url.database}-wal").st_size
    except FileNotFoundError:
        unwritten = 0
    return f"{state.st_ino} {state.st_size} {state.st_mtime_ns} {unwritten}"


def _digest(lines: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(f"{line}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
