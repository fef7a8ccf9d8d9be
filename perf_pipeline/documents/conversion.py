"""Old and foreign Word files (.doc, .wps, .rtf, .odt), turned into .docx by LibreOffice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from perf_pipeline.documents.libreoffice import convert, libreoffice
from perf_pipeline.documents.old_word_ending import with_last_paragraph
from perf_pipeline.domain.errors import Place, UnreadableFileError

SECONDS = 90


@contextmanager
def as_docx(path: Path, suffix: str) -> Iterator[Path]:
    """Give a file's content as a .docx that exists while it is used.

    Raises UnreadableFileError where LibreOffice is not installed, takes too long or cannot read it.
    """
    place = Place(path.name)
    program = libreoffice()
    if program is None:
        raise UnreadableFileError(
            f"读旧格式（{suffix}）需要 LibreOffice，本机没有安装；请安装，或用 Word 另存为 .docx",
            place,
        )
    with TemporaryDirectory(prefix="perf-pipeline-") as folder:
        source = Path(folder) / f"source{suffix}"
        if suffix == ".doc":
            source.write_bytes(with_last_paragraph(path.read_bytes()))
        else:
            shutil.copyfile(path, source)
        if not convert(program, [source], "docx:MS Word 2007 XML", Path(folder) / "made", SECONDS):
            raise UnreadableFileError(f"LibreOffice 在{SECONDS}秒内没有读完", place)
        made = Path(folder) / "made" / "source.docx"
        if not made.is_file():
            raise UnreadableFileError("LibreOffice 读不出这个文件，可能已损坏或加密", place)
        yield made
