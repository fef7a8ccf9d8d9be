"""The inbox (收件文件夹): what departments hand in, by year, department and part.

It is laid out as `<year>/<department>/targets/` and `<year>/<department>/registers/`. A
department's folder is the department's own: what stands in it speaks for that department alone, so
the rights on the folder (who may write there) are the rights of the department.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from errno import ELOOP
from functools import cached_property, lru_cache
from itertools import groupby
from os import DirEntry, scandir
from os.path import dirname, exists, isdir, isfile, islink, realpath
from pathlib import Path

from perf_pipeline.domain.faults import disk_words
from perf_pipeline.foreign.names import fault_of, fault_of_folder, safe
from perf_pipeline.registers.matching import LARGEST_FILE, register_for_file
from perf_pipeline.warehouse.outcomes import FileOutcome

log = logging.getLogger(__name__)

TARGETS = "targets"
REGISTERS = "registers"
UNKNOWN = "unknown"  # the kind of what is taken for none
SMALL = 64 * 1024  # bytes: such a file may be read whole before anything of it is staged
EVALUATIONS = "evaluations"  # self-evaluation forms (自评表) as filled in
_YEAR = re.compile("[0-9]{4}")
_NO_FOLDER = "应是文件夹，却是一个文件，没有读取；请建一个这样命名的文件夹，把文件放进去"


@dataclass(frozen=True)
class Looked:
    """How a file stood as it was opened: its SHA-256, size and times, and what is wrong with it.

    `digest` is "" and `before` is None for what cannot be opened.
    """

    digest: str
    before: os.stat_result | None
    fault: str | None

    @property
    def size(self) -> int:
        """How many bytes it has; 0 for what was not opened."""
        return self.before.st_size if self.before is not None else 0

    @property
    def is_small(self) -> bool:
        """Whether it may be read whole at once."""
        return self.before is not None and self.size <= SMALL


@dataclass(frozen=True)
class InboxFile:
    """A file in the inbox, and whose it is.

    `fault` says what is wrong with its name, or its folder's: then `relative` and `department` are
    spelled so that they are safe, and the file is refused. What is no plain file (a link out of the
    folder, a folder, a pipe), or larger than all that is read, has a fault, too; it is not opened.
    `state` is how a plain file stood when it was listed: None of any other.
    """

    at: str
    relative: str
    fiscal_year: int
    department: str
    fault: str | None = None
    is_plain: bool = True
    state: tuple[int, ...] | None = None

    @property
    def of(self) -> tuple[int, str]:
        """Its year and department's code."""
        return self.fiscal_year, self.department

    @cached_property
    def path(self) -> Path:
        """Where it lies."""
        return Path(self.at)

    @cached_property
    def kind(self) -> str:
        """What it is taken for, by its folder and name: a register, target_document, unknown."""
        _, part, name = self.at.rsplit("/", 2)
        return "target_document" if part == TARGETS else _register_of(name)

    def look(self) -> Looked:
        """Take its fingerprint."""
        if not self.is_plain:
            return Looked("", None, self.fault)
        try:
            with self.path.open("rb") as stream:
                before = os.fstat(stream.fileno())
                return Looked(hashlib.file_digest(stream, "sha256").hexdigest(), before, self.fault)
        except FileNotFoundError:
            return Looked("", None, "读取前被移走或改名；请放回后再接入")
        except OSError:
            return Looked("", None, "打不开，没有读取；请确认文件完好，并请系统管理员开放读取权限")

    def sha256(self) -> str:
        """Return the SHA-256 of its bytes; nothing where they cannot be read."""
        return self.look().digest

    def size(self) -> int:
        """Return how many bytes it has; 0 for what is no plain file."""
        try:
            return self.path.stat().st_size if self.is_plain else 0
        except OSError:
            return 0


@dataclass(frozen=True)
class Folders:
    """What is known of departments' folders, once `standing` looked at how they lie.

    `stands` tells of the files of those that stand, by path. Of the others `may_stand` has the
    files, with what is noted of the folder when all of them are `as_before`: opened, nothing new.
    """

    stands: Mapping[str, FileOutcome] = field(default_factory=dict)
    may_stand: Sequence[tuple[Mapping[str, object], Sequence[InboxFile]]] = ()
    as_before: set[str] = field(default_factory=set)


class Listed:
    """An inbox as one run sees it: each part is listed once, when first asked for.

    `loaded` are the registers of which all files were loaded since; `began` is the moment before,
    in nanoseconds. `folders` tells which files need not be opened, once that was looked at.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parts: dict[str, tuple[InboxFile, ...]] = {}
        self.loaded: set[str] = set()
        self.began = time.time_ns()
        self.folders = Folders()


def listed_once(inbox: Path | Listed) -> Listed:
    """Return an inbox as one run sees it, be it one already or a folder."""
    return inbox if isinstance(inbox, Listed) else Listed(inbox)


def inbox_files(
    inbox: Path | Listed, part: str, of: tuple[int, str] | None = None
) -> tuple[InboxFile, ...]:
    """List the files of one part (targets or registers), by path.

    `of` is a year and a department's code; without it, of every department and year.

    Hidden files, office lock files (~$…) and folders that lie outside the inbox, or outside their
    department's folder, are left out.
    """
    if isinstance(inbox, Listed):
        if part not in inbox.parts and of is not None:
            return inbox_files(inbox.folder, part, of)
        if part not in inbox.parts:
            inbox.parts[part] = inbox_files(inbox.folder, part)
        listed = inbox.parts[part]
        return listed if of is None else tuple(each for each in listed if each.of == of)
    root = Path(realpath(inbox))
    found = []
    for year, department, folder, by_link in _folders(inbox, part, of):
        if by_link and _leads_out(Path(folder), root):
            log.warning("%r 指向本部门的收件文件夹之外，未读取", Path(folder))
            continue
        folders = fault_of_folder(department)
        whose = int(year), safe(department)
        within = f"{year}/{whose[1]}/{part}"
        if isfile(folder):
            found.append(InboxFile(folder, within, *whose, _NO_FOLDER, is_plain=False))
            continue
        for entry in _entries(folder):
            odd, named = _oddity(entry, folder), fault_of(entry.name)
            fault = f"部门文件夹{folders}" if folders else (f"文件{named}" if named else odd)
            relative = f"{within}/{safe(entry.name)}"
            state = stand_of(entry.stat()) if odd is None else None
            found.append(InboxFile(entry.path, relative, *whose, fault, odd is None, state))
    return tuple(found)


def _folders(
    inbox: Path, part: str, of: tuple[int, str] | None
) -> Iterator[tuple[str, str, str, bool]]:
    """Give the year, department and place of each folder of a part, and whether by a link."""
    for year in _directories(inbox):
        if not _YEAR.fullmatch(year.name) or (of is not None and year.name != str(of[0])):
            continue
        for own in _directories(year.path):
            folder = f"{own.path}/{part}"
            if (of is None or own.name == of[1]) and exists(folder):
                by_link = year.is_symlink() or own.is_symlink() or islink(folder)
                yield year.name, own.name, folder, by_link


def _directories(folder: Path | str) -> list[DirEntry[str]]:
    """Return the folders in a folder, by name; none where nobody lets us look into it."""
    try:
        with scandir(folder) as entries:
            found = [each for each in entries if _is_directory(each)]
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
    return sorted(found, key=lambda each: each.name)


def _is_directory(entry: DirEntry[str]) -> bool:
    return isdir(entry.path) if entry.is_symlink() else entry.is_dir()  # that a listing tells


@lru_cache(maxsize=4_096)
def _register_of(name: str) -> str:
    declared = register_for_file(Path(name))
    return declared.name if declared else UNKNOWN


def stand_of(state: os.stat_result) -> tuple[int, ...]:
    """Return what differs of a file once anything wrote to it or took its place; times last."""
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


def _leads_out(folder: Path, root: Path) -> bool:
    """Tell whether a part's folder lies outside the inbox, or its department's."""
    own = Path(realpath(folder.parent))
    return not (own.is_relative_to(root) and Path(realpath(folder)).is_relative_to(own))


def by_department(files: Iterable[InboxFile]) -> list[list[InboxFile]]:
    """Sort files, which come by path, out by year and department."""
    folders = groupby(files, key=lambda file: file.of)
    return [list(folder) for _, folder in folders]


def _entries(folder: str) -> list[DirEntry[str]]:
    try:
        with scandir(folder) as entries:
            shown = [each for each in entries if not each.name.startswith((".", "~$"))]
    except OSError as error:
        log.warning("%r 打不开，里面的文件没有读取：%s", Path(folder), disk_words(error))
        return []
    return sorted(shown, key=lambda each: each.name)


def _oddity(entry: DirEntry[str], folder: str) -> str | None:
    """Say why something in a department's folder is not to be opened; None for a plain file."""
    # realpath, unlike resolve, does not fail where links go round in a circle
    is_link = entry.is_symlink()
    if is_link and not Path(realpath(entry.path)).is_relative_to(realpath(dirname(folder))):
        return "是指向本部门收件文件夹之外的链接，没有读取；请把文件本身放进来"
    try:
        if entry.is_file():
            size, most = -(-entry.stat().st_size // 1024**2), LARGEST_FILE // 1024**2
            return f"有{size}MB，最大{most}MB，没有读取；请拆成几份" if size > most else None
        if entry.is_dir():
            return "是文件夹，里面的文件没有读取；请把文件直接放在上一层"
    except OSError as error:
        if error.errno != ELOOP:
            return "打不开，没有读取；请系统管理员开放读取权限"
    if is_link:
        return "是失效的链接；请把文件本身放进来"
    return "不是普通文件（是管道、设备之类），没有读取；请删除，把文件本身放进来"
