"""Old and foreign Word files (.doc, .wps, .rtf, .odt), turned into .docx by LibreOffice.

LibreOffice runs without a window, in a folder and with a profile of its own, under a time limit;
macros do not run in it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from perf_pipeline.documents.old_word_ending import with_last_paragraph
from perf_pipeline.domain.errors import Place, UnreadableFileError

SECONDS = 90
PROGRAMS = ("soffice", "libreoffice")


@contextmanager
def as_docx(path: Path, suffix: str) -> Iterator[Path]:
    """Give a file's content as a .docx that exists while it is used.

    Raises UnreadableFileError where LibreOffice is not installed, takes too long or cannot read it.
    """
    place = Place(path.name)
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
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
        _convert(program, source, place)
        made = Path(folder) / "made" / "source.docx"
        if not made.is_file():
            raise UnreadableFileError("LibreOffice 读不出这个文件，可能已损坏或加密", place)
        yield made


def _convert(program: str, source: Path, place: Place) -> None:
    folder = source.parent
    command = [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
        str(folder / "made"),
        str(source),
    ]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # its helpers end with it
    )
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFileError(f"LibreOffice 在{SECONDS}秒内没有读完", place) from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
