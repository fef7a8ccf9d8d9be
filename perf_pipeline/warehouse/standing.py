"""Which departments' folders stand (原样): all lies as it lay when a run found nothing new in it.

A file's device, number, size and times say that nothing wrote to it: its time of change cannot be
set back. By which rules it is read depends on the code, on how the department is registered, and on
what its files said. Their digest is noted with the department when a run has opened every file of
it and found each as its last version is; while it is the same, none is opened, or read about.

The note lies in the warehouse, with the versions that it is about: whichever of warehouse and inbox
is put back from a backup, they agree or all is opened.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlalchemy import Connection, Engine, bindparam, func, select, update

from perf_pipeline.domain.grouped import grouped
from perf_pipeline.warehouse.code_digest import code_digest
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.history import content_hash
from perf_pipeline.warehouse.inbox import REGISTERS, TARGETS, InboxFile, Listed, inbox_files
from perf_pipeline.warehouse.intake import as_before, last_versions
from perf_pipeline.warehouse.outcomes import AS_BEFORE, FileOutcome
from perf_pipeline.warehouse.schema import department, source_file

# What is written again within a clock's tick, or through memory until the system writes it back
# (half a minute), has the time of change that it had before.
CALM = 60 * 10**9  # nanoseconds


def look_at_folders(engine: Engine, listed: Listed, registered: Mapping[str, str]) -> None:
    """Find whose folders stand, once for an inbox that is listed once.

    `registered` are the departments' names by code.
    """
    if listed.folders is not None:
        return
    every = (*inbox_files(listed, TARGETS), *inbox_files(listed, REGISTERS))
    listed.folders = grouped(every, lambda file: file.department)
    with engine.connect() as connection:
        came = _came(connection)
        noted = dict(connection.execute(select(department.c.code, department.c.stood)).all())
    for code, files in listed.folders.items():
        lie = [f"{file.relative} {file.fault} {file.state}" for file in files]
        said = [code_digest(), registered.get(code), came.get(code), lie]
        listed.digests[code] = content_hash(said)
    stand = [code for code, digest in listed.digests.items() if noted.get(code) == digest]
    last = last_versions(engine, [file for code in stand for file in listed.folders[code]])
    for code in stand:
        files = listed.folders[code]
        if all(file.relative in last for file in files):
            listed.stands[code] = {
                each.relative: as_before(each, last[each.relative]) for each in files
            }
    listed.came = came


def load_moved(
    listed: Listed,
    files: Sequence[InboxFile],
    load: Callable[[list[InboxFile]], Iterable[FileOutcome]],
) -> tuple[FileOutcome, ...]:
    """Load the files of departments whose folders do not stand; return what became of all."""
    loaded = list(load([each for each in files if each.department not in listed.stands]))
    listed.as_before.update(each.path for each in loaded if each.outcome in AS_BEFORE)
    stood = [
        listed.stands[each.department][each.relative]
        for each in files
        if each.department in listed.stands
    ]
    return tuple(sorted([*stood, *loaded], key=lambda each: (each.fiscal_year, each.department)))


def note_folders(engine: Engine, listed: Listed) -> None:
    """Note of whose folders each file was opened and found as before: they stand from now on.

    Not where a file was changed a moment ago, or could not be opened: it may change unseen.
    """
    calm = time.time_ns() - CALM
    fresh = {
        code: files
        for code, files in (listed.folders or {}).items()
        if code not in listed.stands
        and all(each.relative in listed.as_before and each.is_calm(calm) for each in files)
    }
    if not fresh:
        return
    last = last_versions(engine, [file for files in fresh.values() for file in files])
    with write_transaction(engine) as connection:
        came = _came(connection)
        noted = [
            {"whose": code, "stood": listed.digests[code]}
            for code, files in fresh.items()
            if came.get(code) == listed.came.get(code)
            and all(last[file.relative].sha256 for file in files)
        ]
        if noted:
            of = department.c.code == bindparam("whose")
            connection.execute(update(department).where(of), noted)


def _came(connection: Connection) -> dict[str, int]:
    """Return each department's newest version of a file: with one all comes that files say."""
    query = (
        select(department.c.code, func.max(source_file.c.id))
        .join(source_file, source_file.c.department_id == department.c.id)
        .group_by(department.c.code)
    )
    return {code: newest for code, newest in connection.execute(query)}
