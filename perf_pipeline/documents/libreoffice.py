"""LibreOffice as a converter: without a window, in a profile of its own, under a time limit.

Macros do not run in it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from perf_pipeline.documents.old_word_ending import with_last_paragraph
from perf_pipeline.domain.errors import Place, UnreadableFileError

PROGRAMS = ("soffice", "libreoffice")


def libreoffice() -> str | None:
    """Return the program's path; None where it is not installed."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def convert(program: str, sources: Sequence[Path], to: str, made: Path, seconds: int) -> bool:
    """Convert files into a folder; False where the time ran out and it was stopped.

    `to` is LibreOffice's name of the format. What could not be read is missing in the folder.
    """
    with TemporaryDirectory(prefix="perf-pipeline-") as profile:
        command = [
            program,
            f"-env:UserInstallation={Path(profile).as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            to,
            "--outdir",
            str(made),
            *map(str, sources),
        ]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # its helpers end with it
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    return True


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
