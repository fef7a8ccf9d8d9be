"""Which departments' folders stand (原样): all lies as it lay when a run found nothing new in it.

A file's device, number, size and times say that nothing wrote to it: its time of change cannot be
set back. By which rules it is read depends on the code, on how the department is registered, and on
what its files said. Their digest is noted with the department when a run has opened every file of
it and found each as its last version is; while it is the same, none is opened, or read about.

The note lies in the warehouse, with the versions that it is about: whichever of warehouse and inbox
is put back from a backup, they agree or all is opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Engine, bindparam, func, select, update

from perf_pipeline.domain.grouped import grouped
from perf_pipeline.foreign.times import CALM
from perf_pipeline.warehouse.code_digest import code_digest
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.failures import FAILED
from perf_pipeline.warehouse.history import content_hash
from perf_pipeline.warehouse.inbox import (
    REGISTERS,
    TARGETS,
    Folders,
    InboxFile,
    Listed,
    by_department,
    inbox_files,
)
from perf_pipeline.warehouse.intake import last_versions
from perf_pipeline.warehouse.opened import TOLD_AGAIN, as_before
from perf_pipeline.warehouse.outcomes import FileOutcome
from perf_pipeline.warehouse.schema import department, source_file
from perf_pipeline.warehouse.team import ALONE, Task, Team

AT_ONCE = 1_000  # departments: their files are read few at a time


_OF_IT = source_file.c.department_id == department.c.id
# with a version of a file all comes that files say
_CAME = select(func.max(source_file.c.id)).where(_OF_IT).scalar_subquery()
_NOTE = update(department).where(
    department.c.code == bindparam("whose"), bindparam("came") == _CAME
)


def look_at_folders(engine: Engine, listed: Listed, registered: Mapping[str, str]) -> None:
    """Find whose folders stand, for an inbox that is listed once.

    `registered` are the departments' names by code. What was changed a moment before a run began
    may change unseen: that folder does not stand, and is not noted.
    """
    with engine.connect() as connection:
        known = select(department.c.code, department.c.stood, _CAME)
        noted = {code: (stood, came) for code, stood, came in connection.execute(known)}
    stand, may_stand, calm_since = [], [], listed.began - CALM
    every = (*inbox_files(listed, TARGETS), *inbox_files(listed, REGISTERS))
    for code, files in grouped(every, lambda file: file.department).items():
        stood, came = noted.get(code, (None, None))
        lie = [f"{file.relative} {file.fault} {file.state}" for file in files]
        digest = content_hash([code_digest(), registered.get(code), came, lie])
        if stood == digest:
            stand += files
        elif all(file.state and max(file.state[-2:]) < calm_since for file in files):
            may_stand.append(({"whose": code, "came": came, "stood": digest}, files))
    last = last_versions(engine, stand, TOLD_AGAIN)
    told = {
        each.relative: as_before(each, last[each.relative])
        for each in stand
        if each.relative in last
    }
    listed.folders = Folders(told, may_stand)


def load_moved(
    engine: Engine,
    listed: Listed,
    files: Sequence[InboxFile],
    load: Task[list[InboxFile], FileOutcome],
    team: Team = ALONE,
) -> tuple[FileOutcome, ...]:
    """Load files, a department's by one, but for those that stand; return what became of all."""
    stands = listed.folders.stands
    moved = [each for each in files if each.relative not in stands]
    outcomes = team.each(load, engine, by_department(moved), AT_ONCE)
    listed.folders.as_before.update(each.path for each in outcomes if each.outcome != FAILED)
    outcomes += [stands[each.relative] for each in files if each.relative in stands]
    return tuple(sorted(outcomes, key=lambda each: (each.fiscal_year, each.department)))


def note_folders(engine: Engine, listed: Listed) -> None:
    """Note of whose folders each file was opened and nothing came of it: they stand from now on.

    Not where a file could not be opened: it may change unseen.
    """
    opened = [
        (note, files)
        for note, files in listed.folders.may_stand
        if all(each.relative in listed.folders.as_before for each in files)
    ]
    last = last_versions(engine, [file for _, files in opened for file in files])
    notes = [note for note, files in opened if all(last[each.relative].sha256 for each in files)]
    if notes:
        with write_transaction(engine) as connection:
            connection.execute(_NOTE, notes)
