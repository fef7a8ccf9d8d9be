"""The inbox (收件文件夹): what departments hand in, by year, department and part.

It is laid out as `<year>/<department>/targets/` and `<year>/<department>/registers/`. A
department's folder is the department's own: what stands in it speaks for that department alone, so
the rights on the folder (who may write there) are the rights of the department.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path

from perf_pipeline.foreign.names import fault_of, safe
from perf_pipeline.registers.matching import register_for_file

log = logging.getLogger(__name__)

TARGETS = "targets"
REGISTERS = "registers"
EVALUATIONS = "evaluations"  # self-evaluation forms (自评表) as filled in


@dataclass(frozen=True)
class InboxFile:
    """A file in the inbox, and whose it is.

    `fault` says what is wrong with its name, or its folder's: then `relative` and `department` are
    spelled so that they are safe, and the file is refused.
    """

    path: Path
    relative: str
    fiscal_year: int
    department: str
    fault: str | None = None

    @property
    def kind(self) -> str:
        """What it is taken for, by its folder and name: a register, target_document, unknown."""
        if self.path.parent.name == TARGETS:
            return "target_document"
        declared = register_for_file(self.path)
        return declared.name if declared else "unknown"

    def sha256(self) -> str:
        """Return the SHA-256 of its bytes."""
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


def inbox_files(inbox: Path, part: str) -> tuple[InboxFile, ...]:
    """List the files of one part (targets or registers) of every department and year, by path.

    Hidden files, office lock files (~$…) and whatever resolves outside its department's folder, or
    outside the inbox, are left out.
    """
    root = inbox.resolve()
    found = []
    for path in sorted(inbox.glob(f"[0-9][0-9][0-9][0-9]/*/{part}/*")):
        if path.name.startswith((".", "~$")) or not path.is_file():
            continue
        own = path.parent.parent.resolve()
        if not (own.is_relative_to(root) and path.resolve().is_relative_to(own)):
            log.warning("%r 指向本部门的收件文件夹之外，未读取", path)
            continue
        year, folder = path.parts[-4], path.parts[-3]
        own_fault, folders = fault_of(path.name), fault_of(folder)
        fault = f"部门文件夹{folders}" if folders else (f"文件{own_fault}" if own_fault else None)
        relative = f"{year}/{safe(folder)}/{part}/{safe(path.name)}"
        found.append(InboxFile(path, relative, int(year), safe(folder), fault))
    return tuple(found)
