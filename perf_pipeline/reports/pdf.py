"""The Word reports as PDF, made by LibreOffice where it is installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from perf_pipeline.documents.libreoffice import convert, libreoffice
from perf_pipeline.domain.errors import ConfigurationError

AT_ONCE = 50  # files of one start of LibreOffice, which takes seconds
SECONDS, SECONDS_A_FILE = 60, 20


def write_pdfs(documents: Iterable[Path]) -> list[Path]:
    """Write a PDF beside each Word file that has none or an older one; return those written.

    Raises ConfigurationError where LibreOffice is not installed, or leaves a file unconverted.
    """
    stale = [path for path in documents if _is_stale(path)]
    if not stale:
        return []
    program = libreoffice()
    if program is None:
        raise ConfigurationError(
            "没有写出PDF：需要 LibreOffice，本机没有安装；Word 报告已写出，也可用 Word 另存为PDF"
        )
    return [path for batch in _batches(stale) for path in _convert(program, batch)]


def _is_stale(document: Path) -> bool:
    made = document.with_suffix(".pdf")
    return not made.exists() or made.stat().st_mtime_ns < document.stat().st_mtime_ns


def _batches(paths: list[Path]) -> Iterable[list[Path]]:
    return (paths[at : at + AT_ONCE] for at in range(0, len(paths), AT_ONCE))


def _convert(program: str, documents: list[Path]) -> list[Path]:
    with TemporaryDirectory(prefix="perf-pipeline-") as folder:
        sources = [Path(folder) / f"{number}.docx" for number in range(len(documents))]
        for document, source in zip(documents, sources, strict=True):
            shutil.copyfile(document, source)
        made = Path(folder) / "made"
        in_time = convert(program, sources, "pdf", made, SECONDS + SECONDS_A_FILE * len(documents))
        written = []
        for document, source in zip(documents, sources, strict=True):
            pdf = made / f"{source.stem}.pdf"
            if not in_time or not pdf.is_file():
                raise ConfigurationError(f"没有写出PDF：LibreOffice 没有转换 {document}")
            beside = document.with_suffix(".pdf")
            partial = beside.with_name(f".{beside.name}.tmp")
            shutil.move(pdf, partial)  # from another disk, perhaps
            os.replace(partial, beside)
            written.append(beside)
    return written
