"""Hostile and harmed documents: a clear refusal within seconds, in bounded memory."""

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from perf_pipeline.documents.extract import extract_document
from perf_pipeline.domain.errors import UnreadableFileError
from tests.grids import word, workbook
from tests.hostile import FORM, REFUSED, TITLE, with_part

PROGRAM = Path(sys.executable).with_name("perf-pipeline")
SECONDS, MEMORY = 20, 1024**3


@pytest.mark.parametrize("build", REFUSED, ids=lambda build: build.__name__)
def test_a_hostile_file_is_refused_by_name_in_seconds(
    build: Callable[[Path], Path], tmp_path: Path
) -> None:
    path = build(tmp_path)
    begun = time.perf_counter()
    done = subprocess.run(
        [str(PROGRAM), "extract", "--json", str(path)],
        capture_output=True,
        timeout=3 * SECONDS,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert time.perf_counter() - begun < SECONDS
    assert done.returncode == 2, done.stderr[-2000:]
    assert path.name in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(("make", "name"), [(word, "宏.docm"), (workbook, "宏.xlsm")])
def test_macros_are_not_run_and_the_cells_are_read(
    tmp_path: Path, make: Callable[..., Path], name: str
) -> None:
    folder = "word" if make is word else "xl"
    path = with_part(make(tmp_path / name, TITLE, FORM), f"{folder}/vbaProject.bin", b"Sub Auto")
    document = extract_document(path)
    assert document.projects[0].indicators[0].level3 == "面积"
    assert "macros_ignored" in {finding.code for finding in document.findings}


def test_a_file_under_a_wrong_extension_is_read_by_what_it_is(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", TITLE, FORM).rename(tmp_path / "其实是表格.docx")
    document = extract_document(path)
    assert document.projects[0].name == "造林"
    [odd] = [finding for finding in document.findings if finding.code == "extension_differs"]
    assert "Excel 工作簿（.xlsx）" in odd.message


def test_links_to_other_files_are_not_followed(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", TITLE, FORM)
    link = (
        '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<externalBook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships" r:id="rId1"/></externalLink>'
    )
    path = with_part(path, "xl/externalLinks/externalLink1.xml", link)
    assert extract_document(path).projects[0].name == "造林"


def test_without_libreoffice_an_old_word_file_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    path = tmp_path / "旧.doc"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le")
    )
    with pytest.raises(UnreadableFileError, match=r"旧\.doc.*LibreOffice"):
        extract_document(path)
