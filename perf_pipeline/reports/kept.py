"""What was written into a report folder, and from what: so that nothing is made twice.

Beside the files stands a note for each set that is written together (a quarter's, a year's page,
a year's forms). A set is *intact* where its files are there; those that only this program writes
must also hold what was written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from hashlib import sha256
from os.path import isfile
from pathlib import Path
from typing import Any

from perf_pipeline.reports.files import replacing

NOTES = ".made.json"
SUM = "sum"  # with each note, the digest of the note itself


@dataclass(frozen=True)
class Made:
    """A set of files written together.

    `seen` is the digest of what the warehouse held (`made_from`), `content` that of what the
    files say; `files` gives the SHA-256 of each that only this program writes, "" of one that a
    clerk may go on to fill in; `told` is what else is to be known of them, `stamps` when those with
    a digest were written.
    """

    seen: str
    content: str
    files: Mapping[str, str]
    told: Mapping[str, Any] = field(default_factory=dict)
    stamps: Mapping[str, str] = field(default_factory=dict)


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of a file's content."""
    return sha256(content).hexdigest()


def intact(folder: Path, name: str) -> Made | None:
    """Return the note of a set whose files are all there and as they were written, or None.

    A file that nothing touched since the note was written is not read again. A note that was
    altered, or that another program wrote, is none.
    """
    made = noted(folder, name)
    whole = made is not None and all(_is_there(folder, file, made) for file in made.files)
    return made if whole else None


def noted(folder: Path, name: str, notes: str = NOTES) -> Made | None:
    """Return the note of a set, as it was written, without a look at its files; or None."""
    noted = _notes(folder, notes).get(name)
    if not isinstance(noted, dict) or noted.pop(SUM, None) != _sum_of(noted):
        return None
    return Made(**noted)


def told_with(folder: Path, name: str) -> Mapping[str, Any]:
    """Return what was noted with a set of files, without a look at them; nothing without a note."""
    noted = _notes(folder).get(name)
    told = noted.get("told") if isinstance(noted, dict) else None
    return told if isinstance(told, dict) else {}


def how_it_lies(folder: str, page: str) -> list[int] | None:
    """Tell how a set's folder, its notes and its page lie; None where one of them is not there.

    Time of change and size of each. Whatever is put into the folder or taken away, or written to
    the two, changes it; of the set's other files only that they are there is asked.
    """
    try:
        own, notes, shown = (
            os.stat(folder),
            os.stat(f"{folder}/{NOTES}"),
            os.stat(f"{folder}/{page}"),
        )
    except OSError:
        return None
    times = own.st_ctime_ns, notes.st_ctime_ns, shown.st_ctime_ns
    return [*times, own.st_size, notes.st_size, shown.st_size]


def note(folder: Path, name: str, made: Made, notes: str = NOTES) -> None:
    """Keep the note of a set, once all its files are written, among the `notes` of its folder.

    Alone, where these are others than the folder's own.
    A file that something touched since it was written has no stamp, and is read at every look.
    """
    there = {file: folder / file for file, digest in made.files.items() if digest}
    stamps = {file: _stamp(path) for file, path in there.items() if path.is_file()}
    kept = {file: stamp for file, stamp in stamps.items() if _is_there(folder, file, made)}
    said = {**vars(replace(made, stamps=kept))}
    others = _notes(folder, notes) if notes == NOTES else {}
    every = {**others, name: said | {SUM: _sum_of(said)}}
    with replacing(folder / notes) as file:
        file.write(json.dumps(every, ensure_ascii=False).encode())


def _sum_of(said: Mapping[str, Any]) -> str:
    shape = [each.name for each in fields(Made)]
    return sha256(json.dumps([shape, said]).encode()).hexdigest()


def _is_there(folder: Path, file: str, made: Made) -> bool:
    path, digest = f"{folder}/{file}", made.files[file]  # a Path costs more than the look
    if not digest:
        return isfile(path)
    try:
        touched = _stamp(path) != made.stamps.get(file)
        return not touched or digest_of(Path(path).read_bytes()) == digest
    except OSError:
        return False


def _stamp(path: str | Path) -> str:
    """Tell when a file was last changed, or put in its place: nobody can set that back."""
    stat = os.stat(path)
    return f"{stat.st_ctime_ns} {stat.st_size}"


def _notes(folder: Path, notes: str = NOTES) -> dict[str, object]:
    try:
        with open(f"{folder}/{notes}", "rb") as file:
            kept = json.load(file)
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
