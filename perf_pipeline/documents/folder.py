"""A folder of target documents: each is read by itself, and none stops the others."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.documents.model import TargetDocument
from perf_pipeline.documents.reading import SUFFIXES
from perf_pipeline.documents.review.corrections import is_correction_workbook
from perf_pipeline.domain.errors import PerfPipelineError
from perf_pipeline.domain.words import Word

log = logging.getLogger(__name__)

LEFT_OUT = ("_unread", "_unreadable")  # how the codes of findings end whose part was not read


class Outcome(Word):
    """What became of a document."""

    READ = "read", "读全"
    PARTLY = "partly", "部分读出"
    REFUSED = "refused", "拒收"


@dataclass(frozen=True)
class FolderEntry:
    """A document of a folder: what was read, or why not all of it."""

    path: Path
    outcome: Outcome
    reason: str
    document: TargetDocument | None = None


def documents_in(folder: Path) -> tuple[Path, ...]:
    """List a folder's documents, by path, with those in its folders.

    Hidden files, office lock files (~$…), workbooks of corrections, other kinds and what leads
    outside are left out.
    """
    root = folder.resolve()
    return tuple(
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES
        and not path.name.startswith((".", "~$"))
        and not is_correction_workbook(path)
        and path.is_file()
        and path.resolve().is_relative_to(root)
    )


def read_documents(paths: Iterable[Path]) -> Iterator[FolderEntry]:
    """Read documents one after another."""
    for path in paths:
        try:
            document = extract_document(path)
        except PerfPipelineError as error:
            yield FolderEntry(path, Outcome.REFUSED, str(error))
        except Exception as error:  # a fault of ours must not cost the other documents
            log.exception("读 %s 时出错", path)
            yield FolderEntry(path, Outcome.REFUSED, f"程序出错（{type(error).__name__}）")
        else:
            reason = "；".join(dict.fromkeys(_left_out(document)))
            yield FolderEntry(path, Outcome.PARTLY if reason else Outcome.READ, reason, document)


def _left_out(document: TargetDocument) -> Iterator[str]:
    unread = (each for each in document.findings if each.code.endswith(LEFT_OUT))
    yield from (f"{each.message}（{each.where}）" for each in unread)
    for project in document.projects:
        unclear = sum(not (each.level3 and each.raw_value) for each in project.indicators)
        if unclear:
            yield f"{project.name}有{unclear}个指标缺名称或指标值"
