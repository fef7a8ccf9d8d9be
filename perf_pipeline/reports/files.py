"""Putting report files into their folder: atomically, only there, and never over a clerk's work.

Zips of forms too: one for each department, one for all; the same forms give the same bytes.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.foreign.names import LONGEST_FOLDER_BYTES

LEDGER = ".written.json"  # what was last written under each name, so that edits are noticed
ALWAYS = (2020, 1, 1, 0, 0, 0)  # the time of every entry: a zip holds nothing but its files
READABLE = 0o644 << 16
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')


def safe_name(text: str) -> str:
    """Return a text as part of a file name on any system: no separators, not hidden, not long."""
    name = _FORBIDDEN.sub("_", text).strip(" .")
    while len(name.encode()) > LONGEST_FOLDER_BYTES:
        name = name[:-1]
    return name.rstrip(" .") or "_"


def form_names(form: str, projects: Iterable[str]) -> dict[str, str]:
    """Return the file name of each project's form; alike names are told apart by a number."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for project in projects:
        stem = f"{form}-{safe_name(project)[:80]}".rstrip(" .")
        name, number = f"{stem}.xlsx", 2
        while name.casefold() in taken:
            name, number = f"{stem}-{number}.xlsx", number + 1
        taken.add(name.casefold())
        names[project] = name
    return names


def year_page(fiscal_year: int) -> str:
    """Return the file name of a year's pages: a department's, and the index over departments."""
    return f"{fiscal_year}-绩效运行监控.html"


class ReportFolder:
    """The folder of one department and quarter or year, below the output folder, or that itself."""

    def __init__(self, out_dir: Path, *below: str) -> None:
        """Make the folder `out_dir/department/quarter`.

        Raises ConfigurationError when it would lie elsewhere: by the code or by a link.
        """
        for name in below:
            if safe_name(name) != name:
                raise ConfigurationError(f"部门代码“{name}”不能用作文件夹名")
        root = out_dir.resolve()
        self.path = root.joinpath(*below)
        if self.path.resolve() != self.path:
            raise ConfigurationError(f"报告文件夹 {self.path} 指向输出文件夹之外")
        self.path.mkdir(parents=True, exist_ok=True)
        _take_away_leavings(self.path)

    def write(self, name: str, content: bytes) -> Path | None:
        """Write a file that only this program writes; return its path, None when it was so."""
        path = self.path / name
        if path.is_file() and path.read_bytes() == content:
            return None
        return self._replace(path, content)

    def write_for_filling(self, name: str, content: bytes) -> Path | None:
        """Write a file that a clerk may go on to fill in.

        A filled file stays as it is while the content to write stays the same; when that has
        changed, the filled one is kept beside it under another name.
        """
        path = self.path / name
        ledger = self._ledger()
        digest, last = sha256(content).hexdigest(), ledger.get(name)
        if path.is_file():
            found = sha256(path.read_bytes()).hexdigest()
            if digest in (found, last):
                return None
            if found != last:
                os.replace(path, self._free_name(path))
        written = self._replace(path, content)
        ledger[name] = digest
        spelled = json.dumps(ledger, ensure_ascii=False, indent=1, sort_keys=True)
        self._replace(self.path / LEDGER, spelled.encode())
        return written

    def _ledger(self) -> dict[str, str]:
        try:
            kept = json.loads((self.path / LEDGER).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def _free_name(self, path: Path) -> Path:
        number = 1
        while (kept := path.with_name(f"{path.stem}（已填写{number}）{path.suffix}")).exists():
            number += 1
        return kept

    def _replace(self, path: Path, content: bytes) -> Path:
        if path.parent != self.path:
            raise ConfigurationError(f"文件名“{path.name}”超出报告文件夹")
        with replacing(path) as file:
            file.write(content)
        return path


@contextmanager
def alone_in(folder: Path, name: str, *, waits: bool = True) -> Iterator[None]:
    """Let one process at a time do what has a name in a folder; another waits for its turn.

    One that does not wait gets a BlockingIOError.
    """
    with (folder / f".{name}.lock").open("wb") as file:
        try:
            flock(file, LOCK_EX if waits else LOCK_EX | LOCK_NB)
        except OSError as error:  # a disk of a network may know no locks
            if isinstance(error, BlockingIOError):
                raise
        yield


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Write a file that takes its place whole: who looks meanwhile sees the old one or the new.

    Who may read it is for the system's umask to say.
    """
    temporary, handle = _held(path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _held(folder: Path) -> tuple[Path, int]:
    """Make a file that is to take another's place, and hold it: nobody takes it away meanwhile."""
    while True:
        path = folder / f".{uuid4().hex}.tmp"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with suppress(
            OSError
        ):  # a disk of a network may know no locks: nothing is taken away there
            flock(handle, LOCK_EX)
        if os.fstat(handle).st_nlink:
            return path, handle
        os.close(handle)  # it was taken away before it was held


def _take_away_leavings(folder: Path) -> None:
    """Remove files that never came to their place: whoever held them was killed."""
    for path in folder.glob(f".{'[0-9a-f]' * 32}.tmp"):
        with suppress(OSError), path.open("rb") as file:  # another has taken it away, or holds it
            flock(file, LOCK_EX | LOCK_NB)
            path.unlink()


def write_archives(out_dir: Path, name: str, forms: Mapping[str, Sequence[Path]]) -> list[Path]:
    """Zip the forms of each department, by its code, and those of all; return the zips.

    They go to `out_dir/<name>-<department>.zip` and `out_dir/<name>-全部部门.zip`, where each
    department has a folder. Forms go in as they are on disk, filled in or not. Raises
    ConfigurationError for a form outside its department's folder.
    """
    root = out_dir.resolve()
    whole: dict[str, Path] = {}
    zips = []
    for department, paths in forms.items():
        for path in paths:
            if not path.resolve().is_relative_to(root / safe_name(department)):
                raise ConfigurationError(f"表格 {path} 不在部门 {department} 的文件夹内")
        own = {path.name: path for path in paths}
        whole |= {f"{safe_name(department)}/{file}": path for file, path in own.items()}
        zips.append(_zip(root / f"{safe_name(name)}-{safe_name(department)}.zip", own))
    return [*zips, _zip(root / f"{safe_name(name)}-全部部门.zip", whole)]


def _zip(target: Path, files: Mapping[str, Path]) -> Path:
    # forms are zips already: packing them again would only take time
    with replacing(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, ALWAYS)
            entry.external_attr = READABLE
            archive.writestr(entry, files[name].read_bytes())
    return target
